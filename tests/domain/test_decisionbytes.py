"""Any decision there and back: nothing is lost but whom an approval answered to."""

import json
import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from styrdokument.domain.decisionfile import (
    Approval,
    Basis,
    BasisKind,
    ContentFile,
    Decision,
    DecisionKind,
    Meaning,
    Significance,
    from_bytes,
    to_bytes,
    who_from_plain,
    who_to_plain,
)
from styrdokument.domain.people import ActingFor, Who
from tests.cast import BIRGIT, HYGIENE

words = st.text(st.characters(exclude_categories=["Cs"])).map(
    lambda text: unicodedata.normalize("NFC", text)
)
some_words = st.none() | words
moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)).map(  # noqa: DTZ001 - below
    lambda at: at.replace(microsecond=0, tzinfo=timezone(timedelta(hours=1)))
)
some_days = st.none() | st.dates()
numbers = st.none() | st.integers(1000, 999_999)
acting = st.builds(ActingFor, function=words, id=some_words, name=words)
people = st.builds(
    Who, id=some_words, name=words, title=words, unit=words, acting_for=st.none() | acting
)
approvals = st.builds(
    Approval,
    by=st.builds(Who, id=st.just(BIRGIT.id), name=words, acting_for=st.none() | acting),
    document=st.just(HYGIENE),
    content_hash=words,
    base_version=st.integers(0),
    at=moments,
    method=words,
    meaning=st.sampled_from(Meaning),
    entries=st.lists(st.sampled_from(["smittskydd", BIRGIT.id])).map(tuple),
)
decisions = st.builds(
    Decision,
    kind=st.sampled_from(DecisionKind),
    recorded_at=moments,
    recorded_by=people,
    decided_on=st.dates(),
    decided_by=st.none() | people,
    basis=st.builds(
        Basis,
        kind=st.sampled_from(BasisKind),
        body=some_words,
        minutes_date=some_days,
        section=some_words,
        confirmed_on=some_days,
        reason=some_words,
    ),
    document=st.just(HYGIENE),
    version=numbers,
    seq=st.integers(0),
    content=st.lists(
        st.builds(ContentFile, path=words, sha256=words, git=words, size=st.integers(0))
    ).map(tuple),
    title=some_words,
    effective_from=some_days,
    valid_until=some_days,
    review_on=some_days,
    participants=st.lists(people).map(tuple),
    approvals=st.lists(approvals).map(tuple),
    contributors=st.lists(words).map(tuple),
    significance=st.none() | st.sampled_from(Significance),
    reason=some_words,
    replaces=st.lists(st.integers(1000, 999_999)).map(tuple),
    source=st.none() | st.dictionaries(words, words),
    facts=st.lists(st.dictionaries(words, words)).map(tuple),
)


def without_entries(decision: Decision) -> Decision:
    """The decision but for whom each approval answered: the file keeps the function only."""
    approvals = tuple(replace(approval, entries=()) for approval in decision.approvals)
    return replace(decision, approvals=approvals)


@given(decisions)
def test_a_decision_comes_back_from_its_bytes(decision):
    read = from_bytes(to_bytes(decision))

    assert without_entries(read) == without_entries(decision)


@given(decisions)
def test_the_bytes_are_sorted_indented_nfc_and_end_with_one_line_feed(decision):
    data = to_bytes(decision)
    text = data.decode()

    assert to_bytes(from_bytes(data)) == data
    assert unicodedata.is_normalized("NFC", text)
    assert text in {
        json.dumps(json.loads(text), sort_keys=True, ensure_ascii=as_ascii, indent=1) + "\n"
        for as_ascii in (False, True)
    }


@given(people)
def test_a_person_of_the_record_comes_back_from_plain_values(who):
    assert who_from_plain(json.loads(json.dumps(who_to_plain(who)))) == who

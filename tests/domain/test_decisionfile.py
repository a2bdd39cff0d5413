"""The bytes of a decision: the format itself, there and back, and what later products may add."""

import json
import unicodedata
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
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
from tests.cast import BIRGIT, DAG, FRANS, HYGIENE, NOON

EXAMPLE = {
    "": """
        format seq kind case document version corrects unit content content_hash title type
        audience record_class registry_number decided_on recorded_at recorded_by effective_from
        valid_until basis decided_by presented_by participants approvals contributors significance
        change_note reason replaces successor source facts second_look previous_document
        previous_record product""",
    "content": "path sha256 git size",
    "basis": "kind mandate body minutes_date section confirmed_on minutes_sha256 reason",
    "recorded_by": "id name title unit for",
    "decided_by": "id name title unit for",
    "approvals": """id name title unit for function meaning at method content_hash base_version""",
}
"""The keys of the example in the description of the record, object by object."""

DAG_NOW = Who(id=DAG.id, name="Dag", title="Verksamhetschef", unit="medicinkliniken")
FOR_DAG = ActingFor(function="verksamhetschef-medicin", id=DAG.id, name="Dag")
APPROVAL = Approval(
    by=Who(id=BIRGIT.id, name="Birgit"),
    document=HYGIENE,
    content_hash="b2" * 32,
    base_version=2,
    at=NOON,
    method="password",
    entries=(BIRGIT.id, "smittskydd"),
)
DECISION = Decision(
    kind=DecisionKind.ADOPT,
    recorded_at=NOON,
    recorded_by=DAG_NOW,
    decided_on=NOON.date(),
    decided_by=DAG_NOW,
    basis=Basis(kind=BasisKind.HEAD_OF_OPERATIONS, mandate="Delegationsordningen 3.2"),
    document=HYGIENE,
    version=3,
    content=(ContentFile(path="text.md", sha256="ab" * 32, git="cd" * 20, size=4211),),
    title="Handhygien",
    approvals=(APPROVAL,),
)

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


def test_every_key_of_the_description_is_there_also_when_it_is_empty():
    raw = json.loads(to_bytes(DECISION))
    found = {
        name: set(raw[name][0] if isinstance(raw[name], list) else raw[name])
        for name in EXAMPLE
        if name
    }

    assert found == {name: set(keys.split()) for name, keys in EXAMPLE.items() if name}
    assert set(raw) == {*EXAMPLE[""].split(), "review_on"}
    assert raw["format"] == 1
    assert raw["corrects"] is None


def test_letters_are_written_as_themselves_in_one_form():
    data = to_bytes(replace(DECISION, title="Handhygien pa\u030a va\u030ard"))

    assert "Handhygien på vård".encode() in data


@pytest.mark.parametrize("reason", ["Ny rad\n\u0303", "Tabb\t\u0308", "\x0f\u0307"])
def test_a_mark_after_a_line_break_cannot_melt_into_the_escape(reason):
    data = to_bytes(replace(DECISION, reason=reason))

    assert from_bytes(data).reason == reason


def test_of_the_entries_an_approval_answered_to_the_function_stands_on_the_record():
    raw = json.loads(to_bytes(DECISION))
    by_name = replace(APPROVAL, entries=(BIRGIT.id,))

    assert raw["approvals"][0]["function"] == "smittskydd"
    assert from_bytes(to_bytes(DECISION)).approvals[0].entries == ("smittskydd",)
    assert from_bytes(to_bytes(replace(DECISION, approvals=(by_name,)))).approvals == (by_name,)


def test_an_approvals_meaning_is_written_with_it():
    attested = replace(APPROVAL, meaning=Meaning.ATTESTED)

    assert b'"meaning": "attested"' in to_bytes(replace(DECISION, approvals=(attested,)))


def test_a_later_product_may_add_keys_anywhere():
    raw = json.loads(to_bytes(replace(DECISION, recorded_by=replace(DAG_NOW, acting_for=FOR_DAG))))
    raw["colour"] = "blue"
    places = ("basis", "recorded_by", "decided_by")
    inner = [raw[name] for name in places] + [raw["content"][0], raw["approvals"][0]]
    for place in (*inner, raw["recorded_by"]["for"]):
        place["colour"] = "blue"

    assert from_bytes(json.dumps(raw).encode()).recorded_by.acting_for == FOR_DAG


def test_a_file_from_before_review_days_can_be_read():
    raw = json.loads(to_bytes(DECISION))
    del raw["review_on"]

    assert from_bytes(json.dumps(raw).encode()).review_on is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"null",
        b"{}",
        b'{"basis": 1}',
        b"[" * 100_000,
        to_bytes(DECISION).replace(b'"adopt"', b'"adopted"'),
        to_bytes(DECISION).replace(b'"decided_on": "2026', b'"decided_on": "i fjol'),
        to_bytes(DECISION).replace(b'"function"', b'"functions"'),
        to_bytes(DECISION).replace(b'"method"', b'"methods"'),
    ],
)
def test_what_is_no_decision_file_is_said_to_be_none(data):
    with pytest.raises(ValueError, match=r"."):
        from_bytes(data)


def test_an_imported_text_was_decided_by_nobody_we_know():
    # rule 26
    imported = replace(
        DECISION,
        kind=DecisionKind.IMPORT,
        decided_by=None,
        basis=Basis(kind=BasisKind.SOURCE, reason="okänd enligt källan"),
        decided_on=date(2019, 5, 2),
        source={"system": "platina", "id": "115094"},
    )

    assert from_bytes(to_bytes(imported)).decided_by is None
    assert from_bytes(to_bytes(imported)).source == {"system": "platina", "id": "115094"}


@given(people)
def test_a_person_of_the_record_comes_back_from_plain_values(who):
    assert who_from_plain(json.loads(json.dumps(who_to_plain(who)))) == who


def test_a_stand_in_is_written_with_the_one_they_act_for():
    who = Who(id=FRANS.id, name="Frans", acting_for=FOR_DAG)

    assert who_to_plain(who)["for"] == {
        "function": "verksamhetschef-medicin",
        "id": DAG.id,
        "name": "Dag",
    }

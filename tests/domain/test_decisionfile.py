"""The bytes of a decision: the format itself, there and back, and what later products may add."""

import json
from dataclasses import replace
from datetime import date

import pytest

from styrdokument.domain.decisionfile import (
    Approval,
    Basis,
    BasisKind,
    ContentFile,
    Decision,
    DecisionKind,
    Meaning,
    from_bytes,
    to_bytes,
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


def test_a_stand_in_is_written_with_the_one_they_act_for():
    who = Who(id=FRANS.id, name="Frans", acting_for=FOR_DAG)

    assert who_to_plain(who)["for"] == {
        "function": "verksamhetschef-medicin",
        "id": DAG.id,
        "name": "Dag",
    }

"""From what stands in the files to fields and roles, with every problem found."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrdokument.domain.document import (
    FIELDS,
    ROLES,
    TEXT,
    Audience,
    Fields,
    Register,
    Roles,
)
from styrdokument.domain.fields import (
    MOST_TEXT,
    ended,
    form_problems,
    is_listed,
    read_fields,
    read_roles,
    submission_problems,
)
from styrdokument.domain.people import Unit
from styrdokument.domain.problems import Code
from styrdokument.domain.registers import LegalAct, Process
from tests import cast
from tests.cast import ALMA, HYGIENE, REGISTERS, ROUTINE, registers_with

RAW = {
    "id": "1042",
    "title": "Handhygien",
    "type": "routine",
    "audience": "public",
    "applies_to": ["region", "medicinkliniken"],
    "keywords": "handsprit",
    "replaces": ["1031"],
    "parent": "1003",
    "colour": "blue",
}
LISTS = replace(
    REGISTERS,
    processes={"vard/basal-hygien": Process(slug="vard/basal-hygien", label={})},
    laws={"sosfs-2011-9": LegalAct(slug="sosfs-2011-9", label={}, provisions={"4-4": {}})},
)
yaml = st.recursive(
    st.none() | st.text(max_size=12) | st.sampled_from(["1042", "0001042", "9" * 5000]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


def wrong(raw, file=TEXT):
    """The problems of a file's form, as `field code/rule`."""
    return {f"{p.field} {p.code}/{p.rule}" for p in form_problems(raw, file, id_=HYGIENE)}


def test_what_is_well_written_is_read_into_its_shape():
    fields = read_fields(RAW, id_=HYGIENE)

    assert fields == Fields(
        id=HYGIENE,
        title="Handhygien",
        type="routine",
        audience=Audience.PUBLIC,
        applies_to=("region", "medicinkliniken"),
        keywords=("handsprit",),
        replaces=(1031,),
        parent=1003,
        others={"colour": "blue"},
    )
    assert wrong(RAW) == set()


def test_one_entry_may_stand_without_its_list():
    # rule 18
    raw = {"unit": "medicinkliniken", "reviewers": "smittskydd", "adopter": ["dag", "director"]}

    assert read_roles(raw) == Roles(
        unit="medicinkliniken", reviewers=("smittskydd",), adopter=("dag", "director")
    )


def test_the_audience_is_internal_unless_public_is_said():
    # rule 22
    assert read_fields({}, id_=HYGIENE).audience is Audience.INTERNAL
    assert read_fields({"audience": "everybody"}, id_=HYGIENE).audience is Audience.INTERNAL
    assert wrong({"audience": "everybody"}) == {"audience bad_value/"}


def test_a_governed_field_is_refused_whatever_it_says():
    assert wrong({"status": "fastställd", "adopted_by": "Dag", "valid_until": "2099-01-01"}) == {
        "status governed_field/",
        "adopted_by governed_field/",
        "valid_until governed_field/",
    }


def test_who_is_who_stands_in_its_own_file_only():
    # rule 14
    assert wrong({"adopter": "dag"}) == {"adopter bad_front_matter/other_file"}
    assert wrong({"title": "Handhygien"}, ROLES) == {"title bad_front_matter/other_file"}


def test_another_documents_id_is_refused():
    assert wrong({"id": "1043"}) == {"id bad_front_matter/other_id"}
    assert wrong({"id": "1042"}) == set()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("title", ["Handhygien"]),
        ("title", ""),
        ("title", "Hand\nhygien"),
        ("title", "x" * (MOST_TEXT + 1)),
        ("type", {"slug": "routine"}),
        ("applies_to", [["region"]]),
        ("id", "tusen"),
        ("id", "١٠٤٢"),
        ("parent", "999"),
        ("parent", "1000000"),
        ("parent", "0001042" + "9" * 400),
        ("replaces", ["1031", "999"]),
        ("audience", ["public"]),
    ],
)
def test_a_value_of_another_shape_is_a_problem_and_is_not_read(key, value):
    assert f"{key} bad_front_matter/shape" in wrong({key: value})
    assert read_fields({key: value}, id_=HYGIENE) == read_fields({}, id_=HYGIENE)


def test_an_empty_value_is_as_good_as_none():
    assert wrong(dict.fromkeys(FIELDS.keys() - Roles.__dataclass_fields__.keys())) == set()


@given(st.dictionaries(st.sampled_from([*FIELDS, "version", "colour"]), yaml))
def test_reading_never_stops_whatever_stands_in_the_files(raw):
    list(form_problems(raw, TEXT, id_=HYGIENE))
    list(form_problems(raw, ROLES, id_=HYGIENE))
    fields, roles = read_fields(raw, id_=HYGIENE), read_roles(raw)
    list(submission_problems(fields, roles, LISTS))

    assert all(1000 <= other <= 999_999 for other in fields.replaces)


def test_all_that_is_missing_is_said_at_once():
    found = submission_problems(read_fields({}, id_=HYGIENE), Roles(), REGISTERS)

    assert [(p.field, p.code) for p in found] == [
        (key, Code.NEEDS_FIELD)
        for key in ("title", "type", "applies_to", "unit", "case_officer", "fact_owner", "adopter")
    ]


def test_a_type_may_demand_more_also_keys_of_its_own():
    strict = replace(ROUTINE, obligatory=("record_class", "risk_class"))
    registers = registers_with(types=[strict])
    rated = replace(cast.FIELDS, record_class="3.2.1", others={"risk_class": "high"})

    found = submission_problems(cast.FIELDS, cast.ROLES, registers)
    assert [p.field for p in found] == ["record_class", "risk_class"]
    assert list(submission_problems(rated, cast.ROLES, registers)) == []


def test_values_that_no_register_lists_are_said_with_their_field():
    fields = replace(
        cast.FIELDS, type="song", processes=("vard/dans",), provisions=("sosfs-2011-9/9-9",)
    )
    roles = replace(cast.ROLES, unit="kören", reviewers=("smittskydd", "dirigent"))

    found = list(submission_problems(fields, roles, LISTS))
    assert {(p.field, p.values["value"]) for p in found} == {
        ("type", "song"),
        ("processes", "vard/dans"),
        ("provisions", "sosfs-2011-9/9-9"),
        ("unit", "kören"),
        ("reviewers", "dirigent"),
    }
    assert {p.rule for p in found} == {"unlisted"}


@pytest.mark.parametrize(
    ("register", "entry", "expected"),
    [
        (Register.FUNCTIONS, "smittskydd", True),
        (Register.FUNCTIONS, ALMA.id, True),
        (Register.FUNCTIONS, "dirigent", False),
        (Register.LAWS, "sosfs-2011-9", True),
        (Register.LAWS, "sosfs-2011-9/4-4", True),
        (Register.LAWS, "sosfs-2011-9/4-5", False),
        (Register.PROCESSES, "vard/basal-hygien", True),
        (Register.UNITS, "medicinkliniken", True),
        (Register.TYPES, "song", False),
    ],
)
def test_a_register_lists_its_own(register, entry, expected):
    assert is_listed(register, entry, LISTS) is expected


def test_an_ended_entry_is_listed_for_ever_and_ended_after_its_last_day():
    closed = Unit(slug="kirurgkliniken", label={}, until=date(2026, 6, 30))
    registers = replace(REGISTERS, units={"kirurgkliniken": closed})

    assert is_listed(Register.UNITS, "kirurgkliniken", registers)
    assert not ended(Register.UNITS, "kirurgkliniken", registers, on=date(2026, 6, 30))
    assert ended(Register.UNITS, "kirurgkliniken", registers, on=date(2026, 7, 1))
    assert not ended(Register.UNITS, "medicinkliniken", registers, on=date(2026, 7, 1))

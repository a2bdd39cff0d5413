"""Who may act as what on a day, the line of units, and in whose name somebody signs."""

from dataclasses import replace
from datetime import date

from styrdokument.domain.people import ActingFor, Grant, Holding, Unit
from styrdokument.domain.registers import Registers
from tests.cast import (
    ALMA,
    ARVID,
    ASSEMBLY,
    BIRGIT,
    DAG,
    DIRECTOR,
    EVA,
    FRANS,
    HEAD_OF_MEDICINE,
    HEAD_OF_SURGERY,
    KARIN,
    REGISTERS,
    TODAY,
    actor,
    function,
    registers_with,
)

IN_JULY = date(2026, 7, 15)


def test_rights_follow_from_the_functions_of_the_day():
    # rule 18
    assert actor(DAG).functions == {HEAD_OF_MEDICINE}
    assert actor(ALMA).grants == {Grant.AUTHOR, Grant.GIT}
    assert actor(KARIN).grants == {Grant.CONTROLLER}
    assert actor(ARVID).grants == {Grant.ARCHIVIST}
    assert actor(EVA).functions == frozenset()


def test_a_stand_in_has_the_function_while_it_lasts():
    assert actor(FRANS).functions == {"hygienlakare"}
    assert actor(FRANS, on=IN_JULY).functions == {"hygienlakare", HEAD_OF_MEDICINE}
    assert actor(FRANS, on=IN_JULY).stands_in == {HEAD_OF_MEDICINE}


def test_whoever_holds_a_function_does_not_stand_in_for_themselves():
    both = replace(function(HEAD_OF_MEDICINE, DAG), stand_ins=(Holding(person=DAG.id),))

    assert actor(DAG, registers_with(both)).stands_in == frozenset()


def test_administrators_get_no_functions_by_administering():
    # rule 22
    admin = REGISTERS.actor(EVA, on=TODAY, is_admin=True)

    assert admin.is_admin
    assert (admin.functions, admin.grants) == (frozenset(), frozenset())


def test_the_people_behind_an_entry_are_holders_and_stand_ins_once_each():
    assert REGISTERS.holders(ALMA.id, on=TODAY) == (ALMA.id,)
    assert REGISTERS.holders(HEAD_OF_MEDICINE, on=IN_JULY) == (DAG.id, FRANS.id)
    assert REGISTERS.holders(HEAD_OF_MEDICINE, on=TODAY) == (DAG.id,)
    assert REGISTERS.holders("dirigent", on=TODAY) == ()


def test_a_grant_is_somebodys_only_while_its_function_has_people():
    nobody = registers_with(function("dokumentsamordnare", grants=(Grant.CONTROLLER,)))

    assert REGISTERS.is_granted_to_anybody(Grant.CONTROLLER, on=TODAY)
    assert not nobody.is_granted_to_anybody(Grant.CONTROLLER, on=TODAY)


def test_a_line_goes_from_the_unit_up_to_the_top():
    assert REGISTERS.line_of("avdelning-31") == (
        "avdelning-31",
        "medicinkliniken",
        "halso-och-sjukvard",
        "region",
    )
    assert REGISTERS.line_of("kören") == ()


def test_a_ring_of_units_comes_to_an_end():
    ring = {slug: Unit(slug=slug, label={}, parent=up) for slug, up in (("a", "b"), ("b", "a"))}

    assert Registers(units=ring).line_of("a") == ("a", "b")


def test_below_a_unit_is_itself_and_all_under_it():
    assert REGISTERS.below("medicinkliniken") == {"medicinkliniken", "avdelning-31"}


def test_the_nearest_common_superior_is_the_lowest_that_is_over_all():
    # rule 21
    nearest = REGISTERS.nearest_common_superior

    assert nearest(["medicinkliniken", "kirurgkliniken"]) == "halso-och-sjukvard"
    assert nearest(["avdelning-31", "medicinkliniken"]) == "medicinkliniken"
    assert nearest(["medicinkliniken", "region"]) == "region"
    assert nearest(["medicinkliniken", "kören"]) == ""
    assert nearest([]) == ""


def test_a_unit_without_a_head_is_headed_by_its_nearest_superiors():
    # rule 14
    assert REGISTERS.head_of("avdelning-31") == HEAD_OF_MEDICINE
    assert REGISTERS.head_of("kirurgkliniken") == HEAD_OF_SURGERY
    assert REGISTERS.head_of("halso-och-sjukvard") == DIRECTOR
    assert REGISTERS.head_of("region") == ""


def test_a_stand_in_signs_for_the_holder():
    frans = actor(FRANS, on=IN_JULY)
    who = REGISTERS.sign(frans, function=HEAD_OF_MEDICINE, holder=DAG)

    assert (who.id, who.name, who.title) == (FRANS.id, "Frans", "Hygienläkare")
    assert who.acting_for == ActingFor(function=HEAD_OF_MEDICINE, id=DAG.id, name="Dag")
    assert REGISTERS.sign(frans, function=HEAD_OF_MEDICINE).acting_for == ActingFor(
        function=HEAD_OF_MEDICINE
    )


def test_whoever_holds_the_function_signs_for_nobody_else():
    assert REGISTERS.sign(actor(DAG), function=HEAD_OF_MEDICINE, holder=DAG).acting_for is None
    assert REGISTERS.sign(actor(FRANS, on=IN_JULY), function="hygienlakare").acting_for is None
    assert REGISTERS.sign(actor(BIRGIT), function=ASSEMBLY).acting_for is None


def test_a_unit_is_known_by_its_slug_and_by_its_name_as_directories_have_it():
    units = {
        "medicine": Unit(slug="medicine", label={"sv": "Medicinkliniken", "en": "Medicine"}),
        "surgery": Unit(slug="surgery", label={"sv": "Kirurgen"}),
    }
    registers = Registers(units=units)
    assert [registers.unit_called(text) for text in ("surgery", "kirurgen", "Medicine")] == [
        "surgery",
        "surgery",
        "medicine",
    ]
    assert registers.unit_called("Vägavdelningen") == "Vägavdelningen", "it stays as it was said"
    assert registers.unit_called("") == ""

"""People and units: who is who, and what they answer for; for those who are signed in.

Somebody whose account is closed keeps the page: their name stands in decisions for ever. Cases, and
the roles of reviewer and adopter, are shown to the person and to whoever sees all.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from styrdokument.domain.access import Act, may_say_absence_of, may_see_work_of
from styrdokument.domain.case import OPEN_STATES
from styrdokument.domain.naming import is_person_id
from styrdokument.domain.people import Actor, Function, Holding, Person, PersonId, is_person
from styrdokument.domain.problems import NotFound, Problem
from styrdokument.store.catalogue import ANSWERING, Filters, Row, Sorting, Vacant
from styrdokument.store.desk import Within
from styrdokument.views.asking import day_asked
from styrdokument.views.card import unit_said
from styrdokument.views.desk_rows import days_left, recall_behind, recall_named
from styrdokument.views.lists import found
from styrdokument.views.open_cases import days_since
from styrdokument.views.support import house, may_here, page, recall, today, visitor

bp = Blueprint("people", __name__)


@bp.get("/people/<person>")
def show_person(person: str) -> ResponseReturnValue:
    """Somebody as the directory knows them now, and all that they answer for.

    `on` asks which functions they held on another day, and what they could decide.
    """
    return person_page(known_person(person))


def person_page(known: Person, problems: tuple[Problem, ...] = ()) -> str:
    """The page; with `problems` of the form that says when they are away."""
    day = day_asked() or today()
    account = house().accounts.account(known.id)
    acting = house().registers.actor(known, on=today())
    is_whole = may_see_work_of(known.id, visitor())
    return page(
        "people/person.html",
        person=known,
        is_disabled=account is not None and account.is_disabled,
        is_whole=is_whole,
        may_hand_over=may_here(Act.OVERSEE),
        unit=unit_said(known.unit),
        **_absence_of(known.id),
        problems=problems,
        active="absence" if problems else "",
        typed=request.form,
        actor=acting,
        day=day,
        then=house().registers.actor(known, on=day),
        decides=_decides(known, day),
        functions=list(_held(known.id)),
        **_documents_of(acting, frozenset() if is_whole else ANSWERING),
        **(_cases_of(acting) if is_whole else {}),
    )


def _absence_of(person: PersonId) -> dict[str, Any]:
    """When somebody is away, for those who may say it or see all; others need not know."""
    found = house().wishes.absence(person)
    reader = visitor()
    may_say = reader is not None and may_say_absence_of(person, reader)
    sees = may_say or may_here(Act.SEE_ALL)
    is_told = sees and found is not None and not found.is_over(today())
    return {"absence": found if is_told else None, "may_say_absence": may_say}


def _decides(person: Person, day: date) -> list[str]:
    """The types of document that somebody could decide on, on a day."""
    held = house().registers.actor(person, on=day).functions
    types = house().registers.types.values()
    return [one.slug for one in types if held.intersection(one.may_decide)]


def known_person(person: str) -> Person:
    """Somebody whom the directory knows, here or not. Raises NotFound."""
    known = house().directory.person(PersonId(person)) if is_person_id(person) else None
    if known is None:
        raise NotFound
    return known


@bp.get("/units/<slug>")
def show_unit(slug: str) -> ResponseReturnValue:
    """A unit: its place, its head, its functions and people, and the documents it answers for."""
    unit = house().registers.units.get(slug)
    if unit is None:
        raise NotFound
    within = Within(units=frozenset({slug}))
    rows, pages = found(Filters(units=within.units, sorting=Sorting.URGENCY), on=today())
    recall_named(rows, {})
    counts = house().desk.counts(within, Vacant(), on=today())
    return page(
        "people/unit.html",
        unit=unit,
        rows=rows,
        pages=pages,
        days_left=days_left,
        numbers={one: sum(r["all"] for r in counts if r["standing"] == one) for one in _URGENT}
        | {"urgent": sum(r["urgent"] for r in counts)},
        sees_all=may_here(Act.SEE_ALL),
        **_about(slug),
    )


_URGENT = ("expired", "due")


def _documents_of(acting: Actor, roles: frozenset[str]) -> dict[str, Any]:
    """What they answer for in some role, the most urgent first, and in which roles."""
    entries = frozenset({acting.id, *acting.functions})
    filters = Filters(entries=entries, roles=roles, sorting=Sorting.URGENCY)
    rows, pages = found(filters, on=today())
    named = house().desk.roles_in([row["document"] for row in rows], entries)
    return {
        "rows": rows,
        "pages": pages,
        "days_left": days_left,
        "roles": {
            document: [
                (one["role"], "" if is_person(one["entry"]) else one["entry"])
                for one in several
                if not roles or one["role"] in roles
            ]
            for document, several in named.items()
        },
    }


def _cases_of(acting: Actor) -> dict[str, Any]:
    """The open cases that they take part in; first those where it is their turn."""
    states = sorted(OPEN_STATES)
    cases = house().catalogue.cases_of(acting, sees_all=False, states=states)
    turns = house().catalogue.turns([row["number"] for row in cases])
    recall_behind(entry for named in turns.values() for entry in named)

    def is_theirs(row: Row) -> bool:
        return acting.answers_to_any(tuple(turns.get(row["number"], ())))

    ordered = sorted(cases, key=lambda row: (not is_theirs(row), row["turn_since"]))
    return {
        "cases": [(row, is_theirs(row)) for row in ordered],
        "turns": turns,
        "days_since": days_since,
    }


def _held(person: PersonId) -> Iterator[dict[str, Any]]:
    """The functions that somebody holds or stands in for, today or later, and the others in them.

    For a holder the others are those who stand in for them; for a stand-in, the holders.
    """
    for function in house().registers.functions.values():
        for is_stand_in, mine, others in (
            (False, function.holding, function.stand_ins),
            (True, function.stand_ins, function.holding),
        ):
            lasting = [one for one in mine if one.person == person and _lasts(function, one)]
            with_whom = [one for one in others if _lasts(function, one)] if lasting else []
            recall(one.person for one in with_whom)
            for holding in lasting:
                yield {
                    "slug": function.slug,
                    "holding": holding,
                    "is_now": holding.covers(today()),
                    "is_stand_in": is_stand_in,
                    "others": with_whom,
                }


def _lasts(function: Function, holding: Holding) -> bool:
    """Whether it covers today or a day to come."""
    last = min(function.until or date.max, holding.until or date.max)
    return last >= today()


def _about(slug: str) -> dict[str, Any]:
    """What is above and below the unit, and who works in it."""
    registers = house().registers
    return {
        "line": [above for above in registers.line_of(slug) if above != slug],
        "parts": [one.slug for one in registers.units.values() if one.parent == slug],
        "functions": list(_functions(slug)),
        "people": [one for one in house().directory.people() if one.unit == slug],
    }


def _functions(slug: str) -> Iterator[dict[str, Any]]:
    """The unit's functions with who holds them today."""
    for function in house().registers.functions.values():
        is_open = function.until is None or function.until >= today()
        if function.unit == slug and is_open:
            yield {
                "slug": function.slug,
                "holders": function.holders_on(today()),
                "stand_ins": function.stand_ins_on(today()),
            }

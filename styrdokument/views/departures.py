"""Who has left, moved or is away for long, and what of theirs waits; and saying that one is away.

The list is for the controller's desk. When somebody is away, they say themselves or a controller.
"""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from styrdokument.actions import departures
from styrdokument.domain.access import Act
from styrdokument.domain.departures import Change, Departure
from styrdokument.views.asking import asked, here, within_asked
from styrdokument.views.card import entry_said, unit_said
from styrdokument.views.desk_rows import recall_behind
from styrdokument.views.forms import absence_from
from styrdokument.views.lists import choices
from styrdokument.views.people import known_person, person_page
from styrdokument.views.spreadsheet import comma_separated
from styrdokument.views.support import (
    actor,
    go_to,
    house,
    label_of,
    may_here,
    name_of,
    on_refusal,
    page,
    today,
    words,
)

bp = Blueprint("departures", __name__)
HEADINGS = (
    "person",
    "name",
    "change",
    "since",
    "until",
    "unit",
    "documents",
    "cases",
    "successor",
    "successor_name",
)
"""The columns of the CSV; `cases` are those that wait for them."""


@bp.get("/overview/departures")
def show() -> ResponseReturnValue:
    """The list: those who have left first."""
    found = _found()
    return page(
        "overview/departures.html",
        departures=[(one, unit_said(one.unit), entry_said(one.successor)) for one in found],
        may_hand_over=may_here(Act.OVERSEE),
        hand_over_at=_hand_over_at,
        asked=asked(),
        choices=choices(),
        here=here,
    )


@bp.get("/overview/departures.json")
def show_json() -> Response:
    """The same list as JSON."""
    return jsonify(people=[_plain(one) for one in _found()])


@bp.get("/overview/departures.csv")
def show_csv() -> Response:
    """The same list as CSV."""
    return comma_separated((HEADINGS, *map(_line, _found())), name="departures.csv")


@bp.post("/people/<person>/absence")
def note(person: str) -> Response:
    """Say when somebody is away."""
    known = known_person(person)
    on_refusal(lambda problems: person_page(known, problems=problems))
    departures.note_absence(house(), actor(), absence_from(request.form, known.id))
    return go_to(f"/people/{known.id}")


@bp.post("/people/<person>/absence/end")
def end(person: str) -> Response:
    """Say that they are here."""
    known = known_person(person)
    on_refusal(lambda problems: person_page(known, problems=problems))
    departures.end_absence(house(), actor(), known.id)
    return go_to(f"/people/{known.id}")


def _found() -> list[Departure]:
    found = departures.departures(house(), within_asked(), on=today())
    recall_behind(name for one in found for name in (one.person, one.successor) if name)
    return found


def _hand_over_at(one: Departure) -> str:
    """Where what is told of here is handed over: of somebody who moved, in their former unit."""
    asked = {"to": one.successor, "unit": one.unit if one.change is Change.MOVED else ""}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/people/{one.person}/handover{'?' if query else ''}{query}"


def _plain(one: Departure) -> dict[str, Any]:
    """A departure with public keys."""
    return {
        "person": one.person,
        "name": name_of(one.person),
        "change": str(one.change),
        "since": one.since.isoformat() if one.since else None,
        "until": one.until.isoformat() if one.until else None,
        "unit": one.unit,
        "documents": one.documents,
        "cases": one.turns,
        "successor": one.successor or None,
        "successor_name": name_of(one.successor) if one.successor else None,
    }


def _line(one: Departure) -> tuple[str, ...]:
    said = _plain(one) | {
        "change": words().say(f"departures.{one.change}"),
        "unit": label_of("units", one.unit),
    }
    return tuple("" if said[head] is None else str(said[head]) for head in HEADINGS)

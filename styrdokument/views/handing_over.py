"""Handing over all that somebody answers for: to whom, which documents, and what that changes.

The form shows what it is going to do before it does it; its snapshot is of what is to be.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from styrdokument.actions.departures import successor_to
from styrdokument.actions.handing_over import HandOver, hand_over, roles_with, snapshot_after
from styrdokument.actions.opening import MOST_DOCUMENTS
from styrdokument.domain.document import DocumentId
from styrdokument.domain.people import Person
from styrdokument.domain.problems import Problem
from styrdokument.store.catalogue import Filters, Row, Sorting
from styrdokument.views import forms
from styrdokument.views.cases import given_with_second_look
from styrdokument.views.choices import choices
from styrdokument.views.looking import ways
from styrdokument.views.people import known_person
from styrdokument.views.support import actor, go_to, house, on_refusal, page, today

bp = Blueprint("handing_over", __name__, url_prefix="/people/<person>/handover")


@bp.get("")
def show(person: str) -> ResponseReturnValue:
    """The form; with `to`, what it would change; with `unit`, only there and below."""
    return _render(person, request.args)


@bp.post("")
def create(person: str) -> ResponseReturnValue:
    """Hand over."""
    on_refusal(lambda problems: _render(person, request.form, problems))
    to = request.form.get("to", "").strip()
    wanted = HandOver(
        person=known_person(person).id, to=to, documents=forms.documents_from(request.form)
    )
    number = hand_over(house(), actor(), wanted, given_with_second_look())
    return go_to(f"/cases/{number}")


def _render(person: str, asked: Mapping[str, str], problems: tuple[Problem, ...] = ()) -> str:
    known, to, unit = known_person(person), asked.get("to", "").strip(), asked.get("unit", "")
    rows, total = _named(known, unit)
    documents = [DocumentId(row["document"]) for row in rows]
    wanted = HandOver(person=known.id, to=to, documents=documents)
    return page(
        "people/handover.html",
        person=known,
        to=to or successor_to(house(), known.id, on=today()),
        unit=unit,
        rows=rows,
        total=total,
        changes=_changes(wanted) if to else {},
        snapshot=snapshot_after(house(), wanted) if to else "",
        choices=choices(),
        ways=ways(),
        problems=problems,
        active="handover" if problems else "",
        typed=request.form,
    )


def _named(person: Person, unit: str) -> tuple[Sequence[Row], int]:
    """The documents on which the person is named and not only a function that they hold."""
    units = house().registers.below(unit) or frozenset({unit} - {""})
    filters = Filters(entries=frozenset({person.id}), units=units, sorting=Sorting.URGENCY)
    return house().catalogue.find(filters, on=today(), internal=True, size=MOST_DOCUMENTS)


def _changes(wanted: HandOver) -> dict[int, list[tuple[str, Any]]]:
    """By document, the roles that change and who is then in them."""
    adopted = (house().matters.adopted(document) for document in wanted.documents)
    return {
        one.id: list(roles_with(one.roles, wanted.person, wanted.to).items())
        for one in adopted
        if one
    }

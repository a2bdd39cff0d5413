"""What the signed-in person may do with a document, and every reason why not.

The document's own page is the same for every reader; what differs between them stands here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint
from flask.typing import ResponseReturnValue

from styrdokument.actions.opening import obstacles_on
from styrdokument.domain.access import sees_all_cases
from styrdokument.domain.case import Kind
from styrdokument.domain.document import DocumentId
from styrdokument.domain.matter import Adopted, document_relations, loses_a_say
from styrdokument.domain.problems import NotFound, Problem
from styrdokument.store.catalogue import Row
from styrdokument.views.support import actor, house, page, today

bp = Blueprint("actions_page", __name__)

OFFERED = (Kind.REVISE, Kind.EXTEND, Kind.CORRECT, Kind.URGENT, Kind.REPEAL, Kind.ASSIGN)
"""The kinds of case that are opened on a document, the most usual first."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A kind of case to open on the document; `reasons` why not, none where it is open."""

    kind: Kind
    reasons: tuple[Problem, ...]


@bp.get("/documents/<int:document>/actions")
def show(document: int) -> ResponseReturnValue:
    """The page."""
    return render(DocumentId(document))


def find(document: DocumentId) -> Adopted:
    """The document as it stands on the record. Raises NotFound."""
    adopted = house().matters.adopted(document)
    if adopted is None:
        raise NotFound(document)
    return adopted


def render(document: DocumentId, problems: tuple[Problem, ...] = ()) -> str:
    """The page, with the problems of a case that was not opened. Raises NotFound."""
    adopted = find(document)
    cases = house().catalogue.open_cases_on(document)
    offers = [_offer(kind, adopted) for kind in OFFERED]
    return page(
        "actions/show.html",
        adopted=adopted,
        row=house().catalogue.shown(document, on=today()),
        offers=[offer for offer in offers if not offer.reasons],
        closed=_by_reason(offers),
        cases=_visible(cases),
        warns=_warns(adopted),
        problems=problems,
    )


def _offer(kind: Kind, adopted: Adopted) -> Offer:
    return Offer(kind=kind, reasons=obstacles_on(house(), actor(), kind, adopted))


def _by_reason(offers: Sequence[Offer]) -> dict[Problem, list[Kind]]:
    """Every reason why something cannot be done, once, with all the kinds that it closes."""
    closed: dict[Problem, list[Kind]] = {}
    for offer in offers:
        for reason in offer.reasons:
            closed.setdefault(reason, []).append(offer.kind)
    return closed


def _visible(cases: Sequence[Row]) -> list[Row]:
    """The open cases that the visitor may know of."""
    sees_all = sees_all_cases(actor())
    theirs = {row["number"] for row in house().catalogue.cases_of(actor(), sees_all=sees_all)}
    return [case for case in cases if case["number"] in theirs]


def _warns(adopted: Adopted) -> bool:
    """Whether the visitor had better not write in a revision."""
    found = document_relations(house().registers, adopted.roles, actor())
    return loses_a_say([relation for relation, holds in found.items() if holds])

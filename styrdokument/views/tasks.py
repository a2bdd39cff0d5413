"""What waits for the signed-in person: cases whose turn is theirs, and documents to look over."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from styrdokument.actions.house import look
from styrdokument.actions.minding import minded
from styrdokument.domain.access import Act
from styrdokument.domain.case import CaseNumber, Kind, Step
from styrdokument.domain.matter import Matter
from styrdokument.domain.people import Actor
from styrdokument.domain.transitions import open_steps
from styrdokument.domain.validity import Standing
from styrdokument.store.catalogue import ANSWERING, Filters, Row, Sorting
from styrdokument.views.support import actor, house, may_here, page, today

bp = Blueprint("tasks", __name__)

NEXT = (Step.DECIDE, Step.APPROVE, Step.SUBMIT)
"""The steps that move a case on; the first that is open to somebody is what waits for them."""
_SAID: Mapping[tuple[Step, Kind], str] = {
    (Step.SUBMIT, Kind.EXTEND): "ask_to_attest",
    (Step.SUBMIT, Kind.REPEAL): "propose",
    (Step.SUBMIT, Kind.ASSIGN): "propose",
    (Step.APPROVE, Kind.EXTEND): "attest",
}
"""The steps that are called something else where no new text is written."""
MOST = 50
"""Cases that are read to tell the next step."""
ENDING = frozenset({Standing.DUE, Standing.EXPIRED})


@bp.get("/tasks")
def index() -> ResponseReturnValue:
    """The page."""
    rows = house().catalogue.cases_of(actor(), sees_all=False, waiting=True)
    waiting = [_task(row) for row in rows[:MOST]]
    return page(
        "tasks/index.html",
        waiting=waiting,
        more=len(rows) - len(waiting),
        ending=_ending(),
        alarms=minded(house()).alarms if may_here(Act.SEE_MAIL) else (),
    )


def next_step(matter: Matter, by: Actor) -> Step | None:
    """The step that waits for `by`, whose turn it is; None where only another may take it."""
    steps = open_steps(matter, by)
    return next((step for step in NEXT if step in steps), None)


def said(step: Step | None, kind: Kind) -> str:
    """What a step is called in a case of that kind: a key in the labels `tasks` and `case`."""
    return _SAID.get((step, kind), str(step)) if step else "none"


def _task(row: Row) -> Mapping[str, Any]:
    """A case and the step that waits."""
    _held, matter = look(house(), actor(), CaseNumber(row["number"]))
    return {"row": row, "step": said(next_step(matter, actor()), matter.case.kind)}


def _ending() -> list[Row]:
    """The documents that the visitor answers for, due or expired, soonest first."""
    entries = frozenset({actor().id, *actor().functions})
    filters = Filters(
        standings=ENDING, entries=entries, roles=ANSWERING, sorting=Sorting.VALID_UNTIL
    )
    return list(house().catalogue.find(filters, on=today(), internal=True)[0])

"""What waits for the signed-in person: cases whose turn is theirs, and documents to look over."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from styrdokument.actions.house import look
from styrdokument.actions.minding import minded
from styrdokument.domain.access import Act
from styrdokument.domain.case import CaseNumber
from styrdokument.domain.tasks import waiting
from styrdokument.domain.validity import APPLIES, Standing
from styrdokument.store.catalogue import ANSWERING, Filters, Row, Sorting
from styrdokument.views.support import actor, house, may_here, page, today

bp = Blueprint("tasks", __name__)

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


def _task(row: Row) -> Mapping[str, Any]:
    """A case and the step that waits."""
    _held, matter = look(house(), actor(), CaseNumber(row["number"]))
    return {"row": row, "step": waiting(matter, actor())}


def _ending() -> list[Row]:
    """What the visitor answers for: due, expired, or changed in haste; the most pressing first."""
    entries = frozenset({actor().id, *actor().functions})
    near = Filters(standings=ENDING, entries=entries, roles=ANSWERING, sorting=Sorting.VALID_UNTIL)
    hasty = replace(near, standings=APPLIES, is_urgent=True)
    found = [house().catalogue.find(one, on=today(), internal=True)[0] for one in (hasty, near)]
    return list({row["document"]: row for rows in found for row in rows}.values())

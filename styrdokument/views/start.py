"""The start page: the search box, what changed last, and what is mine."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from styrdokument.domain.access import Act, may
from styrdokument.domain.people import Actor
from styrdokument.domain.registers import Process
from styrdokument.views.reading import sees_internal
from styrdokument.views.support import house, page, today, visitor

bp = Blueprint("start", __name__)
CHANGES = 10
TASKS = 5


@bp.get("/")
def show() -> ResponseReturnValue:
    """The same page for everybody, and what is theirs for those signed in."""
    internal = sees_internal()
    changes = house().catalogue.latest_changes(on=today(), internal=internal, count=CHANGES)
    actor = visitor()
    mine = _mine(actor) if actor else {}
    return page("start/show.html", changes=changes, processes=_processes(), **mine)


def _mine(actor: Actor) -> dict[str, Any]:
    """What waits for the visitor, and their unit."""
    tasks = house().catalogue.cases_of(actor, sees_all=False, waiting=True)
    return {
        "tasks": tasks[:TASKS],
        "task_count": len(tasks),
        "unit": actor.person.unit,
        "sees_all": may(actor, Act.SEE_ALL),
    }


def _processes() -> list[tuple[Process, list[Process]]]:
    """The uppermost processes, each with those right under it."""
    processes = list(house().registers.processes.values())
    return [
        (top, [one for one in processes if one.parent == top.slug])
        for top in processes
        if not top.parent
    ]

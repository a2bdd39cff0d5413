"""Health: whether readers can be served, whether the index is level, and how the clock is minded.

What went wrong, in the words of servers, is told to those alone who see to it.
"""

from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from styrdokument import __version__
from styrdokument.actions.minding import Minded, minded
from styrdokument.domain.access import Act
from styrdokument.store.sql import Away
from styrdokument.store.tables import MAIN_CURSOR
from styrdokument.views.support import house, may_here, page

INDEX_AWAY = "index_away"
bp = Blueprint("health", __name__)


@bp.get("/health")
def show() -> ResponseReturnValue:
    """The state in words."""
    health = _health()
    return page("health/show.html", health=health), _status_of(health)


@bp.get("/health.json")
def show_json() -> ResponseReturnValue:
    """The state for a watcher; 200 while readers can be served."""
    health = _health()
    return jsonify(_plain(health)), _status_of(health)


def _health() -> dict[str, Any]:
    """Whether all is well; `index_is_level`: the index has taken in all that is decided."""
    last, is_level, clock = None, False, None
    try:
        last = house().catalogue.last_decision()
        is_level = house().catalogue.cursor(MAIN_CURSOR) == (house().record.head or "")
        status = "ok" if is_level else "catching_up"
        clock = _minded()
        if clock is None:
            status = "journal_away"
        elif status == "ok" and clock.alarms:
            status = "alarm"
    except Away:
        status = INDEX_AWAY
    return {
        "status": status,
        "index_is_level": is_level,
        "last_decision": last["seq"] if last else None,
        "last_decision_at": last["recorded_at"] if last else None,
        **_of_the_clock(clock),
        "checked_at": house().now(),
        "version": __version__,
    }


def _minded() -> Minded | None:
    try:
        return minded(house())
    except Away:
        return None


def _of_the_clock(clock: Minded | None) -> dict[str, Any]:
    sees_faults = may_here(Act.SEE_MAIL)
    if clock is None:
        return {
            "alarms": [],
            "scheduler": None,
            "mail": None,
            "directory": None,
            "index_checked_at": None,
        }
    jobs = {
        name: {key: one for key, one in job.items() if sees_faults or key not in {"told", "fault"}}
        for name, job in clock.jobs.items()
    }
    mail = {
        "unsent": clock.unsent,
        "oldest_unsent_at": clock.oldest_unsent_at,
        "answers": not clock.mail_fault,
    }
    return {
        "alarms": [str(alarm) for alarm in clock.alarms],
        "scheduler": {"last_run_at": clock.last_run_at, "jobs": jobs},
        "mail": mail | ({"fault": clock.mail_fault} if sees_faults else {}),
        "directory": _directory(clock),
        "index_checked_at": clock.index_checked_at,
    }


def _directory(clock: Minded) -> dict[str, bool] | None:
    """Whether the organisation's directory answers; None where there is none."""
    answers = clock.directory_answers
    return None if answers is None else {"answers": answers}


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever JSON is to hold
    """Moments as texts, however deep they stand."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value.isoformat() if isinstance(value, datetime) else value


def _status_of(health: dict[str, Any]) -> int:
    return 503 if health["status"] == INDEX_AWAY else 200

"""Health: whether readers can be served, and whether the index is level with the record."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from styrdokument import __version__
from styrdokument.store.sql import Away
from styrdokument.store.tables import MAIN_CURSOR
from styrdokument.views.support import house, page

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
    told = {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in health.items()}
    return jsonify(told), _status_of(health)


def _health() -> dict[str, Any]:
    """Whether all is well; `index_is_level`: the index has taken in all that is decided."""
    last, is_level = None, False
    try:
        last = house().catalogue.last_decision()
        is_level = house().catalogue.cursor(MAIN_CURSOR) == (house().record.head or "")
        status = "ok" if is_level else "catching_up"
        status = status if _is_journal_there() else "journal_away"
    except Away:
        status = INDEX_AWAY
    return {
        "status": status,
        "index_is_level": is_level,
        "last_decision": last["seq"] if last else None,
        "last_decision_at": last["recorded_at"] if last else None,
        "checked_at": house().now(),
        "version": __version__,
    }


def _is_journal_there() -> bool:
    try:
        house().accounts.has_demonstration_accounts()
    except Away:
        return False
    return True


def _status_of(health: dict[str, Any]) -> int:
    return 503 if health["status"] == INDEX_AWAY else 200

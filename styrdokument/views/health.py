"""Health: whether readers can be served, and whether the index is level with the record."""

from typing import Any

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from styrdokument import __version__
from styrdokument.store.tables import MAIN_CURSOR
from styrdokument.views.support import house, page

bp = Blueprint("health", __name__)


@bp.get("/health")
def show() -> ResponseReturnValue:
    """The state in words."""
    return page("health/show.html", health=_health())


@bp.get("/health.json")
def show_json() -> Response:
    """The state for a watcher."""
    health = _health()
    return jsonify({k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in health.items()})


def _health() -> dict[str, Any]:
    """Whether all is well; `index_is_level`: the index has taken in all that is decided."""
    last = house().catalogue.last_decision()
    head = house().record.head
    is_level = house().catalogue.cursor(MAIN_CURSOR) == (head or "")
    return {
        "status": "ok" if is_level else "catching_up",
        "index_is_level": is_level,
        "last_decision": last["seq"] if last else None,
        "last_decision_at": last["recorded_at"] if last else None,
        "checked_at": house().now(),
        "version": __version__,
    }

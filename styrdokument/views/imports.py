"""Reports of imports, dry or not: a list, and each with its counts, rows and what to correct.

They are what was filed when the import ran, and say nothing of what has happened since.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from styrdokument.actions.imports.report import Outcome
from styrdokument.actions.imports.spelling import Owner, as_map
from styrdokument.domain.problems import Code, NotFound, Problem, Refused
from styrdokument.store.reports import Reports
from styrdokument.views.asking import Pages, here, number_asked
from styrdokument.views.spreadsheet import comma_separated
from styrdokument.views.support import house, page, words

bp = Blueprint("imports", __name__, url_prefix="/imports")
ROWS = 100
Row = Mapping[str, Any]
_DAYS = ("effective_from", "valid_until", "review_on")
_PLAIN = (
    "path",
    "outcome",
    "title",
    "document",
    "versions",
    *_DAYS,
)


@bp.get("")
def index() -> ResponseReturnValue:
    """The list, newest first."""
    names = _reports().names()
    number = number_asked("page")
    shown = names[(number - 1) * ROWS : number * ROWS]
    found = [(name, report) for name in shown if (report := _reports().get(name))]
    pages = Pages(number=number, total=len(names), size=ROWS)
    return page("imports/index.html", reports=found, pages=pages, outcomes=list(Outcome))


@bp.get("/<name>")
def show(name: str) -> ResponseReturnValue:
    """One report, narrowed to an outcome where one is asked for."""
    report, number = _report(name), number_asked("page")
    rows = _narrowed(report)
    outcomes = [(str(one), words().say(f"outcome.{one}")) for one in Outcome]
    return page(
        "imports/show.html",
        name=name,
        report=report,
        rows=[_said(row) for row in rows[(number - 1) * ROWS : number * ROWS]],
        pages=Pages(number=number, total=len(rows), size=ROWS),
        asked={"outcome": request.args.get("outcome", "")},
        outcomes=outcomes,
        to_correct=as_map(_owner(one) for one in report["owners"]),
        here=here,
    )


@bp.get("/<name>.json")
def show_json(name: str) -> Response:
    """The report as it was filed, narrowed likewise."""
    report = _report(name)
    return jsonify({**report, "documents": list(_narrowed(report))})


@bp.get("/<name>.csv")
def show_csv(name: str) -> Response:
    """The rows, narrowed likewise."""
    lines = [_line(_said(row)) for row in _narrowed(_report(name))]
    return comma_separated([(*_PLAIN, "remarks"), *lines], name=f"{name}.csv")


def _reports() -> Reports:
    return Reports(house().data)


def _report(name: str) -> dict[str, Any]:
    """Raises NotFound."""
    found = _reports().get(name)
    if found is None:
        raise NotFound(name)
    return found


def _narrowed(report: Row) -> list[Row]:
    """The rows with the outcome asked for; those that need a look first. Raises Refused."""
    wanted = request.args.get("outcome", "")
    if wanted and wanted not in set(Outcome):
        raise Refused(Problem(code=Code.BAD_VALUE, field="outcome"))
    rows = [row for row in report["documents"] if wanted in {"", row["outcome"]}]
    order = [Outcome.REFUSED, Outcome.WITH_REMARKS, Outcome.IMPORTED, Outcome.UNCHANGED]
    return sorted(rows, key=lambda row: (order.index(row["outcome"]), row["path"]))


def _said(row: Row) -> Row:
    """A row with its days as days, and all that was remarked in words, each once."""
    remarks = (words().remark(one["rule"], one["values"]) for one in row["remarks"])
    problems = (words().problem(_problem(one)) for one in row["problems"])
    days = {key: date.fromisoformat(row[key]) if row[key] else None for key in _DAYS}
    return {**row, **days, "said": list(dict.fromkeys((*problems, *remarks)))}


def _problem(plain: Row) -> Problem:
    known = {key: plain[key] for key in ("rule", "field", "line", "values")}
    return Problem(code=Code(plain["code"]), **known)


def _owner(plain: Row) -> Owner:
    return Owner(section=plain["section"], spellings=plain["spellings"], entry=plain["entry"] or "")


def _line(row: Row) -> list[str]:
    cells = ["" if row.get(key) is None else str(row[key]) for key in _PLAIN]
    return [*cells, " ".join(row["said"])]

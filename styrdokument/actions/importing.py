"""Importing documents with their history from a foreign git repository, all or nothing.

What comes in was decided elsewhere and was not reviewed here (rule 26): each published text
becomes a version with its own date, and gets no more validity than its source gives. Importing
again enters only what is new; `docs/importing.md` tells it in full.
"""

import re
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from styrdokument.actions.house import House
from styrdokument.actions.imports.editions import Reader, shown
from styrdokument.actions.imports.entering import enter
from styrdokument.actions.imports.map_reading import read_map
from styrdokument.actions.imports.mapping import SourceMap
from styrdokument.actions.imports.planning import Plan, Plans, Tell, make_plans
from styrdokument.actions.imports.remark import Remark
from styrdokument.actions.imports.report import Outcome, Report, Row
from styrdokument.actions.imports.spelling import table_of
from styrdokument.domain.people import Actor, Grant
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.store.git import Damaged, Missing, ObjectId
from styrdokument.store.globs import pattern_of
from styrdokument.store.lineage import Account, trace
from styrdokument.store.reports import Reports
from styrdokument.store.source import Source, open_source

__all__ = [
    "Outcome",
    "Remark",
    "Report",
    "Row",
    "SourceMap",
    "Tell",
    "file_report",
    "import_git",
    "read_map",
]


def import_git(
    house: House,
    actor: Actor,
    source: Path,
    *,
    docs: str,
    mapping: SourceMap,
    ref: str = "HEAD",
    dry_run: bool = False,
    tell: Tell = lambda _doing, _done, _of: None,
) -> Report:
    """Import the documents that the pattern `docs` means in `ref`, with their history.

    A dry run answers the same report, with no ids for what is new, and writes nothing. Raises
    Refused, with nothing imported, for who may not and for what is no such source; Conflict.
    """
    if Grant.CONTROLLER not in actor.grants:
        raise Refused(Problem(code=Code.WRONG_ROLE, rule="import", field="by"))
    with open_source(source) as opened:
        head = opened.resolve(ref)
        tell("trace", 0, 1)
        account = _account(opened, head, docs, is_with_removed=mapping.deleted)
        with nullcontext() if dry_run else house.record.lock():
            reader = Reader(opened, mapping, house.registers, today=house.today)
            plans = make_plans(house, reader, account.lineages, tell)
            if not dry_run:
                enter(house, actor, reader, plans, tell)
        if not dry_run:
            house.index.catch_up(lambda done, of: tell("index", done, of))
        tell("done", 1, 1)
        return _report(opened.name, head, account, plans, dry_run=dry_run)


def file_report(house: House, report: Report) -> str:
    """Leave the report of a run, dry or not, in the data directory; its name."""
    about = f"{report.repository}-dry-run" if report.dry_run else report.repository
    at = house.now()
    return Reports(house.data).put({**report.as_json(), "at": at.isoformat()}, about=about, at=at)


def _report(
    repository: str, head: ObjectId, account: Account, plans: Plans, *, dry_run: bool
) -> Report:
    rows = [*map(_row, plans.all), *_rows_of_other_things(account)]
    newest = [plan.newest for plan in plans.all if plan.read and not plan.here]
    return Report(
        repository=repository,
        commit=head,
        dry_run=dry_run,
        rows=tuple(sorted(rows, key=lambda row: row.path)),
        removed=len(account.lineages) - len(plans.all),
        remarks=tuple(_remarks(account)),
        copies=tuple(tuple(shown(one.lineage.path) for one in group) for group in plans.copies),
        owners=table_of(one for edition in newest for one in edition.text.spelled),
    )


def _account(source: Source, head: ObjectId, docs: str, *, is_with_removed: bool) -> Account:
    try:
        pattern = pattern_of(docs)
        account = trace(source, head, lambda path: pattern.fullmatch(path) is not None)
    except re.error as error:
        raise Refused(_problem("docs", "bad_pattern", pattern=docs)) from error
    except (Missing, Damaged) as error:
        raise Refused(_problem("source", "damaged_repository", object=error.id)) from error
    if not any(is_with_removed or one.ended is None for one in account.lineages):
        raise Refused(_problem("docs", "no_documents", pattern=docs))
    return account


def _row(plan: Plan) -> Row:
    newest = plan.editions[-1] if plan.editions else None
    term = newest.term if newest else None
    here = (plan.here.newest.title or "") if plan.here else ""
    return Row(
        path=shown(plan.lineage.path),
        outcome=_outcome(plan),
        title=plan.newest.title if plan.read else here,
        document=plan.id,
        versions=len(plan.editions),
        repeals=plan.ends is not None,
        effective_from=newest.effective_from if newest else None,
        valid_until=term.valid_until if term else None,
        review_on=term.review_on if term else None,
        is_planned=term.is_planned if term else False,
        remarks=_each_once(plan.remarks),
        problems=plan.problems or (plan.one_with.problems if plan.one_with else ()),
    )


def _outcome(plan: Plan) -> Outcome:
    if plan.problems or (plan.one_with and plan.one_with.problems):
        return Outcome.REFUSED
    if not plan.has_news and not plan.one_with:
        return Outcome.UNCHANGED
    return Outcome.WITH_REMARKS if plan.remarks else Outcome.IMPORTED


def _each_once(remarks: list[Remark]) -> tuple[Remark, ...]:
    """Equal remarks of several versions are one."""
    return tuple(remark for at, remark in enumerate(remarks) if remark not in remarks[:at])


def _rows_of_other_things(account: Account) -> Iterator[Row]:
    """What stands where a document would, and is none."""
    for path, kind in account.not_files.items():
        problem = _problem("path", kind)
        yield Row(path=shown(path), outcome=Outcome.REFUSED, problems=(problem,))


def _remarks(account: Account) -> Iterator[Remark]:
    if account.is_cut:
        yield Remark(rule="history_cut")
    for unread in account.unread:
        yield Remark(rule="object_passed_over", values={"object": unread})


def _problem(field: str, rule: str, **values: object) -> Problem:
    return Problem(code=Code.BAD_VALUE, field=field, rule=rule, values=values)

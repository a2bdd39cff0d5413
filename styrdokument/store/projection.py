"""From the record to the index's rows: pure of any database, the same whenever it is asked.

A document's rows are always made whole from all its decisions, so that catching up and rebuilding
cannot differ.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from styrdokument.domain.decisionfile import (
    ISSUES_A_VERSION,
    BasisKind,
    Decision,
    DecisionKind,
)
from styrdokument.domain.document import DocumentId, Roles
from styrdokument.domain.history import after_review_day, history_of
from styrdokument.domain.matter import Matter
from styrdokument.domain.people import Who
from styrdokument.domain.registers import Registers
from styrdokument.domain.reminders import About
from styrdokument.domain.tasks import participants, turn_since, whose_turn
from styrdokument.domain.validity import History, due_from
from styrdokument.store.cases import Held
from styrdokument.store.git import ObjectId
from styrdokument.store.matters import Matters
from styrdokument.store.record import Filed
from styrdokument.store.sheet import Sheet
from styrdokument.store.sorting import sort_key

Row = dict[str, Any]
SETS_THE_END = ISSUES_A_VERSION | {DecisionKind.EXTEND}
"""The decisions that say until when a version is valid."""


Wording = Callable[[str], str]
"""From a body to its words, for search."""


def decision_row(filed: Filed, commit: ObjectId) -> Row:
    """A decision's row; `decider` sorts by name, and is empty where no source names one."""
    decision, raw = filed.decision, json.loads(filed.data)
    return {
        "seq": decision.seq,
        "document": decision.document,
        "version": decision.version,
        "kind": str(decision.kind),
        "case_number": decision.case,
        "recorded_at": decision.recorded_at,
        "decider": _decider(decision.decided_by),
        "decided_by": raw["decided_by"],
        "basis": raw["basis"],
        "commit_id": commit,
        "path": filed.path,
        "file": filed.data.decode(),
    }


def document_row(
    document: DocumentId, made: Sequence[Decision], history: History, sheet: Sheet
) -> Row:
    """A document's row: who is who now, and whether and why it was repealed."""
    repeal = next((d for d in reversed(made) if d.kind is DecisionKind.REPEAL), None)
    is_repealed = repeal is not None and history.repealed_from is not None
    roles = sheet.roles
    return {
        "document": document,
        "latest": history.next_number - 1,
        "unit": roles.unit,
        "case_officer": roles.case_officer,
        "fact_owner": roles.fact_owner,
        "reviewers": list(roles.reviewers),
        "adopter": list(roles.adopter),
        "repealed_from": history.repealed_from,
        "repealed_by": repeal.seq if repeal and is_repealed else None,
        "successor": repeal.successor if repeal and is_repealed else None,
    }


def entry_rows(document: DocumentId, roles: Roles) -> list[Row]:
    """A row for each entry in each role; an obligatory role that nobody has gets an empty one."""
    named = {
        "case_officer": (roles.case_officer,),
        "fact_owner": (roles.fact_owner,),
        "reviewers": roles.reviewers,
        "adopter": roles.adopter or ("",),
    }
    return [
        {"document": document, "role": role, "entry": entry}
        for role, entries in named.items()
        for entry in entries
    ]


class Projection:
    """Makes rows, reading texts from the record."""

    def __init__(self, matters: Matters, wording: Wording) -> None:
        """With what gives a text's words."""
        self._matters, self._wording = matters, wording

    def version_rows(
        self,
        document: DocumentId,
        made: Sequence[Decision],
        registers: Registers,
        *,
        known: Mapping[int, int],
    ) -> tuple[list[Row], list[Row]]:
        """The rows of new versions, and what later decisions may have changed in those known.

        `known` gives the seq of each version that has its row: what a version's own decision and
        files say of it never changes, so its text is not read and finished again.
        """
        history = history_of(made)
        new, changed = [], []
        for decision in (one for one in made if one.kind in ISSUES_A_VERSION):
            number = decision.version or 0
            days = day_columns(history, number, decision.type or "", registers)
            if known.get(number) == decision.seq:
                changed.append({"document": document, "version": number, **days})
            else:
                new.append(self._issue_row(document, decision) | days)
        return new, changed

    def sheet_of(self, document: DocumentId, decision: Decision) -> Sheet:
        """The files of a decided content, read."""
        files = {file.path: ObjectId(file.git) for file in decision.content}
        return self._matters.sheet(document, files)

    def _issue_row(self, document: DocumentId, decision: Decision) -> Row:
        sheet = self.sheet_of(document, decision)
        return {
            "document": document,
            "version": decision.version,
            "seq": decision.seq,
            "kind": str(decision.kind),
            "title": decision.title or sheet.fields.title,
            "sorting": sort_key(decision.title or sheet.fields.title),
            "processes": f" {' '.join(sheet.fields.processes)} ",
            "type": decision.type or sheet.fields.type,
            "language": sheet.fields.language,
            "audience": decision.audience or str(sheet.fields.audience),
            "fields": _plain(vars(sheet.fields)),
            "roles": _plain(vars(sheet.roles)),
            "content": [vars(file) for file in decision.content],
            "content_hash": decision.content_hash,
            "text": sheet.text.decode(errors="replace"),
            "body": sheet.body,
            "words": f"{decision.title}\n{self._wording(sheet.body)}".casefold(),
            "change_note": decision.change_note or "",
            "significance": str(decision.significance or ""),
            "decided_on": decision.decided_on,
            "recorded_at": decision.recorded_at,
        }


def day_columns(history: History, number: int, kind: str, registers: Registers) -> Row:
    """The columns of a version that other decisions, or the type's reminders, may change."""
    version = history.version(number)
    if version is None:
        raise KeyError(number)
    known = registers.types.get(kind)
    later = history.begun_after(number)
    return {
        "effective_from": version.effective_from,
        "valid_until": version.valid_until,
        "review_on": version.review_on,
        "after_review_on": history.after_review_on(number),
        "due_from": due_from(version, known.reminders if known else ()),
        "applies_until": later.effective_from if later else None,
        "repealed_from": history.repealed_from,
        "is_cancelled": version.is_cancelled,
        "corrects": version.corrects,
        "extensions": version.extensions,
    }


def watch_rows(document: DocumentId, made: Sequence[Decision], history: History) -> list[Row]:
    """The rows that reminders are found by; none where nothing is left to look after (rule 7)."""
    latest = history.latest
    about = [d for d in made if d.kind in SETS_THE_END and latest and d.version == latest.number]
    if latest is None or history.repealed_from is not None or not about:
        return []
    end = {
        "document": document,
        "about": str(About.END),
        "version": latest.number,
        "type": about[0].type or "",
        "ends_on": latest.valid_until or latest.review_on or latest.effective_from,
        "set_on": about[-1].recorded_at.date(),  # in the zone that it was written in
        "is_imported": about[-1].basis.kind is BasisKind.SOURCE,
    }
    return [end, *_after_review_rows(end, made, history.after_review_on(latest.number))]


def _after_review_rows(end: Row, made: Sequence[Decision], by: date | None) -> Iterator[Row]:
    """The same of the review that follows a decision in haste, until it is done (rule 15)."""
    hasty = [one for one in made if after_review_day(one)]
    if by and hasty:
        set_on = hasty[-1].recorded_at.date()
        about = str(About.AFTER_REVIEW)
        yield {**end, "about": about, "ends_on": by, "set_on": set_on, "is_imported": False}


def gap_rows(document: DocumentId, history: History) -> list[Row]:
    """A row for each time that a version stood expired before it was extended (rule 10)."""
    return [
        {"document": document, "version": version.number, "first": first, "last": last}
        for version in history.versions
        for first, last in version.gaps
    ]


def case_rows(held: Held, matter: Matter) -> tuple[Row, list[Row], list[Row]]:
    """A case's row, its documents' and its entries'."""
    case = held.case
    first = next(iter(matter.drafts.values()), None)
    number = int(case.number)
    row = {
        "number": number,
        "kind": str(case.kind),
        "state": str(case.state),
        "branch": case.branch if case.is_open else "",
        "title": first.fields.title if first else "",
        "unit": first.roles.unit if first else "",
        "type": first.fields.type if first else "",
        "opened_by": str(case.opened_by.id) if case.opened_by else "",
        "opened_at": case.opened_at,
        "turn_since": turn_since(held.events) or case.opened_at,
        "changed_at": case.changed_at,
        "log": held.log,
    }
    turn = [{"number": number, "entry": e, "is_turn": True} for e in whose_turn(matter)]
    part = [{"number": number, "entry": e, "is_turn": False} for e in participants(matter)]
    return row, [{"number": number, "document": int(d)} for d in case.documents], turn + part


def _decider(who: Who | None) -> str:
    return f"{sort_key(who.name)} {who.id or ''}" if who else ""


def _plain(values: dict[str, Any]) -> Row:
    return {key: list(v) if isinstance(v, tuple) else v for key, v in values.items()}

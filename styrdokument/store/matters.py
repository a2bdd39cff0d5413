"""Reads from git what a step is judged on: the drafts, what is adopted, who is who.

`Matters.of` is what every action asks, under the lock where it is going to write.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache

from styrdokument.domain.case import HAS_TEXT, Kind
from styrdokument.domain.decisionfile import ISSUES_A_VERSION
from styrdokument.domain.document import ROLES, TEXT, ContentHash, DocumentId
from styrdokument.domain.fields import submission_problems
from styrdokument.domain.history import history_of
from styrdokument.domain.matter import Adopted, Draft, Matter
from styrdokument.domain.people import PersonId
from styrdokument.domain.problems import Code, Problem
from styrdokument.store.cases import Cases, Held
from styrdokument.store.git import Git, ObjectId
from styrdokument.store.record import Filed, Record, hash_of
from styrdokument.store.sheet import Sheet, read_sheet

SHEETS_KEPT = 64
ROLES_KEPT = 256
"""Small files, that many documents share."""


Inspect = Callable[[Sheet, tuple[str, ...]], Iterable[Problem]]
"""What is wrong with a sheet's text, given its type's obligatory headings."""


class Matters:
    """Reads matters from one record and its cases."""

    def __init__(self, git: Git, record: Record, cases: Cases, inspect: Inspect) -> None:
        """Over one repository; `inspect` says what is wrong with a text itself."""
        self._git, self._record, self._cases, self._inspect = git, record, cases, inspect
        # A blob's id names its bytes, so that what was read of them stays true.
        self._sheet = lru_cache(maxsize=SHEETS_KEPT)(self._read_sheet)
        self._roles = lru_cache(maxsize=ROLES_KEPT)(git.blob)

    def of(self, held: Held, *, on: date) -> Matter:
        """All that the case's rules look at, on the day `on`."""
        case = held.case
        drafts = {d: self.draft(held, d) for d in case.documents}
        named = {r for draft in drafts.values() for r in draft.fields.replaces}
        adopted = {d: self.adopted(d) for d in {*case.documents, *named}}
        return Matter(
            case=case,
            drafts=drafts,
            adopted={d: a for d, a in adopted.items() if a is not None},
            registers=self._record.registers(),
            on=on,
        )

    def draft(self, held: Held, document: DocumentId) -> Draft:
        """One document as the case would have it, with what stands in the way of submission."""
        files = self._cases.files_of(held, document)
        sheet = self.sheet(document, files)
        registers = self._record.registers()
        problems = [*sheet.problems, *self._newer_roles(held, document)]
        if held.case.kind in HAS_TEXT:
            problems += submission_problems(sheet.fields, sheet.roles, registers)
            kind = registers.types.get(sheet.fields.type)
            problems += self._inspect(sheet, kind.headings if kind else ())
        return Draft(
            id=document,
            fields=sheet.fields,
            roles=sheet.roles,
            content_hash=self._content_hash(held, document, files),
            base_version=held.case.bases.get(document, 0),
            problems=tuple(problems),
        )

    def sheet(self, document: DocumentId, files: Mapping[str, ObjectId]) -> Sheet:
        """Read a document's files from the repository; damage in them becomes problems."""
        return self._sheet(document, files.get(TEXT), files.get(ROLES), tuple(files))

    def _read_sheet(
        self,
        document: DocumentId,
        text: ObjectId | None,
        roles: ObjectId | None,
        names: tuple[str, ...],
    ) -> Sheet:
        data = self._git.blob(text) if text else b""
        return read_sheet(document, data, self._roles(roles) if roles else b"", names)

    def adopted(self, document: DocumentId) -> Adopted | None:
        """One document as it stands on the record; None where nothing was ever adopted."""
        filed = self._record.decisions_of(document)
        if not filed:
            return None
        files = self._record.files_of(document)
        sheet = self.sheet(document, files)
        return Adopted(
            id=document,
            fields=sheet.fields,
            roles=sheet.roles,
            content_hash=hash_of(self._record.content_of(files)),
            issued_hash=_issued_hash(filed),
            history=history_of(one.decision for one in filed),
            creator=_creator(filed),
        )

    def _content_hash(
        self, held: Held, document: DocumentId, files: Mapping[str, ObjectId]
    ) -> ContentHash:
        """What approvals bind to: the draft's bytes, or the standing version's own."""
        if held.case.branch:
            return hash_of(self._record.content_of(files))
        return _issued_hash(self._record.decisions_of(document))

    def _newer_roles(self, held: Held, document: DocumentId) -> Iterable[Problem]:
        """Who is who was changed on `main` since the draft began; it has to be taken in first."""
        if held.case.kind is Kind.NEW:
            return ()
        now = self._record.files_of(document).get(ROLES)
        then = self._cases.files_at_base(held, document).get(ROLES)
        if now == then:
            return ()
        return (Problem(code=Code.BASE_MOVED, rule="roles", values={"document": document}),)


def _issued_hash(filed: tuple[Filed, ...]) -> ContentHash:
    """The content hash of the newest version."""
    issued = [one.decision for one in filed if one.decision.kind in ISSUES_A_VERSION]
    return issued[-1].content_hash if issued else ContentHash("")


def _creator(filed: tuple[Filed, ...]) -> PersonId | None:
    """Whoever wrote the document's first version, first of all its writers."""
    return next(iter(filed[0].decision.contributors), None)

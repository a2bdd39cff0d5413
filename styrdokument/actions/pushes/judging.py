"""What a push would make of a case, judged by the rules that the web has; nothing is let in here.

The new objects may still lie in quarantine. All that is ever written is a number kept for the
author of a new document, for its refusal has to say which.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from styrdokument.actions.house import House, look
from styrdokument.actions.opening import MOST_DOCUMENTS, obstacles_on
from styrdokument.actions.pushes.files import read_contents
from styrdokument.domain.access import Act, may, obstacles_to_opening, sees_all_cases
from styrdokument.domain.case import HAS_DRAFT, CaseNumber, Kind, Step
from styrdokument.domain.document import ROLES, ContentHash, DocumentId
from styrdokument.domain.matter import Given
from styrdokument.domain.people import Actor
from styrdokument.domain.problems import Code, Conflict, NotFound, Problem, Refused
from styrdokument.domain.pushing import (
    HEADS,
    MOST_COMMITS,
    Command,
    Options,
    branch_of,
    document_at,
    is_committer,
    is_kept_for_cases,
    kind_of_push,
    number_problem,
    push_problem,
    wants_a_number,
)
from styrdokument.domain.transitions import obstacles
from styrdokument.store import programs
from styrdokument.store.arriving import Arrived, Arriving, committer_of
from styrdokument.store.cases import Held
from styrdokument.store.git import ObjectId
from styrdokument.store.programs import Quarantine
from styrdokument.store.record import MAIN, Record


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a push makes of a case: `held` is the case that it moves on, None where it opens one.

    Without `contents` it opens a case that writes no text, and its branch is not kept.
    """

    branch: str
    kind: Kind
    held: Held | None
    arrived: Arrived
    documents: tuple[DocumentId, ...]
    contents: Mapping[DocumentId, ContentHash]
    bases: Mapping[DocumentId, int]


def judge(
    house: House, actor: Actor, command: Command, options: Options, quarantine: Quarantine
) -> Draft:
    """What the push would make. Raises Refused, with every reason that could be found."""
    if not may(actor, Act.CLONE):
        raise Refused(Problem(code=Code.WRONG_ROLE, rule="git"))
    branch = branch_of(command)
    held = _case_on(house, actor, branch, command)
    arriving = Arriving(house.git, quarantine)
    try:
        return _Judging(house, actor, options, branch, held, arriving).judge(
            ObjectId(command.new or "")
        )
    finally:
        arriving.close()


def visible_tips(house: House, actor: Actor) -> tuple[ObjectId, ...]:
    """Where `main` and the drafts stand that the person may see: what leads from there is theirs.

    To all others a draft does not exist (rule 22).
    """
    branches = house.catalogue.branches_of(actor, sees_all=sees_all_cases(actor))
    refs = (MAIN, *(f"{HEADS}{branch}" for branch in sorted(branches)))
    return tuple(tip for tip in map(house.git.tip, refs) if tip)


def _case_on(house: House, actor: Actor, branch: str, command: Command) -> Held | None:
    """The open case that has the branch; its tip must be what the client has seen."""
    branches = house.catalogue.branches()
    number = branches.get(branch)
    if number is None:
        if command.old is not None:
            raise Conflict(push_problem("moved", ref=branch))
        if is_kept_for_cases(branch) or _is_in_the_way(branch, branches):
            raise Refused(push_problem("taken", ref=branch))
        return None
    try:
        held, matter = look(house, actor, CaseNumber(number))
    except NotFound:
        raise Refused(push_problem("taken", ref=branch)) from None
    if problems := obstacles(Step.SAVE, matter, actor, Given()):
        raise Refused(*problems)
    if command.old != held.tip:
        raise Conflict(push_problem("moved", ref=branch))
    return held


def _is_in_the_way(branch: str, branches: Iterable[str]) -> bool:
    """Whether a branch cannot be beside another: one would be a file, and a folder too."""
    return any(one.startswith(f"{branch}/") or branch.startswith(f"{one}/") for one in branches)


@dataclass(frozen=True)
class _Judging:
    """One push while it is being judged."""

    house: House
    actor: Actor
    options: Options
    branch: str
    held: Held | None
    arriving: Arriving

    def judge(self, tip: ObjectId) -> Draft:
        """Raises Refused: first for what makes no sense of the rest, then for all at once."""
        arrived = self._arrived(tip)
        if not arrived.documents and self.held is None:
            return self._without_text(arrived)
        documents = tuple(sorted({*arrived.documents, *self._known}))
        kind = self._kind(arrived)
        record = Record(self.house.data, self.arriving.git, None)
        contents, of_files = read_contents(self.arriving.git, record, arrived, documents)
        _refuse(*self._unopenable(kind, documents), *of_files, *self._smuggled(arrived))
        bases = {d: self.house.record.version_at(arrived.base, d) for d in documents}
        return Draft(
            branch=self.branch,
            kind=kind,
            held=self.held,
            arrived=arrived,
            documents=documents,
            contents=contents,
            bases=bases,
        )

    @property
    def _known(self) -> tuple[DocumentId, ...]:
        return self.held.case.documents if self.held else ()

    def _arrived(self, tip: ObjectId) -> Arrived:
        main = self.house.record.head
        if main is None:
            raise Refused(Problem(code=Code.NOT_WRITABLE))
        log = self.held.log if self.held else None
        arrived = self.arriving.read(main, tip, log, most=MOST_COMMITS)
        _refuse(*arrived.problems, *self._strangers(arrived), *self._unnumbered(arrived))
        return arrived

    def _without_text(self, arrived: Arrived) -> Draft:
        """A case that writes no text, on the documents that the author named."""
        kind, documents = self.options.kind, self.options.documents
        if kind is None or kind in HAS_DRAFT or not documents:
            raise Refused(push_problem("empty"))
        _refuse(*self._unopenable(kind, documents))
        return Draft(
            branch=self.branch,
            kind=kind,
            held=None,
            arrived=arrived,
            documents=documents,
            contents={},
            bases={},
        )

    def _strangers(self, arrived: Arrived) -> Iterator[Problem]:
        """Each new commit is made by the one who pushes it."""
        account = self.house.accounts.account(self.actor.id)
        login = account.login if account else ""
        told = {committer_of(one): one.id for one in reversed(arrived.commits)}
        for address, commit in told.items():
            if not is_committer(self.actor.person, login, address):
                person = str(self.actor.id)
                yield push_problem("committer", commit=commit[:9], committer=address, person=person)

    def _unnumbered(self, arrived: Arrived) -> Iterator[Problem]:
        """A new document has the number that was kept for its author; a refusal keeps one."""
        folders = {
            change.path.rpartition("/")[0]: document_at(change.path)
            for change in arrived.changes
            if change.after and (document_at(change.path) or wants_a_number(change.path))
        }
        new = {f: d for f, d in folders.items() if d is None or self._is_unknown(d)}
        kept = self.house.reservations.of(self.actor.id)
        free = [number for number in kept if number not in new.values()]
        for folder, document in list(new.items())[:MOST_DOCUMENTS]:
            if document not in kept:
                number = free.pop(0) if free else self._reserve()
                yield number_problem(folder, number)

    def _is_unknown(self, document: DocumentId) -> bool:
        return document not in self._known and self.house.matters.adopted(document) is None

    def _reserve(self) -> DocumentId:
        number = self.house.record.numbers.next_document()
        return self.house.reservations.reserve(self.actor.id, number, at=self.house.now())

    def _kind(self, arrived: Arrived) -> Kind:
        asked = self.options.kind
        if self.held:
            if asked not in {None, self.held.case.kind}:
                raise Refused(push_problem("other_kind", kind=str(self.held.case.kind)))
            asked = self.held.case.kind
            if not arrived.documents:
                return asked
        old = [d for d in arrived.documents if self.house.matters.adopted(d) is not None]
        return kind_of_push(
            asked,
            is_new=len(old) < len(arrived.documents),
            is_old=bool(old),
            is_roles=all(change.path.endswith(f"/{ROLES}") for change in arrived.changes),
        )

    def _unopenable(self, kind: Kind, documents: Iterable[DocumentId]) -> Iterator[Problem]:
        """Why the case may not take the documents up, as it might not on the web."""
        house, actor = self.house, self.actor
        fresh = set(documents) - set(self._known)
        if len(fresh) > MOST_DOCUMENTS:
            yield push_problem("too_many_documents", most=MOST_DOCUMENTS)
            return
        if self.held is None and kind is Kind.NEW:
            yield from obstacles_to_opening(Kind.NEW, None, house.registers, actor)
        for document in sorted(fresh):
            if adopted := house.matters.adopted(document):
                found = obstacles_on(house, actor, kind, adopted)
                yield from (replace(problem, file=str(document)) for problem in found)
            elif kind is not Kind.NEW:
                yield push_problem("document", document=str(document))

    def _smuggled(self, arrived: Arrived) -> Iterator[Problem]:
        """A file that the push did not bring is one that its author can have: see X5."""
        here = {blob for blob in arrived.named if not self.arriving.has_brought(blob)}
        log = (self.held.log,) if self.held else ()
        tips = (*visible_tips(self.house, self.actor), *log)
        if here and programs.unreached(self.house.git.path, here, *tips):
            yield push_problem("unreadable")


def _refuse(*problems: Problem) -> None:
    if problems:
        raise Refused(*dict.fromkeys(problems))

"""Changing a register: a decision of kind `register`, made by two people."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from styrdokument import __version__
from styrdokument.actions.house import House, check_clock
from styrdokument.domain.decisionfile import Basis, BasisKind, ContentFile, Decision, DecisionKind
from styrdokument.domain.people import Actor, Grant, Who
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.store import registers
from styrdokument.store.chain import Act, Proposal
from styrdokument.store.git import Batch, ObjectId
from styrdokument.store.record import Record, hash_of, without_decisions

NAMES = frozenset({"types.yaml", "units.yaml", "functions.yaml", "processes.yaml"})
PEOPLE = 2


def put_register(house: House, name: str, data: bytes, *, by: Sequence[Actor], reason: str) -> None:
    """Put a register's file in place: decided by the first person, attested by the second.

    Raises Refused with every problem. While nobody holds a controller's function any two may.
    """
    by = [house.live(actor) for actor in by]
    problems = list(_problems_of_people(house, by))
    if name not in NAMES and not (name.startswith("laws/") and name.endswith(".yaml")):
        problems.append(Problem(code=Code.BAD_VALUE, field="file"))
    if not reason.strip():
        problems.append(Problem(code=Code.NEEDS_REASON, field="reason"))
    if problems:
        raise Refused(*problems)
    with house.record.lock():
        check_clock(house, house.now())
        files = house.record.register_files()
        if files.get(name) == data:
            raise Refused(Problem(code=Code.NOTHING_CHANGED))
        found = list(registers.problems_in(house.registers, registers.read(files | {name: data})))
        if found:
            raise Refused(*found)
        people = [house.sign(actor) for actor in by]
        _enter(house.record, {name: data}, people, DecisionKind.REGISTER, house.now(), reason)
    house.index.catch_up()


def begin_record(record: Record, files: dict[str, bytes], *, by: Who, at: datetime) -> None:
    """The first commit: registers and signers, a decision of kind `init`."""
    registers.read({path: data for path, data in files.items() if path.endswith(".yaml")})
    with record.lock():
        if record.head is None:
            _enter(record, files, [by], DecisionKind.INIT, at, "")


def _enter(
    record: Record,
    files: dict[str, bytes],
    people: Sequence[Who],
    kind: DecisionKind,
    at: datetime,
    reason: str,
) -> None:
    batch = record.git.batch()
    changed: dict[str, ObjectId | None] = {p: record.put(batch, d) for p, d in files.items()}
    content = _content(record, batch, files)
    decision = Decision(
        kind=kind,
        content=content,
        content_hash=hash_of(content),
        title=", ".join(sorted(files)) if kind is DecisionKind.REGISTER else None,
        decided_on=at.date(),
        recorded_at=at,
        recorded_by=people[0],
        decided_by=people[0],
        participants=tuple(people[1:]),
        basis=Basis(kind=BasisKind.IMPLEMENTATION),
        reason=reason.strip() or None,
        second_look="command_line" if kind is DecisionKind.REGISTER else None,
        product=f"styrdokument {__version__}",
    )
    subject = f"{kind}: {decision.title or 'the record begins'}"
    proposal = Proposal(decision=decision, files=changed)
    by = str(people[0].id or "styrdokument")
    record.enter(batch, Act(kind=kind, by=by, at=at, proposals=[proposal], subject=subject))


def _content(record: Record, batch: Batch, changed: dict[str, bytes]) -> tuple[ContentFile, ...]:
    """All the registers' files as they stand after the change."""
    head = record.head
    stored = without_decisions(record.git.files(head, "registers")) if head else {}
    blobs = stored | {path: record.put(batch, data) for path, data in changed.items()}
    return record.content_of(blobs)


def _problems_of_people(house: House, by: Sequence[Actor]) -> list[Problem]:
    people = {actor.id for actor in by}
    if len(people) != PEOPLE:
        return [Problem(code=Code.WRONG_ROLE, rule="two_people", field="by")]
    has_controller = house.registers.is_granted_to_anybody(Grant.CONTROLLER, on=house.today)
    if has_controller and Grant.CONTROLLER not in by[0].grants:
        return [Problem(code=Code.WRONG_ROLE, rule="controller", field="by")]
    return []


def name_of(path: Path) -> str:
    """The register that a file is meant for: `types.yaml`, or `laws/<file>` for a law."""
    return path.name if path.name in NAMES else f"laws/{path.name}"

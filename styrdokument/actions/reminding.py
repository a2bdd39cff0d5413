"""Reminders: found by the calendar, claimed once each, and put in one mail a day to each person.

Whoever asks acts as nobody: it reads, and it writes what is to be sent. A day may be asked for
again, by several at once or after a stop, and nothing is claimed twice.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from styrdokument.actions.departures import long_absences
from styrdokument.actions.house import House
from styrdokument.domain.addresses import mail_address
from styrdokument.domain.document import DocumentType, Roles
from styrdokument.domain.people import PersonId, is_person
from styrdokument.domain.recipients import Organisation, Recipient, recipients
from styrdokument.domain.registers import Registers
from styrdokument.domain.reminders import About, Stage, Watched, newest_stage, stage_due
from styrdokument.store.catalogue import Row

LONGEST_SILENCE = 40
"""Days. After more of them it is likelier that a clock is wrong than that nobody looked."""
USUALLY_AT_MOST, TIMES_THE_USUAL, LOOKS = 200, 10, 60
"""Reminders that may always go; and so many times the middle one of so many looks before."""
_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Due:
    """A document whose stage has come, as the index knows it, and who is told."""

    row: Row
    stage: Stage
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a day's look found. `since` is the day of the look before; None: the first."""

    on: date
    since: date | None
    due: tuple[Due, ...]

    @property
    def count(self) -> int:
        """How many reminders there are: one for each document and person."""
        return sum(len(one.recipients) for one in self.due)

    @property
    def unheard(self) -> int:
        """How many documents nobody at all could be told of."""
        return sum(1 for one in self.due if not one.recipients)


def look(house: House, on: date) -> Look:
    """What is due on a day, and was not claimed before. It writes nothing."""
    registers, since = house.registers, house.reminders.last_look(on)

    def is_due(about: About, kind: str, ends_on: date) -> bool:
        stage = newest_stage(ends_on, ladder_of(registers, kind), on=on, about=about)
        return stage is not None and (since is None or stage.on > since)

    rows = list(house.watch.due(is_due, since=since))
    sent = house.reminders.stages_sent([row["document"] for row in rows])
    found = [(row, _stage_of(row, registers, on, since, sent)) for row in rows]
    due = [(row, stage) for row, stage in found if stage]
    known = organisation(house, on, (row for row, _ in due)) if due else None
    told = [
        Due(row=row, stage=stage, recipients=recipients(roles_of(row), stage, known))
        for row, stage in due
        if known
    ]
    return Look(on=on, since=since, due=tuple(told))


def remind(house: House, found: Look) -> int:
    """Claim all that was found, and put it in the outbox; how many reminders were new."""
    groups = ([reminder_row(one, who) for who in one.recipients] for one in found.due)
    count = house.reminders.claim(groups, on=found.on, at=house.now())
    house.reminders.note_look(found.on, at=house.now(), reminders=count)
    return count


def is_too_much(house: House, found: Look) -> bool:
    """Whether a person is to look before so much goes out: the clock may be wrong."""
    if not found.count:
        return False
    silence = (found.on - found.since).days if found.since else 0
    usual = sorted(n for n in house.reminders.usual(found.on, days=LOOKS) if n) or [0]
    most = max(USUALLY_AT_MOST, TIMES_THE_USUAL * usual[len(usual) // 2])
    return silence > LONGEST_SILENCE or found.count > most


def ladder_of(registers: Registers, kind: str) -> Sequence[str]:
    """The ladder of a type; the usual one for a type that no register has."""
    known = registers.types.get(kind)
    return known.reminders if known else DocumentType.reminders


def roles_of(row: Row) -> Roles:
    """Who is who for a watched document."""
    return Roles(
        unit=row["unit"],
        case_officer=row["case_officer"],
        fact_owner=row["fact_owner"],
        adopter=tuple(row["adopter"]),
    )


def organisation(house: House, on: date, rows: Iterable[Row]) -> Organisation:
    """Who there is on a day, as far as those rows and the registers name anybody."""
    registers, administrators = house.registers, house.accounts.administrators()
    held = (registers.holders(slug, on=on) for slug in registers.functions)
    asked = {person for people in held for person in people}
    asked |= {PersonId(e) for row in rows for e in _entries(row) if is_person(e)}
    asked |= set(administrators)
    here, reachable = set[PersonId](), set[PersonId]()
    away = long_absences(house, on=on)
    people = sorted(asked)
    for start in range(0, len(people), _AT_ONCE):
        chunk = people[start : start + _AT_ONCE]
        here |= house.directory.here(chunk)
        known = house.directory.known(chunk)
        reachable |= {one for one, person in known.items() if mail_address(person.mail)}
    return Organisation(
        registers=registers,
        on=on,
        here=here,
        reachable=reachable & here - away.keys(),
        away=away.keys(),
        administrators=administrators,
    )


def reminder_row(due: Due, recipient: Recipient) -> Mapping[str, Any]:
    """A reminder as the journal keeps it, without its mail."""
    return {
        "document": due.row["document"],
        "ends_on": due.row["ends_on"],
        "stage": due.stage.name,
        "recipient": recipient.person,
        "version": due.row["version"],
        "stage_on": due.stage.on,
        "reason": reason_of(recipient),
    }


def reason_of(recipient: Recipient) -> dict[str, Any]:
    """Why somebody is told, in plain values."""
    instead_of = [
        {"part": one.part, "entry": one.entry, "why": one.why} for one in recipient.instead_of
    ]
    return {"part": recipient.part, "entry": recipient.entry, "instead_of": instead_of}


def _stage_of(
    row: Row,
    registers: Registers,
    on: date,
    since: date | None,
    sent: Mapping[tuple[int, date, About], Collection[date]],
) -> Stage | None:
    watched = Watched(
        document=row["document"],
        version=row["version"],
        ends_on=row["ends_on"],
        set_on=row["set_on"],
        is_imported=row["is_imported"],
        about=About(row["about"]),
    )
    known = sent.get((watched.document, watched.ends_on, watched.about), ())
    return stage_due(watched, ladder_of(registers, row["type"]), on=on, since=since, sent=known)


def _entries(row: Row) -> Iterator[str]:
    yield from (row["case_officer"], row["fact_owner"], *row["adopter"])

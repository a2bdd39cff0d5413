"""Functions that people hold by a group of the directory: what was seen of it, day by day.

Rows are never removed: they are the answer to who held what, on days that are past. A row is open
until somebody is seen not to be in the group; then it is over, and coming back begins another.
"""

import time
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import ColumnElement, Connection, Engine, insert, select, update

from styrdokument.domain.observed import Observed
from styrdokument.domain.people import PersonId
from styrdokument.store.identities import holdings
from styrdokument.store.journal import note_people
from styrdokument.store.sql import Away, writing

KEPT_SECONDS = 30.0
"""How long what another process has noted may go unseen here; what is signed is looked up first."""
Held = Mapping[str, str]
"""The groups of functions, by function."""


class Holdings:
    """What was seen."""

    def __init__(self, engine: Engine) -> None:
        """Over the journal's engine."""
        self._engine = engine
        self._kept: list[Observed] = []
        self._kept_until = 0.0

    def all(self) -> list[Observed]:
        """Everything that was ever seen; the last that was read, where the journal is away."""
        if time.monotonic() >= self._kept_until:
            try:
                with self._engine.connect() as connection:
                    rows = connection.execute(select(holdings)).mappings().all()
            except Away:
                return self._kept
            self._kept = [Observed(**row) for row in rows]
            self._kept_until = time.monotonic() + KEPT_SECONDS
        return self._kept

    def note_person(self, person: PersonId, held: Held, *, on: date) -> None:
        """Keep what somebody holds at the moment, and that the rest is over."""
        now = {(function, person): group for function, group in held.items()}
        self._note(now, holdings.c.person == person, on)

    def note_all(
        self, held: Held, members: Mapping[str, Collection[PersonId]], *, on: date
    ) -> None:
        """The same of everybody; `members` are by group."""
        now = {
            (function, person): group
            for function, group in held.items()
            for person in members[group]
        }
        self._note(now, None, on)

    def _note(
        self, now: Mapping[tuple[str, PersonId], str], whose: ColumnElement[bool] | None, on: date
    ) -> None:
        with writing(self._engine) as connection:
            is_open = holdings.c.over_on.is_(None)
            asked = is_open if whose is None else is_open & whose
            rows = connection.execute(select(holdings).where(asked)).mappings()
            before = [Observed(**row) for row in rows]
            held = {(one.function, one.person): one.group for one in before}
            ends = [one for one in before if now.get((one.function, one.person)) != one.group]
            begins = {key: group for key, group in now.items() if held.get(key) != group}
            for one in ends:
                row = _is(one.function, one.person, one.group, one.first_seen)
                connection.execute(update(holdings).where(row).values(over_on=on))
            goes_on = asked & (holdings.c.last_seen < on)
            connection.execute(update(holdings).where(goes_on).values(last_seen=on))
            _begin(connection, begins, on)
            if ends or begins:
                note_people(connection)
        self._kept_until = 0.0


def _begin(connection: Connection, begins: Mapping[tuple[str, PersonId], str], on: date) -> None:
    """New rows; one that began and ended on the very day goes on."""
    for (function, person), group in begins.items():
        again = update(holdings).where(_is(function, person, group, on))
        values = {"last_seen": on, "over_on": None}
        if not connection.execute(again.values(values)).rowcount:
            row = {"function": function, "person": person, "group": group, "first_seen": on}
            connection.execute(insert(holdings), {**row, **values})


def _is(function: str, person: str, group: str, first_seen: date) -> ColumnElement[bool]:
    return (
        (holdings.c.function == function)
        & (holdings.c.person == person)
        & (holdings.c.group == group)
        & (holdings.c.first_seen == first_seen)
    )

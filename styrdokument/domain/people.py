"""People, the functions they hold in turn, and the units they work in.

A right never follows from a name: it follows from a function that somebody holds on a day.
A person or a function is written as an *entry*: person ids begin with `p-`, function slugs never.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NewType

PersonId = NewType("PersonId", str)
Entry = str
"""A person id or the slug of a function."""
PERSON_PREFIX = "p-"
"""How every person id begins, and no slug of a function."""


class Grant(StrEnum):
    """What holding a function may give beside the roles on documents."""

    CONTROLLER = "controller"
    ARCHIVIST = "archivist"
    AUTHOR = "author"
    GIT = "git"


class Scope(StrEnum):
    """What a personal access token lets a program do as its owner; never more than they may."""

    READ = "read"
    WRITE = "write"
    """Read, and push."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody as the directory knows them now."""

    id: PersonId
    name: str
    title: str = ""
    unit: str = ""
    mail: str = ""
    """Where mail reaches them; empty where nobody has said."""


@dataclass(frozen=True, kw_only=True)
class Holding:
    """Somebody holds a function, or stands in for its holder; both days are inclusive."""

    person: PersonId
    since: date | None = None
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the holding lasts on `day`."""
        return (self.since or date.min) <= day <= (self.until or date.max)


@dataclass(frozen=True, kw_only=True)
class Function:
    """A role in the organisation, held by people in turn.

    `group` is the immutable key of a group of the directory whose members hold it as well;
    `observed` is who was seen to be in it, and is in no register.
    """

    slug: str
    label: Mapping[str, str]
    unit: str = ""
    holders: tuple[Holding, ...] = ()
    stand_ins: tuple[Holding, ...] = ()
    grants: frozenset[Grant] = frozenset()
    until: date | None = None
    group: str = ""
    observed: tuple[Holding, ...] = ()

    @property
    def holding(self) -> tuple[Holding, ...]:
        """Who has held it, holds it or will, by the register and by its group."""
        return (*self.holders, *self.observed)

    def holders_on(self, day: date) -> tuple[PersonId, ...]:
        """The ordinary holders on `day`; nobody once the function has ended."""
        if self.until and day > self.until:
            return ()
        return tuple(dict.fromkeys(h.person for h in self.holding if h.covers(day)))

    def stand_ins_on(self, day: date) -> tuple[PersonId, ...]:
        """Those who act for a holder on `day` and sign *tf*."""
        if self.until and day > self.until:
            return ()
        return tuple(h.person for h in self.stand_ins if h.covers(day))


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A part of the organisation; `head` is a function."""

    slug: str
    label: Mapping[str, str]
    parent: str = ""
    head: str = ""
    until: date | None = None
    succeeded_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A signed-in person with what they may act as, looked up for one day.

    `stands_in` are the functions held only as stand-in. Where `is_current` is false the directory
    does not answer, and may know better: then they read, and no more.
    """

    person: Person
    functions: frozenset[str] = frozenset()
    stands_in: frozenset[str] = frozenset()
    grants: frozenset[Grant] = frozenset()
    is_admin: bool = False
    is_current: bool = True

    @property
    def id(self) -> PersonId:
        """The person's id."""
        return self.person.id

    def answers_to(self, entry: Entry) -> bool:
        """Whether `entry` names this person, or a function that they hold today."""
        return entry == self.person.id or entry in self.functions

    def answers_to_any(self, entries: tuple[Entry, ...] | frozenset[Entry]) -> bool:
        """Whether any of `entries` names this person or a function of theirs."""
        return any(self.answers_to(entry) for entry in entries)


@dataclass(frozen=True, kw_only=True)
class ActingFor:
    """For whom a stand-in signed: the function and, where known, its holder."""

    function: str
    id: PersonId | None = None
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Who:
    """Somebody as they were when something was done; frozen for ever.

    `id` is None for a body (a board), and for the unknown decider of an imported text.
    """

    id: PersonId | None
    name: str
    title: str = ""
    unit: str = ""
    acting_for: ActingFor | None = field(default=None)


def is_person(entry: Entry) -> bool:
    """Whether `entry` is a person id and not the slug of a function."""
    return entry.startswith(PERSON_PREFIX)

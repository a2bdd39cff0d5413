"""Who there is: local accounts and the organisation's directory, asked as one.

Names are always to be had from the journal, also while the directory is away; whether somebody is
still here is known for five minutes. A directory that does not answer holds up few and for
seconds: others are told so at once until it is time to try again.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from styrdokument.domain.observed import Observed, with_observed
from styrdokument.domain.people import Function, Person, PersonId
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.domain.registers import Registers
from styrdokument.domain.sighting import Presence, Sighting
from styrdokument.outside import oidc
from styrdokument.outside.directory import Organisation, Silent
from styrdokument.store.accounts import Accounts
from styrdokument.store.holdings import Holdings
from styrdokument.store.ties import Tie, Ties

LOG = logging.getLogger("styrdokument")
FRESH = timedelta(minutes=5)
"""How long what a directory said of somebody may be gone by, but for approving and deciding."""
PATIENCE_SECONDS = 0.5
"""How long one waits for a place to ask from."""
PAUSE_SECONDS = 30.0
"""How long a directory that did not answer is left alone by those who need no answer."""
T = TypeVar("T")
_Laid = tuple[Registers, Sequence[Observed], date, Registers]
"""Registers, what was seen, the day, and what came of the three."""


class Staff:
    """Everybody, with local accounts or known to the organisation's directory."""

    def __init__(
        self,
        accounts: Accounts,
        ties: Ties,
        holdings: Holdings,
        organisation: Organisation | None,
        *,
        functions: Callable[[], Mapping[str, Function]],
        now: Callable[[], datetime],
        at_once: int = 4,
    ) -> None:
        """`organisation` None: local accounts alone; `functions` are those of the register.

        `at_once` may ask the directory at a time.
        """
        self._accounts, self.ties, self.holdings = accounts, ties, holdings
        self.organisation, self._functions, self._now = organisation, functions, now
        self._places = threading.BoundedSemaphore(at_once)
        self._silent_until = 0.0
        self._laid: _Laid = (Registers(), [], date.min, Registers())

    def authenticate(self, username: str, password: str) -> PersonId | None:
        """Whose name and password these are. Raises Refused where the directory does not answer.

        A local account comes first: whoever has its name in the directory is not asked for by it.
        Wrong passwords take as long for its name as for anybody's: one hash here, two questions
        there.
        """
        known = self._accounts.named(username)
        is_local = known is not None and self.ties.of(known.person.id) is None
        person, organisation = self._accounts.authenticate(username, password), self.organisation
        if organisation is None or person:
            return person
        if is_local:
            nobody = secrets.token_hex()
            with suppress(Refused):  # it is about nobody, whether it answers or not
                self._ask(lambda: organisation.authenticate(nobody, nobody))
            return None
        found = self._ask(lambda: organisation.authenticate(username, password))
        return self.welcome(found) if found else None

    def welcome(self, found: Sighting) -> PersonId | None:
        """The person id of somebody just seen; None where they may not come in."""
        if found.presence is not Presence.HERE:
            return None
        person = self._keep(found)
        account = self._accounts.account(person)
        return person if account and not account.is_disabled else None

    def arrive(self, claims: Mapping[str, Any], settings: oidc.Settings) -> PersonId | None:
        """The person id of somebody who has signed in elsewhere; None where they may not come in.

        Where there is a directory it says who they are, by the claim that names a login there.
        Raises Refused where it does not answer.
        """
        if self.organisation is None:
            return self.welcome(oidc.sighting_of(claims, settings))
        found = self.named(str(claims.get(settings.claim) or "")) if settings.claim else None
        return self.welcome(found) if found else None

    def has_password(self, person: PersonId) -> bool:
        """Whether somebody has a password to give, here or in the directory."""
        tie = self.ties.of(person)
        return tie is None or self.is_in_directory(tie.key)

    def keeps_password(self, person: PersonId) -> bool:
        """Whether somebody's password is kept here, as that of a local account is."""
        return self.ties.of(person) is None

    def named(self, login: str) -> Sighting | None:
        """Whoever a login names in the organisation's directory. Raises Refused."""
        organisation = self.organisation
        return self._ask(lambda: organisation.named(login)) if organisation else None

    def is_fresh(self, seen_at: datetime | None) -> bool:
        """Whether somebody who was last seen then need not be looked up; None: never has to be."""
        return self.organisation is None or seen_at is None or abs(self._now() - seen_at) <= FRESH

    def is_current(self, person: PersonId, *, live: bool = False) -> bool:
        """Whether it is known that somebody is here, and what of; asks where it is not.

        Raises Refused where `live` and nobody answers.
        """
        organisation = self.organisation
        tie = self.ties.of(person) if organisation else None
        if (
            organisation is None
            or tie is None
            or not self.is_in_directory(tie.key)
            or (not live and self.is_fresh(tie.seen_at))
        ):
            return True
        key = tie.key
        if not live and time.monotonic() < self._silent_until:
            return False
        try:
            self._note(tie, self._ask(lambda: organisation.look(key)))
        except Refused:
            if live:
                raise
            return False
        return True

    def held(self, registers: Registers, *, on: date) -> Registers:
        """The registers with who was seen to hold functions by a group; `on` is today.

        Kept until one of the three is another.
        """
        seen = self.holdings.all()
        before, rows, day, found = self._laid
        if not seen:
            return registers
        if before is not registers or rows is not seen or day != on:
            functions = with_observed(registers.functions, seen, on=on)
            found = replace(registers, functions=functions)
            self._laid = (registers, seen, on, found)
        return found

    def groups(self, name: str) -> Mapping[str, str]:
        """The groups of a name in the directory: their names there, by key. Raises Refused."""
        organisation = self.organisation
        return self._ask(lambda: organisation.groups(name)) if organisation else {}

    def answers(self) -> bool | None:
        """Whether the directory answers, now or a moment ago; None where there is none."""
        if self.organisation is None:
            return None
        try:
            return time.monotonic() >= self._silent_until and self.named(" ") is None
        except Refused:
            return False

    def is_in_directory(self, key: str) -> bool:
        """Whether a key is of the directory, and not of where people sign in elsewhere."""
        return not key.startswith(oidc.KEYS)

    def everybody(
        self, keys: Collection[str], groups: Collection[str]
    ) -> tuple[Mapping[str, Sighting], dict[str, Mapping[str, Sighting]]]:
        """Those of `keys` who are there, and the members of `groups`; whole. Raises Refused."""
        organisation = self.organisation
        if organisation is None:
            return {}, {group: {} for group in groups}
        return self._ask(
            lambda: (organisation.everybody(keys), {g: organisation.members(g) for g in groups})
        )

    def person(self, person: PersonId) -> Person | None:
        """Somebody as they were last known, here or not."""
        return self._accounts.person(person)

    def known(self, people: Collection[PersonId]) -> dict[PersonId, Person]:
        """Those of `people` who were ever known."""
        return self._accounts.known(people)

    def here(self, people: Collection[PersonId]) -> frozenset[PersonId]:
        """Those of `people` who have not left."""
        return self._accounts.here(people)

    def people(self) -> list[Person]:
        """Everybody who may be named on a document, by name."""
        return self._accounts.people()

    def _note(self, tie: Tie, found: Sighting | None) -> None:
        """Keep what was just seen. Whoever is kept out for a while has not left."""
        if found is None or found.presence is Presence.LEFT:
            if tie.left_at is None:
                self.ties.leave([tie.person], at=self._now())
                self.holdings.note_person(tie.person, {}, on=self._now().date())
        elif found.presence is Presence.HERE:
            self._keep(found)
        else:
            raise Refused(Problem(code=Code.NOT_SIGNED_IN, rule="locked"))

    def _keep(self, found: Sighting) -> PersonId:
        """Keep somebody who is here, and which functions their groups give them."""
        person = self.ties.note(found, at=self._now())
        if found.groups is not None:
            functions = self._functions().items()
            held = {slug: f.group for slug, f in functions if f.group in found.groups}
            self.holdings.note_person(person, held, on=self._now().date())
        return person

    def _ask(self, question: Callable[[], T]) -> T:
        """What the directory answers, where there is a place to ask from. Raises Refused."""
        if self._silent_until:  # one tries; the others go on without
            self._silent_until = time.monotonic() + PAUSE_SECONDS
        if not self._places.acquire(timeout=PATIENCE_SECONDS):
            raise Refused(Problem(code=Code.DIRECTORY_AWAY))
        try:
            answer = question()
        except Silent as silent:
            LOG.error("the directory does not answer: %s", silent)  # noqa: TRY400 - no fault of ours
            self._silent_until = time.monotonic() + PAUSE_SECONDS
            raise Refused(Problem(code=Code.DIRECTORY_AWAY)) from silent
        finally:
            self._places.release()
        self._silent_until = 0.0
        return answer

"""The parts of the house that actions work with, joined by `app`; and how a step is taken.

`act_in` is the one way that a step reaches a case: read under the lock, judge, record.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from styrdokument.actions.staff import Staff
from styrdokument.domain.access import may_see_case
from styrdokument.domain.case import CaseNumber, Step
from styrdokument.domain.matter import Matter
from styrdokument.domain.people import Actor, PersonId, Who
from styrdokument.domain.problems import Code, NotFound, Problem, Refused
from styrdokument.domain.registers import Registers
from styrdokument.outside.mail import Letterhead, Post
from styrdokument.outside.oidc import Provider
from styrdokument.store.accounts import Accounts
from styrdokument.store.authenticators import Authenticators
from styrdokument.store.cases import Cases, Held
from styrdokument.store.catalogue import Catalogue
from styrdokument.store.desk import Desk
from styrdokument.store.disk import Alive
from styrdokument.store.git import Git
from styrdokument.store.index import Index
from styrdokument.store.journal import Journal
from styrdokument.store.matters import Matters
from styrdokument.store.outbox import Outbox
from styrdokument.store.pages import Pages
from styrdokument.store.pending import Pending
from styrdokument.store.record import Record
from styrdokument.store.reminders import Reminders
from styrdokument.store.reservations import Reservations
from styrdokument.store.runs import Runs
from styrdokument.store.sessions import Sessions
from styrdokument.store.texts import Texts
from styrdokument.store.tokens import Tokens
from styrdokument.store.watch import Watch
from styrdokument.store.wishes import Wishes

CLOCKS_DIFFER = timedelta(minutes=1)
"""By so much those of several machines may."""
STOCKHOLM = ZoneInfo("Europe/Stockholm")
REPOSITORY = "record.git"
"""The record's place in the data directory."""
INDEX, JOURNAL = "index.db", "journal.db"
"""The databases' places there, where no server has them."""
KEY = Path("keys") / "record"
"""The place of the key that signs it."""
SEAL = Path("keys") / "journal"
"""The place of the key that seals what the journal keeps secret."""


@dataclass(frozen=True, kw_only=True)
class House:
    """Everything that actions need; `now` answers the real moment, in Stockholm's zone.

    `recorded_ahead` is the seq of the last decision recorded by a clock that ran ahead.
    """

    data: Path
    alive: Alive
    git: Git
    record: Record
    cases: Cases
    matters: Matters
    index: Index
    catalogue: Catalogue
    pages: Pages
    texts: Texts
    desk: Desk
    watch: Watch
    journal: Journal
    outbox: Outbox
    reminders: Reminders
    runs: Runs
    wishes: Wishes
    post: Post
    letterhead: Letterhead
    directory: Staff
    accounts: Accounts
    sessions: Sessions
    tokens: Tokens
    authenticators: Authenticators
    pending: Pending
    reservations: Reservations
    provider: Provider | None
    recorded_ahead: int = 0
    now: Callable[[], datetime]

    @property
    def today(self) -> date:
        """The day that decisions are stamped with (Europe/Stockholm); nothing moves it."""
        return self.now().astimezone(STOCKHOLM).date()

    @property
    def registers(self) -> Registers:
        """The registers as they stand, with those who hold functions by a group."""
        return self.directory.held(self.record.registers(), on=self.today)

    def actor(self, person: PersonId, *, live: bool = False) -> Actor | None:
        """The person with what they may act as today; None where they may not be here.

        What a directory says is of the last minutes; `live` asks it now, and raises Refused where
        it does not answer.
        """
        is_current = self.directory.is_current(person, live=live)
        account = self.accounts.account(person)
        if account is None or account.is_disabled:
            return None
        known, is_admin = account.person, account.is_admin
        return self.registers.actor(known, on=self.today, is_admin=is_admin, is_current=is_current)

    def live(self, actor: Actor) -> Actor:
        """The same person as they may act this moment, for whatever is signed. Raises Refused."""
        found = self.actor(actor.id, live=True)
        if found is None:
            raise Refused(Problem(code=Code.NOT_SIGNED_IN))
        return found

    def sign(self, actor: Actor, function: str = "") -> Who:
        """The actor as the record names them, for a holder where they stand in."""
        known = self.registers.functions.get(function)
        holders = known.holders_on(self.today) if known else ()
        holder = self.directory.person(holders[0]) if holders else None
        return self.registers.sign(actor, function=function, holder=holder)

    def close(self) -> None:
        """Let go of every file and connection, and of the mark that this process lives."""
        self.git.close()
        self.sessions.close()
        self.pages.close()
        self.journal.engine.dispose()
        self.index.engine.dispose()
        self.alive.close()


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """A case read for a step that is going to be taken, with the lock held."""

    held: Held
    matter: Matter
    at: datetime


def look(house: House, actor: Actor, number: CaseNumber) -> tuple[Held, Matter]:
    """The case and all that its rules look at. Raises NotFound where `actor` may not know of it."""
    held = house.cases.read(number)
    matter = replace(house.matters.of(held, on=house.today), registers=house.registers)
    if not may_see_case(matter, actor):
        raise NotFound(number)
    return held, matter


@contextmanager
def sitting(house: House, actor: Actor, number: CaseNumber) -> Iterator[Sitting]:
    """Hold the lock and read the case; the index is caught up once the lock is let go.

    Its drafts are read once before: the costly part of that is kept, and is not done with the
    lock held.
    """
    held = house.cases.read(number)
    for document in held.case.documents:
        house.matters.draft(held, document)
    with house.record.lock():
        held, matter = look(house, actor, number)
        yield Sitting(held=held, matter=matter, at=house.now())
    house.index.catch_up()


def check_clock(house: House, at: datetime) -> None:
    """See to it that nothing is signed at a moment before the newest decision. Raises Refused.

    A clock that was set back would make what is later look earlier, for ever.
    """
    head = house.record.head
    newest = house.record.decided_at(head)[-1].decision if head else None
    if newest is None or newest.seq <= house.recorded_ahead:
        return
    if at < newest.recorded_at - CLOCKS_DIFFER:
        values = {"number": newest.seq, "when": newest.recorded_at, "now": at}
        raise Refused(Problem(code=Code.NOT_WRITABLE, rule="clock", values=values))


def function_for(matter: Matter, actor: Actor, step: Step) -> str:
    """The function that `actor` signs a step with, where they hold it as somebody's stand-in."""
    entries = (
        entry
        for draft in matter.drafts.values()
        for entry in (draft.roles.adopter if step is Step.DECIDE else draft.roles.reviewers)
    )
    return next((entry for entry in entries if entry in actor.functions), "")

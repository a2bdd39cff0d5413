"""Sending what the outbox holds: claim, write, send, mark; in that order, and at least once.

It decides nothing, and acts as nobody. A server that does not answer makes everything wait; one
that refuses a recipient for good ends that mail, for a person to look at.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from styrdokument.actions import reminding
from styrdokument.actions.house import House
from styrdokument.actions.letters.content import Ended
from styrdokument.actions.letters.facts import Facts, look_up
from styrdokument.actions.letters.writing import GONE, letter_for
from styrdokument.domain.recipients import recipients
from styrdokument.domain.reminders import About, Stage, about_of
from styrdokument.outside.mail import Later, Rejected, Send
from styrdokument.store.outbox import Key
from styrdokument.store.reminders import DIGEST
from styrdokument.store.sql import Away

AT_ONCE, TOGETHER = 100, 10
"""Letters that are claimed for one connection, and those whose facts are looked up together."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=2), timedelta(hours=1)
"""Between one try and the next: twice as long each time."""
REST_SECONDS = 0.02
"""Between two letters, so that thousands of them are in no reader's way."""
BUDGET_SECONDS = 55
"""How long one round goes on; the next minute's goes on from there."""


@dataclass(kw_only=True)
class Sent:
    """What a round did, by what became of each mail."""

    sent: int = 0
    later: int = 0
    ended: int = 0
    fault: str = ""
    redirected: list[str] = field(default_factory=list)


def send_waiting(house: House, *, go_on: Callable[[], bool] = lambda: True) -> Sent:
    """Send what may be tried now, the oldest first, as long as the server takes it.

    `go_on` is asked between two letters, and what is left then is left to the next round.
    """
    told, until = Sent(), time.monotonic() + BUDGET_SECONDS
    while time.monotonic() < until and not told.fault and go_on():
        keys = house.outbox.claim(at=house.now(), most=AT_ONCE)
        if not keys:
            break
        left = deque(keys)
        try:
            with house.post.connected() as send:
                for key, facts in _with_facts(house, left):
                    _send_one(house, key, facts, send, told)
                    time.sleep(REST_SECONDS)
                    if time.monotonic() >= until or not go_on():
                        break
        except Later as error:
            told.fault = str(error)
        house.outbox.release(left)
        if told.fault and not told.later:  # nobody answered: it is the oldest that has been tried
            told.later += _wait(house, keys[0], told.fault)
    return told


def _with_facts(house: House, left: deque[Key]) -> Iterator[tuple[Key, Facts]]:
    """Those that are left, one taken after the other, with the facts that some need together."""
    while left:
        some = list(islice(left, TOGETHER))
        facts = look_up(house, some)
        for _ in some:
            yield left.popleft(), facts


def _send_one(house: House, key: Key, facts: Facts, send: Send, told: Sent) -> None:
    try:
        letter = letter_for(house, key, facts)
    except Away:
        raise
    except Exception as error:  # noqa: BLE001 - one that cannot be written is in nobody's way
        told.later += _wait(house, key, f"{type(error).__name__}: {error}")
        return
    if isinstance(letter, Ended):
        _end(house, key, letter, told)
        return
    try:
        send(letter)
    except Rejected as error:
        house.outbox.mark_ended(key, "refused", fault=str(error))
        told.ended += 1
    except Later as error:
        told.later += _wait(house, key, str(error))
    except Exception as error:
        told.later += _wait(house, key, str(error))
        raise  # the connection is gone, too
    else:
        house.outbox.mark_sent(key, at=house.now())
        told.sent += 1


def _wait(house: House, key: Key, fault: str) -> int:
    """Try it again after a while, a longer one each time; how many that is: one."""
    row = house.outbox.find(key)
    tries = row["tries"] if row else 0
    pause = min(FIRST_WAIT * 2 ** min(tries, 10), LONGEST_WAIT)
    house.outbox.mark_later(key, at=house.now() + pause, fault=fault)
    return 1


def _end(house: House, key: Key, ended: Ended, told: Sent) -> None:
    """There is nothing to send; reminders to somebody who has left go to who is next in line."""
    if ended == GONE and key.kind == DIGEST:
        house.reminders.redirect(key, _others(house, key), on=house.today, at=house.now())
        told.redirected.append(key.recipient)
    else:
        house.outbox.mark_ended(key, ended.why)
    told.ended += 1


def _others(house: House, key: Key) -> list[dict[str, object]]:
    """Reminders to those who are told now, in the place of those in a mail that cannot go."""
    rows = house.reminders.within([key]).get(key, [])
    documents = [row["document"] for row in rows]
    watched = {one: house.watch.of(documents, one) for one in About}
    known = reminding.organisation(house, house.today, watched[About.END].values())
    made = []
    for row in rows:
        about = watched[about_of(row["stage"])].get(row["document"])
        if about is None or about["ends_on"] != row["ends_on"]:
            continue
        left = (row["ends_on"] - row["stage_on"]).days
        stage = Stage(name=row["stage"], on=row["stage_on"], days_left=left)
        due = reminding.Due(
            row=about, stage=stage, recipients=recipients(reminding.roles_of(about), stage, known)
        )
        made += [dict(reminding.reminder_row(due, who)) for who in due.recipients]
    return made

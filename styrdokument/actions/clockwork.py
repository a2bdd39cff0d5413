"""What the clock does, job by job: it reminds, sends, keeps in order and looks; it never decides.

Each takes the house and nobody who acts: no step of any case is open to it (rule 23). What it
tells is kept with the run, and shown on the page of health.
"""

from collections.abc import Callable, Mapping
from typing import Any

from styrdokument.actions import daily_look, reminding
from styrdokument.actions.examining import examine
from styrdokument.actions.house import House
from styrdokument.actions.letters.news import HELD
from styrdokument.actions.sending import send_waiting
from styrdokument.actions.sending_apart import MANY, send_apart
from styrdokument.actions.telling import tell_of_cases
from styrdokument.store import housekeeping

GoOn = Callable[[], bool]
"""Whether there still is time: no, once the process is to end."""
Told = Mapping[str, Any]


def send(house: House, go_on: GoOn) -> Told:
    """Tell of cases, and send what waits."""
    tell_of_cases(house)
    is_much = house.outbox.waiting()[0] > MANY
    told = send_apart(house, go_on=go_on) if is_much else None
    told = told or send_waiting(house, go_on=go_on)
    return {"sent": told.sent, "later": told.later, "ended": told.ended, "fault": told.fault}


def remind(house: House, _go_on: GoOn) -> Told:
    """The day's reminders; where they are far too many they wait for a person."""
    found = reminding.look(house, house.today)
    if reminding.is_too_much(house, found):
        house.outbox.put(
            {
                "happening": f"{HELD}:{found.on.isoformat()}:{found.count}",
                "recipient": person,
                "kind": HELD,
                "at": house.now(),
            }
            for person in house.accounts.administrators()
        )
        return {"on": found.on.isoformat(), "held": found.count}
    count = reminding.remind(house, found)
    return {"on": found.on.isoformat(), "reminders": count, "unheard": found.unheard}


def look_at_directory(house: House, _go_on: GoOn) -> Told:
    """Who has left, and who holds which function. Raises Refused where nobody answers whole."""
    if house.directory.organisation is None:
        return {}
    found = daily_look.look(house)
    return {"left": len(found.left), "back": len(found.back), "new": len(found.new)}


def try_mail(house: House, _go_on: GoOn) -> Told:
    """Whether mail could be sent now, and whether the directory answers, if there is one."""
    return {"fault": house.post.answers(), "directory": house.directory.answers()}


def pack(house: House, _go_on: GoOn) -> Told:
    """Join what the day's pushes left."""
    housekeeping.keep_if_many(house.git.path)
    return {}


def keep(house: House, _go_on: GoOn) -> Told:
    """Pack the record, and clear what was cut off."""
    return {"cleared": len(housekeeping.keep(house.git.path))}


def keep_whole(house: House, _go_on: GoOn) -> Told:
    """Pack all of it anew."""
    return {"cleared": len(housekeeping.keep(house.git.path, is_whole=True))}


def look_at_index(house: House, _go_on: GoOn) -> Told:
    """Whether record, key and index hold and are level."""
    found = examine(house)
    return {"decisions": found.decisions, "problems": list(found.problems)}

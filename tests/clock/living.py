"""A process whose days others tell it: it minds the clock of a data directory, and can be killed.

Run as `python -m tests.clock.living DATA HERE MAIL`. For each line of its input one more process is
split off, which makes a house, calls at the port HERE, says its id, and then does what it is told,
a line at a time: `tick MOMENT` as the scheduler does, `remind MOMENT` as an administrator would. It
sends to a mail server at the port MAIL, from an address with its id in it.
"""

import os
import signal
import socket
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from styrdokument.actions import reminding
from styrdokument.actions.house import STOCKHOLM, House
from styrdokument.actions.letters.content import Content, forms_of
from styrdokument.actions.sending import send_waiting
from styrdokument.app import join, open_house
from styrdokument.config import read_config
from styrdokument.outside.mail import Letter, Letterhead, compose
from styrdokument.outside.smtp import Smtp
from styrdokument.schedule import TABLE, Scheduler, next_time
from styrdokument.words import Words

ONLY = ("remind", "send")


def main() -> None:
    """Split off a process for each line, until there are no more."""
    data, here, mail = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are nobody's to wait for
    os.fsync = os.fstat  # type: ignore[assignment] # as in all tests: nobody cuts the power
    _warm_up(data)
    for _ in sys.stdin:
        if os.fork() == 0:
            _live(data, here, mail)
            os._exit(0)


def _warm_up(data: Path) -> None:
    """Load what every process would load for itself, and let go of every file again."""
    house = join(read_config(data, {}))
    assert house.registers.types
    house.close()
    content = Content(subject="", opening=(), sections=())
    text, html = forms_of(content, Words("sv"), name="", region="")
    head = Letterhead(region="", sender="w@exempel.invalid", base_url="")
    letter = {"key": "", "to": head.sender, "name": "", "subject": "", "text": text, "html": html}
    compose(Letter(**letter, at=datetime.now(STOCKHOLM)), head)  # type: ignore[arg-type]
    for job in TABLE:
        next_time(job, datetime.now(STOCKHOLM))


def _live(data: Path, here: int, mail: int) -> None:
    line = socket.create_connection(("127.0.0.1", here))
    with line, line.makefile("r") as told:
        line.sendall(f"{os.getpid()}\n".encode())
        moment = datetime.fromisoformat(told.readline().strip())
        house = open_house(read_config(data, {}), now=lambda: moment)
        sender = f"w{os.getpid()}@exempel.invalid"
        head = Letterhead(region="Region Exempel", sender=sender, base_url="http://x.invalid")
        post = Smtp(head=head, server="127.0.0.1", port=mail, security="none")
        house = replace(house, post=post)
        scheduler = Scheduler(house, [job for job in TABLE if job.name in ONLY])
        for said in told:
            what, _, when = said.strip().partition(" ")
            moment = datetime.fromisoformat(when)
            done = scheduler.tick() if what == "tick" else _remind(house)
            line.sendall(f"{' '.join(done)}\n".encode())


def _remind(house: House) -> list[str]:
    """As `styrdokument remind` does, whoever leads."""
    reminding.remind(house, reminding.look(house, house.today))
    send_waiting(house)
    return list(ONLY)


if __name__ == "__main__":
    main()

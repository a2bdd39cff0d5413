"""Letters by the hundred are sent by a process of their own: there they keep no reader waiting.

It does what `send_waiting` does here, with the same claims, so that whichever of the two is ended
loses nothing and sends nothing twice. It ends with its parent.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable

from styrdokument.actions.house import House
from styrdokument.actions.sending import Sent

MANY = 200
"""So many letters that wait are sent here; more are worth the start of a process."""
LOOK_SECONDS = 0.5
WORDS = ("-m", "styrdokument", "scheduler", "--send", "--data")


def send_apart(house: House, *, go_on: Callable[[], bool] = lambda: True) -> Sent | None:
    """One round in a process of its own; None where that came to no good end.

    Links in letters lead where those of this process do, whatever port it serves.
    """
    surroundings = {**os.environ, "STYRDOKUMENT_BASE_URL": house.letterhead.base_url}
    words = (sys.executable, *WORDS, str(house.data))
    child = subprocess.Popen(  # noqa: S603 - our own command
        words, env=surroundings, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    with child:
        try:
            said = _said(child, go_on)
        except BaseException:
            child.kill()
            raise
    return Sent(**json.loads(said)) if child.returncode == 0 else None


def _said(child: subprocess.Popen[str], go_on: Callable[[], bool]) -> str:
    """What it says when it ends; it is told to end where there is no more time."""
    while True:
        try:
            return child.communicate(timeout=LOOK_SECONDS)[0]
        except subprocess.TimeoutExpired:
            if not go_on():
                child.terminate()

"""The hooks' questions about one push, answered over an open socket until git is done with it."""

import json
import logging
import socket
import threading

from styrdokument.actions.house import House
from styrdokument.actions.pushes.answering import Caller, answer
from styrdokument.store.housekeeping import keep_if_many

CONNECTION = "STYRDOKUMENT_GUARD"
"""The variable that tells a hook which open file to ask; `guard` knows it by the same name."""
LOG = logging.getLogger("styrdokument")
_one_at_a_time = threading.Lock()


def converse(caller: Caller, ours: socket.socket) -> None:
    """Answer each line of JSON with another. Whatever fails here lets nothing in.

    Once git is done with the push, and its author waits no more, what it left is put in order.
    """
    try:
        with ours, ours.makefile("rwb") as lines:
            for line in lines:
                lines.write(json.dumps(answer(caller, json.loads(line))).encode() + b"\n")
                lines.flush()
        _put_in_order(caller.house)
    except Exception:
        LOG.exception("a push could not be judged")


def _put_in_order(house: House) -> None:
    if _one_at_a_time.acquire(blocking=False):
        try:
            keep_if_many(house.git.path)
        finally:
            _one_at_a_time.release()

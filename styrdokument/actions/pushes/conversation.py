"""The hooks' questions about one push, answered over an open socket until git is done with it."""

import logging
import marshal
import socket
import threading
from io import BufferedRWPair

from styrdokument.actions.house import House
from styrdokument.actions.pushes.answering import Caller, answer
from styrdokument.store.housekeeping import keep_if_many

CONNECTION = "STYRDOKUMENT_GUARD"
"""The variable that tells a hook which open file to ask; `guard` knows it by the same name."""
PLAIN = 2
"""The form of marshal's that both speak; JSON would cost a hook as much as all else it does."""
LOG = logging.getLogger("styrdokument")
_one_at_a_time = threading.Lock()


def converse(caller: Caller, ours: socket.socket) -> None:
    """Answer one question after the other. Whatever fails here lets nothing in.

    Once git is done with the push, and its author waits no more, what it left is put in order.
    """
    try:
        with ours, ours.makefile("rwb") as hooks:
            _answer_all(caller, hooks)
        _put_in_order(caller.house)
    except Exception:
        LOG.exception("a push could not be judged")


def _answer_all(caller: Caller, hooks: BufferedRWPair) -> None:
    while hooks.peek(1):
        question = marshal.load(hooks)  # noqa: S302 - from a hook of ours, and nobody else
        marshal.dump(answer(caller, question), hooks, PLAIN)
        hooks.flush()


def _put_in_order(house: House) -> None:
    if _one_at_a_time.acquire(blocking=False):
        try:
            keep_if_many(house.git.path)
        finally:
            _one_at_a_time.release()

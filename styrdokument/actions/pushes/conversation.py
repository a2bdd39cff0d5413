"""The hooks' questions about one push, answered over an open socket until git is done with it."""

import json
import logging
import socket

from styrdokument.actions.pushes.answering import Caller, answer

CONNECTION = "STYRDOKUMENT_GUARD"
"""The variable that tells a hook which open file to ask; `guard` knows it by the same name."""
LOG = logging.getLogger("styrdokument")


def converse(caller: Caller, ours: socket.socket) -> None:
    """Answer each line of JSON with another. Whatever fails here lets nothing in."""
    try:
        with ours, ours.makefile("rwb") as lines:
            for line in lines:
                lines.write(json.dumps(answer(caller, json.loads(line))).encode() + b"\n")
                lines.flush()
    except Exception:
        LOG.exception("a push could not be judged")

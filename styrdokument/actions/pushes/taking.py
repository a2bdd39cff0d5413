"""A push as a client sends it to the product: taken in apart, judged, let in, answered.

All or nothing is asked for first; then each branch is moved by itself, as where git asks by hooks.
"""

import logging
import threading
from dataclasses import dataclass, field
from typing import IO, Any

from styrdokument.actions.house import House
from styrdokument.actions.pushes.answering import BEFORE, PROCESS, Caller, answer
from styrdokument.store.git import Damaged
from styrdokument.store.housekeeping import keep_if_many
from styrdokument.store.incoming import Broken, Incoming, incoming
from styrdokument.store.packscan import Request
from styrdokument.words import plain

LOG = logging.getLogger("styrdokument")
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the client is told: `lines` for the author, and why each ref is not let in.

    `fault` says that the objects themselves were not taken; a reason that is empty lets a ref in.
    """

    lines: list[str]
    results: dict[str, str] = field(default_factory=dict)
    fault: str = ""


def take(caller: Caller, request: Request, body: IO[bytes]) -> Told:
    """Take a push in, whose body has been looked through. Whatever goes wrong, nothing enters."""
    try:
        with incoming(caller.house.git.path) as brought:
            if request.pack_at is not None:
                brought.take(body, request.pack_at)
            return _judged(caller, request, brought)
    except Broken as broken:
        refs = dict.fromkeys(request.refs, "unpacker error")
        return Told(lines=str(broken).splitlines(), results=refs, fault="index-pack failed")
    except Exception:
        LOG.exception("a push could not be judged")
        lines = [caller.words.say("guard.failed", ref=plain(ref)) for ref in request.refs]
        return Told(lines=lines, results=dict.fromkeys(request.refs, "failed"))


def put_in_order(house: House) -> None:
    """What pushes leave, packed where it has become much; for when the author waits no more."""
    if _one_at_a_time.acquire(blocking=False):
        try:
            keep_if_many(house.git.path)
        except Damaged:
            LOG.exception("the record could not be packed")
        finally:
            _one_at_a_time.release()


def _judged(caller: Caller, request: Request, brought: Incoming) -> Told:
    """One refusal refuses all; else each branch is moved."""
    told = answer(caller, _question(BEFORE, request), brought)
    if any(told["results"].values()):
        refs = {ref: reason or "refused" for ref, reason in told["results"].items()}
        return Told(lines=told["lines"], results=refs)
    told = answer(caller, _question(PROCESS, request), brought)
    return Told(lines=told["lines"], results=told["results"])


def _question(hook: str, request: Request) -> dict[str, Any]:
    """What a hook would ask."""
    is_atomic = "atomic" in request.abilities
    return {
        "hook": hook,
        "commands": request.commands,
        "options": request.options,
        "is_atomic": is_atomic,
    }

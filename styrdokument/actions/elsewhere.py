"""Signing in elsewhere, and coming back from there: to begin a session, or to be looked at again.

A question is bound to the browser that asked it, and answered once. Coming back to be looked at
again counts for five minutes, for that session, and for one step.
"""

import logging
from dataclasses import asdict

from styrdokument.actions.house import House
from styrdokument.domain.people import Actor, PersonId
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.outside import oidc
from styrdokument.outside.directory import Silent

LOG = logging.getLogger("styrdokument")
ASKED, LOOKED = "oidc", "looked"


def leave(house: House, *, browser: str, redirect: str, on_to: str, actor: Actor | None) -> str:
    """Where the browser goes; with an `actor` they show themselves again. Raises Refused."""
    provider = _provider(house)
    asked = oidc.ask(redirect, since=house.now() if actor else None)
    try:
        address = provider.address(asked)
    except (Silent, ValueError) as error:
        raise _away(error) from error
    facts = {**asdict(asked), "on_to": on_to, "person": actor.id if actor else ""}
    house.pending.keep(ASKED, asked.state, facts, whose=browser, at=house.now())
    return address


def come_back(house: House, *, browser: str, state: str, code: str) -> tuple[PersonId, str, bool]:
    """Who has come back, where they were going, and whether it was to be looked at again.

    Raises Refused where it is no answer to what this browser has asked.
    """
    provider = _provider(house)
    facts = house.pending.take(ASKED, state, whose=browser, at=house.now())
    if facts is None:
        raise Refused(Problem(code=Code.NOT_SIGNED_IN, rule="elsewhere"))
    on_to, before = facts.pop("on_to"), facts.pop("person")
    try:
        claims = provider.claims(oidc.Asked(**facts), code)
    except oidc.Wrong as error:
        LOG.warning("signing in elsewhere: %s", error)
        raise Refused(Problem(code=Code.NOT_SIGNED_IN, rule="elsewhere")) from error
    except (Silent, ValueError) as error:
        raise _away(error) from error
    person = house.directory.arrive(claims, provider.settings)
    if person is None or (before and person != before):
        raise Refused(Problem(code=Code.NOT_SIGNED_IN, rule="elsewhere"))
    return person, on_to, bool(before)


def note_look(house: House, person: PersonId, session: str) -> None:
    """Note that somebody has shown themselves again; `session` is its own secret."""
    house.pending.keep(LOOKED, session, {}, whose=person, at=house.now())


def has_looked(house: House, person: PersonId, session: str) -> bool:
    """Whether they have, and have not signed anything with it yet."""
    return house.pending.waits(LOOKED, session, whose=person, at=house.now())


def spend_look(house: House, person: PersonId, session: str) -> None:
    """It was good for one step."""
    house.pending.take(LOOKED, session, whose=person, at=house.now())


def _provider(house: House) -> oidc.Provider:
    if house.provider is None:
        raise Refused(Problem(code=Code.NOT_FOUND))
    return house.provider


def _away(error: Exception) -> Refused:
    LOG.error("signing in elsewhere: %s", error)
    return Refused(Problem(code=Code.DIRECTORY_AWAY, rule="elsewhere"))

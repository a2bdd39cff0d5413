"""The second look at who somebody is: by password, a code, a passkey, or elsewhere.

Each way is throttled by what has failed, by the same count. What was begun (`pending`) is used
once, and a code is as well, within its half minute and the two beside it.
"""

import hmac
from typing import Any

from styrdokument.actions import elsewhere
from styrdokument.actions.house import House
from styrdokument.domain.people import Actor
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.domain.proof import Proof, Shown
from styrdokument.outside import passkeys
from styrdokument.store.authenticators import Means

STEP_SECONDS = 30
CHALLENGE = "challenge"
"""The purpose of a question put to a passkey."""


def look_again(
    house: House, actor: Actor, shown: Shown, *, address: str, site: passkeys.Site
) -> tuple[Proof | None, tuple[Problem, ...]]:
    """The way in which `actor` has shown again who they are, or what stands in its way.

    Nothing given is no way and no problem: whether one is needed, the step's rules say.
    """
    way, field = _way(shown)
    if way is None:
        is_looked = elsewhere.has_looked(house, actor.id, shown.session)
        return (Proof.OIDC if is_looked else None), ()
    account = house.accounts.account(actor.id)
    login = account.login if account else ""
    if house.sessions.is_throttled(login, address, at=house.now()):
        return None, (Problem(code=Code.THROTTLED),)
    try:
        is_shown = _is_shown(house, actor, way, shown, login, site)
    except Refused as refused:  # the directory is away: told with all else that is wrong
        return None, refused.problems
    if not is_shown:
        house.sessions.note_failure(login, address, at=house.now())
        return None, (Problem(code=Code.NEEDS_SECOND_LOOK, rule=f"wrong_{way}", field=field),)
    return way, ()


def challenge(house: House, actor: Actor, site: passkeys.Site) -> tuple[str, dict[str, Any]]:
    """The name of a question to one of the actor's passkeys, and the question for the browser."""
    known = [one.credential for one in house.authenticators.of(actor.id, Means.PASSKEY)]
    sent, asked = passkeys.ask_for_one(site, known)
    facts = {"challenge": sent}
    return house.pending.begin(CHALLENGE, facts, whose=actor.id, at=house.now()), asked


def step_of(secret: str, code: str, *, seconds: float) -> int | None:
    """The half minute that a code is of: now, or one before or after; None where it is of none."""
    import pyotp  # noqa: PLC0415 - only for those who use codes

    typed, now = "".join(code.split()), int(seconds // STEP_SECONDS)
    making = pyotp.TOTP(secret)
    for step in (now, now - 1, now + 1):
        if hmac.compare_digest(making.generate_otp(step).encode(), typed.encode()):
            return step
    return None


def _way(shown: Shown) -> tuple[Proof | None, str]:
    """The way that was taken, and the field that its problems are about."""
    if shown.passkey:
        return Proof.PASSKEY, "passkey"
    if shown.code.strip():
        return Proof.TOTP, "code"
    return (Proof.PASSWORD, "password") if shown.password else (None, "")


def _is_shown(
    house: House, actor: Actor, way: Proof, shown: Shown, login: str, site: passkeys.Site
) -> bool:
    if way is Proof.PASSKEY:
        return _has_key(house, actor, shown, site)
    if way is Proof.TOTP:
        return _has_code(house, actor, shown.code)
    return house.directory.authenticate(login, shown.password) == actor.id


def _has_code(house: House, actor: Actor, code: str) -> bool:
    for one in house.authenticators.of(actor.id, Means.CODES):
        step = step_of(one.secret, code, seconds=house.now().timestamp())
        if step is not None and house.authenticators.use(one.number, counter=step, at=house.now()):
            return True
    return False


def _has_key(house: House, actor: Actor, shown: Shown, site: passkeys.Site) -> bool:
    asked = house.pending.take(CHALLENGE, shown.challenge, whose=actor.id, at=house.now())
    about = passkeys.credential_in(shown.passkey)
    mine = house.authenticators.of(actor.id, Means.PASSKEY)
    one = next((one for one in mine if one.credential == about), None)
    if asked is None or one is None:
        return False
    try:
        count = passkeys.check_one(
            site,
            shown.passkey,
            asked["challenge"],
            public_key=one.secret,
            counter=one.counter,
        )
    except passkeys.BadKey:
        return False
    return house.authenticators.use(one.number, counter=count, at=house.now())

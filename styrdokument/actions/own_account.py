"""One's own account: its password, and adding and taking away what shows who one is beside it.

Whoever sits down at somebody's open browser must not be able to add a way of their own: each
change takes a second look first. Codes are asked for once before they count, and a passkey is made
at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from styrdokument.actions.house import House
from styrdokument.actions.proving import step_of
from styrdokument.domain.fields import label_problems
from styrdokument.domain.people import Actor, PersonId
from styrdokument.domain.problems import Code, NotFound, Problem, Refused
from styrdokument.domain.proof import Proof, needs_look, password_problems
from styrdokument.outside import passkeys
from styrdokument.store.authenticators import Means

MOST = 10
"""Ways of one kind that one person may have."""
NEW_CODES, NEW_KEY = "new_codes", "new_passkey"


@dataclass(frozen=True, kw_only=True)
class Begun:
    """Codes that wait to be confirmed: `name` is of what waits, `address` what an app reads."""

    name: str
    label: str
    secret: str
    address: str


def begin_codes(
    house: House,
    actor: Actor,
    name: str,
    *,
    looked: Proof | None,
    found: Sequence[Problem],
    title: str,
) -> Begun:
    """A new secret for an app, to be confirmed by its first code. Raises Refused."""
    import pyotp  # noqa: PLC0415 - only for those who use codes

    _check(house, actor, Means.CODES, name, looked, found)
    secret = pyotp.random_base32()
    account = house.accounts.account(actor.id)
    address = pyotp.TOTP(secret).provisioning_uri(
        name=account.login if account else actor.person.name, issuer_name=title
    )
    facts = {"secret": secret, "label": name.strip(), "address": address}
    waiting = house.pending.begin(NEW_CODES, facts, whose=actor.id, at=house.now())
    return Begun(name=waiting, label=name.strip(), secret=secret, address=address)


def confirm_codes(house: House, actor: Actor, waiting: str, code: str) -> Begun | None:
    """Take codes into use, by one of them: None. Where it is none of them, what waits again.

    Raises Refused where nothing waits any more.
    """
    facts = house.pending.take(NEW_CODES, waiting, whose=actor.id, at=house.now())
    if facts is None:
        raise Refused(Problem(code=Code.BAD_VALUE, rule="too_late"))
    step = step_of(facts["secret"], code, seconds=house.now().timestamp())
    if step is None:
        again = house.pending.begin(NEW_CODES, facts, whose=actor.id, at=house.now())
        return Begun(
            name=again, label=facts["label"], secret=facts["secret"], address=facts["address"]
        )
    house.authenticators.add(
        actor.id,
        Means.CODES,
        name=facts["label"],
        secret=facts["secret"],
        counter=step,
        at=house.now(),
    )
    return None


def begin_passkey(
    house: House,
    actor: Actor,
    name: str,
    *,
    looked: Proof | None,
    found: Sequence[Problem],
    site: passkeys.Site,
) -> tuple[str, dict[str, Any]]:
    """The name of what waits, and what the browser is asked for. Raises Refused."""
    _check(house, actor, Means.PASSKEY, name, looked, found)
    account = house.accounts.account(actor.id)
    known = [one.credential for one in house.authenticators.of(actor.id, Means.PASSKEY)]
    sent, asked = passkeys.ask_for_new(
        site,
        person=actor.id,
        login=account.login if account else actor.id,
        name=actor.person.name,
        known=known,
    )
    facts = {"challenge": sent, "label": name.strip()}
    return house.pending.begin(NEW_KEY, facts, whose=actor.id, at=house.now()), asked


def add_passkey(house: House, actor: Actor, waiting: str, answer: str, site: passkeys.Site) -> None:
    """Take a passkey into use. Raises Refused."""
    facts = house.pending.take(NEW_KEY, waiting, whose=actor.id, at=house.now())
    if facts is None:
        raise Refused(Problem(code=Code.BAD_VALUE, rule="too_late"))
    try:
        made = passkeys.check_new(site, answer, facts["challenge"])
    except passkeys.BadKey as error:
        raise Refused(Problem(code=Code.BAD_VALUE, rule="passkey")) from error
    house.authenticators.add(
        actor.id,
        Means.PASSKEY,
        name=facts["label"],
        secret=made.public_key,
        credential=made.credential,
        counter=made.counter,
        at=house.now(),
    )


def change_password(
    house: House,
    actor: Actor,
    new: str,
    *,
    revokes: bool,
    looked: Proof | None,
    found: Sequence[Problem],
) -> str:
    """Set one's password of a local account; the token of a new session, for all others have ended.

    With `revokes` one's access tokens end too. Raises Refused; NotFound where the password is kept
    elsewhere.
    """
    if not house.directory.keeps_password(actor.id):
        raise NotFound(actor.id)
    problems = [*found, *needs_look(looked, found), *password_problems(new, field="new_password")]
    if problems:
        raise Refused(*problems)
    house.accounts.change_password(actor.id, new)
    if revokes:
        house.tokens.revoke_all(actor.id, at=house.now())
    return house.sessions.begin(actor.id, at=house.now())


def set_password(house: House, person: PersonId, new: str) -> None:
    """The same at a shell, for somebody who has lost it: access tokens end too. Raises Refused."""
    if problems := [*password_problems(new)]:
        raise Refused(*problems)
    house.accounts.change_password(person, new)
    house.tokens.revoke_all(person, at=house.now())


def remove(
    house: House, actor: Actor, number: int, *, looked: Proof | None, found: Sequence[Problem]
) -> None:
    """Take one of one's own ways away. Raises Refused; NotFound for another's."""
    if problems := [*found, *needs_look(looked, found)]:
        raise Refused(*problems)
    house.authenticators.remove(actor.id, number)


def _check(
    house: House,
    actor: Actor,
    means: Means,
    name: str,
    looked: Proof | None,
    found: Sequence[Problem],
) -> None:
    problems = [*found, *needs_look(looked, found), *label_problems(name)]
    if len(house.authenticators.of(actor.id, means)) >= MOST:
        values = {"most": MOST}
        problems.append(Problem(code=Code.BAD_VALUE, rule="too_many_ways", values=values))
    if problems:
        raise Refused(*problems)

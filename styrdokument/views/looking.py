"""The second look at who somebody is, between a form and `actions.proving`."""

import ipaddress
from dataclasses import dataclass

from flask import g, request

from styrdokument.actions import elsewhere, proving
from styrdokument.domain.problems import Problem
from styrdokument.domain.proof import Proof, Shown
from styrdokument.outside import passkeys
from styrdokument.store.authenticators import Means
from styrdokument.views.support import actor, house, is_reading, site


@dataclass(frozen=True, kw_only=True)
class Ways:
    """What a form offers to show who one is; one is enough."""

    password: bool
    codes: bool
    passkeys: bool
    elsewhere: bool
    has_looked: bool
    """Whether they have just signed in elsewhere again."""
    back: str
    """The page of the form, to come back to."""

    @property
    def is_password_alone(self) -> bool:
        """Whether a password is all there is."""
        return not (self.codes or self.passkeys or self.elsewhere)


def ways() -> Ways:
    """What whoever is here has to show who they are."""
    found = {one.means for one in house().authenticators.of(actor().id)}
    has_elsewhere = house().provider is not None
    return Ways(
        password=house().directory.has_password(actor().id),
        codes=Means.CODES in found,
        passkeys=Means.PASSKEY in found and takes_passkeys(),
        elsewhere=has_elsewhere,
        has_looked=has_elsewhere and elsewhere.has_looked(house(), actor().id, g.session.csrf),
        back=_page_of_the_form(),
    )


def look_again() -> tuple[Proof | None, tuple[Problem, ...]]:
    """How whoever is here has shown who they are with this form, and what was wrong with it."""
    form = request.form
    shown = Shown(
        password=form.get("password", ""),
        code=form.get("code", ""),
        passkey=form.get("passkey", ""),
        challenge=form.get("challenge", ""),
        session=g.session.csrf,
    )
    address = request.remote_addr or ""
    proof, found = proving.look_again(house(), actor(), shown, address=address, site=keys_site())
    g.is_looked_elsewhere = proof is Proof.OIDC
    return proof, found


def spend_look() -> None:
    """A form was taken: having signed in elsewhere again is good for no other."""
    if g.pop("is_looked_elsewhere", False):
        elsewhere.spend_look(house(), actor().id, g.session.csrf)


def keys_site() -> passkeys.Site:
    """The site as passkeys are bound to it."""
    address = (site().base_url or request.host_url).rstrip("/")
    return passkeys.Site(address=address, title=site().region)


def takes_passkeys() -> bool:
    """Whether browsers make keys for this address: one with a name, and not in the open."""
    host = keys_site().host
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return site().uses_tls or host == "localhost"
    return False


def _page_of_the_form() -> str:
    if is_reading():
        return request.path
    return "/account" if request.blueprint == "account" else request.path.rsplit("/", 1)[0]

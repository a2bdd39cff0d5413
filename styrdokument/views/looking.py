"""The second look at who somebody is, between a form and `actions.proving`."""

import ipaddress
from dataclasses import dataclass

from flask import request

from styrdokument.actions import proving
from styrdokument.domain.problems import Problem
from styrdokument.domain.proof import Proof, Shown
from styrdokument.outside import passkeys
from styrdokument.store.authenticators import Means
from styrdokument.views.support import actor, house, site


@dataclass(frozen=True, kw_only=True)
class Ways:
    """What a form offers to show who one is; one is enough."""

    codes: bool
    passkeys: bool

    @property
    def is_password_alone(self) -> bool:
        """Whether a password is all there is."""
        return not (self.codes or self.passkeys)


def ways() -> Ways:
    """What whoever is here has to show who they are."""
    found = {one.means for one in house().authenticators.of(actor().id)}
    return Ways(codes=Means.CODES in found, passkeys=Means.PASSKEY in found and takes_passkeys())


def look_again() -> tuple[Proof | None, tuple[Problem, ...]]:
    """How whoever is here has shown who they are with this form, and what was wrong with it."""
    form = request.form
    shown = Shown(
        password=form.get("password", ""),
        code=form.get("code", ""),
        passkey=form.get("passkey", ""),
        challenge=form.get("challenge", ""),
    )
    address = request.remote_addr or ""
    return proving.look_again(house(), actor(), shown, address=address, site=keys_site())


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

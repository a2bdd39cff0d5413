"""Signing in elsewhere: OpenID Connect, by code and PKCE, for whoever has a card and no password.

What comes back is believed for one reason: a token that the provider has signed, for us, in answer
to this very question. What the browser brought along decides nothing. Libraries wait for first use.
"""

import base64
import hashlib
import hmac
import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from styrdokument.domain.sighting import Sighting, clean_address, clean_name
from styrdokument.outside.directory import Silent

LOG = logging.getLogger("styrdokument")
LIMITS = (2.0, 3.0)
"""Seconds to be connected in, and to be answered in."""
LEEWAY_SECONDS = 60
SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
KEYS = "oidc:"
"""How the keys of those begin whom no directory knows."""
NEEDED = ("issuer", "client", "secret")


class Wrong(Exception):
    """What came back is no answer to what was asked."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an administrator says. `claim` is the one that names a login of the directory."""

    issuer: str
    client: str
    secret: str
    claim: str = ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question under way: what its answer is held against. `since`: signed in no earlier."""

    state: str
    nonce: str
    verifier: str
    redirect: str
    since: int | None = None


def ask(redirect: str, *, since: datetime | None = None) -> Asked:
    """A new question; with `since` for somebody who is to show themselves again."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    moment = int(since.timestamp()) if since else None
    return Asked(state=state, nonce=nonce, verifier=verifier, redirect=redirect, since=moment)


class Provider:
    """Where people sign in. Every question may raise Silent."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        """`now` says which answers are too old."""
        self.settings, self._now = settings, now
        self._known: dict[str, Any] = {}
        self._learning = threading.Lock()

    def address(self, asked: Asked) -> str:
        """Where a browser goes to be asked."""
        digest = hashlib.sha256(asked.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.settings.client,
            "redirect_uri": asked.redirect,
            "scope": "openid profile email",
            "state": asked.state,
            "nonce": asked.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        if asked.since is not None:
            query |= {"max_age": "0", "prompt": "login"}
        place = self._discovered()["authorization_endpoint"]
        return f"{place}{'&' if urlsplit(place).query else '?'}{urlencode(query)}"

    def claims(self, asked: Asked, code: str) -> dict[str, Any]:
        """What the provider says of whoever has signed in. Raises Wrong."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": asked.redirect,
            "code_verifier": asked.verifier,
        }
        answer = self._send("POST", self._discovered()["token_endpoint"], form)
        return self._checked(str(answer.get("id_token", "")), asked)

    def _checked(self, token: str, asked: Asked) -> dict[str, Any]:
        from joserfc import jwt  # noqa: PLC0415
        from joserfc.errors import JoseError  # noqa: PLC0415
        from joserfc.jwk import KeySet  # noqa: PLC0415

        keys = self._send("GET", self._discovered()["jwks_uri"])
        registry = jwt.JWTClaimsRegistry(
            now=int(self._now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": self.settings.client},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            key_set = KeySet.import_key_set(keys)  # type: ignore[arg-type] # checked by itself
            claims = jwt.decode(token, key_set, algorithms=SIGNED_BY).claims
            registry.validate(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise Wrong(str(error)) from error
        _check_asked(claims, asked, self.settings.client)
        return claims

    def _discovered(self) -> dict[str, Any]:
        """What the provider says of itself, read once."""
        with self._learning:
            if not self._known:
                root = self.settings.issuer.rstrip("/")
                found = self._send("GET", f"{root}/.well-known/openid-configuration")
                if found.get("issuer") != self.settings.issuer:
                    raise Silent(f"{root} says that it is {found.get('issuer')!r}")
                for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                    _check_address(str(found.get(name)))
                self._known = found
            return self._known

    def _send(
        self, method: str, address: str, form: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        import requests  # noqa: PLC0415

        who = (self.settings.client, self.settings.secret) if form else None
        try:
            answer = requests.request(
                method, address, data=form, auth=who, timeout=LIMITS, allow_redirects=False
            )
            found = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise Silent(f"{address}: {type(error).__name__}") from error
        if form and 400 <= answer.status_code < 500:  # noqa: PLR2004 - the code is no good
            raise Wrong(str(answer.status_code))
        if answer.status_code != requests.codes.ok or not isinstance(found, dict):
            raise Silent(f"{address}: {answer.status_code}")
        return found


def provider_in(stated: Mapping[str, str], now: Callable[[], datetime]) -> Provider | None:
    """Where the settings `oidc_*` say that people sign in; None where they say nothing.

    Raises ValueError, with words that name one of them.
    """
    names = ("issuer", "client", "secret", "claim")
    given = {name: value for name in names if (value := stated.get(f"oidc_{name}"))}
    if not given:
        return None
    for name in NEEDED:
        if name not in given:
            raise ValueError(f"oidc_{name}: is needed to sign in elsewhere")
    if stated.get("directory_kind") and "claim" not in given:
        raise ValueError("oidc_claim: is needed beside a directory, to know who is who there")
    _check_address(given["issuer"])
    return Provider(Settings(**given), now)


def sighting_of(claims: Mapping[str, Any], settings: Settings) -> Sighting:
    """Somebody as the provider has them, known by its own name for them, where no directory is."""
    key = hashlib.sha256(f"{settings.issuer}\n{claims['sub']}".encode()).hexdigest()
    login = clean_name(str(claims.get("preferred_username") or claims.get("email") or key[:12]))
    return Sighting(
        key=f"{KEYS}{key}",
        login=login,
        name=clean_name(str(claims.get("name") or "")) or login,
        mail=clean_address(str(claims.get("email") or "")),
    )


def _check_asked(claims: Mapping[str, Any], asked: Asked, client: str) -> None:
    """It answers this question, was made for us, and by somebody who was there just now."""
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), asked.nonce.encode()):
        raise Wrong("another nonce")
    if "azp" in claims and claims["azp"] != client:
        raise Wrong("made for another")
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and "azp" not in claims:
        raise Wrong("made for several")
    if asked.since is not None:
        signed_in = claims.get("auth_time")
        if not isinstance(signed_in, int) or signed_in < asked.since - LEEWAY_SECONDS:
            raise Wrong("not shown again")


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    is_plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or is_plain):
        raise ValueError(f"oidc_issuer: {address!r} is not like https://login.example")

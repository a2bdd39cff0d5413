"""Passkeys: what a browser is asked for, and whether its answer holds (WebAuthn, level 2).

Its user is verified by the device each time (finger, face, PIN), and the key is bound to the
site's own name: it is nothing to another site. webauthn takes a while to import, and waits for its
first use.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


class BadKey(Exception):
    """The answer is not what was asked for."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """The site as browsers know it: its whole address, and the name that keys are bound to."""

    address: str
    title: str

    @property
    def host(self) -> str:
        """The name that keys are bound to."""
        return urlsplit(self.address).hostname or ""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A key just made: its id, its public half in base64, and how often it was used."""

    credential: str
    public_key: str
    counter: int


def ask_for_new(
    site: Site, *, person: str, login: str, name: str, known: Sequence[str]
) -> tuple[str, dict[str, Any]]:
    """The challenge, and what a browser is asked for to make a key; it has none of `known`."""
    import webauthn  # noqa: PLC0415
    from webauthn.helpers import structs  # noqa: PLC0415

    asked = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.title,
        user_id=person.encode(),
        user_name=login,
        user_display_name=name,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            user_verification=structs.UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_descriptors(known),
    )
    return _text(asked.challenge), _as_json(asked)


def check_new(site: Site, answer: str, challenge: str) -> Made:
    """The key that a browser has made. Raises BadKey."""
    import webauthn  # noqa: PLC0415

    try:
        found = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.address,
            require_user_verification=True,
        )
    except Exception as error:  # many kinds, of several libraries, for what anybody may send
        raise BadKey(str(error)) from error
    return Made(
        credential=_text(found.credential_id),
        public_key=_text(found.credential_public_key),
        counter=found.sign_count,
    )


def ask_for_one(site: Site, known: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """The challenge, and what a browser is asked for to show one of the keys `known`."""
    import webauthn  # noqa: PLC0415
    from webauthn.helpers import structs  # noqa: PLC0415

    asked = webauthn.generate_authentication_options(
        rp_id=site.host,
        allow_credentials=_descriptors(known),
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return _text(asked.challenge), _as_json(asked)


def credential_in(answer: str) -> str:
    """Which key an answer is about; empty where it cannot be read."""
    try:
        return str(json.loads(answer)["id"]).rstrip("=")
    except (ValueError, KeyError, TypeError):
        return ""


def check_one(site: Site, answer: str, challenge: str, *, public_key: str, counter: int) -> int:
    """How often the key was used, by now. Raises BadKey."""
    import webauthn  # noqa: PLC0415

    try:
        found = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.address,
            credential_public_key=_bytes(public_key),
            credential_current_sign_count=counter,
            require_user_verification=True,
        )
    except Exception as error:  # as above
        raise BadKey(str(error)) from error
    return found.new_sign_count


def _descriptors(known: Sequence[str]) -> list[Any]:
    from webauthn.helpers import structs  # noqa: PLC0415

    return [structs.PublicKeyCredentialDescriptor(id=_bytes(one)) for one in known]


def _as_json(asked: Any) -> dict[str, Any]:  # noqa: ANN401 - either kind of options
    import webauthn  # noqa: PLC0415

    found: dict[str, Any] = json.loads(webauthn.options_to_json(asked))
    return found


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

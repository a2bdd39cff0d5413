"""Signatures that outlive the product: who signed, what for and when, as `ssh-keygen` checks it.

A signature counts only if the bytes, the namespace, the key and the time all fit, and everything
that does not fit raises: there is no answer that an unsigned thing and a good one share. The list
of keys is OpenSSH's allowed_signers (ssh-keygen(1)).
"""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_ssh_private_key,
)

from styrdokument.store.disk import create_durably
from styrdokument.store.sshsig import Sshsig, format_public_key, read_public_key

PRINCIPAL = "styrdokument@record.invalid"
NAMESPACE_DECISION = "styrdokument-decision"
NAMESPACE_GIT = "git"

_SIGNER = re.compile(r"(\S+)\s+(?:(\S*=\S*)\s+)?ssh-ed25519\s+([A-Za-z0-9+/=]+)(?:\s.*)?")
_OPTION = re.compile(r'([a-z-]+)="([^"]*)"(?:,|$)')
_OPTIONS = {"namespaces", "valid-after", "valid-before"}
_TIMES = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


class Reason(StrEnum):
    """Why a signature does not count."""

    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    WRONG_NAMESPACE = "wrong_namespace"
    WRONG_BYTES = "wrong_bytes"
    NOT_VALID_THEN = "not_valid_then"


class BadSignature(Exception):
    """What is claimed to be signed is not, for `reason`."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class AllowedSigner:
    """Who may sign what and when: a line of allowed_signers.

    `key` is the 32 raw bytes; no `namespaces` means any; times include their own second.
    """

    principal: str
    key: bytes
    namespaces: tuple[str, ...] = ()
    valid_after: datetime | None = None
    valid_before: datetime | None = None


class Signer:
    """The key that signs decisions and commits."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make a key and store it for its owner alone; FileExistsError if one is there."""
        key = Ed25519PrivateKey.generate()
        data = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        create_durably(path, data, mode=0o600)
        return cls(key)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a key; ValueError if it is no Ed25519 key in OpenSSH's form."""
        key = load_ssh_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError(f"not an Ed25519 key: {path.name}")  # noqa: TRY004 (the file, not a type)
        return cls(key)

    def sign(self, message: bytes, namespace: str) -> bytes:
        """Answer an armored signature; `namespace` says what it is for, so none can be moved."""
        unsigned = Sshsig(key=self._key.public_key().public_bytes_raw(), namespace=namespace)
        return replace(unsigned, proof=self._key.sign(unsigned.covered(message))).armored()

    def allowed_signers_line(self, valid_after: datetime) -> str:
        """Answer the line that lets anybody check this key's signatures, without newline.

        Valid from the beginning of that day in UTC: git asks `ssh-keygen` in the reader's local
        time, which in the hour that comes twice is an hour off.
        """
        day = f"{valid_after.astimezone(UTC):%Y%m%d}Z"
        namespaces = f"{NAMESPACE_GIT},{NAMESPACE_DECISION}"
        public = format_public_key(self._key.public_key().public_bytes_raw())
        options = f'namespaces="{namespaces}",valid-after="{day}"'
        return f"{PRINCIPAL} {options} ssh-ed25519 {base64.b64encode(public).decode()}"


def read_signers(data: bytes) -> tuple[AllowedSigner, ...]:
    """Read an allowed_signers file; ValueError, with the line's number, for what we do not use.

    Stricter than `ssh-keygen`: one principal to a line and no patterns, Ed25519 keys, and of the
    options only namespaces, valid-after and valid-before.
    """
    signers = []
    for number, line in enumerate(data.decode().split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            try:
                signers.append(_read_signer(line.strip()))
            except ValueError as error:
                raise ValueError(f"line {number} of allowed signers: {error}") from error
    return tuple(signers)


def check(
    message: bytes,
    signature: bytes,
    *,
    namespace: str,
    signers: Iterable[AllowedSigner],
    at: datetime | None = None,
) -> str:
    """Answer whose signature of `message` this is; BadSignature if it is nobody's among `signers`.

    `at` is when it was made, by what it is about (a commit's time, a decision's `recorded_at`);
    without it the signers' validity is not judged.
    """
    try:
        found = Sshsig.read(signature)
    except ValueError as error:
        raise BadSignature(Reason.MALFORMED) from error
    if found.namespace != namespace:
        raise BadSignature(Reason.WRONG_NAMESPACE)
    known = [signer for signer in signers if signer.key == found.key]
    if not known:
        raise BadSignature(Reason.UNKNOWN_KEY)
    if not _is_over(found, message):
        raise BadSignature(Reason.WRONG_BYTES)
    allowed = [it for it in known if not it.namespaces or namespace in it.namespaces]
    if not allowed:
        raise BadSignature(Reason.WRONG_NAMESPACE)
    for signer in allowed:
        if at is None or _is_valid(signer, at):
            return signer.principal
    raise BadSignature(Reason.NOT_VALID_THEN)


def _is_over(found: Sshsig, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(found.key).verify(found.proof, found.covered(message))
    except InvalidSignature:
        return False
    return True


def _read_signer(line: str) -> AllowedSigner:
    found = _SIGNER.fullmatch(line)
    if not found or set(found[1]) & set(",*?!"):
        raise ValueError("not one principal and one Ed25519 key")
    stated = _OPTION.findall(found[2] or "")
    options = dict(stated)
    rest = _OPTION.sub("", found[2] or "")
    if rest or len(stated) > len(options) or not options.keys() <= _OPTIONS:
        raise ValueError("options that we do not use")
    return AllowedSigner(
        principal=found[1],
        key=read_public_key(base64.b64decode(found[3], validate=True)),
        namespaces=_read_names(options.get("namespaces")),
        valid_after=_read_time(options.get("valid-after")),
        valid_before=_read_time(options.get("valid-before")),
    )


def _read_names(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    if not text or set(text) & set("*?!"):
        raise ValueError("patterns of namespaces")
    return tuple(text.split(","))


def _read_time(text: str | None) -> datetime | None:
    if text is None:
        return None
    digits = text.removesuffix("Z")
    if len(digits) not in _TIMES:
        raise ValueError(f"not a time: {text}")
    naive = datetime.strptime(digits, _TIMES[len(digits)])  # noqa: DTZ007 (zone is set below)
    # without Z, ssh-keygen reads it in the local time of whoever checks; so do we
    return naive.replace(tzinfo=UTC) if text.endswith("Z") else naive.astimezone()


def _is_valid(signer: AllowedSigner, at: datetime) -> bool:
    begins, ends = signer.valid_after, signer.valid_before
    return (begins is None or begins <= at) and (ends is None or at <= ends)

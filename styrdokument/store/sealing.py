"""What the journal holds sealed: secrets that have to be read again, and so cannot be hashed.

The key is a file of the data directory, made when it is first needed. Whoever has the journal alone
(a copy of it, the right to read its database) has none of what is sealed.
"""

import base64
import binascii
import secrets
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from styrdokument.store.disk import create_durably

KEY_BYTES, NONCE_BYTES = 32, 12
SEALED = "sealed:"
"""How what is sealed begins; there is none of it in base32."""


class Unreadable(Exception):
    """What is sealed cannot be opened: by another key, for something else, or it is damaged."""


class Seal:
    """The key of one data directory."""

    def __init__(self, path: Path) -> None:
        """At the key's place; there may be none yet."""
        self._path = path

    def close(self, words: str, *, about: str) -> str:
        """Words sealed, to be opened as what they are about and as nothing else."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - few need it

        nonce = secrets.token_bytes(NONCE_BYTES)
        data = AESGCM(self._key).encrypt(nonce, words.encode(), about.encode())
        return SEALED + base64.b64encode(nonce + data).decode()

    def open(self, kept: str, *, about: str) -> str:
        """The words again; those that were never sealed as they are. Raises Unreadable."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        if not kept.startswith(SEALED):
            return kept
        try:
            data = base64.b64decode(kept.removeprefix(SEALED), validate=True)
            nonce, rest = data[:NONCE_BYTES], data[NONCE_BYTES:]
            return AESGCM(self._key).decrypt(nonce, rest, about.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise Unreadable(about) from error

    @cached_property
    def _key(self) -> bytes:
        with suppress(FileExistsError):
            made = base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n"
            create_durably(self._path, made, mode=0o600)
        return base64.b64decode(self._path.read_bytes())

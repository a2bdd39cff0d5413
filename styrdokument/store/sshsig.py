"""The SSHSIG format: how an Ed25519 signature is spelled so that `ssh-keygen` and git read it.

Bytes only; who may sign what stands in `evidence`. Reading is strict: one kind of key, nothing
missing and nothing over, ValueError otherwise. The format is OpenSSH's PROTOCOL.sshsig.
"""

import base64
import hashlib
import re
import struct
from dataclasses import dataclass
from typing import Self

_KEY_TYPE = b"ssh-ed25519"
_KEY_LENGTH = 32
_HASHES = {"sha256": hashlib.sha256, "sha512": hashlib.sha512}
_MAGIC = b"SSHSIG"
_HEAD = _MAGIC + struct.pack(">L", 1)
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_ARMOR = re.compile(rf"{_BEGIN}\n([A-Za-z0-9+/=\n]+)\n{_END}\n?")
_WIDTH = 70


@dataclass(frozen=True, kw_only=True)
class Sshsig:
    """A signature: `key` is the 32 raw bytes it claims to be by, `proof` the 64 that show it."""

    key: bytes
    namespace: str
    reserved: bytes = b""
    hash_name: str = "sha512"
    proof: bytes = b""

    @classmethod
    def read(cls, armored: bytes) -> Self:
        """Read the armored form, with or without its final newline."""
        armor = _ARMOR.fullmatch(armored.decode("ascii"))
        blob = base64.b64decode(armor[1].replace("\n", ""), validate=True) if armor else b""
        if not blob.startswith(_HEAD):
            raise ValueError("not a signature")
        public, namespace, reserved, hash_name, signature = _split(blob[len(_HEAD) :], 5)
        kind, proof = _split(signature, 2)
        if kind != _KEY_TYPE or hash_name.decode() not in _HASHES:
            raise ValueError("not a kind of signature that we make")
        return cls(
            key=read_public_key(public),
            namespace=namespace.decode(),
            reserved=reserved,
            hash_name=hash_name.decode(),
            proof=proof,
        )

    def armored(self) -> bytes:
        """Spell it as text, in lines of seventy."""
        signature = _join(_KEY_TYPE, self.proof)
        public = format_public_key(self.key)
        blob = _HEAD + _join(public, *self._stated(), signature)
        text = base64.b64encode(blob).decode()
        lines = [text[start : start + _WIDTH] for start in range(0, len(text), _WIDTH)]
        return "\n".join([_BEGIN, *lines, _END, ""]).encode()

    def covered(self, message: bytes) -> bytes:
        """Answer the bytes that the key signs: what it is for, and a hash of the message."""
        digest = _HASHES[self.hash_name](message).digest()
        return _MAGIC + _join(*self._stated(), digest)

    def _stated(self) -> tuple[bytes, bytes, bytes]:
        return self.namespace.encode(), self.reserved, self.hash_name.encode()


def format_public_key(key: bytes) -> bytes:
    """Spell 32 raw bytes as SSH does; in base64 it is what follows `ssh-ed25519` in key files."""
    return _join(_KEY_TYPE, key)


def read_public_key(data: bytes) -> bytes:
    """Answer the 32 raw bytes of an Ed25519 key as SSH spells it."""
    kind, key = _split(data, 2)
    if kind != _KEY_TYPE or len(key) != _KEY_LENGTH:
        raise ValueError("not an Ed25519 key")
    return key


def _join(*parts: bytes) -> bytes:
    return b"".join(struct.pack(">L", len(part)) + part for part in parts)


def _split(data: bytes, count: int) -> list[bytes]:
    parts = []
    for _ in range(count):
        end = 4 + int.from_bytes(data[:4], "big")
        if len(data) < end:
            raise ValueError("cut short")
        parts.append(data[4:end])
        data = data[end:]
    if data:
        raise ValueError("too long")
    return parts

"""How git objects are named, spelled and put on disk: bytes in, bytes out.

Nothing here decides what to write. An object is written whole, with its bytes fsynced, before it
has its name; it lasts once the folders that `write_loose` and `write_pack` answer are synced. We
never use dulwich's own writer: it does not sync, and its lock file blocks an object for ever after
a kill.
"""

import hashlib
import re
import struct
import unicodedata
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import NewType

from dulwich.object_format import SHA1
from dulwich.objects import parse_tree
from dulwich.pack import pack_object_header, write_pack_index_v2

from styrdokument.store.disk import write_whole

ObjectId = NewType("ObjectId", str)
Entry = tuple[int, ObjectId]

FILE = 0o100644
FOLDER = 0o40000
LARGEST = 512 * 1024 * 1024  # git's core.bigFileThreshold; a small file may unpack to far more
KINDS = {1: "commit", 2: "tree", 3: "blob", 4: "tag"}

_NUMBERS = {kind: number for number, kind in KINDS.items()}
_AUTHOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Missing(Exception):
    """There is no object of that id and kind."""

    def __init__(self, object_id: ObjectId) -> None:
        super().__init__(object_id)
        self.id = object_id


class Damaged(Exception):
    """What is stored under `id` (an object's id, or a ref's name) is not what was written."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.id = name


def identify(kind: str, raw: bytes) -> ObjectId:
    """Answer the id that git gives these bytes."""
    header = b"%s %d\0" % (kind.encode(), len(raw))
    return ObjectId(hashlib.sha1(header + raw, usedforsecurity=False).hexdigest())


def read_tree(raw: bytes) -> dict[str, Entry]:
    """Read a tree: name -> (mode, id). Names that are not UTF-8 hold surrogates."""
    return {
        name.decode("utf-8", "surrogateescape"): (mode, ObjectId(found.decode()))
        for name, mode, found in parse_tree(raw, sha_len=20)
    }


def format_tree(entries: Mapping[str, Entry]) -> bytes:
    """Spell a tree as git does: sorted bytewise, a folder as if its name ended in a slash."""
    rows = [(name.encode("utf-8", "surrogateescape"), *entries[name]) for name in entries]
    rows.sort(key=lambda row: row[0] + b"/" if row[1] == FOLDER else row[0])
    return b"".join(
        b"%o %s\0%s" % (mode, name, bytes.fromhex(target)) for name, mode, target in rows
    )


def format_commit(
    tree: ObjectId, *, parents: Iterable[ObjectId], author: str, at: datetime, message: str
) -> bytes:
    """Spell an unsigned commit, which is also what a signature of it covers.

    `author` is an id such as `p-7k2m9qxa`, never a person's name: it is spelled into a header,
    where a newline would forge a parent. `at` keeps its zone, whole minutes from UTC. Raises
    ValueError for what git cannot hold.
    """
    if not _AUTHOR.fullmatch(author):
        raise ValueError(f"not an author's id: {author!r}")
    if "\0" in message:
        raise ValueError("a commit message cannot hold NUL")
    who = f"{author} <{author}@record.invalid> {_format_time(at)}"
    lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
    return "\n".join([*lines, f"author {who}", f"committer {who}", "", message]).encode()


def add_signature(commit: bytes, signature: bytes) -> bytes:
    """Put an armored signature into a commit, where `git verify-commit` looks for it."""
    headers, message = commit.split(b"\n\n", 1)
    folded = signature.rstrip(b"\n").replace(b"\n", b"\n ")
    return b"%s\ngpgsig %s\n\n%s" % (headers, folded, message)


def is_safe_name(name: str) -> bool:
    """Say whether a file or folder may have this name in a tree.

    Refuses what leads out of the folder, and `.git` in any disguise: Windows has the short name
    `git~1` and drops final dots and spaces, macOS drops format characters.
    """
    if not name or name in {".", ".."} or "/" in name or "\\" in name:
        return False
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in name):
        return False
    return not name.casefold().startswith((".git", "git~"))


def loose_path(objects: Path, object_id: ObjectId) -> Path:
    """Answer where the object lies when it has a file of its own."""
    return objects / object_id[:2] / object_id[2:]


def read_loose(objects: Path, object_id: ObjectId) -> tuple[str, bytes] | None:
    """Answer kind and bytes of an object with a file of its own, unchecked; None if it has none.

    Raises ValueError or zlib.error for what is not such a file, whole and with nothing over.
    """
    try:
        with open(f"{objects}/{object_id[:2]}/{object_id[2:]}", "rb") as file:  # noqa: PTH123
            data = file.read()  # asked for every object: a Path takes as long as the rest
    except FileNotFoundError:
        return None
    unpacking = zlib.decompressobj()
    header, found, raw = unpacking.decompress(data, LARGEST).partition(b"\0")
    if not (found and unpacking.eof) or unpacking.unused_data:
        raise ValueError("not a whole object")
    return header.split(b" ")[0].decode("ascii"), raw


def write_loose(objects: Path, object_id: ObjectId, kind: str, raw: bytes) -> Path:
    """Write an object to a file of its own, over whatever stands there; answer its folder."""
    path = loose_path(objects, object_id)
    path.parent.mkdir(exist_ok=True)
    data = zlib.compress(b"%s %d\0%s" % (kind.encode(), len(raw), raw))
    write_whole(path, data, mode=0o444, kind="obj")
    return path.parent


def write_pack(objects: Path, contents: Mapping[ObjectId, tuple[str, bytes]]) -> Path:
    """Write objects together to one pack, the index last so that it is seen whole."""
    data = bytearray(b"PACK" + struct.pack(">LL", 2, len(contents)))
    entries = []
    for object_id, (kind, raw) in contents.items():
        packed = bytes(pack_object_header(_NUMBERS[kind], None, len(raw), SHA1))
        packed += zlib.compress(raw)
        entries.append((bytes.fromhex(object_id), len(data), zlib.crc32(packed)))
        data += packed
    checksum = hashlib.sha1(data, usedforsecurity=False).digest()
    index = BytesIO()
    write_pack_index_v2(index, sorted(entries), checksum)
    folder = objects / "pack"
    name = f"pack-{checksum.hex()}"
    write_whole(folder / f"{name}.pack", bytes(data + checksum), mode=0o444, kind="pack")
    write_whole(folder / f"{name}.idx", index.getvalue(), mode=0o444, kind="idx")
    return folder


def _format_time(at: datetime) -> str:
    zone = f"{at:%z}"
    if len(zone) != len("+0100") or at.timestamp() < 0:
        raise ValueError(f"a commit cannot be dated {at.isoformat()}")
    return f"{int(at.timestamp())} {zone}"

"""A foreign git repository to import from: opened where it stands, read with no trust in it.

Its objects are read by our own reader, never by running git in it, for its configuration may name
programs to run. Only what cannot be read where it stands (a bundle, a linked work tree) is cloned
first, to a temporary folder. A blob's size is told before the blob is read.
"""

import os
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path

from dulwich.errors import NotGitRepository
from dulwich.objects import ObjectID
from dulwich.repo import Repo, UnsupportedExtension, UnsupportedVersion

from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.store.git import Damaged, Git, Missing, ObjectId
from styrdokument.store.loading import DAMAGE, Loader
from styrdokument.store.objects import loose_path

LARGEST = 1_000_000
"""Bytes of a text; what is larger is never read."""

_ENDINGS = (".git", ".bundle")
_DELTAS = (6, 7)
_OFFSET_DELTA = 6
_HEAD_BYTES = 4096
"""Enough of a packed or loose object to tell its size."""
_UNREADABLE = (
    NotGitRepository,
    UnsupportedExtension,
    UnsupportedVersion,
    OSError,
    AssertionError,
    *DAMAGE,
)


class TooLarge(Exception):
    """A blob has more bytes than a text may have."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class Source:
    """An opened repository; `name` is what documents from it are said to come from."""

    def __init__(self, name: str, git: Git, store: Repo) -> None:
        self.name = name
        self.git = git
        self._loader = Loader(git.path)
        self._store = store

    def close(self) -> None:
        """Let go of its files."""
        self._loader.close()
        self._store.close()
        self.git.close()

    def resolve(self, ref: str) -> ObjectId:
        """The commit that a branch, a tag, a full name, an id or HEAD stands for.

        A HEAD that leads nowhere (as in the clone of a bundle) means the only branch there is.
        Raises Refused for an empty repository and for what does not exist.
        """
        found = self._head() if ref == "HEAD" else self._named(ref)
        branches = self._branches()
        if found is None and ref == "HEAD" and len(branches) == 1:
            found = next(iter(branches.values()))
        if found is None and ref == "HEAD" and not branches:
            raise Refused(_problem("empty_repository", name=self.name))
        commit = found and self._peeled(found)
        if not commit:
            values = {"ref": ref, "branches": ", ".join(branches)}
            raise Refused(
                Problem(code=Code.BAD_VALUE, field="ref", rule="no_such_ref", values=values)
            )
        return commit

    def text(self, blob: ObjectId, *, largest: int = LARGEST) -> bytes:
        """A blob's bytes. Raises TooLarge before it is read; Missing, Damaged."""
        try:
            size = self._size(blob)
        except (OSError, *DAMAGE) as error:
            raise Damaged(blob) from error
        if size > largest:
            raise TooLarge(size)
        return self.git.blob(blob)

    def _head(self) -> ObjectId | None:
        text = (self.git.path / "HEAD").read_text("utf-8", "replace").strip()
        return self._named(text.removeprefix("ref:").strip())

    def _named(self, name: str) -> ObjectId | None:
        if len(name) == 40 and not set(name) - set("0123456789abcdef"):  # noqa: PLR2004 - SHA-1
            return ObjectId(name)
        tries = (f"{place}{name}" for place in ("", "refs/heads/", "refs/tags/", "refs/remotes/"))
        return next(filter(None, map(self._tip, tries)), None)

    def _tip(self, ref: str) -> ObjectId | None:
        try:
            return self.git.tip(ref)
        except (ValueError, Damaged):
            return None

    def _branches(self) -> dict[str, ObjectId]:
        try:
            tips = self.git.tips("refs/heads/")
        except (ValueError, Damaged):
            return {}
        return {ref.removeprefix("refs/heads/"): tip for ref, tip in tips.items()}

    def _peeled(self, found: ObjectId) -> ObjectId | None:
        """The commit that a tag, or a tag of a tag, points at."""
        try:
            kind, raw = self._loader.load(found)
            while kind == "tag":
                found = ObjectId(raw[7:47].decode("ascii", "replace"))
                kind, raw = self._loader.load(found)
        except (Missing, Damaged):
            return None
        return found if kind == "commit" else None

    def _size(self, blob: ObjectId) -> int:
        loose = loose_path(self.git.path / "objects", blob)
        if loose.exists():
            with loose.open("rb") as file:
                header = zlib.decompressobj().decompress(file.read(_HEAD_BYTES), 64)
            return int(header.partition(b"\0")[0].split(b" ")[1])
        packs = self._store.object_store.packs
        alternates = (store.packs for store in self._store.object_store.alternates)
        for pack in chain(packs, *alternates):
            try:
                offset = pack.index.object_offset(ObjectID(blob.encode()))
            except KeyError:
                continue
            with Path(pack.data.path).open("rb") as file:
                file.seek(offset)
                return _size_in_pack(file.read(_HEAD_BYTES))
        return 0  # in an alternate's own file, or missing: reading it will tell


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """Open a bare repository, a checkout or a bundle. Raises Refused for anything else."""
    with tempfile.TemporaryDirectory(prefix="styrdokument-import-") as folder:
        place = _repository(path) or _cloned(path, Path(folder, "source.git"))
        if place is None:
            raise Refused(_problem("not_a_repository", name=path.name))
        with closing(Source(_name(path), *_opened(place, path.name))) as source:
            yield source


def _name(path: Path) -> str:
    """The last segment, the same for `a.bundle`, `a.git`, `a/.git` and the checkout `a`."""
    whole = path.resolve()
    name = whole.parent.name if whole.name == ".git" else whole.name
    ending = next((e for e in _ENDINGS if name.endswith(e) and name != e), "")
    return name.removesuffix(ending)


def _repository(path: Path) -> Path | None:
    places = (path / ".git", path)
    return next((p for p in places if (p / "HEAD").is_file() and (p / "objects").is_dir()), None)


def _cloned(path: Path, to: Path) -> Path | None:
    """A bare clone; None where git makes nothing of the file."""
    if not path.is_file() and not (path / ".git").is_file():
        return None
    quiet = {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
    }
    ours = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    command = ["git", "clone", "--quiet", "--bare", "--template=", "--", os.fspath(path.resolve())]
    done = subprocess.run(  # noqa: S603 - the path is absolute, so no option and no address
        [*command, os.fspath(to)],
        env=ours | quiet | {"GIT_ALLOW_PROTOCOL": "file"},
        capture_output=True,
        check=False,
    )
    return to if done.returncode == 0 else None


def _opened(place: Path, name: str) -> tuple[Git, Repo]:
    try:
        return Git(place), Repo(os.fspath(place))
    except _UNREADABLE as error:
        raise Refused(_problem("unreadable_repository", name=name)) from error


def _size_in_pack(data: bytes) -> int:
    """The size that a packed object unpacks to, from its first bytes (git's pack format)."""
    size, place = _varint(data, 0, first_bits=4)
    kind = data[0] >> 4 & 7
    if kind not in _DELTAS:
        return size
    if kind == _OFFSET_DELTA:
        while data[place] & 0x80:
            place += 1
        place += 1
    else:
        place += 20
    delta = zlib.decompressobj().decompress(data[place:], 32)
    _, place = _varint(delta, 0)
    return _varint(delta, place)[0]


def _varint(data: bytes, place: int, first_bits: int = 7) -> tuple[int, int]:
    """A number of seven bits to a byte, lowest first, and where it ends."""
    number, shift = data[place] & (1 << first_bits) - 1, first_bits
    while data[place] & 0x80:
        place += 1
        number |= (data[place] & 0x7F) << shift
        shift += 7
    return number, place + 1


def _problem(rule: str, **values: object) -> Problem:
    return Problem(code=Code.BAD_VALUE, field="source", rule=rule, values=values)

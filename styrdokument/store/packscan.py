"""The body of a push, looked through before git may have it: small on the wire can be huge inside.

A pack says how large each object is before its bytes come. What says too much is refused at once,
and what says less than it holds is cut off where it should end. Nothing is kept in memory.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO

LARGEST_OBJECT = 25 * 1024 * 1024
"""Bytes of one object, unpacked; the largest appendix is smaller."""
LARGEST_PACK = 250 * 1024 * 1024
"""Bytes of all objects, unpacked."""
MOST_OBJECTS = 50_000
DEEPEST_CHAIN = 50
"""Differences of differences: git itself makes no more."""
MOST_COMMANDS = 100
LONGEST_LINE = 4_096
PART, SMALL = 65_536, 4_096

_COMMAND = re.compile(r"([0-9a-f]{40}) ([0-9a-f]{40}) ([^\x00-\x20\x7f]+)")
_OTHER_IDS = {"object-format=sha256"}
_DELTAS = {6: "offset", 7: "name"}
_KINDS = {1, 2, 3, 4, *_DELTAS}


class NotAPush(Exception):
    """The body is none: the text says what is wrong with it."""


class TooMuch(Exception):
    """The body holds more than is taken; `rule` says of what, and `request` what was asked."""

    def __init__(self, rule: str, request: "Request") -> None:
        super().__init__(rule)
        self.rule, self.request = rule, request


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a client asks: to move refs, each from an old id to a new one (all 0: there is none).

    `abilities` are what its program can do; `pack_at` is the place of the pack in the body, None
    where no objects came.
    """

    commands: tuple[tuple[str, str, str], ...] = ()
    abilities: frozenset[str] = frozenset()
    options: tuple[str, ...] = ()
    pack_at: int | None = None

    @property
    def refs(self) -> tuple[str, ...]:
        """The refs to be moved."""
        return tuple(ref for _, _, ref in self.commands)


def scan(body: IO[bytes]) -> Request:
    """Read a push from its beginning to its end. Raises NotAPush and TooMuch."""
    request = _commands(body)
    if not request.commands:  # before a large push, git asks so whether it may come
        return request
    if "push-options" in request.abilities:
        request = replace(request, options=tuple(_options(body, request)))
    if all(set(new) == {"0"} for _, new, _ in request.commands):
        return request
    at = body.tell()
    return replace(request, pack_at=at if _Pack(body, request).scan() else None)


def _commands(body: IO[bytes]) -> Request:
    """What is asked of which refs."""
    found: list[tuple[str, str, str]] = []
    abilities: set[str] = set()
    for number, line in enumerate(_pkt_lines(body)):
        text, _, able = line.removesuffix("\n").partition("\0")
        if text.startswith("shallow "):  # what its clone lacks, and we have
            continue
        abilities.update(able.split())
        found.append(_command(text))
        if number >= MOST_COMMANDS:
            told = Request(commands=tuple(found), abilities=frozenset(abilities))
            raise TooMuch("too_many_refs", told)
    if len({ref for _, _, ref in found}) < len(found) or abilities & _OTHER_IDS:
        raise NotAPush("a ref twice, or ids of another kind")
    return Request(commands=tuple(found), abilities=frozenset(abilities))


def _command(line: str) -> tuple[str, str, str]:
    found = _COMMAND.fullmatch(line.removesuffix("\n"))
    if not found:
        raise NotAPush("not a command")
    return found[1], found[2], found[3]


def _options(body: IO[bytes], request: Request) -> Iterator[str]:
    for number, line in enumerate(_pkt_lines(body)):
        if number >= MOST_COMMANDS:
            raise TooMuch("too_many_refs", request)
        yield line.removesuffix("\n")


def _pkt_lines(body: IO[bytes]) -> Iterator[str]:
    """The lines up to the next flush."""
    while True:
        head = body.read(4)
        try:
            length = int(head, 16)
        except ValueError as error:
            raise NotAPush("not a pkt-line") from error
        if length == 0:
            return
        data = body.read(length - len(head)) if length <= LONGEST_LINE else b""
        if not data or len(data) != length - len(head):
            raise NotAPush("a pkt-line is cut short, or too long")
        yield data.decode("utf-8", "surrogateescape")


class _Pack:
    """A pack that is gone through, object by object."""

    def __init__(self, body: IO[bytes], request: Request) -> None:
        self._body, self._request = body, request
        self._total = 0
        self._depths: dict[int, int] = {}

    def scan(self) -> int:
        """Go through it; how many objects it has."""
        head = self._body.read(12)
        if head[:4] != b"PACK" or len(head) < len(b"PACK") * 3:
            raise NotAPush("no pack")
        count = int.from_bytes(head[8:], "big")
        if count > MOST_OBJECTS:
            raise TooMuch("too_many_objects", self._request)
        for _ in range(count):
            self._object()
        return count

    def _object(self) -> None:
        place = self._body.tell()
        byte = self._byte()
        kind, size, shift = byte >> 4 & 7, byte & 15, 4
        while byte & 128:
            byte = self._byte()
            size |= (byte & 127) << shift
            shift += 7
            if shift > 70:  # noqa: PLR2004 - no number is longer
                raise NotAPush("a size is too long")
        if kind not in _KINDS:
            raise NotAPush("an object of no kind")
        self._count(size)
        self._depths[place] = self._depth_of_base(kind, place)
        if self._depths[place] > DEEPEST_CHAIN:
            raise TooMuch("too_deep", self._request)
        self._inflate(size, is_delta=kind in _DELTAS)

    def _depth_of_base(self, kind: int, place: int) -> int:
        """How many differences the object is away from a whole one, as far as the pack tells."""
        if kind == 7:  # noqa: PLR2004 - a delta of what a name says
            self._body.seek(20, 1)
            return 1
        if kind != 6:  # noqa: PLR2004 - a delta of what stands so far before it
            return 0
        byte = self._byte()
        away = byte & 127
        while byte & 128:
            byte = self._byte()
            away = away + 1 << 7 | byte & 127
            if away > LARGEST_PACK:
                raise NotAPush("an offset leads out of the pack")
        return self._depths.get(place - away, 0) + 1

    def _inflate(self, size: int, *, is_delta: bool) -> None:
        """Go through an object's bytes: `size` of them, and no more."""
        unpacking, rest, beginning = zlib.decompressobj(), size, b""
        data = b""
        try:
            while not unpacking.eof:
                data = data or self._body.read(PART if size > SMALL else SMALL)
                if not data:
                    raise NotAPush("the pack ends too early")
                part = unpacking.decompress(data, PART)
                data = unpacking.unconsumed_tail
                rest -= len(part)
                if is_delta and len(beginning) < 20:  # noqa: PLR2004 - two sizes
                    beginning += part[:20]
                if rest < 0:
                    raise NotAPush("an object is longer than it says")
        except zlib.error as error:
            raise NotAPush("an object cannot be unpacked") from error
        if rest:
            raise NotAPush("an object is shorter than it says")
        self._body.seek(-len(unpacking.unused_data), 1)
        if is_delta:
            self._count(_size_of_result(beginning))

    def _count(self, size: int) -> None:
        self._total += size
        if size > LARGEST_OBJECT:
            raise TooMuch("too_large_object", self._request)
        if self._total > LARGEST_PACK:
            raise TooMuch("too_large_pack", self._request)

    def _byte(self) -> int:
        found = self._body.read(1)
        if not found:
            raise NotAPush("the pack ends too early")
        return found[0]


def _size_of_result(beginning: bytes) -> int:
    """What a delta says its result is long; before it stands how long what it builds on is."""
    numbers, number, shift = [], 0, 0
    for byte in beginning:
        number |= (byte & 127) << shift
        shift += 7
        if not byte & 128:
            numbers.append(number)
            number = shift = 0
    if len(numbers) < 2:  # noqa: PLR2004
        raise NotAPush("a difference without its sizes")
    return numbers[1]

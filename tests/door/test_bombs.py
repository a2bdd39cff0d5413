"""Small bodies that would be huge inside: refused before git is started, whatever they say."""

import zlib
from pathlib import Path

import pytest

from tests.door import packs, raw
from tests.door.conftest import Door, leftovers, serving

GIB = 1 << 30
NEW = "e" * 40


def number(value: int) -> bytes:
    """A size in a delta."""
    found = bytearray()
    while value >= 128:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def blob(size: int, data: bytes) -> bytes:
    return packs.header(3, size) + zlib.compress(data)


def delta(result: int, *, base: int = 20) -> bytes:
    """A difference against an object that some name says, with a result so large."""
    data = number(base) + number(result) + b"\x90\x01"
    return packs.header(7, len(data)) + b"\1" * 20 + zlib.compress(data)


def chain(length: int) -> list[bytes]:
    """Differences each against the one before it."""
    rows, data = [blob(20, b"a" * 20)], number(20) + number(20) + b"\x90\x14"
    for _ in range(length):
        away = len(rows[-1])
        assert away < 128
        rows.append(packs.header(6, len(data)) + bytes([away]) + zlib.compress(data))
    return rows


BOMBS = {
    "zeros": (packs.seal([blob(26 << 20, bytes(26 << 20))], 1), b"too_large_object"),
    "a gibibyte": (packs.seal([blob(GIB, b"")], 1), b"too_large_object"),
    "a tebibyte": (packs.seal([blob(1 << 40, b"")], 1), b"too_large_object"),
    "a difference to 2 GiB": (packs.seal([delta(2 * GIB)], 1), b"too_large_object"),
    "a difference to 16 GiB": (packs.seal([delta(16 * GIB)], 1), b"too_large_object"),
    "many": (packs.seal([blob(24 << 20, bytes(24 << 20))] * 12, 12), b"too_large_pack"),
    "a count": (packs.seal([], 2**32 - 1), b"too_many_objects"),
    "a chain": (packs.seal(chain(5_000), 5_001), b"too_deep"),
}
LIES = {
    "longer than it says": packs.seal([blob(10, bytes(1 << 20))], 1),
    "shorter than it says": packs.seal([blob(1 << 20, bytes(10))], 1),
    "cut short": packs.seal([blob(10, bytes(10))], 1)[:20],
    "an endless size": packs.seal([b"\xff" * 40], 1),
    "a kind of none": packs.seal([packs.header(5, 0) + zlib.compress(b"")], 1),
    "out of the pack": packs.seal([packs.header(6, 4) + b"\xff" * 9 + b"\x01"], 1),
    "not packed": packs.seal([packs.header(3, 5) + b"hello"], 1),
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_is_refused_in_words_that_git_shows(door: Door, what: str) -> None:
    data, rule = BOMBS[what]
    objects = door.objects()

    answer = packs.post(door.url("alma"), "git-receive-pack", packs.request(NEW, data))

    assert (answer.status, answer.is_let_in) == (200, False)
    assert b"bad_push." + rule in answer.body
    assert b"ng refs/heads/draft/x refused" in answer.body
    assert door.objects() == objects
    assert leftovers(door.data) == []


@pytest.mark.parametrize("what", LIES)
def test_a_pack_that_is_not_what_it_says_is_refused(door: Door, what: str) -> None:
    answer = packs.post(door.url("alma"), "git-receive-pack", packs.request(NEW, LIES[what]))

    assert answer.status == 422


@pytest.mark.slow
def test_bombs_and_the_largest_packs_that_are_taken_need_little_memory(
    door: Door, tmp_path: Path
) -> None:
    large = [blob(24 << 20, bytes([n]) * (24 << 20)) for n in range(10)]
    refs = (packs.line(f"{packs.NONE} {NEW} refs/heads/draft/{n}") for n in range(100_000))
    with serving(door, tmp_path / "log") as (served, process):
        url = served.url("alma")
        packs.get(url, "info/refs?service=git-receive-pack")
        with raw.watched(process.pid) as peak:
            bodies = [packs.request(NEW, data) for data, _ in BOMBS.values()]
            statuses = raw.all_of(url, [*bodies, b"".join(refs), packs.request(NEW, zeros(GIB))])
            largest = packs.request(NEW, packs.seal(large, len(large)))
            last = packs.post(url, "git-receive-pack", largest)

        assert statuses == [200] * (len(BOMBS) + 1) + [422]
        assert last.status == 200
        assert b"bad_push.unreadable" in last.body  # git took it in, and the rules looked at it
        assert not last.is_let_in
        assert 0 < peak.megabytes < 300


def zeros(size: int) -> bytes:
    """A pack of one object that says it is small, and goes on for so many zeros."""
    part = zlib.compressobj(9)
    once = part.compress(bytes(1 << 20)) + part.flush(zlib.Z_FULL_FLUSH)
    again = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    rest = again.compress(bytes(1 << 20)) + again.flush(zlib.Z_FULL_FLUSH)
    return packs.seal([packs.header(3, 10) + once + rest * (size // (1 << 20) - 1)], 1)


def test_a_hundred_thousand_refs_are_refused(door: Door) -> None:
    rows = (f"{packs.NONE} {NEW} refs/heads/draft/{n}" for n in range(100_000))
    first = packs.line(f"{next(rows)}\0{packs.ABLE}")
    body = first + b"".join(map(packs.line, rows)) + b"0000"

    answer = packs.post(door.url("alma"), "git-receive-pack", body)

    assert b"bad_push.too_many_refs" in answer.body
    assert not answer.is_let_in


def test_a_body_over_the_limit_is_refused(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("styrdokument.store.serving.LARGEST_PUSH", 1_000_000)
    data = packs.seal([blob(2_000_000, bytes(2_000_000))], 1) + bytes(2_000_000)

    answer = packs.post(door.url("alma"), "git-receive-pack", packs.request(NEW, data))

    assert answer.status == 413

"""What failed pushes leave: nothing on disk, nothing to fetch, no open file, no lost memory.

Whatever way they fail: refused, too large, cut off, or because the server was killed.
"""

import time
import zlib
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.door import packs, raw
from tests.door.conftest import Door, leftovers, serving, wait_until
from tests.door.packs import NONE, name_of
from tests.door.test_objects import Forge
from tests.door.test_races import REF, Writer

MIB, GIB = 1 << 20, 1 << 30
SECRET = b"Hemlig text.\n"
FAILED = 1_000


def test_nothing_of_a_refused_push_can_be_fetched(door: Door) -> None:
    forge, alma = Forge(door), door.clone("alma")
    raw_commit = forge.commit(name_of("tree", b""), message="x", committer="x <x@y> 1 +0000")
    objects = [("blob", SECRET), ("tree", b""), ("commit", raw_commit)]
    new = name_of("commit", raw_commit)
    before = door.objects()

    answer = packs.post(alma.address, "git-receive-pack", packs.request(new, packs.pack(objects)))

    assert not answer.is_let_in
    assert door.objects() == before
    for version in ("0", "2"):
        words = ("-c", f"protocol.version={version}", "fetch", "origin")
        served = [o for o in (new, name_of("blob", SECRET)) if not alma.git(*words, o).returncode]
        assert served == []
    pack = f"objects/pack/pack-{packs.pack(objects)[-20:].hex()}.pack"
    assert packs.get(alma.address, pack).status == HTTPStatus.NOT_FOUND


@pytest.mark.slow
def test_a_thousand_failed_pushes_leave_nothing(door: Door, tmp_path: Path) -> None:
    with serving(door, tmp_path / "log") as (served, process):
        url, writer = served.url("alma"), Writer(served)
        refs, objects = served.refs(), served.objects()
        _, stale = writer.push("x", on=writer.main, old="d" * 40)
        _, elsewhere = writer.push("x", on=writer.main, old=NONE, ref="refs/heads/annat")
        bomb = packs.request("e" * 40, packs.seal([packs.header(3, 1 << 40)], 1))
        cheap = [stale[:-60] + bytes(9) + stale[-51:], stale[: len(stale) // 2], bomb, b"hej"]
        raw.all_of(url, [*cheap, stale])
        files, memory = raw.files(process.pid), raw.megabytes(process.pid)

        statuses: list[int] = []
        for number in range(FAILED // 100):
            statuses += raw.all_of(url, [*cheap * 24, elsewhere, stale])
            raw.cut(url, stale, number * len(stale) // 10)
            raw.cut(url, stale, len(stale))

        assert len(statuses) + 2 * (FAILED // 100) == FAILED
        assert set(statuses) == {HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY}
        assert (served.refs(), served.objects()) == (refs, objects)
        wait_until(lambda: not leftovers(served.data))
        wait_until(lambda: raw.files(process.pid) <= files + 100)
        assert raw.megabytes(process.pid) - memory < 50
        assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.mark.slow
def test_a_gibibyte_is_refused_with_little_memory_and_leaves_nothing(
    door: Door, tmp_path: Path
) -> None:
    with serving(door, tmp_path / "log") as (served, process):
        url = served.url("alma")
        packs.post(url, "git-receive-pack", b"hej")
        small = zeros(GIB)
        with raw.watched(process.pid) as peak:
            unpacked = packs.post(url, "git-receive-pack", small, Content_Encoding="gzip")
            stated = raw.connect(url)
            stated.sendall(raw.head(url, f"Content-Length: {GIB}"))
            too_long = raw.status(stated)
            in_parts = send_in_parts(url, GIB)
            with raw.connect(url) as cut_off:
                cut_off.sendall(raw.head(url, "Transfer-Encoding: chunked"))
                cut_off.sendall(b"100000\r\n" + bytes(MIB) + b"\r\n100000\r\n" + bytes(9))
        stated.close()

        assert (unpacked.status, too_long) == (HTTPStatus.REQUEST_ENTITY_TOO_LARGE,) * 2
        assert in_parts in {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, 0}  # or hung up on
        assert peak.megabytes < 300
        raw.wait_for_a_place(url)
        assert "Traceback" not in (tmp_path / "log").read_text()


def zeros(size: int) -> bytes:
    """So many zeros in gzip's form: 1 MiB that is said again and again."""
    once = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    part = once.compress(bytes(MIB)) + once.flush(zlib.Z_FULL_FLUSH)
    end = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS).flush()
    return b"\x1f\x8b\x08" + bytes(7) + part * (size // MIB) + end + bytes(8)


def send_in_parts(url: str, size: int) -> int:
    """Send zeros in chunks until the server has had enough; its status."""
    with raw.connect(url) as sending:
        sending.sendall(raw.head(url, "Transfer-Encoding: chunked"))
        try:
            for _ in range(size // MIB):
                sending.sendall(b"100000\r\n" + bytes(MIB) + b"\r\n")
        except OSError:
            return 0
        return raw.status(sending)


@pytest.mark.slow
def test_after_the_server_was_killed_in_the_middle_of_a_push_the_next_one_works(
    door: Door, tmp_path: Path
) -> None:
    writer, url, log = Writer(door), door.url("alma"), tmp_path / "log"
    on, tip, killed = writer.main, NONE, []
    for milliseconds in (30, 70, 110, 150, 220):
        with serving(door, log) as (served, process):
            assert leftovers(door.data) == []
            on, tip = standing(served, killed, on, tip)
            there = url.replace(door.address.partition("//")[2], served.address.partition("//")[2])
            new, body = writer.push(f"kl {milliseconds}", on=on, old=tip)
            killed.append(new)
            with raw.connect(there) as sending:
                sending.sendall(raw.head(there, f"Content-Length: {len(body)}") + body)
                time.sleep(milliseconds / 1000)
                process.kill()
                process.wait()
    with serving(door, log) as (served, _):
        on, tip = standing(served, killed, on, tip)
        there = url.replace(door.address.partition("//")[2], served.address.partition("//")[2])
        new, body = writer.push("till sist", on=on, old=tip)
        assert packs.post(there, "git-receive-pack", body).is_let_in
    assert "Traceback" not in log.read_text()


def standing(door: Door, killed: list[str], on: str, tip: str) -> tuple[str, str]:
    """Where the draft stands; the server may have been killed when all was done but the answer."""
    held = [door.house.cases.read(one) for one in door.house.cases.numbers() if one > 1]
    if not held:
        return on, tip
    assert held[0].tip in killed
    assert door.refs()[REF] == held[0].tip
    return held[0].tip, held[0].tip


@pytest.mark.slow
def test_pushes_and_clones_leave_no_file_open(door: Door, tmp_path: Path) -> None:
    with serving(door, tmp_path / "log") as (served, process):
        url = served.url("alma")
        writer, on, tip = Writer(served), Writer(served).main, NONE
        files, memory = [], []
        for number in range(25):
            new, body = writer.push(str(number), on=on, old=tip)
            assert packs.post(url, "git-receive-pack", body).is_let_in
            on = tip = new
            files.append(raw.files(process.pid))
            memory.append(raw.megabytes(process.pid))
        for _ in range(4):
            served.clone("alma", "--depth", "1")
        wait_until(lambda: raw.files(process.pid) < files[9] + 200)

        assert max(files[-5:]) < files[9] + 200
        assert max(memory[-5:]) < memory[9] + 30

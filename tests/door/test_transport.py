"""The door in the server that the product comes with: large, slow, cut off and garbled bodies."""

import base64
import http.client
import os
import re
import socket
import threading
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrdokument.domain.case import CaseNumber
from styrdokument.store.housekeeping import keep
from styrdokument.store.packscan import NotAPush, TooMuch, scan
from tests.door import packs
from tests.door.conftest import Door, answered, leftovers, run_git
from tests.door.test_authors import add, revise
from tests.views.library import HYGIENE, PNG

LARGE = PNG + os.urandom(3_000_000)


def cut(url: str, body: bytes, at: int) -> None:
    """Send the beginning of a push, and hang up."""
    parts = urlsplit(url)
    who = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    head = (
        f"POST /git/record.git/git-receive-pack HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Basic {who}\r\nContent-Type: {packs.TYPE}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", parts.port or 80)) as sending:
        sending.sendall(head.encode() + body[:at])


@pytest.mark.slow
def test_large_slow_and_broken_pushes_through_the_shipped_server(
    served: Door, tmp_path: Path
) -> None:
    alma = served.clone("alma")
    revise(alma, "draft/stor")
    (alma.folder(HYGIENE) / "stor.png").write_bytes(LARGE)
    alma.commit("Stor bild")
    body = packs.request(
        "e" * 40,
        packs.pack([("blob", os.urandom(200)) for _ in range(20)]),
        ref="refs/heads/draft/y",
    )

    for at in range(0, len(body), len(body) // 25):
        cut(alma.address, body, at)
    slow = [push_slowly(alma.address) for _ in range(12)]
    read = [ask(served.address, f"/documents/{HYGIENE}") for _ in range(20)]
    for one in slow:
        one.close()
    wait_for_a_place(alma.address)
    in_parts = alma.git(
        "-c", "http.postBuffer=65536", "push", "origin", "HEAD:refs/heads/draft/stor"
    )

    assert read == [200] * 20
    assert in_parts.returncode == 0, in_parts.stderr
    assert served.house.git.tip("refs/heads/draft/stor")
    assert leftovers(served.data) == []
    log = (tmp_path / "log").read_text()
    assert re.findall(r"sd_[a-z2-7]{20,}", log) == []
    assert "Traceback" not in log


def push_slowly(url: str) -> socket.socket:
    """A client that sends a byte of its push, and then nothing."""
    parts = urlsplit(url)
    who = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    sending = socket.create_connection(("127.0.0.1", parts.port or 80))
    sending.sendall(
        f"POST /git/record.git/git-receive-pack HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Basic {who}\r\nContent-Type: {packs.TYPE}\r\n"
        f"Content-Length: 100000\r\n\r\n0".encode()
    )
    return sending


def wait_for_a_place(url: str) -> None:
    """The server lets go of a place once it has seen that its client is gone."""
    for _ in range(600):
        if packs.get(url, "info/refs?service=git-upload-pack").status == http.HTTPStatus.OK:
            return
        time.sleep(0.1)
    raise TimeoutError


def ask(address: str, path: str) -> int:
    parts = urlsplit(address)
    with closing(http.client.HTTPConnection("127.0.0.1", parts.port, timeout=60)) as asking:
        asking.request("GET", path)
        return asking.getresponse().status


def test_a_large_push_asks_first_whether_it_may_come(door: Door) -> None:
    answer = packs.post(door.url("alma"), "git-receive-pack", b"0000")

    assert (answer.status, answer.body) == (200, b"")


def test_a_branch_that_somebody_else_is_moving_is_not_let_in(door: Door) -> None:
    alma = door.clone("alma")
    revise(alma, "draft/spolning")
    assert alma.push("draft/spolning").returncode == 0
    tip = door.house.cases.read(CaseNumber(2)).log
    lock = door.data / "record.git/refs/cases/2.lock"
    lock.touch()
    add(alma, HYGIENE, "Torka.")

    pushed = alma.push("draft/spolning")
    lock.unlink()

    assert answered(pushed) == {"draft/spolning": "refused"}
    assert door.house.cases.read(CaseNumber(2)).log == tip
    assert alma.push("draft/spolning").returncode == 0


def test_readers_and_authors_do_not_notice_that_the_record_is_packed(door: Door) -> None:
    alma, ended, failed = door.clone("alma"), threading.Event(), []
    revise(alma, "draft/spolning")

    def read() -> None:
        place = 0
        while not ended.is_set():
            place += 1
            to = str(door.temporary / f"copy{place}")
            if run_git("clone", "-q", alma.address, to).returncode:
                failed.append(place)

    reader = threading.Thread(target=read)
    reader.start()
    pushed = []
    for number in range(4):
        add(alma, HYGIENE, f"{number}.")
        pushed.append(alma.push("draft/spolning").returncode)
        keep(door.house.git.path, is_whole=number == 2)
    ended.set()
    reader.join()

    assert (pushed, failed) == ([0] * 4, [])
    sound = run_git("-C", str(door.data / "record.git"), "fsck", "--strict")
    assert sound.returncode == 0
    assert leftovers(door.data) == []


@given(
    place=st.integers(0, 10_000),
    data=st.binary(max_size=12),
    length=st.integers(0, 12),
)
def test_whatever_is_changed_in_a_push_it_is_read_or_refused(
    place: int, data: bytes, length: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    objects = [("blob", b"a" * 500), ("tree", b""), ("commit", b"tree x\n\nx\n")] * 3
    good = packs.request("e" * 40, packs.pack(objects))
    place %= len(good)
    file = tmp_path_factory.getbasetemp() / "mutated"
    file.write_bytes(good[:place] + data + good[place + length :])

    with file.open("rb") as body:
        try:
            scan(body)
        except (NotAPush, TooMuch):
            return
        assert body.tell() <= file.stat().st_size

"""The door in the server that the product comes with: large, slow, cut off and garbled bodies."""

import http.client
import os
import re
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrdokument.domain.case import CaseNumber
from styrdokument.store.housekeeping import keep
from styrdokument.store.packscan import NotAPush, TooMuch, scan
from tests.door import packs, raw
from tests.door.conftest import Door, answered, leftovers, run_git
from tests.door.test_authors import add, revise
from tests.views import library
from tests.views.library import HYGIENE, PNG

POST = "POST /git/record.git/git-receive-pack"
LARGE = PNG + os.urandom(3_000_000)


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
        raw.cut(alma.address, body, at)
    slow = [raw.begin(alma.address) for _ in range(50)]
    read = [ask(served.address, f"/documents/{HYGIENE}") for _ in range(20)]
    for one in slow:
        one.close()
    raw.wait_for_a_place(alma.address)
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


def ask(address: str, path: str) -> int:
    parts = urlsplit(address)
    with closing(http.client.HTTPConnection("127.0.0.1", parts.port, timeout=60)) as asking:
        asking.request("GET", path)
        return asking.getresponse().status


def test_a_large_push_asks_first_whether_it_may_come(door: Door) -> None:
    answer = packs.post(door.url("alma"), "git-receive-pack", b"0000")

    assert (answer.status, answer.body) == (200, b"")


def test_old_and_careful_clients_are_served_by_the_shipped_server(served: Door) -> None:
    url = served.url("alma")
    place = "GET /git/record.git/info/refs?service=git-receive-pack"
    body = packs.request("e" * 40, packs.pack([]))

    with raw.connect(url) as old:
        old.sendall(raw.head(url, first=f"{place} HTTP/1.0"))
        answer = b"".join(iter(lambda: old.recv(65_536), b""))
    with raw.connect(url) as old:
        told = raw.head(url, f"Content-Length: {len(body)}", first=f"{POST} HTTP/1.0")
        old.sendall(told + body)
        refused = b"".join(iter(lambda: old.recv(65_536), b""))
    with raw.connect(url) as careful:
        careful.sendall(raw.head(url, f"Content-Length: {len(body)}", "Expect: 100-continue"))
        may_go_on = careful.recv(4096)
        careful.sendall(body)
        in_the_end = raw.status(careful)

    assert answer.startswith(b"HTTP/1.0 200 ")
    assert b"refs/heads/main\0" in answer
    assert answer.endswith(b"0000")
    assert b"ng refs/heads/draft/x" in refused
    assert may_go_on.startswith(b"HTTP/1.1 100 ")
    assert in_the_end == http.HTTPStatus.OK


def test_nobody_stops_readers_by_sending_slowly_to_the_door_or_the_pages_beside_it(
    served: Door,
) -> None:
    form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\na"
    slow = []
    git = form.replace("application/x-www-form-urlencoded", packs.TYPE)
    for path in ("tokens", "x", "record.git/x", "record.git/git-receive-pack") * 5:
        for sent in (form, git):
            slow.append(raw.connect(served.address))
            slow[-1].sendall(f"POST /git/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{sent}".encode())

    try:
        read = [ask(served.address, f"/documents/{HYGIENE}") for _ in range(5)]
    finally:
        for one in slow:
            one.close()

    assert read == [http.HTTPStatus.OK] * 5


@pytest.mark.parametrize("version", ["0", "1", "2"])
def test_a_client_with_two_thousand_commits_of_its_own_fetches_what_is_new(
    door: Door, version: str
) -> None:
    alma = door.clone("alma", "-c", f"protocol.version={version}")
    who = "Alma <alma@example.org> 1763726400 +0100"
    rows = (
        f"commit refs/heads/own{n}\ncommitter {who} \ndata 1\nx\nfrom refs/heads/main^0\n\n"
        for n in range(2_000)
    )
    alma.git("fast-import", "--quiet", data="".join(rows).replace(" \ndata", "\ndata"))
    text = next(text for text in library.texts() if text.document == HYGIENE)
    library.put(door.house, replace(text, version=text.version + 1), door.ids)

    fetched = alma.git("fetch", "origin")

    assert fetched.returncode == 0, fetched.stderr
    assert len(alma.git("for-each-ref", "refs/heads/").stdout.splitlines()) > 2_000
    assert alma.git("rev-parse", "origin/main").stdout.strip() == door.house.record.head


def test_what_is_not_served_is_not_offered(door: Door) -> None:
    url = door.url("alma")
    place = "info/refs?service=git-"

    offered = [
        packs.get(url, f"{place}receive-pack").body,
        packs.get(url, f"{place}upload-pack").body,
        packs.get(url, f"{place}upload-pack", Git_Protocol="version=2").body,
    ]

    assert b"push-options" in offered[0]
    assert b"version 2" in offered[-1]
    for word in (b"push-cert", b"bundle-uri", b"want-ref", b"ref-in-want", b"sid="):
        assert [one for one in offered if word in one] == []
    assert packs.get(url, "info/lfs/locks").status == http.HTTPStatus.NOT_FOUND
    large = packs.post(url, "info/lfs/objects/batch", b"{}", Content_Type="application/json")
    assert large.status in {http.HTTPStatus.FORBIDDEN, http.HTTPStatus.NOT_FOUND}


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

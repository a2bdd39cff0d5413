"""Two clients at once: exactly one is told that it was let in, and what it sent is what stands."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from styrdokument.domain.case import CaseNumber
from styrdokument.domain.document import folder_of
from styrdokument.store.git import Git
from styrdokument.store.housekeeping import MOST_PACKS
from tests.door import packs
from tests.door.conftest import Door, answered, said, wait_until
from tests.door.packs import NONE, entry, name_of
from tests.door.test_authors import revise
from tests.door.test_objects import Forge
from tests.views.library import BLOOD, DUE, HYGIENE

ROUNDS = 200
REF = "refs/heads/draft/spolning"
Push = tuple[str, bytes]
"""A commit's id, and the body that pushes it."""


class Writer:
    """Makes commits that each give the hygiene routine another list: no git, so no waiting."""

    def __init__(self, door: Door) -> None:
        self._forge = Forge(door)
        self.main = self._forge.main
        parts = folder_of(HYGIENE).split("/")
        self._above = ["/".join(parts[:n]) for n in range(len(parts), -1, -1)]
        self._rows = {path: self._forge.rows(path) for path in self._above}

    def push(self, words: str, *, on: str, old: str | None = None, ref: str = REF) -> Push:
        """A draft one commit ahead of `on`; `old` is where its branch is said to stand."""
        blob = f"{words};1\n".encode()
        objects = [("blob", blob)]
        fresh = entry("100644", "lista.csv", name_of("blob", blob))
        for path in self._above:
            name = fresh.split(b"\0")[0]
            others = [row for row in self._rows[path] if row.split(b"\0")[0] != name]
            objects.append(("tree", b"".join(sorted([*others, fresh], key=_name))))
            fresh = entry("40000", path.rpartition("/")[2], name_of(*objects[-1]))
        raw = self._forge.commit(name_of(*objects[-1]), parents=f"parent {on}\n", message=words)
        new = name_of("commit", raw)
        data = packs.pack([*objects, ("commit", raw)])
        return new, packs.request(new, data, ref=ref, old=on if old is None else old)


def _name(row: bytes) -> bytes:
    mode, _, rest = row.partition(b" ")
    return rest.split(b"\0")[0] + (b"/" if mode == b"40000" else b"")


def at_once(url: str, *pushes: Push) -> list[packs.Answer]:
    """Send all in the same moment."""
    ready = Barrier(len(pushes))

    def send(push: Push) -> packs.Answer:
        ready.wait()
        return packs.post(url, "git-receive-pack", push[1])

    with ThreadPoolExecutor(len(pushes)) as clients:
        return list(clients.map(send, pushes))


@pytest.mark.slow
def test_exactly_one_of_two_is_told_ok_and_the_log_holds_all_that_were(door: Door) -> None:
    writer, url = Writer(door), door.url("alma")
    tip, acknowledged = NONE, []

    for number in range(ROUNDS):
        on = writer.main if tip == NONE else tip
        pushes = [writer.push(f"{who}{number}", on=on, old=tip) for who in ("a", "b")]
        answers = at_once(url, *pushes)
        told = [new for (new, _), answer in zip(pushes, answers, strict=True) if answer.is_let_in]
        assert [answer.status for answer in answers] == [200, 200]
        assert len(told) == 1, answers
        tip = told[0]
        acknowledged.append(tip)

    packs_left = door.data / "record.git" / "objects" / "pack"
    wait_until(lambda: len(list(packs_left.glob("*.pack"))) <= MOST_PACKS + 2)
    held = door.house.cases.read(CaseNumber(2))
    assert held.tip == tip == door.refs()[REF]
    parents = [commit.parents for commit in door.house.git.line(held.log)]
    assert [two[1] for two in parents if len(two) > 1][:ROUNDS][::-1] == acknowledged


def test_a_branch_that_stands_elsewhere_than_is_said_is_left_where_it_stands(door: Door) -> None:
    writer, url = Writer(door), door.url("alma")
    first, body = writer.push("ett", on=writer.main, old=NONE)
    assert packs.post(url, "git-receive-pack", body).is_let_in
    second, body = writer.push("två", on=first)
    assert packs.post(url, "git-receive-pack", body).is_let_in
    refs = door.refs()
    bodies = [
        writer.push("tre", on=first)[1],
        writer.push("tre", on=second, old=NONE)[1],
        writer.push("tre", on=second, old=writer.main)[1],
        writer.push("tre", on=writer.main, old="d" * 40)[1],
        packs.request(NONE, b"", ref=REF, old=first),
        packs.request(NONE, b"", ref=REF, old=second),
    ]

    answers = [packs.post(url, "git-receive-pack", body) for body in bodies]

    assert [(answer.status, answer.is_let_in) for answer in answers] == [(200, False)] * 6
    assert door.refs() == refs


def test_one_bad_draft_of_three_lets_none_in_and_atomic_is_not_promised(door: Door) -> None:
    alma, refs = door.clone("alma"), door.refs()
    for branch, document in (("draft/a", HYGIENE), ("draft/b", BLOOD), ("draft/c", HYGIENE)):
        revise(alma, branch, document)
    alma.git("switch", "-q", "draft/b")
    (alma.folder(BLOOD) / "a.exe").write_text("MZ")
    alma.commit()

    one_bad = alma.git("push", "origin", "draft/a", "draft/b", "draft/c")
    whole = alma.git("push", "--atomic", "origin", "draft/a", "draft/c")

    assert one_bad.returncode == whole.returncode == 1
    assert any("bad_push.atomic" in line for line in said(whole))
    assert door.refs() == refs


def test_what_fails_between_two_branches_leaves_each_let_in_or_not(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    alma = door.clone("alma")
    tips = {
        "draft/a": revise(alma, "draft/a", HYGIENE),
        "draft/b": revise(alma, "draft/b", DUE),
    }
    write = Git.make_last

    def fail(self: Git) -> None:
        write(self)
        monkeypatch.setattr(Git, "make_last", broken)

    def broken(_: object) -> None:
        raise OSError

    monkeypatch.setattr(Git, "make_last", fail)
    pushed = alma.git("push", "origin", *tips)
    monkeypatch.setattr(Git, "make_last", write)

    assert answered(pushed) == {"draft/b": "failed"}
    assert door.refs()["refs/heads/draft/a"] == tips["draft/a"]
    assert "refs/heads/draft/b" not in door.refs()
    assert alma.git("push", "origin", "draft/b").returncode == 0
    assert {c.tip for c in map(door.house.cases.read, (CaseNumber(2), CaseNumber(3)))} == set(
        tips.values()
    )

"""What somebody changes behind the product's back is named, and what nobody changed is not."""

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from styrdokument.actions import drafting, registering
from styrdokument.actions.house import House
from styrdokument.actions.verifying import verify_house, verify_repository
from styrdokument.app import open_house
from styrdokument.config import Config
from styrdokument.domain.document import DocumentId
from styrdokument.domain.problems import NotFound
from styrdokument.store.git import Git
from styrdokument.store.verify import verify_record
from tests.actions import foreign, small
from tests.actions.foreign import Foreign, bring_in
from tests.cast import NOON
from tests.store.forging import Forger, folder_of, in_bytes, new_key, set_hash, signers_line
from tests.views.library import close

FIRST, SECOND = folder_of(1000), folder_of(1001)
NEWEST = f"{FIRST}/decisions/0002.json"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><title>a</title></svg>\n'
OTHER = "---\nid: 1000\n---\nNågot helt annat.\n".encode()


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, small.Ids]:
    """Two routines, one with an appendix; a register was put; then the first was revised."""
    data = tmp_path_factory.mktemp("begun") / "data"
    data.mkdir()
    ids = small.build(data)
    house = small.house_of(data)
    adopt(house, ids, "Tvätta händerna.\n")
    case = small.open_new(house, ids)
    document = DocumentId(1001)
    drafting.add_appendix(house, small.actor(house, ids, "alma"), case, document, "a.svg", SVG)
    small.make_ready(house, ids, case, "Se bilagan: [a](a.svg).\n")
    small.decide(house, ids, case)
    put_units(house, ids)
    revision = small.open_revision(house, ids, DocumentId(1000))
    small.make_ready(house, ids, revision, "Sprita händerna.\n")
    small.decide(house, ids, revision)
    close(house)
    return data, ids


def adopt(house: House, ids: small.Ids, text: str) -> None:
    """A new routine, decided."""
    case = small.open_new(house, ids)
    small.make_ready(house, ids, case, text)
    small.decide(house, ids, case)


def put_units(house: House, ids: small.Ids) -> None:
    """One more unit, by two people."""
    units = small.UNITS + "avdelning-31:\n  label: {sv: Avdelning 31}\n"
    by = [small.actor(house, ids, login) for login in ("birgit", "dag")]
    registering.put_register(house, "units.yaml", units.encode(), by=by, reason="Ny avdelning.")


@pytest.fixture
def forger(begun: tuple[Path, small.Ids], tmp_path: Path) -> Forger:
    """At work on a copy of the whole data directory."""
    shutil.copytree(begun[0], tmp_path / "data")
    return Forger(tmp_path / "data" / "record.git", tmp_path / "data" / "keys" / "record")


def told(forger: Forger, **how: Any) -> list[str]:
    """What is said of the record."""
    report = verify_record(Git(forger.record), **how)
    return [f"{finding.place}: {finding.what}" for finding in report.findings]


def told_of_house(forger: Forger) -> list[str]:
    """What is said of the data directory."""
    house = small.house_of(forger.record.parent)
    report = verify_house(house)
    close(house)
    return [f"{finding.place}: {finding.what}" for finding in report.findings]


def has(findings: list[str], *words: str) -> bool:
    """Whether one finding holds all of the words."""
    return any(all(word in finding for word in words) for finding in findings)


# what somebody without the key can do


def test_a_text_changed_in_a_later_commit_is_named(forger: Forger) -> None:
    forger.commit({f"{FIRST}/text.md": OTHER})
    found = told(forger)
    assert has(found, "commit", "signature: malformed")
    assert has(found, "commit", "holds no decision")
    assert has(found, f"{FIRST}/text.md", "was changed without a decision")


def test_a_text_changed_and_signed_with_another_key_is_named(
    forger: Forger, tmp_path: Path
) -> None:
    forger.commit({f"{FIRST}/text.md": OTHER}, key=new_key(tmp_path / "mine"))
    assert has(told(forger), "commit", "signature: unknown_key")


def test_signers_replaced_in_one_commit_are_not_believed_afterwards(
    forger: Forger, tmp_path: Path
) -> None:
    mine = new_key(tmp_path / "mine")
    forger.commit({"registers/signers": signers_line(mine)}, key=mine)
    forger.key = mine
    forger.add(*revision_of(forger), alter=lambda d: d.update(version=3))
    commits = {finding.commit for finding in verify_record(Git(forger.record)).findings}
    assert {forger.id("main"), forger.id("main~1")} <= commits
    assert has(told(forger), "registers/signers", "a signer was removed")
    assert len([f for f in told(forger) if "unknown_key" in f]) == 3


def revision_of(forger: Forger) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The newest decision, and the files that it set."""
    names = ("text.md", "roles.yaml")
    return forger.decision(NEWEST), {n: forger.read(f"{FIRST}/{n}") for n in names}


def test_a_record_made_anew_with_another_key_is_known_by_signers_from_elsewhere(
    forger: Forger, tmp_path: Path
) -> None:
    true = forger.read("registers/signers")
    other = small_record(tmp_path / "other")
    assert told(other) == []
    assert has(told(other, signers=true), "commit", "signature: unknown_key")
    assert told(forger, signers=true) == []


def small_record(data: Path) -> Forger:
    data.mkdir()
    small.build(data)
    return Forger(data / "record.git", data / "keys" / "record")


def test_a_damaged_and_a_missing_object_are_named(forger: Forger) -> None:
    blobs = [forger.id(f"main:{folder}/text.md") for folder in (FIRST, SECOND)]
    paths = [forger.record / "objects" / blob[:2] / blob[2:] for blob in blobs]
    for path in paths:
        path.chmod(0o644)
    data = bytearray(paths[0].read_bytes())
    data[len(data) // 2] ^= 4
    paths[0].write_bytes(data)
    paths[1].unlink()
    found = told(forger)
    assert has(found, f"{FIRST}/text.md", "is not what was decided")
    assert has(found, f"{SECOND}/text.md", "is not what was decided")


@pytest.mark.parametrize("path", ["main", "main^{tree}", "main:registers/signers", "main~2"])
def test_whatever_object_is_missing_it_is_named(forger: Forger, path: str) -> None:
    gone = forger.id(path)
    (forger.record / "objects" / gone[:2] / gone[2:]).unlink()
    assert has(told(forger), gone, "is damaged or missing")


def test_a_main_that_cannot_be_read_is_named(forger: Forger) -> None:
    (forger.record / "refs/heads/main").write_text("x")
    assert told(forger) == ["refs/heads/main: is damaged or missing"]
    (forger.record / "refs/heads/main").unlink()
    assert told(forger) == ["refs/heads/main: does not exist"]


# what a rogue service can do, with the record's own key


def test_the_forger_leaves_no_trace_where_nothing_is_changed(forger: Forger) -> None:
    forger.redo(NEWEST)
    assert told(forger) == []


COMMITS: dict[str, tuple[Callable[[Forger], dict[str, bytes | None]], tuple[str, ...]]] = {
    "changes a decision": (
        lambda f: {NEWEST: in_bytes(f.decision(NEWEST) | {"title": "x"})},
        (NEWEST, "was changed or removed"),
    ),
    "removes a decision": (lambda _: {NEWEST: None}, (NEWEST, "was changed or removed")),
    "changes a signature": (
        lambda f: {f"{NEWEST}.sig": f.read(f"{FIRST}/decisions/0001.json.sig")},
        (f"{NEWEST}.sig", "was changed or removed"),
    ),
    "changes a text": (
        lambda _: {f"{FIRST}/text.md": OTHER},
        (f"{FIRST}/text.md", "was changed without a decision"),
    ),
    "takes an appendix away": (
        lambda _: {f"{SECOND}/a.svg": None},
        (f"{SECOND}/a.svg", "was changed without a decision"),
    ),
    "changes a register": (
        lambda _: {"registers/types.yaml": small.TYPES.replace("Rutin", "Regel").encode()},
        ("registers/types.yaml", "was changed without a decision"),
    ),
    "breaks a register": (
        lambda _: {"registers/types.yaml": b"routine: &a [*a]\n"},
        ("registers", "cannot be read"),
    ),
    "breaks the signers": (
        lambda _: {"registers/signers": b"\xff\n"},
        ("registers/signers", "cannot be read"),
    ),
    "adds nothing": (lambda _: {}, ("commit", "holds no decision")),
    "adds what is no decision": (
        lambda _: {f"{FIRST}/decisions/0003.json": b"[]\n"},
        (f"{FIRST}/decisions/0003.json", "is not a decision file"),
    ),
    "adds a decision of no kind that is known": (
        lambda f: {f"{FIRST}/decisions/0003.json": in_bytes(f.decision(NEWEST) | {"kind": "x"})},
        (f"{FIRST}/decisions/0003.json", "is not a decision file"),
    ),
    "files the same decision again": (
        lambda f: {f"{FIRST}/decisions/{n}": f.read(f"{FIRST}/decisions/{o}")
                   for n, o in (("0003.json", "0002.json"), ("0003.json.sig", "0002.json.sig"))},
        (f"{FIRST}/decisions/0003.json", "seq is out of order"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", COMMITS)
def test_a_signed_commit_is_named_that(forger: Forger, what: str) -> None:
    change, words = COMMITS[what]
    forger.commit(change(forger), key=forger.key)
    assert has(told(forger), *words)


EXTRA: dict[str, tuple[dict[str, bytes | None], tuple[str, ...]]] = {
    "another file in the folder": (
        {f"{FIRST}/b.csv": b"a;b\n"},
        (FIRST, "holds other files than were decided"),
    ),
    "another text": ({f"{FIRST}/text.md": OTHER}, (FIRST, "holds other files than were decided")),
    "another file among the decisions": (
        {f"{FIRST}/decisions/x.md": b"x\n"},
        (f"{FIRST}/decisions/x.md", "was changed without a decision"),
    ),
    "a signature of nothing": (
        {f"{FIRST}/decisions/0003.json.sig": b"x\n"},
        (f"{FIRST}/decisions/0003.json.sig", "was changed without a decision"),
    ),
    "a file at the top": (
        {"README.md": b"x\n"},
        ("README.md", "was changed without a decision"),
    ),
    "decisions in a place of their own": (
        {"x/decisions/y.bin": b"x\n"},
        ("x/decisions/y.bin", "was changed without a decision"),
    ),
    "another document's text": (
        {f"{SECOND}/text.md": OTHER},
        (f"{SECOND}/text.md", "was changed without a decision"),
    ),
    "another document's roles": (
        {f"{SECOND}/roles.yaml": b"unit: x\n"},
        (f"{SECOND}/roles.yaml", "was changed without a decision"),
    ),
    "another document's appendix": (
        {f"{SECOND}/a.svg": b"<svg/>\n"},
        (f"{SECOND}/a.svg", "was changed without a decision"),
    ),
    "the registers": (
        {"registers/types.yaml": small.TYPES.replace("Rutin", "Regel").encode()},
        ("registers/types.yaml", "was changed without a decision"),
    ),
}


@pytest.mark.parametrize("what", EXTRA)
def test_a_decision_is_named_that_carries_along(forger: Forger, what: str) -> None:
    extra, words = EXTRA[what]
    forger.redo(NEWEST, extra=extra)
    assert has(told(forger), *words)


def _sha256_of_other(decision: dict[str, Any]) -> None:
    decision["content"][0]["sha256"] = "ab" * 32
    set_hash(decision)


def _twice(decision: dict[str, Any]) -> None:
    decision["content"].append(decision["content"][-1])
    set_hash(decision)


def _own_approval(decision: dict[str, Any]) -> None:
    decision["approvals"][0]["id"] = decision["contributors"][0]


ALTERED: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a seq that was given": (lambda d: d.update(seq=d["seq"] - 1), "seq is out of order"),
    "a seq too many": (lambda d: d.update(seq=d["seq"] + 1), "seq is out of order"),
    "another before it in the record": (
        lambda d: d.update(previous_record="0" * 64),
        "previous_record is wrong",
    ),
    "another before it in the folder": (
        lambda d: d.update(previous_document=None),
        "previous_document is wrong",
    ),
    "another content hash": (lambda d: d.update(content_hash="0" * 64), "content_hash is wrong"),
    "another file's hash": (_sha256_of_other, "is not what was decided"),
    "another size": (lambda d: d["content"][0].update(size=1), "is not what was decided"),
    "a file twice": (_twice, "holds other files than were decided"),
    "an object that is not there": (
        lambda d: d["content"][0].update(git="0" * 40),
        "is not what was decided",
    ),
    "an approval of another text": (
        lambda d: d["approvals"][0].update(content_hash="0" * 64),
        "is of another text",
    ),
    "an approval on another base": (
        lambda d: d["approvals"][0].update(base_version=0),
        "is of another base",
    ),
    "a writer's approval": (_own_approval, "who wrote the text"),
    "a writer who decides": (
        lambda d: d["decided_by"].update(id=d["contributors"][0]),
        "decided by one who wrote the text",
    ),
    "a version left out": (lambda d: d.update(version=3), "version is out of order"),
    "a version again": (lambda d: d.update(version=1), "version is out of order"),
    "a correction of nothing": (lambda d: d.update(kind="correct"), "corrects is wrong"),
    "a correction of what is to come": (
        lambda d: d.update(kind="correct", corrects=3),
        "corrects is wrong",
    ),
    "a revision that corrects": (lambda d: d.update(corrects=1), "corrects is wrong"),
    "an extension with a new text": (
        lambda d: d.update(kind="extend", version=1),
        "is about another content than its version's",
    ),
    "a beginning in the middle": (lambda d: d.update(kind="init"), "kind does not fit"),
    "another's document": (lambda d: d.update(document=1001), "is not where it belongs"),
    "no document": (lambda d: d.update(document=None), "kind does not fit"),
    "a document that is no number": (lambda d: d.update(document="x"), "is not a decision file"),
    "an impossible document": (lambda d: d.update(document=7), "document is no possible id"),
    "a seq that is no number": (lambda d: d.update(seq=None), "is not a decision file"),
    "a content that is none": (lambda d: d.update(content=7), "is not a decision file"),
    "a file without a name": (lambda d: d["content"][0].update(path=7), "is not a decision file"),
}


@pytest.mark.parametrize("what", ALTERED)
def test_a_decision_is_named_that_tells_of(forger: Forger, what: str) -> None:
    alter, words = ALTERED[what]
    forger.redo(NEWEST, alter=alter)
    assert has(told(forger), words)


REVIEWED = "1" * 64
REGISTRAR = {"id": "p-0000000r", "name": "Gun", "title": "", "unit": "", "for": None}


def _by_a_board(decision: dict[str, Any]) -> None:
    """The decision as a board's, which changed the text: Gun entered it and Birgit attested it."""
    given = decision["approvals"][0]
    attest = {**given, "meaning": "attested"}
    decision["approvals"] = [
        *({**one, "content_hash": REVIEWED} for one in decision["approvals"]),
        attest,
    ]
    decision["basis"].update(kind="minutes", body="Regionfullmäktige")
    decision["decided_by"] = {**REGISTRAR, "id": None, "name": "Regionfullmäktige"}
    decision["contributors"] = [*decision["contributors"], REGISTRAR["id"]]
    decision["participants"] = [REGISTRAR]
    decision["facts"] = [
        {
            "remark": "boards_text",
            "reviewed": REVIEWED,
            "entered_by": REGISTRAR["id"],
            "attested_by": given["id"],
        }
    ]


def _attested_by_the_registrar(decision: dict[str, Any]) -> None:
    decision["approvals"][-1]["id"] = REGISTRAR["id"]
    decision["facts"][0]["attested_by"] = REGISTRAR["id"]


BOARDS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "is no board's": (lambda d: d["basis"].update(kind="delegation"), "but decided by none"),
    "was the reviewed text": (
        lambda d: d["facts"][0].update(reviewed=d["content_hash"]),
        "but from no other text",
    ),
    "was no text": (lambda d: d["facts"][0].update(reviewed="x"), "but from no other text"),
    "was entered by nobody": (lambda d: d.update(participants=[]), "but nobody entered it"),
    "was entered by no writer": (lambda d: d["contributors"].pop(), "but nobody entered it"),
    "was attested by nobody": (lambda d: d["approvals"].pop(), "but no other attested it"),
    "was attested by the registrar": (_attested_by_the_registrar, "but no other attested it"),
    "was attested by another": (
        lambda d: d["facts"][0].update(attested_by="p-0000000x"),
        "but no other attested it",
    ),
    "was attested before": (
        lambda d: d["approvals"][-1].update(content_hash=REVIEWED),
        "is of another text",
    ),
    "was approved as a third": (
        lambda d: d["approvals"][0].update(content_hash="2" * 64),
        "is of another text",
    ),
    "is told of twice": (lambda d: d["facts"].append(d["facts"][0]), "says twice"),
    "is not told of": (lambda d: d.update(facts=[]), "is of another text"),
}


def test_a_text_that_a_board_changed_is_whole_and_is_pointed_out(forger: Forger) -> None:
    # rule 20
    forger.redo(NEWEST, alter=_by_a_board)
    report = verify_repository(forger.record)
    assert report.findings == ()
    (remark,) = report.remarks
    assert "the board changed the text" in remark.what
    assert f"was {REVIEWED}" in remark.what
    assert "entered by p-0000000r" in remark.what
    found = told_of_house(forger)
    assert has(found, "decision 5", "tells otherwise than case 3 of what the board changed")


@pytest.mark.parametrize("what", BOARDS)
def test_a_board_s_text_is_named_that(forger: Forger, what: str) -> None:
    # rule 20
    alter, words = BOARDS[what]

    def alter_both(decision: dict[str, Any]) -> None:
        _by_a_board(decision)
        alter(decision)

    forger.redo(NEWEST, alter=alter_both)
    assert has(told(forger), words)


MADE: dict[str, tuple[dict[str, Any], str]] = {
    "by another": ({"by": "p-0000000x"}, "author is another"),
    "and committed by another": ({"committer": "p-0000000x"}, "author is another"),
    "at another moment": (
        {"at": "2026-11-21T12:00:01+01:00"},
        "recorded_at is another moment than the commit's",
    ),
    "before the key was valid": ({"at": "2020-01-01T12:00:00+01:00"}, "not_valid_then"),
    "under another decision's name": (
        {"message": "adopt: x\n\nDecision: 4\nCase: 3\nDocument: 1000 v2\n"},
        "message has other trailers",
    ),
    "without a name": ({"message": "x\n"}, "message has other trailers"),
    "unsigned": ({"key": None}, "signature: malformed"),
    "with a text that can be run": (
        {"modes": {f"{FIRST}/text.md": "100755"}},
        "is no plain file, but 100755",
    ),
    "with a link for a text": (
        {"modes": {f"{FIRST}/text.md": "120000"}},
        "is no plain file, but 120000",
    ),
    "with a merge": ({"parents": ("main", "main~1")}, "is not linear"),
}


@pytest.mark.parametrize("how", MADE)
def test_a_commit_is_named_that_was_made(forger: Forger, how: str) -> None:
    facts, words = MADE[how]
    forger.redo(NEWEST, **facts)
    assert has(told(forger), words)


def test_a_decision_signed_with_another_key_is_named(forger: Forger, tmp_path: Path) -> None:
    forger.redo(NEWEST, sealed_by=new_key(tmp_path / "mine"))
    assert has(told(forger), NEWEST, "signature: unknown_key")


def test_a_signature_of_other_bytes_is_named(forger: Forger) -> None:
    forger.redo(NEWEST, signature=forger.read(f"{FIRST}/decisions/0001.json.sig"))
    assert has(told(forger), NEWEST, "signature: wrong_bytes")


def test_a_signature_made_for_git_is_none_of_a_decision(forger: Forger) -> None:
    forged = forger.sign(forger.read(NEWEST), forger.key, "git")
    forger.redo(NEWEST, signature=forged)
    assert has(told(forger), NEWEST, "signature: wrong_namespace")


def test_decisions_put_in_another_order_are_named(forger: Forger) -> None:
    first, second = forger.id("main~1"), forger.id("main")
    forger.git("update-ref", "refs/heads/main", "main~2")
    for commit in (second, first):
        names = forger.git("diff", "--name-only", f"{commit}~1", commit).decode().split("\n")[:-1]
        files = {name: forger.read(name, commit) for name in names}
        message = forger.git("log", "-1", "--format=%B", commit).decode()
        forger.commit(files, key=forger.key, message=message)
    found = told(forger)
    assert has(found, "seq is out of order")
    assert has(found, "previous_record is wrong")


def test_a_commit_from_before_the_record_is_named(forger: Forger) -> None:
    tree = forger.git("mktree", data=b"").decode().strip()
    who = {f"GIT_{r}_{k}": "x" for r in ("AUTHOR", "COMMITTER") for k in ("NAME", "EMAIL")}
    empty = forger.git("commit-tree", tree, "-m", "x", **who).decode().strip()
    forger.git("update-ref", "refs/heads/main", empty)
    found = told(forger)
    assert has(found, "holds no decision")
    assert has(found, "signature: malformed")


# registers


def registered(forger: Forger, name: str, data: bytes) -> None:
    """Put a register as two people would, with what the product would refuse."""
    path = "registers/decisions/0002.json"
    names = [p for p in forger.paths("registers") if "/decisions/" not in p]
    files = {n.removeprefix("registers/"): forger.read(n) for n in names} | {name: data}
    forger.add(forger.decision(path), files)


def test_an_entry_that_was_removed_is_named(forger: Forger) -> None:
    registered(forger, "units.yaml", small.UNITS.encode())
    assert told(forger) == ["registers: units: entry avdelning-31 was removed"]


def test_a_new_signer_beside_the_old_is_believed(forger: Forger, tmp_path: Path) -> None:
    new = new_key(tmp_path / "new")
    registered(forger, "signers", forger.read("registers/signers") + signers_line(new))
    forger.key = new
    decision, files = revision_of(forger)
    files["text.md"] += b"Mera.\n"
    forger.add(decision, files, alter=lambda d: d.update(version=3, approvals=[]))
    assert told(forger) == []


def test_a_signer_in_the_place_of_the_old_is_named(forger: Forger, tmp_path: Path) -> None:
    registered(forger, "signers", signers_line(new_key(tmp_path / "new")))
    assert told(forger) == ["registers/signers: a signer was removed"]


# what only the data directory can tell


def test_a_main_that_was_put_back_is_known_by_all_that_has_seen_more(forger: Forger) -> None:
    house = small.house_of(forger.record.parent)
    open_house(Config(data=forger.record.parent), now=lambda: NOON).close()
    close(house)
    forger.git("update-ref", "refs/heads/main", "main~1")
    assert told(forger) == []
    found = told_of_house(forger)
    assert has(found, "index: decisions", "differs from the record")
    assert has(found, "outbox", "has told of decision 5")
    assert has(found, "case 3", "is decided, but not on main")


def test_a_main_that_was_put_back_is_known_even_where_the_index_was_made_anew(
    forger: Forger,
) -> None:
    forger.git("update-ref", "refs/heads/main", "main~1")
    house = open_house(Config(data=forger.record.parent), now=lambda: NOON)
    house.close()
    found = told_of_house(forger)
    assert not has(found, "index")
    assert has(found, "outbox", "has told of decision 5")
    assert has(found, "case 3", "is decided, but not on main")


def test_an_approval_that_nobody_gave_is_known_by_the_case(forger: Forger) -> None:
    forger.redo(NEWEST, alter=lambda d: d["approvals"][0].update(id="p-0000000x"))
    assert told(forger) == []
    assert has(told_of_house(forger), "decision 5", "p-0000000x is not in case 3")


def test_a_writer_who_was_left_out_is_known_by_the_case(forger: Forger) -> None:
    forger.redo(NEWEST, alter=lambda d: d.update(contributors=[]))
    assert told(forger) == []
    assert has(told_of_house(forger), "decision 5", "has other contributors than case 3")


ROWS = {
    "changed": "UPDATE versions SET title = 'x' WHERE document = 1000 AND version = 1",
    "of another day": "UPDATE versions SET valid_until = '2099-01-01' WHERE document = 1001",
    "deleted": "DELETE FROM decisions WHERE seq = 2",
    "added": "INSERT INTO former VALUES ('x', 1000)",
    "of a case": "UPDATE cases SET state = 'withdrawn' WHERE number = 1",
    "of who may see": "INSERT INTO case_entries VALUES (1, 'p-0000000x', 0)",
    "of how far it came": "UPDATE cursors SET value = 'x' WHERE name = 'main'",
}


@pytest.mark.parametrize("what", ROWS)
def test_a_row_of_the_index_is_named_that_was(forger: Forger, what: str) -> None:
    assert told_of_house(forger) == []
    with sqlite3.connect(forger.record.parent / "index.db") as database:
        assert database.execute(ROWS[what]).rowcount > 0
    database.close()
    assert has(told_of_house(forger), "index: ", "differs from the record")


@pytest.mark.parametrize("words", [b"Sprita h", b'"kind": "adopt"', b"2028-11-21"])
def test_flipped_bits_in_a_row_of_the_index_are_named(forger: Forger, words: bytes) -> None:
    flip(forger.record.parent / "index.db", words)
    assert has(told_of_house(forger), "index")


def test_flipped_bits_in_what_finds_the_rows_of_the_index_are_named(forger: Forger) -> None:
    path = forger.record.parent / "index.db"
    fold(path)
    with sqlite3.connect(path) as database:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_decisions_document'"
        (page,) = database.execute(query).fetchone()
    database.close()
    data = bytearray(path.read_bytes())
    size = int.from_bytes(data[16:18], "big")
    data[page * size - 2] ^= 0x01
    path.write_bytes(data)
    assert has(told_of_house(forger), "index", "cannot be read")


def flip(path: Path, words: bytes) -> None:
    """Flip a bit in every place where the words stand."""
    fold(path)
    data = path.read_bytes()
    assert words in data
    path.write_bytes(data.replace(words, bytes([words[0] ^ 0x80]) + words[1:]))


def fold(path: Path) -> None:
    """Bring what stands in SQLite's log into the file itself."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


# what nobody changed


def test_a_whole_record_is_found_whole(forger: Forger) -> None:
    house = small.house_of(forger.record.parent)
    report = verify_house(house)
    close(house)
    assert report.findings == ()
    assert (report.commits, report.decisions) == (5, 5)
    assert report.head == forger.id("main")


def test_clones_of_every_kind_are_found_whole(forger: Forger, tmp_path: Path) -> None:
    source = str(forger.record)
    kinds = {"full": [], "bare": ["--bare"], "mirror": ["--mirror"], "shared": ["--shared"]}
    for kind, options in kinds.items():
        words = ["git", "clone", "-q", "--no-hardlinks", "--branch=main", *options]
        subprocess.run([*words[:3], *options, source, str(tmp_path / kind)], check=True)
        report = verify_repository(tmp_path / kind)
        assert (report.findings, report.decisions) == ((), 5), kind


def test_a_shallow_clone_is_not_found_whole(forger: Forger, tmp_path: Path) -> None:
    source = f"file://{forger.record}"
    subprocess.run(["git", "clone", "-q", "--depth=1", source, str(tmp_path / "c")], check=True)
    assert verify_repository(tmp_path / "c").findings


@pytest.mark.parametrize("words", [["gc", "-q"], ["repack", "-adq"], ["pack-refs", "--all"]])
def test_a_packed_record_is_found_whole(forger: Forger, words: list[str]) -> None:
    forger.git(*words)
    assert told_of_house(forger) == []


def test_where_there_is_no_repository_it_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        verify_repository(tmp_path)


def test_a_record_with_imported_documents_is_found_whole(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    foreign.build(tmp_path / "data")
    house = foreign.house_of(tmp_path / "data")
    source = Foreign(tmp_path / "rutiner")
    source.commit({"a.md": "# A\n\nEtt.\n", "b.md": "# B\n"}, on="2021-03-04")
    source.commit({"a.md": "# A\n\nTvå.\n"}, on="2022-03-04")
    source.commit({"b.md": None}, on="2023-03-04")
    bring_in(house, source.path, map_="deleted: true\n")
    source.commit({"a.md": "# A\n\nTre.\n"}, on="2024-03-04")
    bring_in(house, source.path)
    assert verify_house(house).findings == ()
    close(house)

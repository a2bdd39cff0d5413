"""What no push may do, whoever pushes: refused in words, with nothing changed."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from styrdokument.domain.case import CaseNumber
from styrdokument.domain.people import Scope
from tests.door import packs
from tests.door.conftest import Clone, Door, leftovers, run_git, said
from tests.door.packs import entry, name_of
from tests.door.test_objects import Forge
from tests.views.library import BLOOD, HYGIENE, PNG

Write = Callable[[Clone], None]
TOP = "documents/00/10/1042"


def edit(clone: Clone, path: str, words: str | bytes, document: int = HYGIENE) -> None:
    """Put a file into a document's folder, made if need be."""
    file = clone.folder(document) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(words.encode() if isinstance(words, str) else words)


def front(clone: Clone, *lines: str) -> None:
    """Put lines into the front matter of the hygiene routine."""
    file = clone.folder(HYGIENE) / "text.md"
    head, rest = file.read_text("utf-8").split("\n", 1)
    file.write_text("\n".join([head, *lines, rest]), "utf-8")


def link(clone: Clone) -> None:
    (clone.folder(HYGIENE) / "a.csv").symlink_to("/etc/passwd")


def program(clone: Clone) -> None:
    edit(clone, "a.csv", "a;b\n")
    (clone.folder(HYGIENE) / "a.csv").chmod(0o755)


def remove(path: str) -> Write:
    def write(clone: Clone) -> None:
        clone.git("rm", "-q", "-r", path)

    return write


WRITES: dict[str, tuple[Write, str]] = {
    "a governed field": (
        lambda c: front(c, "version: 9"),
        f"{TOP}/text.md:2: governed_field: Version sätts av beslutet",
    ),
    "an adopted day": (lambda c: front(c, "adopted_on: 2020-01-01"), f"{TOP}/text.md:2: governed"),
    "a field twice": (lambda c: front(c, "title: En", "title: Två"), "bad_front_matter.duplicate"),
    "an anchor": (lambda c: front(c, "note: &a b"), f"{TOP}/text.md:2: bad_front_matter.anchor"),
    "another's number": (
        lambda c: edit(c, "text.md", (c.folder(BLOOD) / "text.md").read_bytes()),
        "bad_front_matter.other_id",
    ),
    "a text without its number": (
        lambda c: edit(c, "text.md", "---\ntitle: Handhygien\n---\nText.\n"),
        f"{TOP}/text.md:1: needs_field: ",
    ),
    "no front matter": (lambda c: edit(c, "text.md", "Bara text.\n"), "no_front_matter"),
    "a byte order mark": (lambda c: edit(c, "text.md", "\ufeff---\nid: 1042\n---\n"), ".bom"),
    "Windows' line ends": (
        lambda c: edit(c, "text.md", "---\r\nid: 1042\r\n---\r\n"),
        "line_ending",
    ),
    "no last line end": (
        lambda c: edit(c, "text.md", f"---\nid: {HYGIENE}\n---\nText"),
        f"{TOP}/text.md:4: bad_text.not_normal",
    ),
    "not UTF-8": (
        lambda c: edit(c, "text.md", b"---\nid: 1042\n---\n\xff\n"),
        f"{TOP}/text.md:4: bad_text.not_utf8",
    ),
    "turned reading order": (
        lambda c: edit(c, "text.md", f"---\nid: {HYGIENE}\n---\nA\u202eb\n"),
        "bad_text.bidi_control",
    ),
    "a role in the text": (lambda c: front(c, "adopter: p-x"), "bad_front_matter.other_file"),
    "a link": (link, f"{TOP}/a.csv:1: bad_push.mode"),
    "a program": (program, f"{TOP}/a.csv:1: bad_push.mode"),
    "a picture that is none": (lambda c: edit(c, "a.png", "hej"), "bad_appendix.wrong_type"),
    "an ending that is not taken": (lambda c: edit(c, "a.exe", PNG), "bad_appendix.name_extension"),
    "a folder in the folder": (lambda c: edit(c, "b/a.csv", "a\n"), "bad_push.place"),
    "a decision": (lambda c: edit(c, "decisions/0009.json", "{}"), "bad_push.decisions"),
    "a decision's end": (remove(f"{TOP}/decisions/0001.json"), "bad_push.decisions"),
    "a register": (
        lambda c: (c.place / "registers/types.yaml").write_text(""),
        "bad_push.registers",
    ),
    "a file at the top": (lambda c: (c.place / "README.md").write_text("x"), "bad_push.place"),
    "a pointer to a file elsewhere": (
        lambda c: edit(
            c, "a.png", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
        ),
        "bad_appendix.wrong_type",
    ),
    "modules": (lambda c: edit(c, ".gitmodules", '[submodule "x"]\n'), "bad_appendix.name_git"),
    "attributes": (lambda c: edit(c, ".gitattributes", "* -text\n"), "bad_appendix.name_git"),
    "the text's end": (remove(f"{TOP}/text.md"), "bad_push.removed"),
    "the document's end": (remove(TOP), "bad_push.decisions"),
    "a document of no such place": (
        lambda c: edit(c, "../../99/1042/text.md", "---\n---\n"),
        "bad_push.number",
    ),
}


def test_what_a_draft_may_not_hold_is_named_with_its_file_and_line(door: Door) -> None:
    alma, refs, missed = door.clone("alma"), door.refs(), []

    for number, (what, (write, words)) in enumerate(WRITES.items()):
        alma.git("reset", "-q", "--hard")
        alma.begin(f"draft/forsok-{number}")
        write(alma)
        alma.commit(what)
        pushed = alma.push(f"draft/forsok-{number}")
        if pushed.returncode == 0 or not any(words in line for line in said(pushed)):
            missed.append((what, pushed.stderr))

    assert missed == []
    assert door.refs() == refs
    assert leftovers(door.data) == []


def test_what_stood_in_between_is_looked_at_too(door: Door) -> None:
    alma = door.clone("alma")
    alma.begin("draft/spolning")
    edit(alma, "a.exe", "MZ")
    alma.commit("in")
    alma.git("rm", "-q", f"{TOP}/a.exe")
    edit(alma, "lista.csv", "a;b\n")
    alma.commit("out")

    assert "bad_appendix.name_extension" in alma.push("draft/spolning").stderr


@pytest.mark.parametrize("login", ["alma", "karin", "arvid"])
def test_nobody_moves_what_is_adopted_or_anything_but_a_draft(door: Door, login: str) -> None:
    clone, refs = door.clone(login), door.refs()
    clone.begin("draft/x")
    edit(clone, "lista.csv", "a;b\n")
    clone.commit()
    targets = [
        *("refs/heads/main", "refs/heads/other", "refs/tags/v1", "refs/notes/commits", "HEAD"),
        *("refs/cases/1", "refs/meta/numbers", "refs/replace/" + "a" * 40, "refs/heads/draft"),
        *("refs/heads/draft/7-revise", "refs/heads/draft/.x", "refs/heads/draft/x.lock.y/z.lock"),
        "refs/heads/draft/" + "l" * 200,
    ]
    words = [f"HEAD:{target}" for target in targets]
    words += [f"+HEAD~2:{target}" for target in targets[:1]] + [":refs/heads/main"]

    let_in = [word for word in words if clone.git("push", "origin", word).returncode == 0]

    assert let_in == []
    assert door.refs() == refs


def test_a_commit_made_in_anothers_name_is_refused_with_what_to_type(door: Door) -> None:
    alma = door.clone("alma")
    alma.begin("draft/spolning")
    alma.git("config", "user.email", "gun@example.org")
    edit(alma, "lista.csv", "a;b\n")
    commit = alma.commit()

    told = said(alma.push("draft/spolning"))

    person = door.ids["alma"]
    assert told[1].startswith(
        f"bad_push.committer: Commit {commit[:9]} är gjord av gun@example.org, men det är du som "
        f"skickar. Skriv git config user.email {person}@record.invalid"
    )


def test_a_document_in_another_open_revision_is_not_taken_twice(door: Door) -> None:
    alma = door.clone("alma")
    for branch in ("draft/ett", "draft/tva"):
        alma.begin(branch)
        edit(alma, "lista.csv", f"{branch}\n")
        alma.commit()
    assert alma.push("draft/tva").returncode == 0
    alma.git("switch", "-q", "draft/ett")

    told = said(alma.push("draft/ett"))

    assert any("open_revision_exists: Det pågår redan" in line for line in told)


def test_a_reader_and_a_token_that_may_only_read_push_nothing(door: Door) -> None:
    alma = door.clone("alma")
    alma.begin("draft/spolning")
    edit(alma, "lista.csv", "a;b\n")
    alma.commit()

    for url in (door.url("alma", Scope.READ), door.url("eva"), door.address + "/git/record.git"):
        assert alma.git("push", url, "HEAD:refs/heads/draft/x").returncode != 0
    revoked = door.url("alma")
    person = door.ids["alma"]
    door.house.tokens.revoke(person, door.house.tokens.of(person)[0].number, at=door.house.now())
    assert alma.git("push", revoked, "HEAD:refs/heads/draft/x").returncode != 0
    assert door.house.cases.numbers() == (CaseNumber(1),)


def test_several_drafts_at_once_are_all_let_in_or_none(door: Door) -> None:
    alma, refs = door.clone("alma"), door.refs()
    alma.begin("draft/bra")
    edit(alma, "lista.csv", "a;b\n")
    alma.commit()
    alma.begin("draft/daligt")
    edit(alma, "a.exe", "MZ", BLOOD)
    alma.commit()

    pushed = alma.git("push", "origin", "draft/bra", "draft/daligt")

    assert pushed.returncode != 0
    assert door.refs() == refs


def test_bodies_that_are_no_push_are_refused_politely(door: Door) -> None:
    url = door.url("alma")
    good = packs.request("e" * 40, packs.pack([]))
    bodies: dict[str, tuple[bytes, dict[str, str]]] = {
        "nothing": (b"", {}),
        "garbage": (b"hej hej hej", {}),
        "a line cut short": (b"00ffabc", {}),
        "a long line": (b"fff0" + b"a" * 70_000, {}),
        "no pack": (packs.line("a b c\0x") + b"0000", {}),
        "a pack cut short": (good[:-25], {}),
        "bad gzip": (b"hej", {"Content_Encoding": "gzip"}),
        "gzip cut short": (gzip.compress(good)[:-12], {"Content_Encoding": "gzip"}),
        "deflate": (good, {"Content_Encoding": "deflate"}),
        "brotli": (good, {"Content_Encoding": "br"}),
    }

    statuses = {
        what: packs.post(url, "git-receive-pack", body, **headers).status
        for what, (body, headers) in bodies.items()
    }

    assert {what: s for what, s in statuses.items() if not 400 <= s < 500} == {}


def test_a_push_that_a_page_elsewhere_could_send_is_refused(door: Door) -> None:
    forge, refs = Forge(door), door.refs()
    found = forge.with_document(entry("100644", "lista.csv", forge.blob))
    sent = packs.request(name_of(*found[-1]), packs.pack(found))
    kinds = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")

    answers = [
        packs.post(door.url("alma"), "git-receive-pack", sent, Content_Type=kind) for kind in kinds
    ]

    assert [answer.status for answer in answers] == [422] * 3
    assert door.refs() == refs


def test_only_the_smart_protocol_is_served(door: Door, tmp_path: Path) -> None:
    url, objects = door.url("alma"), sorted(door.objects())
    addresses = [
        *("HEAD", "config", "info/refs", "info/refs?service=git-shell", "objects/info/packs"),
        *("info/refs/", "../record.git/HEAD", "%2e%2e/journal.db", "git-upload-archive"),
        *(
            "..%2fjournal.db",
            "..%2f..%2fjournal.db",
            "./HEAD",
            "refs/heads/main",
            "hooks/pre-receive",
        ),
        *("INFO/refs?service=git-upload-pack", "objects/info/alternates", "%00", "packed-refs"),
        f"objects/{objects[0][:2]}/{objects[0][2:]}",
    ]

    assert {place: packs.get(url, place).status for place in addresses} == dict.fromkeys(
        addresses, 404
    )
    for name in ("other.git", "Record.git", "record", "record.git/record.git", "../record.git"):
        there = url.replace("/record.git", f"/{name}")
        assert packs.get(there, "info/refs?service=git-upload-pack").status == 404
    other = url.replace("/record.git", "/other.git")
    assert run_git("clone", "-q", other, str(tmp_path / "x")).returncode != 0

"""Who sees what by git: nothing that the pages would not show, whatever a client asks for."""

from dataclasses import replace

import pytest

from styrdokument.domain.document import DocumentId
from tests.cast import NOON
from tests.door import packs
from tests.door.conftest import Clone, Door, run_git, said
from tests.door.test_authors import revise
from tests.door.test_objects import Forge
from tests.views import library
from tests.views.library import BLOOD, DUE, HYGIENE

FRANS = DocumentId(1060)
"""A routine that Alma has no part in."""


@pytest.fixture
def written(door: Door) -> Clone:
    """Karin's clone; a draft of hers is on the server, which Alma may not see."""
    frans = {"case_officer": door.ids["frans"]}
    text = next(text for text in library.texts() if text.document == DUE)
    library.put(door.house, replace(text, document=FRANS, roles=frans), door.ids)
    karin = door.clone("karin")
    revise(karin, "draft/spolning", FRANS)
    assert karin.push("draft/spolning").returncode == 0
    return karin


def branches(door: Door, login: str, *words: str) -> set[str]:
    listed = run_git(*words, "ls-remote", door.url(login)).stdout.splitlines()
    return {line.split("\t")[1] for line in listed}


def hidden(door: Door) -> dict[str, str]:
    """What only some may see, by its id: a draft, its text, a case's log, the numbers."""
    refs = door.refs()
    git = ("-C", str(door.data / "record.git"), "rev-parse")
    text = f"{refs['refs/heads/draft/spolning']}:documents/00/10/{FRANS}/text.md"
    return {
        "draft": refs["refs/heads/draft/spolning"],
        "text": run_git(*git, text).stdout.strip(),
        "log": refs["refs/cases/2"],
        "old log": refs["refs/cases/1"],
        "numbers": run_git(*git, "refs/meta/numbers").stdout.strip(),
        "nothing": "f" * 40,
    }


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("version", ["0", "2"])
def test_each_is_shown_main_and_the_drafts_that_are_theirs_to_see(door: Door, version: str) -> None:
    asked = ("-c", f"protocol.version={version}")
    main = {"HEAD", "refs/heads/main"}
    drafts = main | {"refs/heads/draft/spolning"}

    assert branches(door, "alma", *asked) == main
    assert branches(door, "karin", *asked) == drafts
    assert branches(door, "arvid", *asked) == drafts
    assert branches(door, "eva", *asked) == set()
    assert branches(door, "gun", *asked) == set()


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("version", ["0", "2"])
def test_what_is_not_shown_is_not_served_by_its_id_either(door: Door, version: str) -> None:
    alma = door.clone("alma")
    asked = ("-c", f"protocol.version={version}")

    served = [
        what
        for what, name in hidden(door).items()
        if alma.git(*asked, "fetch", "-q", "origin", name).returncode == 0
    ]

    assert served == []


def test_what_is_refused_is_said_in_words(door: Door, written: Clone) -> None:
    fetched = written.git("fetch", "origin", hidden(door)["old log"])

    assert "bad_push.not_advertised: Något av det som begärdes finns inte" in fetched.stderr


@pytest.mark.usefixtures("written")
def test_nothing_of_what_is_not_shown_is_told_by_gits_other_ways(door: Door) -> None:
    url, secret = door.url("alma"), hidden(door)
    main = door.refs()["refs/heads/main"]
    lines = {
        "size": [
            *("command=object-info\n", b"0001", "size\n"),
            *(f"oid {one}\n" for one in secret.values()),
        ],
        "a file that says which": [
            *("command=fetch\n", b"0001", f"filter sparse:oid={secret['text']}\n"),
            *(f"want {main}\n", "done\n"),
        ],
        "a ref": ["command=fetch\n", b"0001", "want-ref refs/heads/draft/spolning\n", "done\n"],
        "archive": [f"argument {secret['draft']}\n"],
    }

    answers = {
        what: packs.post(
            url,
            "git-upload-pack",
            b"".join(packs.line(one) if isinstance(one, str) else one for one in rows) + b"0000",
            Git_Protocol="version=2",
        ).body
        for what, rows in lines.items()
    }

    assert [what for what, body in answers.items() if b"PACK" in body] == []
    told = [
        what for what, body in answers.items() for one in secret.values() if one.encode() in body
    ]
    assert told == []
    assert b"bad_push.not_advertised" in answers["size"]


@pytest.mark.usefixtures("written")
def test_a_hidden_file_cannot_be_had_by_naming_it_in_a_draft_of_ones_own(door: Door) -> None:
    text, main = hidden(door)["text"], door.refs()["refs/heads/main"]
    alma = door.clone("alma")
    path = f"documents/00/10/{BLOOD}/text.md"
    alma.git("update-index", "--add", "--cacheinfo", f"100644,{text},{path}")
    tree = alma.git("write-tree", "--missing-ok").stdout.strip()
    commit = alma.git("commit-tree", tree, "-p", main, "-m", "x").stdout.strip()
    listed = alma.git("rev-list", "--objects", "--missing=allow-any", commit, f"^{main}")
    names = [row.split()[0] for row in listed.stdout.splitlines()]
    kinds = {name: alma.git("cat-file", "-t", name).stdout.strip() for name in names}
    objects = [(kind, alma.raw("cat-file", kind, name)) for name, kind in kinds.items() if kind]
    assert {kind for kind, _ in objects} == {"commit", "tree"}

    sent = packs.request(commit, packs.pack(objects))
    answer = packs.post(alma.address, "git-receive-pack", sent)

    assert not answer.is_let_in
    assert "till något som inte".encode() in answer.body or b"bad_push.unreadable" in answer.body


@pytest.mark.usefixtures("written")
def test_nothing_hidden_is_had_by_building_a_commit_on_it(door: Door) -> None:
    forge, url, refs = Forge(door), door.url("alma"), door.refs()
    draft, log = refs["refs/heads/draft/spolning"], refs["refs/cases/2"]
    main = forge.ask("rev-parse", "main^{tree}")
    commits = {
        "its tree": forge.commit(forge.ask("rev-parse", f"{draft}^{{tree}}")),
        "its commit": forge.commit(main, parents=f"parent {draft}\n"),
        "beside main": forge.commit(main, parents=f"parent {forge.main}\nparent {draft}\n"),
        "a log's tree": forge.commit(forge.ask("rev-parse", f"{log}^{{tree}}")),
        "a log": forge.commit(main, parents=f"parent {forge.main}\nparent {log}\n"),
    }

    answers = [
        packs.post(
            url,
            "git-receive-pack",
            packs.request(packs.name_of("commit", one), packs.pack([("commit", one)])),
        )
        for one in commits.values()
    ]
    itself = packs.post(url, "git-receive-pack", packs.request(draft, packs.pack([])))

    assert [answer.is_let_in for answer in [*answers, itself]] == [False] * 6
    assert door.refs() == refs


@pytest.mark.usefixtures("written")
def test_a_draft_that_one_may_not_see_is_not_pushed_to(door: Door) -> None:
    alma = door.clone("alma")
    revise(alma, "draft/spolning")

    pushed = alma.push("draft/spolning")

    assert "bad_push.taken: draft/spolning är upptaget" in pushed.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("--depth", "1"),
        ("--filter=blob:none",),
        ("-c", "protocol.version=0"),
        ("-c", "protocol.version=0", "--depth", "1"),
        ("-c", "protocol.version=0", "--filter=blob:none"),
        ("--mirror",),
    ],
)
def test_it_is_cloned_in_every_way(door: Door, words: tuple[str, ...]) -> None:
    clone = door.clone("alma", *words)

    listed = clone.git(
        "ls-tree", "-r", "--name-only", "origin/main" if "--mirror" not in words else "main"
    )
    assert f"documents/00/10/{HYGIENE}/text.md" in listed.stdout
    shown = clone.git("show", f"HEAD:documents/00/10/{HYGIENE}/text.md")
    assert "Sprita ofta" in shown.stdout, shown.stderr


def test_a_push_from_a_shallow_clone_is_let_in(door: Door) -> None:
    alma = door.clone("alma", "--depth", "1")
    revise(alma, "draft/grund")

    assert alma.push("draft/grund").returncode == 0


def test_whoever_has_left_is_let_in_no_more(door: Door, written: Clone) -> None:
    door.house.accounts.disable("karin", at=NOON)

    assert written.git("fetch", "origin").returncode != 0
    assert said(written.push("draft/spolning")) == [
        (
            "Åtkomstnyckeln saknas, har gått ut eller är återkallad. "
            "Skapa en ny på sidan Arbeta med git."
        )
    ]

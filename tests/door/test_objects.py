"""Malformed objects, each in a pack of its own: none is let in, and nothing of them stays."""

import unicodedata
from collections.abc import Callable

import pytest

from styrdokument.domain.document import folder_of
from tests.door import packs
from tests.door.conftest import Door, leftovers, run_git
from tests.door.packs import NONE, entry, name_of
from tests.views.library import HYGIENE

WHO = "p-a1ma0000 <{}@record.invalid> 1763726400 +0100"
BLOB = b"---\nid: 1042\n---\n"
DASHED = "documents"


class Forge:
    """Makes commits on top of `main` that no git would make."""

    def __init__(self, door: Door) -> None:
        self._git = ("-C", str(door.data / "record.git"))
        self.main = self.ask("rev-parse", "main")
        self.who = WHO.format(door.ids["alma"])
        self.folder = folder_of(HYGIENE)
        self.blob = name_of("blob", BLOB)

    def ask(self, *words: str) -> str:
        return run_git(*self._git, *words).stdout.strip()

    def rows(self, path: str = "") -> list[bytes]:
        """The rows of a folder on `main`, as they stand."""
        listed = self.ask("ls-tree", f"main:{path}").splitlines()
        found = []
        for row in listed:
            facts, name = row.split("\t")
            mode, _, target = facts.split()
            found.append(entry(mode.lstrip("0"), name, target))
        return found

    def commit(self, tree: str, *, parents: str | None = None, **changed: str) -> bytes:
        parents = f"parent {self.main}\n" if parents is None else parents
        author = changed.get("author", self.who)
        committer = changed.get("committer", self.who)
        message = changed.get("message", "x")
        return (
            f"tree {tree}\n{parents}author {author}\ncommitter {committer}\n\n{message}\n".encode()
        )

    def with_root(self, *rows: bytes, keep: bool = True) -> list[tuple[str, bytes]]:
        """A commit whose top has these rows too."""
        here = [*(self.rows() if keep else []), *rows]
        return self.of_tree(b"".join(sorted(here, key=_order)))

    def with_document(self, *rows: bytes) -> list[tuple[str, bytes]]:
        """A commit in which the hygiene routine's folder has these rows too."""
        raw = b"".join(sorted([*self.rows(self.folder), *rows], key=_order))
        objects = [("tree", raw)]
        path = self.folder
        while path:
            above, _, name = path.rpartition("/")
            changed = entry("40000", name, name_of(*objects[-1]))
            others = [
                row for row in self.rows(above) if row.split(b"\0")[0] != changed.split(b"\0")[0]
            ]
            objects.append(("tree", b"".join(sorted([*others, changed], key=_order))))
            path = above
        top = name_of(*objects[-1])
        return [*objects, ("blob", BLOB), ("commit", self.commit(top))]

    def of_tree(self, raw: bytes) -> list[tuple[str, bytes]]:
        return [("blob", BLOB), ("tree", raw), ("commit", self.commit(name_of("tree", raw)))]

    def of_commit(self, raw: bytes) -> list[tuple[str, bytes]]:
        return [("commit", raw)]


Bomb = Callable[[Forge], list[tuple[str, bytes]]]


def _order(row: bytes) -> bytes:
    mode, _, rest = row.partition(b" ")
    name = rest.split(b"\0")[0]
    return name + b"/" if mode == b"40000" else name


def trees(f: Forge) -> dict[str, list[tuple[str, bytes]]]:
    names = {
        "dot git": ".git", "capital git": ".GIT", "short git": "git~1", "hidden git": ".g\u200cit",
        "git with a dot": ".git.", "git with a space": ".git ", "dot dot": "..", "dot": ".",
        "a path": "a/b", "up and out": "../x", "from the root": "/etc/x", "no name": "",
        "backslash": "a\\b.csv", "newline": "a\nb.csv", "escape": "a\x1b[2J.csv",
        "modules": ".gitmodules", "attributes": ".gitattributes", "mailmap": ".mailmap",
        "device": "aux.csv", "too long": "a" * 5000 + ".csv", "hidden": "a\u202eb.csv",
    }  # fmt: skip
    found = {
        f"name: {what}": f.with_document(entry("100644", n, f.blob)) for what, n in names.items()
    }
    found |= {f"top: {what}": f.with_root(entry("100644", n, f.blob)) for what, n in names.items()}
    found["name: not UTF-8"] = f.with_document(entry("100644", b"\xff\xfe.csv", f.blob))
    nfd = unicodedata.normalize("NFD", "å.csv")
    twins = {"forms": ("å.csv", nfd), "cases": ("A.csv", "a.csv"), "twice": ("a.csv", "a.csv")}
    found |= {
        f"twins: {what}": f.with_document(*(entry("100644", n, f.blob) for n in pair))
        for what, pair in twins.items()
    }
    modes = {
        "link": "120000",
        "module": "160000",
        "program": "100755",
        "all may": "100777",
        "none": "0",
        "padded": "0100644",
        "no number": "10x644",
        "folder": "40000",
    }
    found |= {
        f"mode: {what}": f.with_document(entry(m, "a.csv", f.blob)) for what, m in modes.items()
    }
    found["null blob"] = f.with_document(entry("100644", "a.csv", NONE))
    found["missing blob"] = f.with_document(entry("100644", "a.csv", "a" * 40))
    found["a tree as a file"] = f.with_document(
        entry("100644", "a.csv", f.ask("rev-parse", "main^{tree}"))
    )
    found["a commit as a file"] = f.with_document(entry("100644", "a.csv", f.main))
    found["unsorted"] = f.of_tree(b"".join(sorted(f.rows(), key=_order, reverse=True)))
    found["cut short"] = f.of_tree(b"".join(f.rows())[:-5])
    found["empty tree"] = f.of_tree(b"")
    found["register changed"] = f.with_root(entry("100644", "registers", f.blob), keep=False)
    found["a file at the top"] = f.with_root(entry("100644", "README.md", f.blob))
    return found


def commits(f: Forge) -> dict[str, list[tuple[str, bytes]]]:
    tree = f.ask("rev-parse", "main^{tree}")
    who = f.who
    bad = {
        "no address": "p-a1ma0000 1763726400 +0100",
        "no space": f"{who.split(' <')[0]}<x@y> 1763726400 +0100",
        "bad date": who.replace("1763726400", "x"),
        "padded date": who.replace("1763726400", "01763726400"),
        "endless date": who.replace("1763726400", "9" * 30),
        "bad zone": who.replace("+0100", "+1"),
        "an open address": "p <<x> 1763726400 +0100",
    }
    found = {f"author: {what}": f.commit(tree, author=line) for what, line in bad.items()}
    found |= {f"committer: {what}": f.commit(tree, committer=line) for what, line in bad.items()}
    good = f.commit(tree)
    found |= {
        "two trees": good.replace(b"\nparent", f"\ntree {tree}\nparent".encode(), 1),
        "no tree": good.split(b"\n", 1)[1],
        "missing tree": f.commit("b" * 40),
        "a commit for a tree": f.commit(f.main),
        "no parent": f.commit(tree, parents=""),
        "missing parent": f.commit(tree, parents=f"parent {'c' * 40}\n"),
        "a tree for a parent": f.commit(tree, parents=f"parent {tree}\n"),
        "a bad parent": f.commit(tree, parents="parent x\n"),
        "no author": f"tree {tree}\nparent {f.main}\ncommitter {who}\n\nx\n".encode(),
        "two authors": good.replace(b"\ncommitter", f"\nauthor {who}\ncommitter".encode(), 1),
        "no committer": f"tree {tree}\nparent {f.main}\nauthor {who}\n\nx\n".encode(),
        "NUL in its words": f.commit(tree, message="a\0b"),
        "nothing": b"",
        "another's": f.commit(tree, committer="x <gun@example.org> 1763726400 +0100"),
    }
    return {f"commit: {what}": f.of_commit(raw) for what, raw in found.items()}


def test_the_same_way_lets_in_what_is_good(door: Door) -> None:
    forge = Forge(door)
    found = forge.with_document(entry("100644", "lista.csv", forge.blob))
    sent = packs.request(name_of(*found[-1]), packs.pack(found))

    assert packs.post(door.url("alma"), "git-receive-pack", sent).is_let_in


def test_no_malformed_object_is_let_in_and_nothing_of_it_stays(door: Door) -> None:
    forge, url = Forge(door), door.url("alma")
    corpus = trees(forge) | commits(forge)
    refs, objects, let_in, faults = door.refs(), door.objects(), [], []

    for what, found in corpus.items():
        sent = packs.request(name_of(*found[-1]), packs.pack(found))
        answer = packs.post(url, "git-receive-pack", sent)
        let_in += [what] if answer.is_let_in else []
        faults += [what] if answer.status >= 500 else []

    assert len(corpus) >= 75
    assert (let_in, faults) == ([], [])
    assert door.refs() == refs
    assert door.objects() - objects <= numbers_of(door)
    assert door.clone("karin", "--mirror").git("fsck", "--strict").returncode == 0
    assert leftovers(door.data) == []


def test_no_other_request_leads_past_the_rules(door: Door) -> None:
    forge, url = Forge(door), door.url("alma")
    found = forge.with_document(entry("100644", "lista.csv", forge.blob))
    new, data = name_of(*found[-1]), packs.pack(found)
    able = f"\0{packs.ABLE} push-options"
    good = f"{NONE} {new} refs/heads/draft/x"
    main = f"{forge.main} {new} refs/heads/main"
    refs, objects = door.refs(), door.objects()
    flush = b"0000"
    bodies = {
        "an option that is none": packs.line(good + able) + flush + packs.line("force") + flush,
        "a ref twice": packs.line(good + able) + packs.line(good) + flush + flush,
        "main beside a draft": packs.line(good + able) + packs.line(main) + flush + flush,
        "main after a line end": packs.line(f"{good}\n{main}{able}") + flush + flush,
        "shallow first": packs.line(f"shallow {new}\0push-options") + packs.line(main) + flush,
        "an option for an id": packs.line(f"{NONE} {'--all':-<40} refs/heads/draft/x") + flush,
        "an option for an old id": packs.line(f"{'--all':-<40} {new} refs/heads/draft/x") + flush,
        "signed": packs.line(f"push-cert\0{packs.ABLE}") + packs.line(good) + flush,
        "ids of another kind": packs.line(f"{good}\0object-format=sha256") + flush,
        "not UTF-8": packs.line(f"{NONE} {new} refs/heads/draft/".encode() + b"\xff") + flush,
        "long": packs.line(f"{NONE} {new} refs/heads/draft/{'l' * 300}") + flush,
        "up and out": packs.line(f"{NONE} {new} refs/heads/draft/../main") + flush,
        "no folder of refs": packs.line(f"{NONE} {new} HEAD") + flush,
        "a lock": packs.line(f"{NONE} {new} refs/heads/draft/x.lock") + flush,
    }

    answers = {
        what: packs.post(url, "git-receive-pack", body + data) for what, body in bodies.items()
    }

    assert [what for what, answer in answers.items() if answer.is_let_in] == []
    assert [what for what, answer in answers.items() if answer.status >= 500] == []
    assert (door.refs(), door.objects()) == (refs, objects)


def nested(f: Forge) -> list[tuple[str, bytes]]:
    """A folder that holds another ten times, which holds another ten times, and so on."""
    trees = [("tree", b"")]
    for _ in range(20):
        below = name_of(*trees[-1])
        trees.append(("tree", b"".join(entry("40000", f"f{n}", below) for n in range(10))))
    return [*trees[:-1], *f.of_tree(trees[-1][1])]


def many_parents(f: Forge) -> list[tuple[str, bytes]]:
    tree = f.ask("rev-parse", "main^{tree}")
    return f.of_commit(f.commit(tree, parents=f"parent {f.main}\n" * 50_000))


def wide(f: Forge) -> list[tuple[str, bytes]]:
    """Folders with a hundred thousand names, in each of many commits."""
    rows = [entry("100644", f"{n:06}.csv", f.blob) for n in range(100_000)]
    found, on = [("blob", BLOB)], f.main
    for number in range(12):
        raw = b"".join([*rows, entry("100644", f"x{number}.csv", f.blob)])
        commit = f.commit(name_of("tree", raw), parents=f"parent {on}\n", message=str(number))
        found += [("tree", raw), ("commit", commit)]
        on = name_of("commit", commit)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("bomb", [nested, many_parents, wide])
def test_what_would_never_end_to_look_through_is_refused(door: Door, bomb: Bomb) -> None:
    found = bomb(Forge(door))
    refs, objects = door.refs(), door.objects()

    sent = packs.request(name_of(*found[-1]), packs.pack(found))
    answer = packs.post(door.url("alma"), "git-receive-pack", sent)

    assert b"bad_push." in answer.body
    assert not answer.is_let_in
    assert (door.refs(), door.objects()) == (refs, objects)


def test_a_ref_leads_to_a_commit_that_came_or_was_there(door: Door) -> None:
    forge, url = Forge(door), door.url("alma")
    tree = forge.ask("rev-parse", "main^{tree}")
    tag = f"object {forge.main}\ntype commit\ntag x\ntagger {forge.who}\n\nx\n".encode()
    refs = door.refs()
    cases = {
        "missing": ("d" * 40, []),
        "a blob": (name_of("blob", BLOB), [("blob", BLOB)]),
        "a tree": (tree, []),
        "a tag": (name_of("tag", tag), [("tag", tag)]),
    }

    answers = {
        what: packs.post(url, "git-receive-pack", packs.request(new, packs.pack(objects)))
        for what, (new, objects) in cases.items()
    }

    assert [what for what, answer in answers.items() if answer.is_let_in] == []
    assert [what for what, answer in answers.items() if answer.status >= 500] == []
    assert door.refs() == refs


def numbers_of(door: Door) -> set[str]:
    """What keeping a number for a new document writes."""
    return set(run_git("-C", str(door.data / "record.git"), "rev-list", "--objects",
                       "--no-object-names", "refs/meta/numbers").stdout.split())  # fmt: skip

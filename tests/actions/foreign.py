"""A region that has begun and holds no document, and repositories to import from, by real git.

Days in a source are told by `commit(on=…)`: noon in Stockholm, so that no zone moves them.
"""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from styrdokument.actions import registering
from styrdokument.actions.house import House
from styrdokument.actions.importing import Report, Row, import_git, read_map
from styrdokument.app import join
from styrdokument.config import read_config
from styrdokument.domain.people import Actor, Who
from styrdokument.resources import folder
from styrdokument.store.accounts import Accounts
from styrdokument.store.evidence import Signer
from styrdokument.store.git import Git
from tests.cast import CAST, NOON
from tests.views.library import PASSWORD, QUICK, close


def build(data: Path) -> None:
    """Make the region in `data`: accounts of the cast, registers of the demonstration."""
    Git.create(data / "record.git")
    (data / "keys").mkdir(mode=0o700)
    signer = Signer.create(data / "keys" / "record")
    house = house_of(data)
    accounts = Accounts(house.journal.engine, QUICK)
    ids = {
        p.name.casefold(): accounts.add(p.name, name=p.name, password=PASSWORD, at=NOON).person.id
        for p in CAST
    }
    top = folder("content") / "registers"
    files = {
        path.relative_to(top).as_posix(): re.sub(
            r"person: (\w+)", lambda found: f"person: {ids[found[1]]}", path.read_text()
        ).encode()
        for path in top.rglob("*.yaml")
    }
    files["signers"] = f"{signer.allowed_signers_line(NOON).rstrip()}\n".encode()
    registering.begin_record(house.record, files, by=Who(id=None, name="init"), at=NOON)
    house.index.catch_up()
    close(house)


def house_of(data: Path) -> House:
    """The house at `NOON`."""
    return join(read_config(data, {}), now=lambda: NOON)


def person(house: House, login: str) -> Actor:
    """Somebody of the cast."""
    account = house.accounts.named(login)
    found = account and house.actor(account.person.id)
    assert found
    return found


class Foreign:
    """A work tree to commit in, on branch `main`."""

    def __init__(self, path: Path) -> None:
        """Make it."""
        path.mkdir(parents=True)
        self.path = path
        self.run("init", "--quiet", "--initial-branch=main")

    def run(self, *words: str, data: bytes | None = None, on: str = "2024-01-01") -> str:
        """Run git here, with a clock that says noon on a day."""
        noon = f"{on}T12:00:00+01:00"
        who = {f"GIT_{r}_{k}": v for r in ("AUTHOR", "COMMITTER") for k, v in _WHO.items()}
        env = {"GIT_AUTHOR_DATE": noon, "GIT_COMMITTER_DATE": noon, "PATH": _PATH, **who}
        env |= {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
        command = ["git", "-C", str(self.path), *words]
        done = subprocess.run(command, input=data, env=env, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode().strip()

    def commit(self, files: Mapping[str, str | bytes | None], *, on: str = "2024-01-01") -> str:
        """Write files, or remove those that are None, and commit; the commit's id."""
        for name, words in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if words is None:
                path.unlink()
            else:
                path.write_bytes(words.encode() if isinstance(words, str) else words)
        return self.seal(on=on)

    def move(self, old: str, new: str) -> None:
        """Rename a file, without committing."""
        (self.path / new).parent.mkdir(parents=True, exist_ok=True)
        self.run("mv", old, new)

    def seal(self, *, on: str) -> str:
        """Commit what is in the work tree."""
        self.run("add", "--all", on=on)
        self.run("commit", "--quiet", "--allow-empty", "--message=x", on=on)
        return self.run("rev-parse", "HEAD")


_WHO = {"NAME": "p", "EMAIL": "p@record.invalid"}
_PATH = "/usr/local/bin:/usr/bin:/bin"


def bring_in(
    house: House, source: Path, docs: str = "*.md", *, map_: str = "", dry_run: bool = False
) -> Report:
    """Import as karin, who is the controller."""
    karin = person(house, "karin")
    mapping = read_map(house, karin, map_.encode())
    return import_git(house, karin, source, docs=docs, mapping=mapping, dry_run=dry_run)


def row(report: Report, path: str) -> Row:
    """The only row about a path."""
    (found,) = [one for one in report.rows if one.path == path]
    return found


def rules(of: Row | Report) -> set[str]:
    """The rules of its remarks, and of a row's problems."""
    problems = of.problems if isinstance(of, Row) else ()
    return {remark.rule for remark in of.remarks} | {problem.rule for problem in problems}

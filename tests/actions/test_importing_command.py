"""`styrdokument import git` as an administrator types it: exit codes, words, files, progress."""

import json
import os
import pty
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from styrdokument.cli import main
from styrdokument.store.git import Git
from tests.actions.foreign import Foreign


@pytest.fixture
def data(begun, tmp_path):
    shutil.copytree(begun, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def source(tmp_path):
    source = Foreign(tmp_path / "rutiner")
    source.commit({"a.md": "---\nowner: Dr Ek\n---\n\n# A\n", "b.md": "# B\n"})
    return source


def import_(data, source, *words, docs="*.md"):
    known = ["import", "git", source, "--data", data, "--docs", docs, "--by", "karin", *words]
    return CliRunner().invoke(main, [str(word) for word in known])


def head(data):
    git = Git(data / "record.git")
    try:
        return git.tip("refs/heads/main")
    finally:
        git.close()


def reports(data):
    return sorted(path.name for path in (data / "imports").glob("*"))


def test_every_run_leaves_a_report_also_a_dry_one(data, source):
    before = head(data)
    dry = import_(data, source.path, "--dry-run")
    assert (dry.exit_code, head(data)) == (0, before)
    assert "2 imported" in dry.stdout
    real = import_(data, source.path, "--json")
    told = json.loads(real.stdout)
    assert (real.exit_code, told["counts"]["imported"]) == (0, 2)
    assert len(reports(data)) == 2
    filed = json.loads((data / "imports" / f"{told['report']}.json").read_bytes())
    assert {**filed, "report": told["report"]} == {**told, "at": filed["at"]}
    assert f"/imports/{reports(data)[0].removesuffix('.json')}" in dry.stdout


def test_a_dry_run_prints_the_table_of_owners_to_correct(data, source, tmp_path):
    path = tmp_path / "map.yaml"
    path.write_text("fields: {fact_owner: owner}\n")
    done = import_(data, source.path, "--map", path, "--dry-run")
    told = done.stdout
    assert done.stderr == ""
    assert 'owners:\n  "Dr Ek": ""\n' in told
    path.write_text(path.read_text() + 'owners:\n  "Dr Ek": hygienlakare\n')
    assert "owner" not in import_(data, source.path, "--map", path).stdout


def test_what_was_refused_is_named_and_the_rest_taken_in(data, source):
    source.commit({"c.md": b"\0", "d.md": None} | {"d.md": "# D\n"})
    done = import_(data, source.path)
    assert done.exit_code == 1
    assert "c.md: Filen är inte en textfil." in done.stdout
    assert "3 imported" in done.stdout


def test_what_cannot_be_done_takes_one_line_and_leaves_nothing(data, source, tmp_path):
    (tmp_path / "wrong.yaml").write_text("fields:\n  colour: x\nstagger: -1\n")
    (tmp_path / "broken.yaml").write_text("fields: [\n")
    (tmp_path / "empty").mkdir()
    subprocess.run(["git", "init", "-q", tmp_path / "none"], check=True)
    before = head(data)
    tries = {
        "inget git-arkiv": import_(data, tmp_path / "empty"),
        "tomt": import_(data, tmp_path / "none"),
        "saknas": import_(data, source.path, "--ref", "saknas"),
        "Inga dokument": import_(data, source.path, docs="docs/*.md"),
        "Rad 2: Okänd nyckel: fields.colour": import_(
            data, source.path, "--map", tmp_path / "wrong.yaml"
        ),
        "Rad": import_(data, source.path, "--map", tmp_path / "broken.yaml"),
    }
    for words, done in tries.items():
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1), words
        assert words in done.stderr
    assert "Rad 3" in tries["Rad 2: Okänd nyckel: fields.colour"].stderr
    assert head(data) == before
    assert reports(data) == []


def test_progress_is_shown_on_a_terminal_only(data, source):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "styrdokument", "import", "git", source.path, "--by", "karin"]
    command += ["--data", data, "--docs", "*.md"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, check=False, timeout=120)
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "Läser dokumenten" in shown
    assert b"dokumenten" not in done.stdout
    assert shown.endswith("\r\x1b[K")

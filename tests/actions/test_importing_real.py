"""Whole imports of repositories that nobody here wrote, held against what git itself says of them.

They are read from `../shared/data`, beside the repository; where that is not, each test leaves
itself out with one printed line, but never in CI.
"""

import os
import subprocess
import unicodedata
from pathlib import Path

import pytest

from styrdokument.actions.imports.report import Outcome
from styrdokument.actions.verifying import verify_house
from styrdokument.store.globs import pattern_of
from styrdokument.store.lineage import trace
from styrdokument.store.source import open_source
from styrdokument.text import lint
from tests.actions.foreign import bring_in, build, house_of, person
from tests.cast import TODAY
from tests.views.library import close

DATA = Path(__file__).parents[3] / "shared" / "data"
SOURCES = {
    "digg-opensource-docs": ("content/**/*.md", 58, 79),
    "site-policy": ("Policies/**/*.md", 57, 862),
}
MAP = """
fields:
  keywords: tags
language_by_folder:
  content/en: en
defaults:
  type: guideline
  unit: region
  audience: public
"""
IS_HERE = DATA.is_dir() or os.environ.get("CI") == "true"

if IS_HERE:
    names = pytest.mark.parametrize("name", SOURCES)
else:
    names = pytest.mark.parametrize("name", [""])


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """A house for each source, with what came of importing it."""
    found = {}
    for name, (docs, _, _) in SOURCES.items() if IS_HERE else ():
        data = tmp_path_factory.mktemp(name) / "data"
        data.mkdir()
        build(data)
        house = house_of(data)
        found[name] = house, bring_in(house, DATA / f"{name}.bundle", docs, map_=MAP)
    yield found
    for house, _ in found.values():
        close(house)


@pytest.fixture
def is_left_out(name, capsys):
    """Whether there is nothing to test here; says so."""
    if not name:
        with capsys.disabled():
            print(f"\nLeft out: there is no {DATA}.")  # noqa: T201 - said once, never in silence
    return not name


@pytest.mark.slow
@names
def test_every_document_comes_in_with_all_its_versions(imported, name, is_left_out):
    if is_left_out:
        return
    house, report = imported[name]
    _, documents, versions = SOURCES[name]
    assert (len(report.rows), report.versions, report.is_clean) == (documents, versions, True)
    assert report.remarks == ()
    assert (
        len(list(house.catalogue.latest_changes(on=TODAY, internal=True, count=999))) == documents
    )


@pytest.mark.slow
@names
def test_importing_again_leaves_every_reference_where_it_was(imported, name, is_left_out):
    if is_left_out:
        return
    house, _ = imported[name]
    refs = house.git.tips("refs/")
    again = bring_in(house, DATA / f"{name}.bundle", SOURCES[name][0], map_=MAP)
    assert {row.outcome for row in again.rows} == {Outcome.UNCHANGED}
    assert house.git.tips("refs/") == refs


@pytest.mark.slow
@names
def test_what_came_in_could_be_saved_here_as_it_stands(imported, name, is_left_out):
    if is_left_out:
        return
    house, report = imported[name]
    karin = person(house, "karin")
    for row in report.rows:
        sheet = house.matters.sheet(row.document, house.record.files_of(row.document))
        assert sheet.problems == ()
        assert not [p for p in lint.findings(sheet.body) if lint.blocks_saving(p)]
        assert (sheet.roles.unit, sheet.roles.case_officer) == ("region", karin.id)
        assert sheet.fields.language == ("en" if "/en/" in row.path else "sv")


@pytest.mark.slow
@names
def test_days_rise_and_validity_is_never_fresh(imported, name, is_left_out):
    if is_left_out:
        return
    house, report = imported[name]
    for row in report.rows:
        made = [filed.decision for filed in house.record.decisions_of(row.document)]
        days = [decision.effective_from for decision in made]
        assert days == sorted(days)
        assert days[-1] <= TODAY
        assert all(d.effective_from <= d.valid_until <= TODAY for d in made)
        assert {d.decided_by for d in made} == {None}


@pytest.mark.slow
@names
def test_what_stands_is_what_the_source_has(imported, name, is_left_out, bare):
    if is_left_out:
        return
    house, report = imported[name]
    for row in report.rows:
        source = _git(bare, "show", f"main:{row.path}").replace("\r\n", "\n").rstrip("\n")
        sheet = house.matters.sheet(row.document, house.record.files_of(row.document))
        _, _, body = source.partition("---\n")[2].partition("\n---\n")
        assert unicodedata.normalize("NFC", body.lstrip("\n")) == sheet.body.rstrip("\n")
        assert (
            f'title: "{sheet.fields.title}"' in source or f"title: {sheet.fields.title}" in source
        )


@pytest.mark.slow
@names
def test_the_record_of_an_import_holds(imported, name, is_left_out):
    if is_left_out or name != min(SOURCES):  # one is enough: proving takes longer than importing
        return
    house, _ = imported[name]
    assert not verify_house(house).findings


@pytest.mark.slow
@names
def test_renames_are_those_that_git_finds(name, is_left_out, bare):
    if is_left_out:
        return
    is_document = pattern_of(SOURCES[name][0]).fullmatch
    with open_source(bare) as source:
        account = trace(source, source.resolve("main"), lambda path: bool(is_document(path)))
    ours = {
        (newer.moment.commit, older.path, newer.path)
        for lineage in account.lineages
        for newer, older in zip(lineage.stages, lineage.stages[1:], strict=False)
        if newer.path != older.path
    }
    assert ours == {rename for rename in _renames(bare) if is_document(rename[2])}


@pytest.fixture
def bare(name, tmp_path):
    """The source, cloned by git."""
    path = tmp_path / "source.git"
    if name:
        bundle = str(DATA / f"{name}.bundle")
        subprocess.run(["git", "clone", "--quiet", "--bare", bundle, path], check=True)
    return path


def _git(bare, *words):
    command = ["git", "-C", str(bare), *words]
    return subprocess.run(command, check=True, capture_output=True).stdout.decode()


def _renames(bare):
    """(commit, old path, new path), as git tells them along first parents."""
    words = ("--first-parent", "-m", "-M", "--diff-filter=R", "--name-status", "--format=%H")
    commit = ""
    for line in filter(None, _git(bare, "log", *words, "main").split("\n")):
        if "\t" in line:
            _, old, new = line.split("\t")
            yield commit, old, new
        else:
            commit = line

"""Whole imports of repositories that nobody here wrote, held against what git itself says of them.

They are read from `../shared/data`, beside the repository; where that is not, each test leaves
itself out with one printed line, but never in CI. Each is imported once, whoever asks for it first;
how, stands in `maps/`.
"""

import fcntl
import os
import pickle
import subprocess
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from styrdokument.actions.imports.linking import rewritten
from styrdokument.actions.imports.report import Outcome
from styrdokument.actions.verifying import verify_house
from styrdokument.store.globs import pattern_of
from styrdokument.store.lineage import trace
from styrdokument.store.source import open_source
from styrdokument.text import lint
from tests.actions.foreign import bring_in, build, house_of, person, row, rules
from tests.cast import TODAY
from tests.views.library import close

DATA = Path(__file__).parents[3] / "shared" / "data"
MAPS = Path(__file__).parent / "maps"
SOURCES = {
    "digg-opensource-docs": ("content/**/*.md", 58, 79),
    "gds-way": ("**/*.md*", 65, 1295),
    "sfs-halsa": ("**/*.md", 236, 348),
    "site-policy": ("Policies/**/*.md", 57, 843),
    "uk-homeoffice-segas": ("docs/**/*.md", 61, 249),
}
"""Which files are documents, how many there are, and how many versions they make."""
IS_HERE = DATA.is_dir() or os.environ.get("CI") == "true"
names = pytest.mark.parametrize("name", SOURCES if IS_HERE else [""])

pytestmark = pytest.mark.slow


def map_of(name):
    return (MAPS / f"{name}.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def import_of(tmp_path_factory):
    """The house of a source and what came of importing it; shared by all that test at once."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "imported"
    shared.mkdir(exist_ok=True)
    found = {}

    def imported(name):
        if name not in found:
            with (shared / f"{name}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                found[name] = _house_of(shared / name, name)
        return found[name]

    yield imported
    for house, _ in found.values():
        close(house)


def _house_of(folder, name):
    kept = folder / "report"
    if kept.exists():
        return house_of(folder / "data"), pickle.loads(kept.read_bytes())
    (folder / "data").mkdir(parents=True)
    build(folder / "data")
    house = house_of(folder / "data")
    report = bring_in(house, DATA / f"{name}.bundle", SOURCES[name][0], map_=map_of(name))
    kept.write_bytes(pickle.dumps(report))
    return house, report


@pytest.fixture
def whole(name, import_of, capsys):
    """What was imported; None, and says so, where there is nothing to test here."""
    if name:
        return import_of(name)
    with capsys.disabled():
        print(f"\nLeft out: there is no {DATA}.")  # noqa: T201 - said once, never in silence
    return None


def only(name):
    """One source, where the data is."""
    return pytest.mark.parametrize("name", [name] if IS_HERE else [""])


def sheet(house, document):
    return house.matters.sheet(document, house.record.files_of(document))


def decisions(house, document):
    return [filed.decision for filed in house.record.decisions_of(document)]


@names
def test_every_document_comes_in_with_all_its_versions(whole, name):
    if whole is None:
        return
    house, report = whole
    _, documents, versions = SOURCES[name]
    assert (len(report.rows), report.versions, report.is_clean) == (documents, versions, True)
    assert {one.outcome for one in report.rows} <= {Outcome.IMPORTED, Outcome.WITH_REMARKS}
    assert report.remarks == ()
    assert len(list(house.catalogue.latest_changes(on=TODAY, internal=True, count=999))) == (
        documents
    )


@names
def test_importing_again_leaves_every_reference_where_it_was(whole, name):
    if whole is None:
        return
    house, _ = whole
    refs = house.git.tips("refs/")
    again = bring_in(house, DATA / f"{name}.bundle", SOURCES[name][0], map_=map_of(name))
    assert {one.outcome for one in again.rows} == {Outcome.UNCHANGED}
    assert house.git.tips("refs/") == refs


@names
def test_what_came_in_could_be_saved_here_as_it_stands(whole):
    if whole is None:
        return
    house, report = whole
    karin = person(house, "karin")
    for one in report.rows:
        found = sheet(house, one.document)
        assert found.problems == ()
        assert not [p for p in lint.findings(found.body) if lint.blocks_saving(p)]
        assert (found.roles.unit, found.roles.case_officer) == ("region", karin.id)


@names
def test_days_rise_and_validity_is_never_fresh(whole):
    if whole is None:
        return
    house, report = whole
    for one in report.rows:
        made = decisions(house, one.document)
        days = [decision.effective_from for decision in made]
        assert days == sorted(days)
        assert days[-1] <= TODAY
        assert all(d.valid_until is None or d.effective_from <= d.valid_until for d in made)
        assert all(d.valid_until for d in made[:-1] if not d.review_on)
        assert {d.decided_by for d in made} == {None}
        if one.is_planned:
            shown = house.catalogue.shown(one.document, on=TODAY)
            assert (shown["standing"], shown["valid_until"]) == ("due", None)
            assert shown["review_on"] > TODAY


@names
def test_what_stands_is_what_the_source_has(whole, bare):
    if whole is None:
        return
    house, report = whole
    for one in report.rows:
        source = _git(bare, "show", f"main:{one.path}").replace("\r\n", "\n").rstrip("\n")
        body = source.partition("\n---\n")[2] if source.startswith("---\n") else source
        ours = sheet(house, one.document).body.rstrip("\n")
        if ours.startswith("```yaml\n"):
            ours = ours.partition("\n```\n\n")[2]
        if "front_matter_as_text" not in rules(one):
            body = unicodedata.normalize("NFC", body.strip("\n"))
            assert _without_targets(ours) == _without_targets(body)


@only("digg-opensource-docs")
def test_the_record_of_an_import_holds(whole):
    if whole is None:
        return
    assert not verify_house(whole[0]).findings


@names
def test_renames_are_those_that_git_finds(whole, name, bare):
    if whole is None:
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
    theirs = {rename for rename in _renames(bare) if is_document(rename[2])}
    assert theirs <= ours
    assert len(ours - theirs) <= (name == "gds-way")  # one that is just as much alike as not
    if name == "site-policy":
        together = Counter(commit for commit, _, _ in ours)
        assert max(together.values()) == 45


@only("site-policy")
def test_documents_moved_together_keep_their_ids_and_addresses(whole):
    if whole is None:
        return
    house, report = whole
    moved = [one for one in report.rows if len(_own_addresses(house, one)) > 1]
    assert len(moved) == 43
    for one in moved:
        for address in _own_addresses(house, one):
            assert house.catalogue.former(address) == one.document
    terms = row(report, "Policies/github-terms/github-terms-of-service.md")
    assert house.catalogue.former("/tos") == terms.document


@only("site-policy")
def test_links_on_the_sources_site_lead_to_documents_here(whole):
    if whole is None:
        return
    house, report = whole
    terms = row(report, "Policies/github-terms/github-terms-of-service.md")
    privacy = row(report, "Policies/privacy-policies/github-general-privacy-statement.md")
    assert f"](/documents/{privacy.document}#" in sheet(house, terms.document).body
    bodies = [sheet(house, one.document).body for one in report.rows]
    assert sum(body.count("](/documents/") for body in bodies) > 100
    dead = {one["target"] for one in report.as_json()["dead_links"]}
    assert dead
    assert all(target.startswith("/site-policy") for target in dead)
    assert "template_tags" in {rule for one in report.rows for rule in rules(one)}


@only("gds-way")
def test_reviews_and_their_periods_give_days_of_review(whole):
    if whole is None:
        return
    house, report = whole
    reviewed = row(report, "source/manuals/code-review-guidelines.html.md.erb")
    assert (reviewed.review_on.isoformat(), reviewed.is_planned) == ("2026-06-17", False)
    assert {one.path for one in report.rows if one.is_planned} == {
        "README.md",
        "source/index.html.md.erb",
    }
    found = {one.name: (sum(one.spellings.values()), bool(one.entry)) for one in report.owners}
    assert found["#frontend"] == (5, True)
    assert found["#mobile-community"] == (2, False)
    assert all("template_tags" in rules(one) for one in report.rows if one.path != "README.md")
    assert "&lt;%= current_page.data.title %&gt;" in (
        house.texts.of(house.catalogue.shown(reviewed.document, on=TODAY)).html
    )


@only("uk-homeoffice-segas")
def test_types_follow_layouts_and_pictures_come_along(whole):
    if whole is None:
        return
    house, report = whole
    use_ai = row(report, "docs/standards/use-ai.md")
    found = sheet(house, use_ai.document)
    assert (found.fields.type, found.roles.fact_owner) == ("guideline", "hygienlakare")
    assert house.catalogue.former("SEGAS-00020") == use_ai.document
    assert use_ai.effective_from.isoformat() >= "2026-03-20"
    pyramid = row(report, "docs/standards/test-pyramid.md")
    assert sheet(house, pyramid.document).appendices == ("test-pyramid.png",)
    page = house.texts.of(house.catalogue.shown(pyramid.document, on=TODAY)).html
    assert f'src="/documents/{pyramid.document}/versions/' in page


@only("digg-opensource-docs")
def test_swedish_and_english_twins_are_tied_together(whole):
    if whole is None:
        return
    house, report = whole
    fields = {one.document: sheet(house, one.document).fields for one in report.rows}
    assert {len(one.translations) for one in fields.values()} == {1}
    for document, one in fields.items():
        (other,) = one.translations
        assert fields[other].translations == (document,)
        assert {one.language, fields[other].language} == {"sv", "en"}
    assert report.as_json()["dead_links"] == []
    assert {rule for one in report.rows for rule in rules(one)} == {"template_tags"}


@only("sfs-halsa")
def test_the_statutes_whose_heads_are_broken_are_each_named(whole, bare):
    if whole is None:
        return
    house, report = whole
    broken = [one for one in report.rows if "front_matter_as_text" in rules(one)]
    assert len(broken) == 46
    assert {r.values["reason"] for one in broken for r in one.remarks if r.rule[:5] == "front"} == {
        "syntax"
    }
    for one in broken:
        source = _git(bare, "show", f"main:{one.path}").split("\n---\n")[0]
        assert sheet(house, one.document).body.startswith("```yaml\n" + source.split("\n")[1])


@only("sfs-halsa")
def test_our_days_decide_and_never_the_commits(whole):
    if whole is None:
        return
    house, report = whole
    ended = {
        one.path: one.valid_until.isoformat()
        for one in report.rows
        if one.valid_until and not one.is_planned
    }
    assert ended["1980/sfs-1980-616.md"] == "1990-07-01"
    first = row(report, "1980/sfs-1980-657.md")
    assert decisions(house, first.document)[0].effective_from.year == 1980
    secrecy = sheet(house, first.document)
    assert secrecy.fields.title == "Sekretessförordning"
    assert "fields_as_text" in rules(first)


@pytest.fixture
def bare(name, tmp_path):
    """The source, cloned by git."""
    path = tmp_path / "source.git"
    if name:
        bundle = str(DATA / f"{name}.bundle")
        subprocess.run(["git", "clone", "--quiet", "--bare", bundle, path], check=True)
    return path


def _own_addresses(house, one):
    former = sheet(house, one.document).fields.former_ids
    return [address for address in former if address.startswith("site-policy:")]


def _without_targets(body):
    return rewritten(body, lambda _: "x").replace("<x>", "x")


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

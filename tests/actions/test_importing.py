"""Importing from git: versions with their own days, once each, all or nothing."""

import shutil
import subprocess
from dataclasses import replace
from datetime import date

import pytest

from styrdokument.actions import importing
from styrdokument.actions.imports.report import Outcome
from styrdokument.actions.verifying import verify_house
from styrdokument.domain.decisionfile import BasisKind, DecisionKind
from styrdokument.domain.document import DocumentId
from styrdokument.domain.problems import Refused
from styrdokument.store.chain import Act, Proposal
from styrdokument.store.git import Git, ObjectId
from tests.actions.foreign import bring_in, build, house_of, person, row, rules
from tests.cast import TODAY
from tests.views.library import close

LONG = "".join(f"Rad {n} om hur vi gör på avdelningen.\n" for n in range(30))


@pytest.fixture(scope="module")
def begun(databases, tmp_path_factory):
    data = databases.place(tmp_path_factory.mktemp("region"))
    build(data)
    return data


@pytest.fixture
def house(databases, begun, tmp_path):
    house = house_of(databases.copy(begun, tmp_path / "data"))
    yield house
    close(house)
    databases.remove(tmp_path / "data")


def decisions(house, document):
    return [filed.decision for filed in house.record.decisions_of(document)]


def sheet(house, document):
    return house.matters.sheet(document, house.record.files_of(document))


def refused(house, source, docs="*.md", **how):
    head = house.record.head
    with pytest.raises(Refused) as caught:
        bring_in(house, source, docs, **how)
    assert house.record.head == head
    return caught.value.problems


# versions and their days


def test_each_published_text_becomes_a_version_with_its_own_day(house, source):
    source.commit({"a.md": "# Handhygien\n\nTvätta.\n"}, on="2021-03-04")
    source.commit({"other.txt": "x"}, on="2021-05-05")
    source.commit({"a.md": "# Handhygien\n\nTvätta och sprita.\n"}, on="2023-09-01")
    found = row(bring_in(house, source.path), "a.md")
    first, second = decisions(house, found.document)
    assert [d.version for d in (first, second)] == [1, 2]
    assert [d.effective_from for d in (first, second)] == [date(2021, 3, 4), date(2023, 9, 1)]
    assert first.decided_on == date(2021, 3, 4)
    assert house.catalogue.applying(found.document, on=date(2022, 1, 1))["version"] == 1
    assert house.catalogue.applying(found.document, on=date(2024, 1, 1))["version"] == 2


def test_nobody_is_said_to_have_decided_what_was_imported(house, source):
    commit = source.commit({"sub/a.md": "# A\n"})
    found = row(bring_in(house, source.path), "sub/a.md")
    (decision,) = decisions(house, found.document)
    assert decision.kind is DecisionKind.IMPORT
    assert decision.decided_by is None
    assert decision.contributors == ()
    assert decision.basis.kind is BasisKind.SOURCE
    assert decision.recorded_by.name == "Karin"
    expected = {"kind": "git", "repository": "rutiner", "path": "sub/a.md", "commit": commit}
    assert decision.source == expected


def test_an_import_gives_no_fresh_validity(house, source):
    source.commit({"a.md": "# A\n\n1\n"}, on="2024-01-10")
    source.commit({"a.md": "# A\n\n2\n"}, on="2024-06-10")
    source.commit({"a.md": "# A\n\n3\n"}, on="2024-06-10")
    found = row(bring_in(house, source.path), "a.md")
    ends = [d.valid_until for d in decisions(house, found.document)]
    assert ends == [date(2024, 6, 9), date(2024, 6, 10), TODAY]
    assert house.catalogue.shown(found.document, on=TODAY)["standing"] == "due"


def test_days_never_fall_and_never_lie_ahead(house, source):
    for text, day in (("1", "2022-05-01"), ("2", "2031-01-01"), ("3", "2020-01-01")):
        source.commit({"a.md": f"# A\n\n{text}\n"}, on=day)
    found = row(bring_in(house, source.path), "a.md")
    days = [d.effective_from for d in decisions(house, found.document)]
    assert days == [date(2022, 5, 1), date(2022, 5, 1), date(2022, 5, 1)]
    moved = [r for r in found.remarks if r.rule == "day_moved"]
    assert [r.values["day"] for r in moved] == [date(2031, 1, 1), date(2020, 1, 1)]


def test_a_last_text_from_the_future_applies_from_today(house, source):
    source.commit({"a.md": "# A\n"}, on="2031-01-01")
    found = row(bring_in(house, source.path), "a.md")
    assert decisions(house, found.document)[0].effective_from == TODAY


def test_days_may_stand_in_the_front_matter(house, source):
    front = "---\ntitle: A\nlast_reviewed_on: {}\nends: {}\n---\n\n{}\n"
    source.commit({"a.md": front.format("2023-02-01", "2025-02-01", "1")}, on="2023-03-01")
    source.commit({"a.md": front.format("2023-02-01", "2025-02-01", "2")}, on="2023-04-01")
    source.commit({"a.md": front.format("[2023-XX]", "2028-02-01", "3")}, on="2023-05-01")
    map_ = "fields:\n  effective_from: last_reviewed_on\n  valid_until: ends\n"
    found = row(bring_in(house, source.path, map_=map_), "a.md")
    made = decisions(house, found.document)
    assert [d.effective_from for d in made] == [
        date(2023, 2, 1),
        date(2023, 4, 1),  # the same review: the text was changed later
        date(2023, 5, 1),
    ]
    assert [d.valid_until for d in made] == [date(2025, 2, 1)] * 2 + [date(2028, 2, 1)]
    assert rules(found) == {"no_day"}
    assert sheet(house, found.document).fields.others["last_reviewed_on"] == ["2023-XX"]


def test_a_text_that_says_the_same_makes_no_version(house, source):
    source.commit({"a.md": "# A\n\nText\n"}, on="2022-01-01")
    source.commit({"a.md": "# A\r\n\r\nText\r\n"}, on="2022-02-01")
    found = row(bring_in(house, source.path), "a.md")
    assert found.versions == 1


def test_what_merged_branches_held_on_the_way_was_never_published(house, source):
    source.commit({"a.md": "# A\n\n1\n"}, on="2022-01-01")
    source.run("switch", "--quiet", "--create", "draft")
    source.commit({"a.md": "# A\n\nutkast\n"}, on="2022-02-01")
    source.commit({"a.md": "# A\n\n2\n"}, on="2022-03-01")
    source.run("switch", "--quiet", "main")
    source.run("merge", "--quiet", "--no-ff", "--message=x", "draft", on="2022-04-01")
    found = row(bring_in(house, source.path), "a.md")
    days = [d.effective_from for d in decisions(house, found.document)]
    assert days == [date(2022, 1, 1), date(2022, 4, 1)]


def test_documents_changed_in_one_commit_are_one_commit_here(house, source):
    source.commit({"a.md": "# A\n", "b.md": "# B\n"})
    before = house.record.head
    bring_in(house, source.path)
    (only,) = house.record.decided_since(before)
    assert [filed.decision.title for filed in only[1]] == ["A", "B"]


def test_the_record_holds_after_an_import(house, source):
    source.commit({"a.md": "# A\n\n1\n", "b.md": "# B\n"})
    source.commit({"a.md": "# A\n\n2\n"}, on="2024-02-02")
    bring_in(house, source.path)
    assert not verify_house(house).findings
    rows = list(house.index.dump())
    house.index.rebuild()
    assert list(house.index.dump()) == rows


# again


def test_importing_again_changes_nothing(house, source, tmp_path):
    source.commit({"a.md": "# A\n\n1\n", "b.md": ""})
    source.commit({"a.md": "# A\n\n2\n"})
    bring_in(house, source.path)
    refs = house.git.tips("refs/")
    clone = tmp_path / "elsewhere.git"
    source.run("clone", "--quiet", "--bare", ".", str(clone))
    for place in (source.path, clone):
        report = bring_in(house, place)
        assert {one.outcome for one in report.rows} == {Outcome.UNCHANGED}
        assert house.git.tips("refs/") == refs


def test_only_what_is_new_since_last_time_is_entered(house, source):
    source.commit({"a.md": "# A\n\n1\n"}, on="2024-01-01")
    first = row(bring_in(house, source.path), "a.md")
    source.commit({"a.md": "# A\n\n2\n", "b.md": "# B\n"}, on="2024-02-01")
    again = bring_in(house, source.path)
    assert row(again, "a.md").document == first.document
    assert row(again, "a.md").versions == 1
    assert [d.version for d in decisions(house, first.document)] == [1, 2]
    assert row(again, "b.md").document != first.document


def test_who_is_who_stays_as_it_was_set_here(house, source):
    source.commit({"a.md": "# A\n\n1\n"})
    found = row(bring_in(house, source.path, map_="defaults: {case_officer: alma}\n"), "a.md")
    source.commit({"a.md": "# A\n\n2\n"})
    bring_in(house, source.path, map_="defaults: {case_officer: birgit}\n")
    assert sheet(house, found.document).roles.case_officer == person(house, "alma").id


def test_a_document_decided_on_here_since_is_left_alone(house, source):
    source.commit({"a.md": "# A\n\n1\n"})
    found = row(bring_in(house, source.path), "a.md")
    extend(house, found.document)
    source.commit({"a.md": "# A\n\n2\n"})
    again = row(bring_in(house, source.path), "a.md")
    assert again.outcome is Outcome.UNCHANGED
    assert rules(again) == {"changed_here"}


def test_a_source_whose_history_was_rewritten_is_not_imported_twice(house, source):
    source.commit({"a.md": "# A\n\n1\n"})
    found = row(bring_in(house, source.path), "a.md")
    source.run("commit", "--amend", "--quiet", "--message=y")
    again = row(bring_in(house, source.path), "a.md")
    assert (again.document, again.outcome) == (found.document, Outcome.UNCHANGED)
    assert rules(again) == {"history_rewritten"}


def extend(house, document):
    newest = decisions(house, document)[-1]
    decided = replace(newest, kind=DecisionKind.EXTEND, decided_on=TODAY, source=None)
    proposals = [Proposal(decision=decided)]
    act = Act(kind=decided.kind, by="p-dag00000", at=house.now(), proposals=proposals)
    with house.record.lock():
        house.record.enter(house.git.batch(), act)
    house.index.catch_up()


# renames and removals


def test_a_renamed_document_keeps_its_id(house, source):
    source.commit({"a.md": f"# A\n\n{LONG}"}, on="2022-01-01")
    source.move("a.md", "sub/b.md")
    source.seal(on="2022-02-01")
    source.move("sub/b.md", "sub/c.md")
    source.commit({"sub/c.md": f"# A\n\n{LONG}Till sist.\n"}, on="2022-03-01")
    found = row(bring_in(house, source.path, "sub/*.md"), "sub/c.md")
    made = decisions(house, found.document)
    assert [d.source["path"] for d in made] == ["a.md", "sub/c.md"]
    former = sheet(house, found.document).fields.former_ids
    assert former == ("rutiner:sub/c.md", "rutiner:sub/b.md", "rutiner:a.md")
    assert house.catalogue.former("rutiner:a.md") == found.document


def test_a_document_renamed_after_it_was_imported_keeps_its_id(house, source):
    source.commit({"a.md": f"# A\n\n{LONG}"})
    first = row(bring_in(house, source.path), "a.md")
    source.move("a.md", "b.md")
    source.seal(on="2024-02-01")
    again = row(bring_in(house, source.path), "b.md")
    assert (again.document, again.outcome) == (first.document, Outcome.UNCHANGED)


def test_a_new_document_at_an_old_address_is_another_document(house, source):
    source.commit({"a.md": f"# A\n\n{LONG}"})
    source.move("a.md", "b.md")
    source.seal(on="2024-02-01")
    bring_in(house, source.path)
    source.commit({"a.md": "# Något annat\n"}, on="2024-03-01")
    report = bring_in(house, source.path)
    assert row(report, "a.md").outcome is Outcome.IMPORTED
    assert row(report, "a.md").document != row(report, "b.md").document


def test_many_documents_moved_in_one_commit_each_keep_their_own(house, source):
    names = [f"{n}.md" for n in range(20)]
    texts = {name: f"# Rutin {name}\n\n{LONG.replace('avdelningen', name)}" for name in names}
    source.commit(texts, on="2022-01-01")
    for name in names:
        source.move(name, f"sub/ny-{name}")
    moved = {f"sub/ny-{name}": f"{text}Ändrad.\n" for name, text in texts.items()}
    source.commit(moved, on="2022-02-01")
    report = bring_in(house, source.path)
    assert [one.versions for one in report.rows] == [2] * 20
    assert {d.title for one in report.rows for d in decisions(house, one.document)} == {
        f"Rutin {name}" for name in names
    }


def test_removed_documents_are_only_counted(house, source):
    source.commit({"a.md": "# A\n", "b.md": "# B\n"})
    source.commit({"b.md": None})
    report = bring_in(house, source.path)
    assert [one.path for one in report.rows] == ["a.md"]
    assert report.removed == 1


def test_removed_documents_come_in_repealed_where_the_map_wants_them(house, source):
    source.commit({"a.md": "# A\n", "b.md": "# B\n"}, on="2022-01-01")
    source.commit({"b.md": None}, on="2023-01-01")
    found = row(bring_in(house, source.path, map_="deleted: true\n"), "b.md")
    issued, repeal = decisions(house, found.document)
    assert issued.valid_until == date(2022, 12, 31)
    assert (repeal.kind, repeal.effective_from) == (DecisionKind.REPEAL, date(2023, 1, 1))
    assert (repeal.decided_by, repeal.basis.kind) == (None, BasisKind.SOURCE)
    assert house.catalogue.shown(found.document, on=TODAY)["standing"] == "repealed"
    head = house.record.head
    for map_ in ("deleted: true\n", ""):
        bring_in(house, source.path, map_=map_)
        assert house.record.head == head


def test_a_document_removed_after_it_was_imported_ends_only_where_the_map_says_so(house, source):
    source.commit({"a.md": "# A\n", "b.md": "# B\n"}, on="2022-01-01")
    first = row(bring_in(house, source.path), "b.md")
    source.commit({"b.md": None}, on="2023-01-01")
    assert rules(row(bring_in(house, source.path), "b.md")) == {"removed_in_source"}
    assert row(bring_in(house, source.path, map_="deleted: true\n"), "b.md").repeals
    assert decisions(house, first.document)[-1].kind is DecisionKind.REPEAL


def test_a_document_that_was_removed_and_put_back_is_one(house, source):
    source.commit({"a.md": "# A\n\n1\n"}, on="2022-01-01")
    source.commit({"a.md": None, "x": "x"}, on="2022-02-01")
    source.commit({"a.md": "# A\n\n2\n"}, on="2022-03-01")
    report = bring_in(house, source.path, map_="deleted: true\n")
    assert [(one.path, one.versions, one.repeals) for one in report.rows] == [("a.md", 2, False)]


# front matter and text


def test_front_matter_is_mapped_and_the_rest_kept(house, source):
    text = (
        "---\ntitle: Handhygien\nlayout: how\ntags: [a, b]\nvisible: public\nversion: 7\n"
        "unit: IVA\nweight: 10\nold:\n  - /a\n  - /b\n---\n\nText.\n"
    )
    source.commit({"sv/a.md": text})
    map_ = (
        "fields:\n  type: layout\n  keywords: tags\n  audience: visible\n  former_ids: old\n"
        "types:\n  how: routine\n"
        "defaults:\n  unit: medicinkliniken\n  case_officer: alma\n  fact_owner: hygienlakare\n"
        "  reviewers: [birgit, cecilia]\n  applies_to: [region]\n  language: en\n"
        "language_by_folder:\n  sv: sv\n"
    )
    found = row(bring_in(house, source.path, map_=map_), "sv/a.md")
    read = sheet(house, found.document)
    fields, roles = read.fields, read.roles
    assert read.problems == ()
    assert (fields.title, fields.type, fields.audience) == ("Handhygien", "routine", "public")
    assert (fields.keywords, fields.language) == (("a", "b"), "sv")
    assert fields.applies_to == ("region",)
    assert fields.former_ids == ("rutiner:sv/a.md", "/a", "/b")
    assert fields.others == {"source_version": "7", "source_unit": "IVA", "weight": "10"}
    assert (roles.unit, roles.fact_owner) == ("medicinkliniken", "hygienlakare")
    assert roles.case_officer == person(house, "alma").id
    assert roles.reviewers == (person(house, "birgit").id, person(house, "cecilia").id)
    assert roles.adopter == ("verksamhetschef-medicin",)
    assert rules(found) == {"key_renamed"}


def test_what_does_not_fit_stays_under_its_own_name(house, source):
    source.commit({"a.md": "---\ntitle: [a]\nlayout: okänd\n---\n\n# Rubrik\n"})
    found = row(bring_in(house, source.path, map_="fields: {type: layout}\n"), "a.md")
    fields = sheet(house, found.document).fields
    assert (fields.title, fields.type) == ("Rubrik", "guideline")
    assert fields.others == {"source_title": ["a"], "layout": "okänd"}
    assert rules(found) == {"value_does_not_fit", "key_renamed"}


def test_front_matter_that_cannot_be_read_stays_in_the_text(house, source):
    source.commit({"a.md": "---\ntitle: a: b: c\nx: &y 1\n```\n---\n\n# Rubrik\n"})
    found = row(bring_in(house, source.path), "a.md")
    read = sheet(house, found.document)
    assert read.body == "````yaml\ntitle: a: b: c\nx: &y 1\n```\n````\n\n# Rubrik\n"
    assert rules(found) == {"front_matter_as_text"}


def test_a_text_between_two_rules_is_no_front_matter(house, source):
    source.commit({"a.md": "---\n\nEtt stycke.\n\n---\n\n# Rubrik\n"})
    found = row(bring_in(house, source.path), "a.md")
    assert sheet(house, found.document).body.startswith("---\n\nEtt stycke.")


def test_a_text_with_neither_title_nor_heading_is_named_by_its_file(house, source):
    source.commit({"rutin_for-prov.md": "Text.\n"})
    assert row(bring_in(house, source.path), "rutin_for-prov.md").title == "rutin for prov"


@pytest.mark.parametrize(
    ("data", "body", "rule"),
    [
        (b"# A\r\n\r\nB\r\n", "# A\n\nB\n", "line_endings"),
        (b"\xef\xbb\xbf# A\n", "# A\n", "bom"),
        ("# A\u030a\n".encode(), "# Å\n", "not_nfc"),
        ("# Å\n".encode("cp1252"), "# Å\n", "not_utf8"),
        ("# Å\n".encode("utf-16"), "# Å\n", "not_utf8"),
        ("# A\n\nx\u202ey\x07\n".encode(), "# A\n\nxy\n", "characters_removed"),
        ("# A\n\nx\u2028y\n".encode(), "# A\n\nx\ny\n", "line_endings"),
    ],
)
def test_texts_are_put_in_order_with_a_remark(house, source, data, body, rule):
    source.commit({"a.md": data})
    found = row(bring_in(house, source.path), "a.md")
    assert sheet(house, found.document).body == body
    assert rule in rules(found)
    facts = decisions(house, found.document)[0].facts
    assert rule in {fact["remark"] for fact in facts}


# all or nothing


def test_a_dry_run_tells_all_and_writes_nothing(house, source):
    source.commit({"a.md": "# A\n\n1\n"})
    source.commit({"a.md": "# A\n\n2\n"})
    refs = house.git.tips("refs/")
    objects = sorted(house.git.path.rglob("*"))
    dry = bring_in(house, source.path, dry_run=True)
    assert house.git.tips("refs/") == refs
    assert sorted(house.git.path.rglob("*")) == objects
    real = bring_in(house, source.path)
    plain = [one.as_json() for one in (dry, real)]
    assert [p.pop("dry_run") for p in plain] == [True, False]
    assert [d.pop("document") for p in plain for d in p["documents"]] == [None, 1000]
    assert plain[0] == plain[1]


def test_a_bundle_a_bare_repository_and_a_checkout_are_all_sources(house, source, tmp_path):
    source.commit({"a.md": "# A\n"})
    source.run("bundle", "create", "--quiet", str(tmp_path / "rutiner.bundle"), "main")
    source.run("clone", "--quiet", "--bare", ".", str(tmp_path / "rutiner.git"))
    source.run("worktree", "add", "--quiet", str(tmp_path / "tree" / "rutiner"))
    places = ("rutiner.bundle", "rutiner.git", "tree/rutiner", "rutiner/.git", "rutiner")
    reports = [bring_in(house, tmp_path / place) for place in places]
    assert [report.repository for report in reports] == ["rutiner"] * 5
    assert [report.versions for report in reports] == [1, 0, 0, 0, 0]


def test_what_is_no_source_is_refused(house, source, tmp_path):
    (tmp_path / "file.txt").write_text("x")
    (tmp_path / "folder").mkdir()
    rule = {
        p.rule
        for name in ("file.txt", "folder", "nothing")
        for p in refused(house, tmp_path / name)
    }
    assert rule == {"not_a_repository"}
    assert [p.rule for p in refused(house, source.path)] == ["empty_repository"]


def test_a_pattern_that_means_nothing_is_refused(house, source):
    source.commit({"a.md": "# A\n"})
    (problem,) = refused(house, source.path, "docs/**/*.md")
    assert (problem.field, problem.rule) == ("docs", "no_documents")
    assert [p.rule for p in refused(house, source.path, "[z-a].md")] == ["bad_pattern"]


def test_an_unknown_branch_is_refused_and_others_named(house, source):
    source.commit({"a.md": "# A\n"})
    source.run("tag", "--annotate", "v1", "--message=x")
    karin = person(house, "karin")
    mapping = importing.read_map(house, karin)
    with pytest.raises(Refused) as caught:
        importing.import_git(house, karin, source.path, docs="*", ref="nej", mapping=mapping)
    assert caught.value.problems[0].values["branches"] == "main"
    how = {"docs": "*.md", "mapping": mapping, "dry_run": True}
    for ref in ("main", "v1", "refs/heads/main", source.run("rev-parse", "HEAD")):
        assert importing.import_git(house, karin, source.path, ref=ref, **how).versions == 1


def test_only_a_controller_imports(house, source):
    source.commit({"a.md": "# A\n"})
    alma = person(house, "alma")
    with pytest.raises(Refused) as caught:
        importing.import_git(
            house, alma, source.path, docs="*.md", mapping=importing.read_map(house, alma)
        )
    assert caught.value.problems[0].rule == "import"


def test_a_wrong_map_is_refused_with_every_line(house, source):
    source.commit({"a.md": "# A\n"})
    map_ = (
        "fields:\n  title: name\n  status: state\n"
        "types: {how: nothing}\n"
        "defaults:\n  unit: nowhere\n  colour: red\n  case_officer: nobody\n  audience: all\n"
        "typos: {}\ndeleted: perhaps\n"
    )
    found = {(p.values["key"], p.rule, p.line) for p in refused(house, source.path, map_=map_)}
    assert found == {
        ("fields.status", "unknown_key", 3),
        ("types.how", "unlisted", 4),
        ("defaults.unit", "unlisted", 6),
        ("defaults.colour", "unknown_key", 7),
        ("defaults.case_officer", "unlisted", 8),
        ("defaults.audience", "unlisted", 9),
        ("typos", "unknown_key", 10),
        ("deleted", "yes_or_no", 11),
    }


# hostile and damaged sources


def test_links_and_submodules_are_named_and_passed_over(house, source):
    source.commit({"a.md": "# A\n"})
    (source.path / "link.md").symlink_to("/etc/passwd")
    head = source.seal(on="2024-02-02")
    source.run("update-index", "--add", "--cacheinfo", f"160000,{head},sub.md")
    source.run("commit", "--quiet", "--message=x")
    report = bring_in(house, source.path)
    assert {one.path: rules(one) for one in report.rows} == {
        "a.md": set(),
        "link.md": {"symlink"},
        "sub.md": {"submodule"},
    }
    assert not report.is_clean


def tree(source, *entries):
    lines = b"".join(b"%s %s\t%s\0" % (kind, blob.encode(), name) for kind, blob, name in entries)
    return source.run("mktree", "-z", data=lines)


def test_names_that_deceive_are_named_and_passed_over(house, source):
    blob = source.run("hash-object", "-w", "--stdin", data=b"# A\n")
    names = [b".git", b"..", b"a\xff.md", "a\u202eb.md".encode(), b"a\nb.md", b"good.md"]
    inner = tree(source, *((b"100644 blob", blob, name) for name in names))
    top = tree(source, (b"040000 tree", inner, b"docs"))
    commit = source.run("commit-tree", top, "-m", "x")
    source.run("update-ref", "refs/heads/main", commit)
    report = bring_in(house, source.path, "docs/*")
    outcomes = {one.path: one.outcome for one in report.rows}
    assert outcomes.pop("docs/good.md") is Outcome.IMPORTED
    assert set(outcomes) == {"docs/.git", "docs/..", "docs/a\ufffd.md", "docs/a?b.md"}
    assert set(outcomes.values()) == {Outcome.REFUSED}
    assert not verify_house(house).findings


def test_a_text_too_large_is_never_read(house, source, monkeypatch):
    source.commit({"a.md": "# A\n", "b.md": b"x" * 1_000_001})
    packed = "x\n" * 600_000
    source.commit({"b.md": None, "c.md": packed})
    source.commit({"c.md": packed + "y\n"})
    source.run("gc", "--quiet", "--aggressive")
    source.commit({"d.md": b"y" * 1_000_001})
    sizes = []
    blob = Git.blob

    def spied(git, object_id):
        data = blob(git, object_id)
        sizes.append(len(data))
        return data

    monkeypatch.setattr(Git, "blob", spied)
    report = bring_in(house, source.path)
    assert {one.path for one in report.rows if "too_large" in rules(one)} == {"c.md", "d.md"}
    assert max(sizes) < 1_000_001


def test_an_older_text_that_cannot_be_taken_is_passed_over(house, source):
    source.commit({"a.md": "# A\n\n1\n"})
    source.commit({"a.md": b"\0\1\2"})
    source.commit({"a.md": "# A\n\n2\n"})
    found = row(bring_in(house, source.path), "a.md")
    assert found.versions == 2
    assert [r.values["reason"] for r in found.remarks if r.rule == "version_passed_over"] == [
        "binary"
    ]


def test_missing_objects_are_named_and_passed_over(house, source):
    source.commit({"a.md": "# A\n\n1\n", "b.md": "# B\n"}, on="2022-01-01")
    source.commit({"a.md": "# A\n\n2\n"}, on="2022-02-01")
    source.commit({"a.md": "# A\n\n3\n"}, on="2022-03-01")
    gone = [source.run("rev-parse", name) for name in ("HEAD:b.md", "HEAD~1^{tree}")]
    for name in gone:
        (source.path / ".git" / "objects" / name[:2] / name[2:]).unlink()
    report = bring_in(house, source.path)
    assert row(report, "a.md").versions == 2
    assert rules(row(report, "b.md")) == {"missing_object"}
    assert [r.values["object"] for r in report.remarks] == [ObjectId(gone[1])]


def test_a_shallow_clone_is_imported_as_far_as_it_goes(house, source, tmp_path):
    source.commit({"a.md": "# A\n\n1\n"})
    source.commit({"a.md": "# A\n\n2\n"})
    shallow = tmp_path / "shallow"
    address = f"file://{source.path}"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", address, shallow], check=True)
    report = bring_in(house, shallow)
    assert report.versions == 1
    assert rules(report) == {"history_cut"}


def test_the_sources_own_configuration_is_never_run(house, source):
    source.commit({"a.md": "# A\n"})
    trap = source.path.parent / "trap"
    script = source.path.parent / "run.sh"
    script.write_text(f"#!/bin/sh\ntouch '{trap}'\n")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "core.sshCommand", "core.pager", "diff.external"):
        source.run("config", key, str(script))
    shutil.copy(script, source.path / ".git" / "hooks" / "post-checkout")
    bring_in(house, source.path)
    assert not trap.exists()


def test_documents_get_ids_in_the_order_they_began(house, source):
    source.commit({"z.md": "# Z\n"})
    source.commit({"b.md": "# B\n", "a.md": "# A\n"})
    report = bring_in(house, source.path)
    assert {one.path: one.document for one in report.rows} == {
        "z.md": DocumentId(1000),
        "a.md": DocumentId(1001),
        "b.md": DocumentId(1002),
    }


# identity


TEXTS = {
    name: f"# {name}\n\n" + "".join(f"Rad {n} om {name} på avdelningen.\n" for n in range(30))
    for name in ("Handhygien", "Fallskador", "Kost")
}


def titles(report):
    return {one.document: (one.path, one.title, one.versions) for one in report.rows}


def test_two_documents_that_swap_names_in_one_commit_keep_their_ids(house, source):
    hand, fall = TEXTS["Handhygien"], TEXTS["Fallskador"]
    source.commit({"a.md": hand, "b.md": fall}, on="2022-01-01")
    first = titles(bring_in(house, source.path))
    source.commit({"a.md": fall + "Mer.\n", "b.md": hand + "Mer.\n"}, on="2023-01-01")
    again = titles(bring_in(house, source.path))
    a, b = first
    assert (first[a], first[b]) == (("a.md", "Handhygien", 1), ("b.md", "Fallskador", 1))
    assert (again[a], again[b]) == (("b.md", "Handhygien", 1), ("a.md", "Fallskador", 1))
    assert sheet(house, a).fields.former_ids == ("rutiner:b.md", "rutiner:a.md")


def test_names_that_move_up_in_one_commit_are_followed(house, source):
    hand, fall, kost = TEXTS.values()
    source.commit({"1.md": hand, "2.md": fall}, on="2022-01-01")
    source.commit({"1.md": kost, "2.md": hand, "3.md": fall}, on="2023-01-01")
    found = {path: (title, n) for path, title, n in titles(bring_in(house, source.path)).values()}
    assert found == {"1.md": ("Kost", 1), "2.md": ("Handhygien", 1), "3.md": ("Fallskador", 1)}


def test_a_document_that_comes_back_elsewhere_is_the_same(house, source):
    hand = TEXTS["Handhygien"]
    source.commit({"a.md": hand, "x.md": "# X\n"}, on="2022-01-01")
    first = row(bring_in(house, source.path), "a.md").document
    source.commit({"a.md": None}, on="2022-02-01")
    source.commit({"ny/b.md": hand}, on="2022-03-01")
    again = row(bring_in(house, source.path, "**/*.md"), "ny/b.md")
    assert (again.document, again.outcome) == (first, Outcome.UNCHANGED)


def test_names_longer_than_a_name_may_be_are_refused(house, source):
    blob = source.run("hash-object", "-w", "--stdin", data=b"# A\n")
    name = b"n" * 300 + b".md"
    top = tree(source, (b"100644 blob", blob, name), (b"100644 blob", blob, b"a.md"))
    source.run("update-ref", "refs/heads/main", source.run("commit-tree", top, "-m", "x"))
    report = bring_in(house, source.path)
    assert rules(row(report, name.decode())) == {"bad_path"}
    assert row(report, "a.md").outcome is Outcome.IMPORTED


def test_a_clone_that_lacks_its_older_texts_names_them_and_fetches_nothing(house, source, tmp_path):
    source.commit({"a.md": "# A\n\n1\n"}, on="2022-01-01")
    source.commit({"a.md": "# A\n\n2\n"}, on="2023-01-01")
    source.run("config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial"
    address = f"file://{source.path}"
    command = ["git", "clone", "--quiet", "--filter=blob:none", address, partial]
    subprocess.run(command, check=True)
    found = row(bring_in(house, partial), "a.md")
    assert found.versions == 1
    assert [r.values["reason"] for r in found.remarks] == ["missing_object"]

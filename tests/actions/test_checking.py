"""Checking files on a disk: the judgement of the service, with file, line and rule."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from styrdokument.actions.checking import check, document_problems, saving_problems
from styrdokument.actions.house import House
from styrdokument.domain.document import DocumentId
from styrdokument.domain.problems import Problem, Refused
from styrdokument.store import frontmatter, registers, strictyaml
from styrdokument.store.folders import NoDocuments
from tests.actions import small

NUMBER = DocumentId(1042)
FOLDER = "documents/00/10/1042"
TYPES = """routine:
  label: {sv: Rutin}
  headings: [Syfte, Ansvar]
  obligatory: [processes]
"""
REGISTERS = {
    "types.yaml": TYPES.encode(),
    "units.yaml": b"medicinkliniken:\n  label: {sv: Medicinkliniken}\n",
    "functions.yaml": b"hygienlakare:\n  label: {sv: Hygienl\xc3\xa4kare}\n",
    "processes.yaml": b"hygien:\n  label: {sv: Hygien}\n",
}
FIELDS = {
    "id": 1042,
    "title": "Handhygien",
    "type": "routine",
    "applies_to": ["medicinkliniken"],
    "processes": ["hygien"],
}
ROLES = {
    "unit": "medicinkliniken",
    "case_officer": "p-a1ma0000",
    "fact_owner": "hygienlakare",
    "adopter": ["hygienlakare"],
}
BODY = "## Syfte\n\nTvätta händerna.\n\n## Ansvar\n\nAlla.\n"


def document(
    body: str = BODY, roles: Mapping[str, object] = {}, **fields: object
) -> dict[str, bytes]:
    """A sound document's files, with some of it otherwise."""
    text = frontmatter.compose({**FIELDS, **fields}, body)  # type: ignore[arg-type]
    return {"text.md": text, "roles.yaml": strictyaml.write({**ROLES, **roles})}  # type: ignore[arg-type]


def put(root: Path, files: Mapping[str, bytes], folder: str = FOLDER) -> Path:
    place = root / folder
    for name, data in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    return place


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Path]:
    """The top of a clone, and where its author stands."""
    put(tmp_path / "clone", REGISTERS, "registers")
    before = Path.cwd()
    os.chdir(tmp_path / "clone")
    yield tmp_path / "clone"
    os.chdir(before)


def told(*paths: str | Path) -> list[tuple[str, int, str]]:
    """File, line and rule of all that is found."""
    found = check([Path(path) for path in paths], tell=lambda *_: None)
    return [(p.file, p.line, rule_of(p)) for p in found]


def rule_of(problem: Problem) -> str:
    return f"{problem.code}.{problem.rule}" if problem.rule else str(problem.code)


def test_a_sound_document_has_no_problems(clone: Path) -> None:
    put(clone, {**document(), "plan.csv": b"a;b\n", "decisions/0001.json": b"{"})

    assert told(".") == told("documents") == told(f"{FOLDER}/text.md") == []


def test_every_problem_is_told_with_its_file_and_line(clone: Path) -> None:
    text = (
        b"---\nid: 1042\ntitle: Handhygien\ntype: rutin\nversion: 3\napplies_to: [x]\n---\n"
        b"\nSe [planen](plan.pdf).\n\n[Hit](javascript:alert)\n"
    )
    roles = b"unit: nowhere\ncase_officer: p-a1ma0000\nfact_owner: hygienlakare\n"
    put(clone, {"text.md": text, "roles.yaml": roles, "bild.png": b"x", "Plan.csv": b"a\n"})
    put(clone, {"plan.csv": b"a\n"})

    assert told("documents") == [
        (f"{FOLDER}/text.md", 4, "bad_value.unlisted"),
        (f"{FOLDER}/text.md", 5, "governed_field"),
        (f"{FOLDER}/text.md", 9, "bad_text.missing_appendix"),
        (f"{FOLDER}/text.md", 11, "bad_text.bad_link"),
        (f"{FOLDER}/roles.yaml", 0, "needs_field"),
        (f"{FOLDER}/roles.yaml", 1, "bad_value.unlisted"),
        (f"{FOLDER}/Plan.csv", 0, "bad_appendix.twin"),
        (f"{FOLDER}/bild.png", 0, "bad_appendix.wrong_type"),
        (f"{FOLDER}/plan.csv", 0, "bad_appendix.twin"),
    ]


def test_a_type_asks_for_its_headings_and_fields(clone: Path) -> None:
    put(clone, document("## Syfte\n\nTvätta.\n", processes=[]))

    assert [(line, rule) for _, line, rule in told(".")] == [
        (0, "bad_text.missing_heading"),
        (6, "needs_field"),
    ]


def test_a_file_that_cannot_be_read_is_not_blamed_for_what_is_missing_in_it(clone: Path) -> None:
    text = b"---\nid: 1042\ntitle: &a x\n---\n\n[Hit](javascript:alert)\n"
    put(clone, {"text.md": text, "roles.yaml": b"unit: [\n"})

    assert told(".") == [
        (f"{FOLDER}/text.md", 3, "bad_front_matter.anchor"),
        (f"{FOLDER}/text.md", 6, "bad_text.bad_link"),
        (f"{FOLDER}/roles.yaml", 2, "bad_front_matter.syntax"),
    ]


def test_without_registers_only_what_they_list_is_left_unsaid(tmp_path: Path) -> None:
    files = document("[Hit](javascript:alert)\n", {"unit": "nowhere", "adopter": []}, type="x")
    put(tmp_path, files, "anywhere")

    assert [rule for _, _, rule in told(tmp_path)] == ["bad_text.bad_link", "needs_field"]


def test_a_document_in_anothers_place_is_told_where_it_belongs(clone: Path) -> None:
    put(clone, document(), "documents/00/11/1042")
    put(clone, document(), "documents/00/10/1043")
    put(clone, document(), "documents/utkast")

    assert [rule for _, _, rule in told(".")] == [
        "bad_front_matter.other_id",
        "bad_front_matter.other_folder",
        "bad_front_matter.other_folder",
    ]


def test_a_text_without_front_matter_is_told_so(clone: Path) -> None:
    (clone / "notes.md").write_bytes(b"# Handhygien\n\n[Hit](javascript:alert)\n")
    put(clone, {"text.md": b"# Handhygien\n"})

    assert told("notes.md") == [("notes.md", 1, "bad_front_matter.no_front_matter")]
    assert told(FOLDER)[0] == (f"{FOLDER}/text.md", 1, "bad_front_matter.no_front_matter")


def test_a_text_that_is_nowhere_yet_is_judged_by_itself(clone: Path) -> None:
    (clone / "ny.md").write_bytes(document(type="x")["text.md"])
    (clone / "bild.png").write_bytes(b"x")

    assert told("ny.md") == [("ny.md", 4, "bad_value.unlisted")]
    assert told("bild.png") == [("bild.png", 0, "bad_appendix.wrong_type")]


def test_a_new_document_waits_for_its_number_and_no_other_may_lack_one(clone: Path) -> None:
    put(clone, document(id=None), "documents/ny")
    put(clone, document(id=None))
    (clone / "ny.md").write_bytes(document(id="abc")["text.md"])

    assert told("documents") == [(f"{FOLDER}/text.md", 2, "needs_field")]
    assert told("ny.md") == [("ny.md", 2, "bad_front_matter.shape")]


def test_any_file_of_a_document_leads_to_all_of_it_once(clone: Path) -> None:
    put(clone, {**document("[x](javascript:x)\n", type="instruktion"), "mapp/a.csv": b"a\n"})
    names = [f"{FOLDER}/mapp", f"{FOLDER}/text.md", f"{FOLDER}/roles.yaml", FOLDER, "documents"]

    assert told(*names) == told(FOLDER)
    assert (f"{FOLDER}/mapp/a.csv", 0, "bad_appendix.name_character") in told(FOLDER)
    os.chdir(clone / FOLDER)
    assert told("text.md")[0][0] == "text.md"
    assert told(clone / FOLDER)[0][0] == str(clone / FOLDER / "text.md")


def test_a_link_is_told_and_never_followed(clone: Path) -> None:
    put(clone, document())
    (clone / "hemligt").write_text("x")
    (clone / FOLDER / "plan.csv").symlink_to(clone / "hemligt")
    (clone / FOLDER / "mapp").symlink_to(clone)

    assert told(".") == [
        (f"{FOLDER}/mapp", 0, "bad_value.symlink"),
        (f"{FOLDER}/plan.csv", 0, "bad_value.symlink"),
    ]


def test_a_document_without_its_text_is_one_all_the_same(clone: Path) -> None:
    put(clone, {"plan.csv": b"a\n"})

    assert told(".")[0] == (f"{FOLDER}/text.md", 1, "bad_front_matter.no_front_matter")


@pytest.mark.usefixtures("clone")
def test_where_nothing_is_to_be_checked_that_is_said() -> None:
    for path in ("registers", "nowhere", FOLDER):
        with pytest.raises(NoDocuments, match=path):
            told(path)


def test_registers_that_cannot_be_read_are_not_passed_over(clone: Path) -> None:
    put(clone, document())
    put(clone, {"types.yaml": b"routine: [\n"}, "registers")

    with pytest.raises(Refused):
        told(".")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(["text.md", "roles.yaml", "plan.csv", ".git", "a/b.png", "x.svg"]),
        st.binary(max_size=60) | st.sampled_from([*document().values(), b"---\n---\n", b"<svg/>"]),
    )
)
def test_whatever_the_files_hold_every_problem_has_a_file_of_theirs(
    files: dict[str, bytes],
) -> None:
    found = document_problems(NUMBER, files, registers.read(REGISTERS))
    lines = {name: data.count(b"\n") + 1 for name, data in files.items()}

    assert {p.file for p in found} <= {"text.md", "roles.yaml", *files}
    assert [p for p in found if p.line > lines.get(p.file, 1) + 1] == []
    assert found == document_problems(NUMBER, files, registers.read(REGISTERS))


def test_what_may_not_even_stand_in_a_draft_is_told_of_new_files_alone() -> None:
    text = "---\nid: 1042\nversion: 3\n---\n\n[Hit](javascript:alert)\u202e\n".encode()
    new = {"text.md": text, "bild.png": b"x", "x.exe": b"x"}
    found = saving_problems(NUMBER, new, [*new, "roles.yaml", "Bild.png"], folder=FOLDER)

    assert [(p.file, p.line, rule_of(p)) for p in found] == [
        (f"{FOLDER}/text.md", 3, "governed_field"),
        (f"{FOLDER}/text.md", 6, "bad_text.bidi_control"),
        (f"{FOLDER}/Bild.png", 0, "bad_appendix.twin"),
        (f"{FOLDER}/bild.png", 0, "bad_appendix.wrong_type"),
        (f"{FOLDER}/bild.png", 0, "bad_appendix.twin"),
    ]


def test_a_document_has_so_many_appendices_and_no_more() -> None:
    new = {"text.md": document()["text.md"]}
    names = [*new, "roles.yaml", *(f"{number}.csv" for number in range(51))]
    found = saving_problems(NUMBER, new, names, folder=FOLDER)

    assert [(p.file, rule_of(p)) for p in found] == [(FOLDER, "bad_appendix.too_many")]


def test_the_service_says_the_same_of_a_draft(tmp_path: Path) -> None:
    ids = small.build(tmp_path)
    house = small.house_of(tmp_path)
    case = small.open_new(house, ids)
    small.save(house, ids, case, "[Hit](javascript:alert)\n", processes=["nowhere"], adopter=[])
    draft = small.draft(house, case)
    found = document_problems(draft.id, files_of(house, draft.id, case), house.registers)
    house.close()

    assert {(p.code, p.rule, p.field) for p in draft.problems} == {
        (p.code, p.rule, p.field) for p in found
    }
    assert len(found) == 3


def files_of(house: House, document: DocumentId, case: int) -> dict[str, bytes]:
    held = house.cases.read(case)  # type: ignore[arg-type]
    stored = house.cases.files_of(held, document)
    return {name: house.git.blob(blob) for name, blob in stored.items()}

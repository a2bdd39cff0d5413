"""Where a document lies, what its hash is, and which keys no author may write."""

import hashlib
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrdokument.domain.document import (
    FIELDS,
    HIGHEST_ID,
    LOWEST_ID,
    ROLES,
    TEXT,
    Fields,
    Roles,
    content_hash,
    folder_of,
    is_governed,
    snapshot_of,
)

PRINTED = "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum -- | sha256sum"


@pytest.mark.parametrize(
    "names",
    [
        ["text.md", "roles.yaml"],
        ["text.md", "roles.yaml", "Bilaga 1.pdf", "bilaga-1.pdf", "bilaga.pdf", "bilaga1.pdf"],
        ["åtgärder.csv", "zebra.png", "Ärende.docx", "ö.svg", "-.png"],
    ],
)
def test_anybody_can_compute_the_content_hash_with_sha256sum(tmp_path: Path, names):
    for number, name in enumerate(names):
        (tmp_path / name).write_bytes(f"{number}\n".encode())
    files = [(n, hashlib.sha256((tmp_path / n).read_bytes()).hexdigest()) for n in names]
    printed = subprocess.run(
        ["sh", "-c", PRINTED], cwd=tmp_path, check=True, capture_output=True, text=True
    )

    assert content_hash(files) == printed.stdout.split()[0]


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.just("ab" * 32)))
def test_the_content_hash_does_not_depend_on_the_order_of_files(files):
    pairs = list(files.items())

    assert content_hash(pairs) == content_hash(reversed(pairs))


def test_a_snapshot_is_the_sha256_of_a_line_for_each_document():
    lines = f"1042 {'ab' * 32}\n1077 {'cd' * 32}\n"

    assert snapshot_of({1077: "cd" * 32, 1042: "ab" * 32}) == (
        hashlib.sha256(lines.encode()).hexdigest()
    )


@pytest.mark.parametrize(
    ("document", "folder"),
    [
        (1042, "documents/00/10/1042"),
        (LOWEST_ID, "documents/00/10/1000"),
        (12345, "documents/01/23/12345"),
        (HIGHEST_ID, "documents/99/99/999999"),
    ],
)
def test_the_folder_follows_from_the_id_alone(document, folder):
    assert folder_of(document) == folder


def test_no_folder_of_folders_holds_more_than_a_hundred():
    folders = [folder_of(document).rsplit("/", 1)[0] for document in range(10_000, 20_000)]

    assert {folders.count(folder) for folder in folders[::100]} == {100}


@pytest.mark.parametrize(
    "key",
    [
        "version",
        "status",
        "adopted",
        "adopted_by",
        "approved_by",
        "decided_on",
        "effective_from",
        "valid_until",
        "registry_number",
    ],
)
def test_what_a_decision_sets_no_author_may_write(key):
    assert is_governed(key)


def test_authors_fields_are_not_governed_and_have_a_place_each():
    assert not any(is_governed(key) for key in FIELDS)
    assert {k for k, rule in FIELDS.items() if rule.file == TEXT} == (
        Fields.__dataclass_fields__.keys() - {"others"}
    )
    assert {k for k, rule in FIELDS.items() if rule.file == ROLES} == (
        Roles.__dataclass_fields__.keys()
    )


def test_the_obligatory_fields_are_those_of_the_description():
    assert {key for key, rule in FIELDS.items() if rule.is_obligatory} == {
        "id", "title", "type", "applies_to", "unit", "case_officer", "fact_owner", "adopter",
    }  # fmt: skip

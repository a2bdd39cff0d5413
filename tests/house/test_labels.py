"""Every word of the domain, of pages and of refusals stands in both languages."""

import ast
import inspect
import re
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from styrdokument.domain import (
    case,
    decisionfile,
    document,
    matter,
    overview,
    people,
    problems,
    vacancy,
    validity,
)
from styrdokument.domain.document import FIELDS
from styrdokument.domain.problems import Code

ROOT = Path(__file__).parents[2]
LABELS = {
    language: tomllib.loads((ROOT / f"web/labels/{language}.toml").read_text("utf-8"))
    for language in ("sv", "en")
}
TECHNICAL = {"FieldKind", "Register", "Code", "SecondLook"}
"""What no reader sees by its name, or what has a test of its own here."""
BUILT = re.compile(r"""\bt\(\s*["']([a-z_0-9.]+)["']\s*[,)]""")
"""A word's key in a template, where it stands whole."""
HEADS = re.compile(r"table_head\(\[([^\]]*)\]\)")
"""The keys of a table's columns, see `parts/table.html`."""
MODULES = (
    case,
    decisionfile,
    document,
    matter,
    overview,
    people,
    problems,
    vacancy,
    validity,
)


def words_of_the_domain() -> Iterator[str]:
    """`standing.in_force` and its like, for each member of each enumeration."""
    for module in MODULES:
        for name, found in inspect.getmembers(module, inspect.isclass):
            if issubclass(found, StrEnum) and found is not StrEnum and name not in TECHNICAL:
                table = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
                yield from (f"{table}.{member.value}" for member in found)


def words_of_templates() -> set[str]:
    sources = [path.read_text("utf-8") for path in (ROOT / "web/templates").rglob("*.html")]
    columns = [head for source in sources for head in HEADS.findall(source)]
    return {key for source in sources for key in BUILT.findall(source)} | {
        key for head in columns for key in re.findall(r"""["']([^"']+)["']""", head)
    }


def rules_in_code() -> Iterator[tuple[str, str]]:
    """(code, rule) of every Problem that is made with both written out."""
    for path in (ROOT / "styrdokument").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem":
                given = {word.arg: word.value for word in node.keywords}
                code, rule = given.get("code"), given.get("rule")
                if (
                    isinstance(code, ast.Attribute)
                    and isinstance(rule, ast.Constant)
                    and rule.value
                ):
                    yield str(Code[code.attr]), str(rule.value)


def find(labels: Any, key: str) -> object:
    for part in key.split("."):
        labels = labels.get(part) if isinstance(labels, dict) else None
    return labels


def flat(labels: Any, before: str = "") -> Iterator[str]:
    for key, value in labels.items():
        if isinstance(value, dict):
            yield from flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}"


@pytest.mark.parametrize("language", LABELS)
def test_every_word_of_the_domain_has_a_label(language: str) -> None:
    missing = [
        k for k in set(words_of_the_domain()) if not isinstance(find(LABELS[language], k), str)
    ]

    assert missing == []


@pytest.mark.parametrize("language", LABELS)
def test_every_problem_has_words(language: str) -> None:
    table = LABELS[language]["problem"]
    missing = [
        code
        for code in Code
        if not isinstance(table.get(code), str) and "default" not in table.get(code, {})
    ]

    assert missing == []


@pytest.mark.parametrize("language", LABELS)
def test_every_rule_of_a_problem_has_words(language: str) -> None:
    rules = set(rules_in_code())
    missing = [f"{c}.{r}" for c, r in rules if not find(LABELS[language], f"problem.{c}.{r}")]

    assert len(rules) > 30
    assert missing == []


@pytest.mark.parametrize("language", LABELS)
def test_every_field_has_a_label(language: str) -> None:
    assert [name for name in FIELDS if name not in LABELS[language]["field"]] == []


@pytest.mark.parametrize("language", LABELS)
def test_every_word_of_a_template_has_a_label(language: str) -> None:
    keys = words_of_templates()
    missing = [key for key in keys if not isinstance(find(LABELS[language], key), str)]

    assert len(keys) > 50
    assert missing == []


def test_both_languages_have_the_same_words() -> None:
    assert set(flat(LABELS["sv"])) == set(flat(LABELS["en"]))


def test_both_languages_fill_the_same_places() -> None:
    place = re.compile(r"\{(\w+)\}")
    differing = [
        key
        for key in flat(LABELS["sv"])
        if set(place.findall(str(find(LABELS["sv"], key))))
        != set(place.findall(str(find(LABELS["en"], key))))
    ]

    assert differing == []


def test_the_glossary_and_the_labels_agree() -> None:
    rows = re.findall(r"^\| ([^|]+) \|[^\n]*\| ([^|\n]*) \|$", _glossary(), re.MULTILINE)
    checked = 0
    for terms, keys in rows:
        known = {term.strip() for term in re.split(r"[;,]", terms)}
        for key in re.findall(r"`([^`]+)`", keys):
            label = str(find(LABELS["sv"], key)).casefold()
            assert any(term in label for term in known), (key, label, terms)
            checked += 1

    assert checked > 30


def _glossary() -> str:
    return (ROOT / "docs/glossary.md").read_text("utf-8")


@pytest.mark.parametrize("language", LABELS)
def test_every_remark_of_an_import_has_words(language: str) -> None:
    folder = ROOT / "styrdokument/actions"
    sources = [path.read_text("utf-8") for path in folder.rglob("import*/*.py")]
    sources.append((folder / "importing.py").read_text("utf-8"))
    written = re.compile(r"""(?:Remark\(\s*rule=|_note\(\s*)"([a-z_0-9]+)\"""")
    rules = {rule for source in sources for rule in written.findall(source)}

    assert len(rules) > 15
    assert rules - set(LABELS[language]["remark"]) == set()

"""Every command, setting and problem code is documented; every template has a view."""

import re
from pathlib import Path

import click

from styrdokument.cli import main
from styrdokument.config import SETTINGS
from styrdokument.domain.problems import Code

ROOT = Path(__file__).parents[2]
CONTRACTS_CODES = frozenset(
    {
        *("not_signed_in", "wrong_role", "own_work", "not_approved", "stale_snapshot"),
        *("wrong_state", "needs_second_look", "needs_change_note", "needs_reviewers"),
        *("needs_minutes", "basis_not_allowed", "validity_too_long", "dates_out_of_order"),
        *("governed_field", "bad_front_matter", "bad_text", "bad_appendix"),
        *("open_revision_exists", "base_moved", "throttled", "csrf", "not_found"),
    }
)


def read(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def commands() -> set[str]:
    """Every command with its groups: `account add`."""
    found = set()
    for name, command in main.commands.items():
        if isinstance(command, click.Group):
            found |= {f"{name} {below}" for below in command.commands}
        else:
            found.add(name)
    return found


def test_every_command_is_documented() -> None:
    page = read("docs/operations.md")

    assert [name for name in commands() if f"`{name}" not in page] == []


def test_every_option_has_words() -> None:
    commands = [c for c in main.commands.values() if not isinstance(c, click.Group)]
    options = [o for c in commands for o in c.params if isinstance(o, click.Option)]

    assert [option.name for option in options if not option.help] == []


def test_every_setting_is_documented() -> None:
    page = read("docs/operations.md")

    assert [name for name in SETTINGS if f"`{name}`" not in page] == []


def test_every_code_is_the_contracts_or_documented() -> None:
    page = read("docs/formats.md")
    own = set(Code) - CONTRACTS_CODES

    assert set(Code) >= CONTRACTS_CODES
    assert [code for code in own if f"`{code}`" not in page] == []


def test_every_template_is_used() -> None:
    templates = ROOT / "web/templates"
    code = "".join(path.read_text("utf-8") for path in (ROOT / "styrdokument").rglob("*.py"))
    markup = "".join(path.read_text("utf-8") for path in templates.rglob("*.html"))
    names = [str(path.relative_to(templates)) for path in templates.rglob("*.html")]

    assert [name for name in names if f'"{name}"' not in code + markup] == []


def test_every_link_of_the_documentation_leads_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    dead = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]

    assert dead == []


def test_modules_are_of_a_size_to_be_read() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "styrdokument").rglob("*.py")
        if (lines := path.read_text("utf-8").count("\n")) > 250
    }

    assert long == {}

"""What others made is what web/vendor.toml says it is, with its licence beside it."""

import hashlib
import re
import tomllib
from pathlib import Path

WEB = Path(__file__).parents[2] / "web"
STATED = tomllib.loads((WEB / "vendor.toml").read_text("utf-8"))
SUMS = dict(
    reversed(line.split("  ")) for line in (WEB / "vendor.sha256").read_text("utf-8").splitlines()
)


def test_every_vendored_file_is_as_it_was_taken_in() -> None:
    found = {name: hashlib.sha256((WEB / name).read_bytes()).hexdigest() for name in SUMS}

    assert found == SUMS


def test_every_vendored_file_is_stated_and_has_its_licence() -> None:
    stated = {target for one in STATED.values() for target in one["files"].values()}
    stated |= {one["sprite"] for one in STATED.values() if "sprite" in one}

    assert stated == set(SUMS)
    for name, one in STATED.items():
        assert "LICENSE" in one["files"], name
        assert one["version"], name


def test_every_icon_that_a_template_asks_for_is_drawn_and_no_other() -> None:
    templates = "".join(p.read_text("utf-8") for p in (WEB / "templates").rglob("*.html"))
    signs = re.search(r"set SIGNS = {(.*?)}", templates, re.DOTALL)
    assert signs
    asked = set(re.findall(r'icon\("([a-z-]+)"\)', templates))
    asked |= set(re.findall(r'tab\("[^"]+", "([a-z-]+)"', templates))
    asked |= set(re.findall(r': "([a-z-]+)"', signs[1]))

    assert asked == set(STATED["lucide-static"]["icons"])

"""What others made and the pages carry: taken from npm's packages into `web/static`.

`web/vendor.toml` says what; `web/vendor.sha256` is written here, and a house test holds to it.
"""

import hashlib
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

WEB = Path(__file__).parents[1] / "web"
STATED, SUMS = WEB / "vendor.toml", WEB / "vendor.sha256"


def main(task: str, *places: str) -> None:
    """Print names and versions, or take files out of unpacked packages."""
    stated = tomllib.loads(STATED.read_text("utf-8"))
    if task == "names":
        for name, one in stated.items():
            print(name, one["version"])
        return
    for name, one in stated.items():
        package = Path(places[0]) / name
        for source, target in one["files"].items():
            content = (package / source).read_bytes()
            (WEB / target).parent.mkdir(parents=True, exist_ok=True)
            (WEB / target).write_bytes(content)
        if "icons" in one:
            (WEB / one["sprite"]).write_text(sprite(package, one), "utf-8")
    state(stated)


def sprite(package: Path, one: dict[str, Any]) -> str:
    """All icons in one file, each a symbol that a page asks for by name."""
    symbols = "\n".join(symbol(package, name) for name in one["icons"])
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def symbol(package: Path, name: str) -> str:
    """One icon's lines, without what its style sheet says."""
    drawn = (package / "icons" / f"{name}.svg").read_text("utf-8")
    lines = re.sub(r"\s+", " ", drawn[drawn.index(">", drawn.index("<svg")) + 1 :])
    return f'<symbol id="{name}" viewBox="0 0 24 24">{lines.replace("</svg>", "").strip()}</symbol>'


def state(stated: dict[str, dict[str, Any]]) -> None:
    """Write the hashes of what was taken, as sha256sum does."""
    targets = [
        target
        for one in stated.values()
        for target in (*one["files"].values(), *([one["sprite"]] if "sprite" in one else []))
    ]
    lines = [f"{hashlib.sha256((WEB / t).read_bytes()).hexdigest()}  {t}\n" for t in targets]
    SUMS.write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

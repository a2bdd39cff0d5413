"""Where the files that travel with the program stand: `web`, `content` and `hooks`.

In a checkout they are folders beside the package; a wheel carries them inside it
(`force-include` in pyproject.toml). Nobody else may guess a path to them.
"""

import hashlib
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Answer the folder `web`, `content` or `hooks`.

    Raises FileNotFoundError when the program was installed without it.
    """
    for place in (_PACKAGE / "_bundle", _PACKAGE.parent):
        if (place / name).is_dir():
            return place / name
    raise FileNotFoundError(
        f"The folder {name!r} is neither beside nor inside {_PACKAGE}: the installation is broken."
    )


@cache
def fingerprint() -> str:
    """Name all that pages are made of, program, templates and words: another one makes others."""
    found = hashlib.sha256()
    web = folder("web")
    for place, pattern in (
        (_PACKAGE, "**/*.py"),
        (web / "templates", "**/*.html"),
        (web / "labels", "*.toml"),
        (web / "static", "**/*.*"),
    ):
        for path in sorted(place.glob(pattern)):
            found.update(f"{path.relative_to(place)}\0".encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()

"""Where the files that travel with the program stand: `web`, `content` and `hooks`.

In a checkout they are folders beside the package; a wheel carries them inside it
(`force-include` in pyproject.toml). Nobody else may guess a path to them.
"""

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

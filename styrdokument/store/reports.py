"""Reports of imports, a file for each run below `imports/`: written once, never changed.

They are no part of the record: what an import did stands in its decisions. Names are ours alone,
so that none that was asked for can lead anywhere else.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from styrdokument.store import disk

FOLDER = "imports"
_NAME = re.compile(r"\d{8}-\d{6}-[a-z0-9-]{1,60}")


class Reports:
    """The reports of one data directory."""

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER

    def put(self, report: Mapping[str, Any], *, about: str, at: datetime) -> str:
        """Store a report durably, and answer its name: the moment, and what it is about."""
        disk.make_folder(self._folder)
        words = re.sub(r"[^a-z0-9]+", "-", about.casefold()).strip("-")[:50].strip("-") or "source"
        data = json.dumps(report, ensure_ascii=False, indent=1).encode(errors="replace")
        name, number = f"{at:%Y%m%d-%H%M%S}-{words}", 1
        while True:
            try:
                disk.create_durably(self._folder / f"{name}.json", data)
            except FileExistsError:
                number += 1
                name = f"{at:%Y%m%d-%H%M%S}-{words}-{number}"
            else:
                return name

    def names(self) -> list[str]:
        """The names of all reports, newest first."""
        found = (path.stem for path in self._folder.glob("*.json"))
        return sorted((name for name in found if _NAME.fullmatch(name)), reverse=True)

    def get(self, name: str) -> dict[str, Any] | None:
        """A report by its name, or None."""
        if not _NAME.fullmatch(name):
            return None
        try:
            found = json.loads((self._folder / f"{name}.json").read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        return found if isinstance(found, dict) else None

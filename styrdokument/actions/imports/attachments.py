"""Pictures and other files that an imported text refers to, taken along as its appendices.

They are what the source had when the text was last changed, and are judged like any appendix:
what may not be one is named, and its reference left as it stood.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from styrdokument.actions.imports.remark import Remark
from styrdokument.domain.naming import EXTENSIONS, HIDDEN, problem_with_filename
from styrdokument.store.git import Damaged, Missing, ObjectId
from styrdokument.store.source import Source, TooLarge
from styrdokument.text import appendix

_UNFIT = re.compile(r'[\x00-\x1f\x7f-\x9f/\\<>:"|?*]+')


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A file of the source, and what speaks against it; `name` is what it would be called here."""

    name: str
    blob: ObjectId
    problem: str = ""


class Attachments:
    """Files of one source; each is judged once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._judged: dict[tuple[str, ObjectId], str] = {}
        self._found: dict[tuple[ObjectId, str], ObjectId | None] = {}

    def find(self, commit: ObjectId, paths: Iterable[str]) -> Taken | None:
        """The first of the paths where the commit has a file of a kind that may be an appendix."""
        for path in paths:
            if path.rpartition(".")[2].lower() in EXTENSIONS:
                blob = self._at(commit, path)
                if blob is not None:
                    name = _name(path)
                    return Taken(name=name, blob=blob, problem=self._problem(name, blob))
        return None

    def data(self, blob: ObjectId) -> bytes:
        """The bytes of a file that was found fit."""
        return self._source.text(blob, largest=appendix.LIMIT)

    def _at(self, commit: ObjectId, path: str) -> ObjectId | None:
        key = commit, path
        if key not in self._found:
            try:
                self._found[key] = self._source.git.find(commit, path)
            except (Missing, Damaged):
                self._found[key] = None
        return self._found[key]

    def _problem(self, name: str, blob: ObjectId) -> str:
        """The rule that the file breaks, or empty."""
        if (name, blob) not in self._judged:
            self._judged[name, blob] = problem_with_filename(name) or self._fault(name, blob)
        return self._judged[name, blob]

    def _fault(self, name: str, blob: ObjectId) -> str:
        try:
            problems = appendix.findings(name, self.data(blob))
        except TooLarge:
            return "too_large"
        except (Missing, Damaged):
            return "missing_object"
        return problems[0].rule if problems else ""


class Beside:
    """The appendices of one text as they gather: each name once."""

    def __init__(self) -> None:
        self.files: dict[str, ObjectId] = {}
        self.remarks: list[Remark] = []

    def name_for(self, taken: Taken) -> str | None:
        """What the text calls the file; None, with a remark, where it may not be taken along."""
        if taken.problem:
            values = {"name": taken.name, "reason": taken.problem}
            self.remarks.append(Remark(rule="appendix_refused", values=values))
            return None
        stem, _, ending = taken.name.rpartition(".")
        name, number = taken.name, 1
        while self.files.get(name, taken.blob) != taken.blob:
            number += 1
            name = f"{stem}-{number}.{ending}"
        self.files[name] = taken.blob
        return name


def _name(path: str) -> str:
    """A file's name as it may be written here: composed, visible, its ending in lower case."""
    name = unicodedata.normalize("NFC", path.rpartition("/")[2])
    stem, _, ending = HIDDEN.sub("", _UNFIT.sub("-", name)).rpartition(".")
    return f"{stem.strip(' .') or 'file'}.{ending.strip().lower()}"

"""From a document's life in a foreign repository to the versions that it becomes here.

A text that says the same as the one before makes no version, and days never fall (rule 2): what
could not be taken as it stood is told in a remark, and a document whose newest text cannot be
taken is refused whole.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate

from styrdokument.actions.house import STOCKHOLM
from styrdokument.actions.imports.conversion import Converted, Remark, convert
from styrdokument.actions.imports.mapping import SourceMap
from styrdokument.domain.document import HIGHEST_ID, DocumentId
from styrdokument.domain.fields import MOST_TEXT
from styrdokument.domain.naming import CONTROL, HIDDEN
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.domain.registers import Registers
from styrdokument.store import frontmatter
from styrdokument.store.git import Damaged, Missing, is_safe_name
from styrdokument.store.lineage import Lineage, Moment, Stage
from styrdokument.store.source import LARGEST, Source, TooLarge

_FIRST_LINES = b"---\nid: %d\n"


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A version to be, or one that is here already; its days are set last."""

    stage: Stage
    text: Converted
    data: bytes
    effective_from: date = date.min
    valid_until: date | None = None
    remarks: tuple[Remark, ...] = ()

    def file(self, document: DocumentId) -> bytes:
        """The file as it is stored under an id."""
        return self.data.replace(_FIRST_LINES % HIGHEST_ID, _FIRST_LINES % document, 1)


class Reader:
    """Reads documents of one source, by one map, on the day `today`."""

    def __init__(
        self, source: Source, map_: SourceMap, registers: Registers, *, today: date
    ) -> None:
        self.source, self.map, self.registers, self.today = source, map_, registers, today

    def editions(
        self, lineage: Lineage, stages: Sequence[Stage], *, after: Stage | None, floor: date
    ) -> tuple[list[Edition], list[Remark]]:
        """The versions that `stages` (newest first) make, oldest first, and what was passed over.

        `after` is the stage that is here already, and `floor` the day that it applies from.
        Raises Refused for a path, or a newest text, that cannot be taken.
        """
        _check_path(self.source.name, lineage)
        passed_over: list[Remark] = []
        read = list(self._read(lineage, (*stages, *([after] if after else [])), passed_over))
        changed = [
            edition
            for place, edition in enumerate(read)
            if not place or _says(edition) != _says(read[place - 1])
        ]
        dated = self._dated(lineage, changed, floor)
        return [edition for edition in dated if edition.stage is not after], passed_over

    def day_of_end(self, lineage: Lineage, last: date) -> date:
        """The first day that a document no longer applies: tomorrow, where it still stands."""
        if lineage.ended is None:
            return self.today + timedelta(days=1)
        return max(last, min(day_of(lineage.ended), self.today))

    def _read(
        self, lineage: Lineage, stages: Sequence[Stage], passed_over: list[Remark]
    ) -> Iterator[Edition]:
        """The texts that can be taken, oldest first."""
        for stage in reversed(stages):
            try:
                text = convert(self._bytes(stage), stage.path, self.map, self.registers)
                yield Edition(stage=stage, text=text, data=self._compose(lineage, text))
            except Refused as refused:
                if stage is stages[0]:
                    raise
                values = {"commit": stage.moment.commit, "reason": refused.problems[0].rule}
                passed_over.append(Remark(rule="version_passed_over", values=values))

    def _compose(self, lineage: Lineage, text: Converted) -> bytes:
        """The file under the highest id; where it stood are former ids. Raises Refused."""
        places = [former_id(self.source.name, p) for p in lineage.paths if _can_be_said(p)]
        mapped = text.fields.get("former_ids") or []
        more = mapped if isinstance(mapped, list) else [mapped]
        names = list(dict.fromkeys([*places, *map(str, more)]))
        fields = {"id": HIGHEST_ID, **text.fields, "former_ids": names}
        return frontmatter.compose(fields, text.body)

    def _bytes(self, stage: Stage) -> bytes:
        try:
            return self.source.text(stage.blob)
        except TooLarge as error:
            raise _refused("too_large", size=error.size, largest=LARGEST) from error
        except (Missing, Damaged) as error:
            raise _refused("missing_object", object=error.id) from error

    def _dated(
        self, lineage: Lineage, editions: Sequence[Edition], floor: date
    ) -> Iterator[Edition]:
        own = _own_days(editions)
        days = list(accumulate(_not_after(own, self.today), max, initial=floor))
        following = [*days[2:], self.day_of_end(lineage, days[-1])]
        for edition, said, day, next_day in zip(editions, own, days[1:], following, strict=False):
            remarks = edition.text.remarks
            if said != day:
                moved = {"commit": edition.stage.moment.commit, "day": said, "used": day}
                remarks = (*remarks, Remark(rule="day_moved", values=moved))
            ends = edition.text.valid_until or max(day, next_day - timedelta(days=1))
            yield replace(edition, effective_from=day, valid_until=ends, remarks=remarks)


def former_id(repository: str, path: str) -> str:
    """How a document's place in a source is written among its former ids."""
    return f"{repository}:{shown(path)}"


def shown(path: str) -> str:
    """A path as it can be written anywhere: composed letters, and `?` for what is no letter."""
    text = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return HIDDEN.sub("?", CONTROL.sub("?", unicodedata.normalize("NFC", text)))


def day_of(moment: Moment) -> date:
    """The day in Stockholm of a commit."""
    return moment.at.astimezone(STOCKHOLM).date()


def _check_path(repository: str, lineage: Lineage) -> None:
    path = lineage.path
    if not _can_be_said(path) or len(former_id(repository, path)) > MOST_TEXT:
        raise Refused(Problem(code=Code.BAD_VALUE, field="path", rule="bad_path"))


def _can_be_said(path: str) -> bool:
    is_safe = all(is_safe_name(segment) for segment in path.split("/"))
    return is_safe and shown(path) == unicodedata.normalize("NFC", path)


def _refused(rule: str, **values: object) -> Refused:
    return Refused(Problem(code=Code.BAD_TEXT, rule=rule, values=values))


def _says(edition: Edition) -> tuple[object, str]:
    return edition.text.fields, edition.text.body


def _own_days(editions: Sequence[Edition]) -> list[date]:
    """The day that each text says of itself, where that is a new one; else its commit's."""
    said = [edition.text.effective_from for edition in editions]
    return [
        day if day and day != before else day_of(edition.stage.moment)
        for edition, day, before in zip(editions, said, [None, *said], strict=False)
    ]


def _not_after(days: Sequence[date], today: date) -> list[date]:
    """The days, with those to come brought back to the next one that is not, or today."""
    found, latest = [], today
    for day in reversed(days):
        latest = day if day <= today else latest
        found.append(latest)
    return found[::-1]

"""From a document's life in a foreign repository to the versions that it becomes here.

A text that says the same as the one before makes no version, and days never fall (rule 2): what
could not be taken as it stood is told in a remark, and a document whose newest text cannot be
taken is refused whole.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import accumulate

from styrdokument.actions.house import STOCKHOLM
from styrdokument.actions.imports.conversion import Converted, convert
from styrdokument.actions.imports.mapping import SourceMap
from styrdokument.actions.imports.remark import Remark
from styrdokument.actions.imports.terms import Term, term_of
from styrdokument.domain.fields import MOST_TEXT
from styrdokument.domain.naming import CONTROL, HIDDEN
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.domain.registers import Registers
from styrdokument.store.git import Damaged, Missing, ObjectId, is_safe_name
from styrdokument.store.lineage import Lineage, Moment, Stage
from styrdokument.store.source import LARGEST, Source, TooLarge

_LONGEST_NAME = 255
"""Bytes: no file system takes a longer one."""


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A version to be, or one that is here already; its days and its file are set last.

    `links` are the targets that its text had where it now has references to documents by their
    place in the plans; `data` is its file, but for ids; `appendices` are blobs of the source;
    `former_ids` where it has stood.
    """

    stage: Stage
    text: Converted
    data: bytes = b""
    former_ids: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    appendices: Mapping[str, ObjectId] = field(default_factory=dict)
    twins: tuple[int, ...] = ()
    effective_from: date = date.min
    term: Term | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def title(self) -> str:
        """The document's title."""
        return self.text.title

    def says(self) -> tuple[object, ...]:
        """What makes a version of it, where the one before says another thing."""
        return self.text.fields, self.text.body, self.appendices


class Reader:
    """Reads documents of one source, by one map, on the day `today`."""

    def __init__(
        self, source: Source, map_: SourceMap, registers: Registers, *, today: date
    ) -> None:
        self.source, self.map, self.registers, self.today = source, map_, registers, today

    def read(self, lineage: Lineage, stages: Sequence[Stage]) -> tuple[list[Edition], list[Remark]]:
        """The texts of `stages` (newest first) that can be taken, oldest first; what cannot.

        Raises Refused for a path, or a newest text, that cannot be taken.
        """
        _check_path(self.source.name, lineage)
        places = [former_id(self.source.name, path) for path in lineage.paths if _can_be_said(path)]
        found, passed_over = [], []
        for stage in reversed(stages):
            try:
                text = convert(self._bytes(stage), stage.path, self.map, self.registers)
                mapped = text.fields.get("former_ids") or []
                more = mapped if isinstance(mapped, list) else [mapped]
                names = tuple(dict.fromkeys([*places, *map(str, more)]))
                found.append(Edition(stage=stage, text=text, former_ids=names))
            except Refused as refused:
                if stage is stages[0]:
                    raise
                values = {"commit": stage.moment.commit, "reason": refused.problems[0].rule}
                passed_over.append(Remark(rule="version_passed_over", values=values))
        return found, passed_over

    def versions(
        self, lineage: Lineage, read: Sequence[Edition], *, after: Stage | None, floor: date
    ) -> list[Edition]:
        """Those of the editions that make a version, with their days, oldest first.

        `after` is the stage that is here already, and `floor` the day that it applies from.
        """
        changed = [
            edition
            for place, edition in enumerate(read)
            if not place or edition.says() != read[place - 1].says()
        ]
        dated = self._dated(lineage, changed, floor)
        return [edition for edition in dated if edition.stage is not after]

    def day_of_end(self, lineage: Lineage, last: date) -> date:
        """The first day that a document no longer applies: tomorrow, where it still stands."""
        if lineage.ended is None:
            return self.today + timedelta(days=1)
        return max(last, min(day_of(lineage.ended), self.today))

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
        """Each with its first day, and its last as far as the source or the next one says."""
        own = _own_days(editions)
        days = list(accumulate(_not_after(own, self.today), max, initial=floor))[1:]
        for place, (edition, said, day) in enumerate(zip(editions, own, days, strict=True)):
            remarks = (*edition.text.remarks, *edition.remarks)
            if said != day:
                moved = {"commit": edition.stage.moment.commit, "day": said, "used": day}
                remarks = (*remarks, Remark(rule="day_moved", values=moved))
            following = days[place + 1] if place + 1 < len(days) else None
            term = term_of(edition.text.said, begins=day)
            if term is None and (following or lineage.ended):
                last = (following or self.day_of_end(lineage, day)) - timedelta(days=1)
                term = Term(valid_until=max(day, last))
            yield replace(edition, effective_from=day, term=term, remarks=remarks)


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
    is_safe = all(
        is_safe_name(segment) and len(segment.encode(errors="replace")) <= _LONGEST_NAME
        for segment in path.split("/")
    )
    return is_safe and shown(path) == unicodedata.normalize("NFC", path)


def _refused(rule: str, **values: object) -> Refused:
    return Refused(Problem(code=Code.BAD_TEXT, rule=rule, values=values))


def _own_days(editions: Sequence[Edition]) -> list[date]:
    """The day that each text says of itself, where that is a new one; else its commit's."""
    said = [edition.text.said.effective_from for edition in editions]
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

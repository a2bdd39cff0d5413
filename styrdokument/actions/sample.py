"""The demonstration library as it lies in `content/`: texts, their lives, and who is who.

Days there are months before today. People stand by their logins, which are put out for their ids
when read; nothing else in a text or register is changed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from styrdokument.domain.decisionfile import Significance
from styrdokument.domain.document import ROLES, DocumentId
from styrdokument.domain.people import PersonId
from styrdokument.domain.validity import add_months
from styrdokument.store import strictyaml

DEPTH = 6


@dataclass(frozen=True, kw_only=True)
class Issue:
    """A version of a document: its text, the first day it applied, and what changed."""

    text: bytes
    day: date
    change_note: str
    significance: Significance


@dataclass(frozen=True, kw_only=True)
class Ending:
    """A repeal: the first day without the document, why, and what took its place."""

    day: date
    reason: str
    successor: DocumentId | None


@dataclass(frozen=True, kw_only=True)
class Life:
    """All that `content/` says of one document.

    `past` are the versions that history holds; `live` is adopted when the region is made, to
    take effect on its day; `revision` is `revision.yaml`, about a case that is left open.
    """

    document: DocumentId
    roles: bytes
    past: tuple[Issue, ...]
    live: Issue | None
    ending: Ending | None
    revision: Mapping[str, Any] | None


def read_lives(documents: Path, people: Mapping[str, PersonId], *, today: date) -> tuple[Life, ...]:
    """The lives of all documents in the folder, by rising id."""
    folders = sorted(path for path in documents.iterdir() if path.is_dir())
    return tuple(_read_life(folder, people, today) for folder in folders)


def read_plain(path: Path) -> dict[str, Any]:
    """A YAML file of ours, every scalar a text."""
    return dict(strictyaml.read(path.read_bytes(), depth=DEPTH))


def with_ids(data: bytes, people: Mapping[str, PersonId]) -> bytes:
    """A register or `roles.yaml` with every login, where it stands alone, as a person id."""
    logins = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, people))})(?![\w-])")
    return logins.sub(lambda found: people[found[1]], data.decode()).encode()


def _read_life(folder: Path, people: Mapping[str, PersonId], today: date) -> Life:
    raw = read_plain(folder / "life.yaml")
    is_live = raw.get("live") == "true"
    later = timedelta(days=int(raw.get("upcoming_in_days", 0)))
    *past, last = (_issue(folder, one, today) for one in raw["versions"])
    return Life(
        document=DocumentId(int(folder.name)),
        roles=with_ids((folder / ROLES).read_bytes(), people),
        past=tuple(past) if is_live else (*past, last),
        live=replace(last, day=last.day + later) if is_live else None,
        ending=_ending(raw["repealed"], today) if "repealed" in raw else None,
        revision=read_plain(folder / "revision.yaml") if "under_revision" in raw else None,
    )


def _issue(folder: Path, raw: Mapping[str, str], today: date) -> Issue:
    return Issue(
        text=(folder / raw["text"]).read_bytes(),
        day=add_months(today, -int(raw["months_ago"])),
        change_note=raw["change_note"],
        significance=Significance(raw["significance"]),
    )


def _ending(raw: Mapping[str, str], today: date) -> Ending:
    return Ending(
        day=add_months(today, -int(raw["months_ago"])),
        reason=raw["reason"],
        successor=DocumentId(int(raw["successor"])) if "successor" in raw else None,
    )

"""A version as its page shows it: what stands on top in words, the card, the text and its files.

The words on top say how the text stands for whoever is about to follow it (rules 5-7, 10 and 24).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from styrdokument.domain.document import ROLES, TEXT
from styrdokument.domain.validity import APPLIES, Standing
from styrdokument.store.catalogue import Row
from styrdokument.views.card import Said, documents_said, facts_of
from styrdokument.views.reading import address, decision_of
from styrdokument.views.support import house, today, words

HEAD = (
    "type",
    "id",
    "version",
    "unit",
    "effective_from",
    "valid_until",
    "decided_by",
    "fact_owner",
    "applies_to",
)
"""The facts that stand above the text, as on a Swedish region's documents; the rest beside it."""
LEAST_HEADINGS = 4
"""Headings from which a text has a table of contents."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Words on top of a text: `tone` is information, warning or danger; and where they lead."""

    words: str
    tone: str = "information"
    links: tuple[Said, ...] = ()


def sheet(
    row: Row, known: Sequence[Row], *, day: date | None = None, as_issued: bool = False
) -> Mapping[str, Any]:
    """What the template of a text gets.

    `known` are the document's versions that the visitor may read; `day` is looked back on.
    """
    facts = facts_of(row, decision_of(row["seq"]), as_issued=as_issued or day is not None)
    path = f"/documents/{row['document']}"
    if as_issued or day:
        path = f"{path}/versions/{row['version']}"
    text = house().texts.of(row)
    return {
        "row": row,
        "day": day,
        "facts": facts,
        "head_facts": [fact for name in HEAD for fact in facts if fact.name == name],
        "notices": tuple(_notices(row, known, day=day, as_issued=as_issued)),
        "html": Markup(text.html),  # noqa: S704 - `markdown.finish` answers safe HTML
        "outline": text.outline if len(text.outline) >= LEAST_HEADINGS else (),
        "appendices": [f for f in row["content"] if f["path"] not in {TEXT, ROLES}],
        "has_others": len(known) > 1,
        "path": path,
        "address": address(path),
    }


def _notices(
    row: Row, known: Sequence[Row], *, day: date | None, as_issued: bool
) -> Iterator[Notice]:
    if day is not None:
        yield from _look(row, known, day)
    elif row["standing"] == Standing.REPEALED:
        yield _repealed(row)
    elif row["standing"] == Standing.SUPERSEDED:
        yield _superseded(row, known)
    elif row["standing"] == Standing.UPCOMING:
        yield Notice(words=words().say("notice.upcoming", day=row["effective_from"]))
    else:
        yield from _ends(row)
        yield from _haste(row)
    yield from _corrections(row, known)
    if day is None and not as_issued:
        yield from _next_versions(row, known)


def _look(row: Row, known: Sequence[Row], day: date) -> Iterator[Notice]:
    """A look at another day than today, back or ahead."""
    say = words().say
    key = "notice.look_back" if day <= today() else "notice.look_ahead"
    standing = next(one["standing"] for one in known if one["version"] == row["version"])
    text = say(key, day=day, standing=say(f"standing.{standing}").lower())
    now = Said(words=say("notice.as_now"), address=f"/documents/{row['document']}")
    yield Notice(words=text, tone="warning", links=(now,))
    if row["standing"] == Standing.EXPIRED:
        yield Notice(words=say("notice.stood_expired", day=day), tone="danger")


def _repealed(row: Row) -> Notice:
    if row["is_cancelled"] or row["repealed_by"] is None:
        return Notice(words=words().say("notice.cancelled"), tone="danger")
    reason = decision_of(row["repealed_by"]).reason or ""
    text = words().say("notice.repealed", day=row["repealed_from"])
    if reason:
        text = f"{text} {words().say('notice.reason', reason=reason)}"
    links = documents_said([row["successor"]] if row["successor"] else [], row)
    successors = tuple(
        Said(words=words().say("notice.successor", title=one.words), address=one.address)
        for one in links
    )
    return Notice(words=text, tone="danger", links=successors)


def _superseded(row: Row, known: Sequence[Row]) -> Notice:
    applies = next((one for one in known if one["standing"] in APPLIES), None)
    text = words().say("notice.superseded", day=row["applies_until"])
    link = Said(
        words=words().say("notice.version_applies", version=applies["version"])
        if applies
        else words().say("notice.as_now"),
        address=f"/documents/{row['document']}",
    )
    return Notice(words=text, tone="warning", links=(link,))


def _ends(row: Row) -> Iterator[Notice]:
    """The last day of a text that applies: passed, near, or decided to come."""
    say = words().say
    if row["standing"] == Standing.EXPIRED:
        yield Notice(words=say("notice.expired", day=row["valid_until"]), tone="danger")
    elif row["standing"] == Standing.DUE and row["valid_until"]:
        yield Notice(words=say("notice.due", day=row["valid_until"]), tone="warning")
    elif row["standing"] == Standing.DUE and row["review_on"]:
        yield Notice(words=say("notice.review_due", day=row["review_on"]), tone="warning")
    elif row["standing"] == Standing.DUE:
        yield Notice(words=say("notice.unknown_validity"), tone="warning")
    if row["repealed_from"]:
        yield Notice(words=say("notice.to_be_repealed", day=row["repealed_from"]), tone="warning")


def _haste(row: Row) -> Iterator[Notice]:
    """Decided in haste, and not reviewed as a whole since (rule 15)."""
    if row["after_review_on"]:
        text = words().say("notice.urgent", day=row["after_review_on"])
        yield Notice(words=text, tone="warning")


def _corrections(row: Row, known: Sequence[Row]) -> Iterator[Notice]:
    """A later version put a slip in this one right (rule 11)."""
    for one in known:
        if one["corrects"] == row["version"]:
            yield Notice(
                words=words().say("notice.corrected"),
                tone="warning",
                links=(_version_link(one, "notice.correcting_version"),),
            )


def _next_versions(row: Row, known: Sequence[Row]) -> Iterator[Notice]:
    """An adopted version takes over later (rule 7)."""
    for one in reversed(known):
        if one["standing"] == Standing.UPCOMING and one["version"] != row["version"]:
            text = words().say("notice.next_version", day=one["effective_from"])
            yield Notice(words=text, links=(_version_link(one, "notice.read_version"),))


def _version_link(row: Row, key: str) -> Said:
    number = row["version"]
    path = f"/documents/{row['document']}/versions/{number}"
    return Said(words=words().say(key, version=number), address=path)

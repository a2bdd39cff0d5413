"""The letter with a day's reminders: what somebody is to look at, why they, and what is going on.

What it says is as it is when it is sent. A document that has a new end, or none, since the reminder
was claimed is left out (rule 7); a case is named to those alone who may see it (rules 8 and 22).
"""

from collections.abc import Sequence

from styrdokument.actions.explaining import reason_said
from styrdokument.actions.letters.content import Content, Ended, Item, Section
from styrdokument.actions.letters.facts import Facts
from styrdokument.domain.access import sees_all_cases
from styrdokument.domain.people import Actor, is_person
from styrdokument.domain.reminders import About, about_of
from styrdokument.store.catalogue import Row
from styrdokument.store.outbox import Key
from styrdokument.text.calendar import Day
from styrdokument.words import Words

SECTIONS = ("expired", "after_review", "ends", "review")


def digest(facts: Facts, key: Key, actor: Actor, words: Words, base_url: str) -> Content | Ended:
    """The reminders that are still so, the most urgent first."""
    rows, watched = facts.reminders.get(key, ()), facts.watched
    found = ((row, watched[about_of(row["stage"])].get(row["document"])) for row in rows)
    still = [(row, now) for row, now in found if now and now["ends_on"] == row["ends_on"]]
    if not still:
        return Ended(why="not_needed")
    page = _Page(facts, actor, words, base_url, still)
    sections = [
        Section(title=words.say(f"mail.section_{one}"), items=page.items(one)) for one in SECTIONS
    ]
    many = "" if len(still) == 1 else "_many"
    coming = (about for _, about in still if about["ends_on"] >= facts.today)
    return Content(
        subject=words.say(f"mail.digest_subject{many}", count=len(still)),
        opening=(words.say(f"mail.digest_opening{many}", count=len(still)),),
        sections=tuple(one for one in sections if one.items),
        closing=(words.say("mail.digest_closing"),),
        days=tuple(day_of(about, words, base_url) for about in coming),
    )


def day_of(row: Row, words: Words, base_url: str) -> Day:
    """The end of a watched document as a day in a calendar."""
    kind, of_its_own = "review" if row["valid_until"] is None else "last_day", ""
    if row["about"] == About.AFTER_REVIEW:
        kind, of_its_own = "after_review", "-after-review"
    return Day(
        uid=f"document-{row['document']}-{row['ends_on'].isoformat()}{of_its_own}",
        on=row["ends_on"],
        title=words.say(f"calendar.{kind}", title=row["title"]),
        words=words.say("calendar.about", document=row["document"], version=row["version"]),
        address=f"{base_url}/documents/{row['document']}",
    )


class _Page:
    """The items of one letter."""

    def __init__(
        self,
        facts: Facts,
        actor: Actor,
        words: Words,
        base_url: str,
        still: Sequence[tuple[Row, Row]],
    ) -> None:
        self._still, self._words, self._base_url = still, words, base_url
        self._actor, self._facts = actor, facts

    def items(self, section: str) -> tuple[Item, ...]:
        return tuple(
            self._item(row, about) for row, about in self._still if self._kind(about) == section
        )

    def _kind(self, about: Row) -> str:
        if about["about"] == About.AFTER_REVIEW:
            return "after_review"
        if about["valid_until"] is None:
            return "review"
        return "expired" if about["ends_on"] < self._facts.today else "ends"

    def _item(self, row: Row, about: Row) -> Item:
        say, days = self._words.say, abs((about["ends_on"] - self._facts.today).days)
        kind = self._kind(about)
        is_passed = kind in {"review", "after_review"} and about["ends_on"] < self._facts.today
        passed = "_passed" if is_passed else ""
        how = "today" if not days else "one" if days == 1 else "many"
        ends = say(f"mail.{kind}{passed}_{how}", day=about["ends_on"], days=days)
        why = reason_said(self._words, row["reason"], self._facts.registers, self._facts.names)
        title = say("mail.document", **{k: about[k] for k in ("title", "document", "version")})
        return Item(
            title=" ".join(title.split()),
            lines=(ends, *self._work_on(row["document"]), say("mail.why", why=why)),
            address=f"{self._base_url}/documents/{row['document']}",
        )

    def _work_on(self, document: int) -> list[str]:
        """What is going on, for those who may see it (rule 8)."""
        found: dict[int, list[Row]] = {}
        for row in self._facts.cases.get(document, ()):
            found.setdefault(row["number"], []).append(row)
        return [
            self._words.say("mail.case", number=number, turn=self._turn(rows))
            for number, rows in found.items()
            if sees_all_cases(self._actor) or any(map(self._is_theirs, rows))
        ]

    def _is_theirs(self, row: Row) -> bool:
        return self._actor.answers_to(row["entry"])

    def _turn(self, rows: Sequence[Row]) -> str:
        entries = dict.fromkeys(row["entry"] for row in rows if row["is_turn"])
        return ", ".join(self._name(entry) for entry in entries)

    def _name(self, entry: str) -> str:
        function = self._facts.registers.functions.get(entry)
        label = self._words.label(function.label) if function else entry
        return self._facts.names.get(entry, entry) if is_person(entry) else label

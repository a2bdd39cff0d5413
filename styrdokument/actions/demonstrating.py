"""The demonstration region: `content/` made into accounts, a past, and cases in motion.

What is adopted, approved or sent back when the region is made goes through the same actions as in
any region, and is judged there; only the past is entered as it is (`past`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

from styrdokument.actions import deciding, drafting, opening, reviewing
from styrdokument.actions.beginning import enter_registers, read_registers
from styrdokument.actions.house import House, look
from styrdokument.actions.past import enter_past
from styrdokument.actions.sample import Issue, read_lives, read_plain, with_ids
from styrdokument.domain.case import CaseNumber, Kind
from styrdokument.domain.decisionfile import Significance
from styrdokument.domain.document import FIELDS, TEXT, DocumentId
from styrdokument.domain.matter import Given
from styrdokument.domain.people import Actor, PersonId
from styrdokument.resources import folder
from styrdokument.store import frontmatter

MAIL = "{}@exempel.invalid"
"""Where mail to the cast would go: nowhere, for no mail server ever knows such an address."""
PASSWORD = "styrdokument"  # noqa: S105 (everybody knows it; such accounts never leave loopback)
WRITER, REVIEWERS, ADOPTER, CONTROLLER = "alma", ("birgit", "cecilia"), "dag", "karin"


def fill(house: House) -> None:
    """Enter the whole region in a record that has nothing yet."""
    content = folder("content")
    people = _make_accounts(house, content / "accounts.yaml")
    registers = read_registers(content / "registers")
    enter_registers(house, {path: with_ids(data, people) for path, data in registers.items()})
    cast = {login: actor for login, person in people.items() if (actor := house.actor(person))}
    lives = read_lives(content / "documents", people, today=house.today)
    enter_past(house, cast[CONTROLLER], lives)
    for life in lives:
        if life.live:
            _adopt(_Work.begun(house, cast, life.document), life.live)
        if life.revision:
            then = _some_days_ago(house, int(life.revision.get("days_ago", 0)))
            _leave_open(_Work.begun(then, cast, life.document), life.revision)


def _make_accounts(house: House, file: Path) -> dict[str, PersonId]:
    """Every account's person id by login; a journal kept elsewhere may have some already."""
    people = {}
    for login, raw in read_plain(file).items():
        account = house.accounts.named(login) or house.accounts.add(
            login,
            name=raw["name"],
            title=raw["title"],
            unit=raw["unit"],
            mail=MAIL.format(login),
            password=PASSWORD,
            at=house.now(),
            is_admin=raw.get("is_admin") == "true",
            is_demonstration=True,
        )
        people[login] = account.person.id
    return people


@dataclass(frozen=True, kw_only=True)
class _Work:
    """An open revision of one document, and the cast that works on it."""

    house: House
    cast: Mapping[str, Actor]
    document: DocumentId
    number: CaseNumber

    @classmethod
    def begun(cls, house: House, cast: Mapping[str, Actor], document: DocumentId) -> Self:
        number = opening.open_case(house, cast[WRITER], Kind.REVISE, [document])
        return cls(house=house, cast=cast, document=document, number=number)

    def save(self, body: str, fields: Mapping[str, Sequence[str]]) -> None:
        base = self.house.cases.read(self.number).case.contents[self.document]
        writing = drafting.Writing(base=base, text=body, fields=fields)
        drafting.save(self.house, self.cast[WRITER], self.number, self.document, writing)

    def comment(self, raw: Mapping[str, str]) -> None:
        reviewing.comment(
            self.house,
            self.cast[raw["by"]],
            self.number,
            Given(comment=raw["body"]),
            document=self.document,
            quote=raw.get("quote", ""),
            reply_to=int(raw["reply_to"]) if "reply_to" in raw else None,
        )

    def submit(self, change_note: str, significance: Significance) -> None:
        given = Given(change_note=change_note, significance=significance)
        reviewing.submit(self.house, self.cast[WRITER], self.number, given)

    def approve(self, *reviewers: str) -> None:
        for login in reviewers:
            reviewing.approve(self.house, self.cast[login], self.number, self._seen_by(login))

    def send_back(self, raw: Mapping[str, str]) -> None:
        given = Given(reason=raw["reason"])
        reviewing.send_back(self.house, self.cast[raw["by"]], self.number, given)

    def decide(self, effective_from: date) -> None:
        given = replace(self._seen_by(ADOPTER), effective_from=effective_from)
        deciding.decide(self.house, self.cast[ADOPTER], self.number, given)

    def _seen_by(self, login: str) -> Given:
        snapshot = look(self.house, self.cast[login], self.number)[1].snapshot
        return Given(snapshot=snapshot, second_look="password")


def _adopt(work: _Work, issue: Issue) -> None:
    """All the way from draft to decision, by four people."""
    before, after = _standing(work).fields, frontmatter.read(issue.text)
    typed = dict.fromkeys(before, None) | after.fields
    work.save(after.body, {key: _as_typed(typed[key]) for key in typed if key in FIELDS})
    work.submit(issue.change_note, issue.significance)
    work.approve(*REVIEWERS)
    work.decide(issue.day)


def _leave_open(work: _Work, raw: Mapping[str, Any]) -> None:
    """In draft, under review or sent back, as far as `raw` has words for it."""
    body = _standing(work).body
    if raw["find"] not in body:
        raise ValueError(f"{work.document}: the revision's words are not in the text")
    work.save(body.replace(raw["find"], raw["put"]), {})
    for remark in raw.get("comments", ()):
        work.comment(remark)
    if "change_note" in raw:
        work.submit(raw["change_note"], Significance(raw["significance"]))
    work.approve(*raw.get("approved_by", ()))
    if "returned" in raw:
        work.send_back(raw["returned"])


def _some_days_ago(house: House, days: int) -> House:
    """The house as it was some days ago, to leave a case in that nobody has touched since."""
    moment = house.now() - timedelta(days=days)
    return replace(house, now=lambda: moment) if days else house


def _standing(work: _Work) -> frontmatter.Text:
    """The text that the revision begins with."""
    files = work.house.record.files_of(work.document)
    return frontmatter.read(work.house.git.blob(files[TEXT]))


def _as_typed(value: object) -> list[str]:
    """A field's value as a form sends it; nothing clears it."""
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]

"""A long life of a small region: random acts of every kind, by the people who may do them.

What is refused is passed over; what is done is counted. The same seed does the same acts.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from styrdokument.actions import deciding, drafting, importing, opening, registering, reviewing
from styrdokument.actions.house import House
from styrdokument.app import join
from styrdokument.config import read_config
from styrdokument.domain.case import HAS_TEXT, CaseNumber, Kind
from styrdokument.domain.decisionfile import Significance
from styrdokument.domain.document import DocumentId
from styrdokument.domain.matter import Given
from styrdokument.domain.problems import NotFound, Refused
from tests.actions import small
from tests.actions.foreign import Foreign
from tests.cast import NOON

MORE = """dokumentsamordnare:
  label: {{sv: Dokumentsamordnare}}
  holders: [{{person: {cecilia}}}]
  grants: [controller]
avdelningschef:
  label: {{sv: Avdelningschef}}
  unit: medicinkliniken
  holders: [{{person: {birgit}}}]
"""
FEW = 4
REPLACED = 0.03
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><title>%d</title></svg>\n'


class Life:
    """A region with a clock that goes on, and the acts that were done in it, by name."""

    def __init__(self, data: Path, source: Path, seed: int) -> None:
        """Begin it in `data`; `source` becomes a repository to import from."""
        self.random = Random(seed)
        self.moment: datetime = NOON
        self.ids = small.build(data, MORE)
        self.house: House = join(read_config(data, {}), now=lambda: self.moment)
        self.done: Counter[str] = Counter()
        self.source = Foreign(source)
        self.cases: list[CaseNumber] = []

    def go_on(self, count: int) -> None:
        """Do so many acts."""
        wanted = self.done.total() + count
        acts: Mapping[Callable[[], str], int] = {
            self._open: 6, self._forward: 24, self._aside: 8, self._put_register: 1,
            self._import: 1,
        }  # fmt: skip
        while self.done.total() < wanted:
            self.moment += timedelta(hours=self.random.randrange(1, 90))
            (act,) = self.random.choices(list(acts), list(acts.values()))
            try:
                self.done[act()] += 1
            except (Refused, NotFound):
                continue

    def _open(self) -> str:
        if len(self.cases) >= FEW:
            raise NotFound
        documents = self._documents()
        new = [Kind.NEW] if len(documents) < FEW else []
        kind = self.random.choice([*new, *Kind]) if len(documents) > 1 else Kind.NEW
        if kind is Kind.NEW:
            self.cases.append(small.open_new(self.house, self.ids))
            return "open new"
        who = small.actor(self.house, self.ids, "cecilia" if kind is Kind.ASSIGN else "alma")
        wanted = [self.random.choice(documents) for _ in range(self.random.choice([1, 1, 2]))]
        self.cases.append(opening.open_case(self.house, who, kind, wanted))
        return f"open {kind}"

    def _documents(self) -> list[DocumentId]:
        made = [filed.decision.document for filed in self.house.record.everything_decided()]
        return sorted({document for document in made if document})

    def _forward(self) -> str:
        """The step furthest on that somebody may take in a case."""
        number, kind = self._case()
        steps = [self._decide, self._approve, self._submit]
        steps.append(self._change_roles if kind is Kind.ASSIGN else self._save)
        for step in steps:
            with suppress(Refused, NotFound):
                return f"{step(number)} {kind}"
        raise NotFound(number)

    def _aside(self) -> str:
        """A step that leads nowhere, or back."""
        number, kind = self._case()
        steps = [self._comment, self._comment, self._send_back, self._withdraw]
        if kind in HAS_TEXT:
            steps += [self._save, self._append, self._reassign]
        return f"{self.random.choice(steps)(number)} {kind}"

    def _case(self) -> tuple[CaseNumber, Kind]:
        """One of those that are open, which are never many."""
        cases = [self.house.cases.read(number).case for number in self.cases]
        running = [case for case in cases if case.is_open]
        self.cases = [case.number for case in running]
        if not running:
            raise NotFound
        case = self.random.choice(running)
        return case.number, case.kind

    def _save(self, number: CaseNumber) -> str:
        draft = self.random.choice(list(small.matter(self.house, number).drafts.values()))
        typed = {
            "title": [f"Rutin {self.random.choice('åäöabc')} {draft.id}"],
            "reviewers": [self.ids["birgit"], self.ids["cecilia"]],
            "replaces": [str(d) for d in self._documents() if self.random.random() < REPLACED],
            "keywords": self.random.sample(["sprit", "tvål", "handskar"], 2),
        }
        text = f"Gör så här: {self.random.randrange(10**6)}.\n"
        writing = drafting.Writing(base=draft.content_hash, text=text, fields=typed)
        self._write("alma", number, draft.id, writing)
        return "save"

    def _change_roles(self, number: CaseNumber) -> str:
        draft = self.random.choice(list(small.matter(self.house, number).drafts.values()))
        officer = self.ids[self.random.choice(["alma", "birgit"])]
        typed = {"case_officer": [officer], "reviewers": [self.ids["birgit"]]}
        writing = drafting.Writing(base=draft.content_hash, fields=typed)
        self._write("cecilia", number, draft.id, writing)
        return "save"

    def _write(
        self, login: str, number: CaseNumber, document: DocumentId, writing: drafting.Writing
    ) -> None:
        who = small.actor(self.house, self.ids, login)
        drafting.save(self.house, who, number, document, writing)

    def _append(self, number: CaseNumber) -> str:
        who = small.actor(self.house, self.ids, "alma")
        document = self.random.choice(self.house.cases.read(number).case.documents)
        data = SVG % self.random.randrange(9)
        drafting.add_appendix(self.house, who, number, document, "bild.svg", data)
        return "append"

    def _reassign(self, number: CaseNumber) -> str:
        who = small.actor(self.house, self.ids, "alma")
        entries = [self.ids["birgit"], "avdelningschef"][: self.random.randrange(1, 3)]
        given = Given(reason="Ny granskare.")
        drafting.reassign(self.house, who, number, "reviewers", entries, given)
        return "reassign"

    def _submit(self, number: CaseNumber) -> str:
        given = Given(
            change_note="Vad som har ändrats.",
            significance=self.random.choice(list(Significance)),
        )
        reviewing.submit(self.house, small.actor(self.house, self.ids, "alma"), number, given)
        return "submit"

    def _approve(self, number: CaseNumber) -> str:
        case = self.house.cases.read(number).case
        heard = {approval.by.id for approval in case.approvals}
        for login in ("birgit", "cecilia", "alma"):
            if self.ids[login] not in heard:
                with suppress(Refused):
                    small.approve(self.house, self.ids, number, login)
                    return "approve"
        raise NotFound(number)

    def _send_back(self, number: CaseNumber) -> str:
        who = small.actor(self.house, self.ids, "birgit")
        reviewing.send_back(self.house, who, number, Given(reason="Skriv tydligare."))
        return "return"

    def _withdraw(self, number: CaseNumber) -> str:
        who = small.actor(self.house, self.ids, "alma")
        reviewing.withdraw(self.house, who, number, Given(reason="Behövs inte."))
        return "withdraw"

    def _comment(self, number: CaseNumber) -> str:
        who = small.actor(self.house, self.ids, self.random.choice(["alma", "birgit", "dag"]))
        remarks = self.house.cases.read(number).case.comments
        if remarks and self.random.random() < 0.5:
            reviewing.resolve(self.house, who, number, remarks[-1].number)
            return "resolve"
        reviewing.comment(self.house, who, number, Given(comment="Vad menas?"))
        return "comment"

    def _decide(self, number: CaseNumber) -> str:
        begins = self.random.choice([None, self.house.today + timedelta(days=20)])
        kind = self.house.cases.read(number).case.kind
        given = Given(
            snapshot=small.matter(self.house, number).snapshot,
            second_look="password",
            reason="Det behövs.",
            effective_from=None if kind in {Kind.CORRECT, Kind.URGENT} else begins,
        )
        who = small.actor(self.house, self.ids, "dag")
        deciding.decide(self.house, who, number, given)
        return "decide"

    def _put_register(self) -> str:
        days = self.random.choice(["3 months", "1 month", "14 days"])
        types = f"{small.TYPES}  reminders: [{days}, 0 days]\n".encode()
        by = [small.actor(self.house, self.ids, login) for login in ("cecilia", "dag")]
        registering.put_register(self.house, "types.yaml", types, by=by, reason="Andra dagar.")
        return "register"

    def _import(self) -> str:
        day = f"2024-01-{self.done.total() % 28 + 1:02d}"
        name = self.random.choice(["a.md", "b.md", "c.md"])
        self.source.commit({name: f"# Text {name}\n\n{self.random.random()}\n"}, on=day)
        who = small.actor(self.house, self.ids, "cecilia")
        mapping = importing.read_map(self.house, who, b"defaults:\n  unit: medicinkliniken\n")
        importing.import_git(self.house, who, self.source.path, docs="*.md", mapping=mapping)
        return "import"

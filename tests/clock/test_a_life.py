"""From adoption over the last day to repeal: what each mail says, as whole texts.

The calendar is moved; the decision, the mail server and the pages are real.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest
from flask.testing import FlaskClient

from styrdokument.actions import clockwork, deciding, opening, reviewing
from styrdokument.actions.house import STOCKHOLM, House
from styrdokument.domain.case import CaseNumber, Kind
from styrdokument.domain.document import DocumentId
from styrdokument.domain.matter import Given
from styrdokument.domain.people import Actor
from styrdokument.outside.mail import Letterhead
from styrdokument.outside.smtp import Smtp
from tests.actions import small
from tests.cast import NOON
from tests.clock.servers import Inbox, serving
from tests.views.conftest import Region
from tests.views.library import DUE
from tests.views.reading import words_of

TEXT = "## Syfte\n\nProver tas rätt.\n\n## Ansvar\n\nAlla.\n\n## Genomförande\n\nMärk röret.\n"
HEAD = Letterhead(
    region="Region Exempel",
    sender="styrdokument@exempel.invalid",
    base_url="https://styrdokument.exempel.invalid",
)

ADOPTED = """\
Hej Alma!

Version 2 av ”Provtagning” har fastställts av Dag.

Provtagning (1002), version 2
  Gäller från 2026-12-05 till och med 2028-12-05.
  Vad som ändrats: Vad som har ändrats.
  https://styrdokument.exempel.invalid/documents/1002

Vänliga hälsningar, Region Exempel

--
Det här brevet skickades automatiskt av Styrdokument. Det går inte att svara på det.
"""
THREE_MONTHS = """\
Hej Alma!

Här är ett dokument som behöver ses över.

GÅR SNART UT

Provtagning (1002), version 2
  Giltigt till och med 2028-12-05, om 91 dagar.
  Du får påminnelsen som handläggare.
  https://styrdokument.exempel.invalid/documents/1002

Läs igenom texten. Om den fortfarande stämmer kan den förlängas, annars behöver den revideras eller upphävas. Du börjar på dokumentets sida, under ”Vad kan jag göra?”.

Vänliga hälsningar, Region Exempel

--
Det här brevet skickades automatiskt av Styrdokument. Det går inte att svara på det.
"""  # noqa: E501 - as it is sent
IN_ENGLISH = """\
Hello Frans,

Here is a document that needs to be looked over.

ENDS SOON

Provtagning (1002), version 2
  Valid until 5 December 2028, in 91 days.
  You get this reminder as fact owner (Infection Control Physician).
  https://styrdokument.exempel.invalid/documents/1002

Read the text through. If it still holds it can be extended; otherwise it is revised or repealed. You begin on the document's page, under “What can I do?”.

Kind regards, Region Exempel

--
This letter was sent automatically by Styrdokument. It cannot be answered.
"""  # noqa: E501 - as it is sent
LAST_DAY = """\
Hej Karin!

Här är ett dokument som behöver ses över.

GÅR SNART UT

Provtagning (1002), version 2
  Giltigt till och med 2028-12-05: i dag är sista dagen.
  Ärende 3 pågår. Nu väntar det på: Alma.
  Du får påminnelsen som dokumentsamordnare.
  https://styrdokument.exempel.invalid/documents/1002

Läs igenom texten. Om den fortfarande stämmer kan den förlängas, annars behöver den revideras eller upphävas. Du börjar på dokumentets sida, under ”Vad kan jag göra?”.

Vänliga hälsningar, Region Exempel

--
Det här brevet skickades automatiskt av Styrdokument. Det går inte att svara på det.
"""  # noqa: E501 - as it is sent
EXPIRED = """\
Hej Dag!

Här är ett dokument som behöver ses över.

GILTIGHETSTIDEN HAR GÅTT UT

Provtagning (1002), version 2
  Giltighetstiden gick ut 2028-12-05, för 31 dagar sedan. Dokumentet kan fortfarande läsas, men är märkt som utgånget.
  Ärende 3 pågår. Nu väntar det på: Alma.
  Du får påminnelsen som chef (Verksamhetschef medicin).
  https://styrdokument.exempel.invalid/documents/1002

Läs igenom texten. Om den fortfarande stämmer kan den förlängas, annars behöver den revideras eller upphävas. Du börjar på dokumentets sida, under ”Vad kan jag göra?”.

Vänliga hälsningar, Region Exempel

--
Det här brevet skickades automatiskt av Styrdokument. Det går inte att svara på det.
"""  # noqa: E501 - as it is sent

EXTENDED = """\
Hej Alma!

”Provtagning” har förlängts av Dag.

Provtagning (1002), version 2
  Gäller nu till och med 2031-01-05.
  Skäl: Inget har ändrats i lag eller arbetssätt.
  https://styrdokument.exempel.invalid/documents/1002

Vänliga hälsningar, Region Exempel

--
Det här brevet skickades automatiskt av Styrdokument. Det går inte att svara på det.
"""
REPEALED = """\
Hej Alma!

”Provtagning” har upphävts av Dag.

Provtagning (1002), version 2
  Gäller inte från och med 2030-10-05.
  Skäl: Ingår i en annan rutin.
  https://styrdokument.exempel.invalid/documents/1002

Vänliga hälsningar, Region Exempel

--
Det här brevet skickades automatiskt av Styrdokument. Det går inte att svara på det.
"""


class Life:
    """A region's clock and its letters."""

    def __init__(self, region: Region, inbox: Inbox, port: int) -> None:
        self.moment, self.inbox, self.ids = NOON, inbox, region.ids
        post = Smtp(head=HEAD, server="127.0.0.1", port=port, security="none")
        self.house: House = replace(
            region.house, now=lambda: self.moment, post=post, letterhead=HEAD
        )

    def morning(self, day: date) -> None:
        """What the clock does on a morning; the morning before was looked at, too."""
        self.house.reminders.note_look(
            date.fromordinal(day.toordinal() - 1), at=self.moment, reminders=0
        )
        self.moment = datetime.combine(day, time(6), STOCKHOLM)
        self.inbox.taken.clear()
        clockwork.remind(self.house, lambda: True)
        clockwork.send(self.house, lambda: True)

    def actor(self, login: str) -> Actor:
        """Somebody of the cast."""
        return small.actor(self.house, self.ids, login)

    def open(self, kind: str) -> CaseNumber:
        """Alma opens a case on the document."""
        return opening.open_case(self.house, self.actor("alma"), Kind(kind), [DocumentId(DUE)])

    def given(self, case: CaseNumber, **said: Any) -> Given:
        """What is said of the case as it stands."""
        return Given(snapshot=small.matter(self.house, case).snapshot, **said)

    def decide(self, case: CaseNumber, **said: Any) -> None:
        """Dag decides, and the letters go."""
        self.inbox.taken.clear()
        given = self.given(case, second_look="password", **said)
        deciding.decide(self.house, self.actor("dag"), case, given)
        clockwork.send(self.house, lambda: True)

    def reminders(self) -> list[str]:
        """The subjects of the morning's reminders."""
        subjects = [str(one["subject"]) for one in self.inbox.taken]
        return [one for one in subjects if "styrdokument" in one]

    def letter(self, login: str, about: str) -> str:
        """The one letter to somebody that says so in its subject."""
        (found,) = (
            one
            for one in self.inbox.to(f"{login.title()}@exempel.invalid")
            if about in one["subject"]
        )
        return str(found.get_body(("plain",)).get_content())


@pytest.fixture
def life(region: Region) -> Iterator[Life]:
    inbox = Inbox()
    with serving(inbox) as port:
        yield Life(region, inbox, port)


def test_a_text_from_its_adoption_over_its_last_day_and_an_extension_to_its_repeal(
    life: Life, visit: Callable[..., FlaskClient]
) -> None:
    clockwork.send(life.house, lambda: True)
    life.inbox.taken.clear()
    case = small.open_revision(life.house, life.ids, DUE)
    small.make_ready(life.house, life.ids, case, TEXT)
    given = Given(
        snapshot=small.matter(life.house, case).snapshot,
        second_look="password",
        effective_from=date(2026, 12, 5),
    )
    deciding.decide(life.house, small.actor(life.house, life.ids, "dag"), case, given)
    clockwork.send(life.house, lambda: True)
    assert life.letter("alma", "Fastställt: Provtagning, version 2") == ADOPTED

    life.house.wishes.wish_language(life.ids["frans"], "en")
    life.morning(date(2028, 9, 5))
    assert life.letter("alma", "ett styrdokument") == THREE_MONTHS
    assert life.letter("frans", "one controlled document") == IN_ENGLISH
    assert life.inbox.to("Karin@exempel.invalid") == []

    small.open_revision(life.house, life.ids, DUE)  # begun, and then left lying: rule 8
    life.morning(date(2028, 12, 5))
    assert life.letter("karin", "ett styrdokument") == LAST_DAY

    reader = visit(on=date(2028, 12, 6))
    words = words_of(reader, f"/documents/{DUE}")
    assert "Giltighetstiden gick ut 2028-12-05. Detta är den senast fastställda versionen." in words

    life.morning(date(2029, 1, 5))
    assert life.letter("dag", "ett styrdokument") == EXPIRED

    case = life.open("extend")  # beside the revision
    reviewing.approve(life.house, life.actor("frans"), case, life.given(case))
    life.decide(case, reason="Inget har ändrats i lag eller arbetssätt.")
    assert life.letter("alma", "Förlängt: Provtagning") == EXTENDED
    assert "gick ut" not in words_of(visit(on=date(2029, 1, 6)), f"/documents/{DUE}")
    life.morning(date(2029, 1, 6))
    assert life.reminders() == []
    life.morning(date(2030, 10, 5))
    assert "om 92 dagar" in life.letter("alma", "ett styrdokument")

    life.decide(life.open("repeal"), reason="Ingår i en annan rutin.")
    assert life.letter("alma", "Upphävt: Provtagning") == REPEALED
    assert life.letter("alma", "Ärende 3 är återkallat")  # with its document: rule 12
    words = words_of(visit(on=date(2030, 10, 6)), f"/documents/{DUE}")
    assert "Dokumentet är upphävt." in words
    life.morning(date(2031, 1, 5))
    assert life.reminders() == []

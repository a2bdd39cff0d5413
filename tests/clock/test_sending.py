"""The outbox on its way: claimed, sent, marked; what waits, what ends, and who gets it instead."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage

import pytest

from styrdokument.actions import opening, reminding, reviewing, sending, telling
from styrdokument.actions.house import House
from styrdokument.actions.letters import writing
from styrdokument.actions.letters.facts import Facts, look_up
from styrdokument.actions.registering import put_register
from styrdokument.actions.sending import send_waiting
from styrdokument.domain.case import CaseNumber, Kind
from styrdokument.domain.decisionfile import Basis, BasisKind, DecisionKind
from styrdokument.domain.matter import Given
from styrdokument.domain.people import Who
from styrdokument.outside.mail import Letter, Letterhead
from styrdokument.outside.smtp import Smtp
from styrdokument.store.outbox import Key
from styrdokument.store.reminders import DIGEST, digest_of
from tests.actions import small
from tests.cast import NOON, TODAY
from tests.clock.servers import Inbox, free_port, serving
from tests.views import library
from tests.views.conftest import Region
from tests.views.library import DUE, HYGIENE, INTERNAL, SECRET

TEXT = "## Syfte\n\nNytt.\n\n## Ansvar\n\nAlla.\n\n## Genomförande\n\nGör.\n"

HEAD = Letterhead(
    region="Region Exempel", sender="styrdokument@exempel.invalid", base_url="http://x.invalid"
)


def post_at(port: int) -> Smtp:
    return Smtp(head=HEAD, server="127.0.0.1", port=port, security="none")


class Office:
    """A house that sends to a real mail server, at a moment that can be moved."""

    def __init__(self, region: Region, port: int, inbox: Inbox) -> None:
        self.moment, self.inbox, self.ids = NOON, inbox, region.ids
        self.house = replace(region.house, now=lambda: self.moment, post=post_at(port))

    def remind(self, on: date = TODAY) -> int:
        return reminding.remind(self.house, reminding.look(self.house, on))

    def unsent(self) -> list[dict[str, object]]:
        return [dict(row) for row in self.house.journal.outbox() if not row["sent_at"]]

    def key(self, login: str, day: date = TODAY) -> Key:
        return Key(happening=digest_of(day), recipient=self.ids[login], kind=DIGEST)


@pytest.fixture
def office(region: Region) -> Iterator[Office]:
    inbox = Inbox()
    with serving(inbox) as port:
        made = Office(region, port, inbox)
        send_waiting(made.house)  # the news of how the library was made
        inbox.taken.clear()
        yield made


def address(login: str) -> str:
    return f"{login.title()}@exempel.invalid"


def test_everybody_gets_one_letter_and_it_is_marked(office: Office) -> None:
    office.remind()
    told = send_waiting(office.house)
    people = {row["recipient"] for row in office.house.journal.outbox() if row["kind"] == DIGEST}
    assert (told.sent, len(office.inbox.taken), office.unsent()) == (len(people), len(people), [])
    assert all(len(to) == 1 for _, to, _ in office.inbox.taken)
    assert send_waiting(office.house).sent == 0
    rows = office.house.reminders.about(DUE)
    assert all(row["sent_at"] == NOON for row in rows)


def test_no_subject_holds_an_internal_title_and_no_link_a_secret_or_an_action(
    office: Office,
) -> None:
    # M5, M6
    later = date(2027, 12, 1)
    office.moment = datetime(2027, 12, 1, 6, tzinfo=NOON.tzinfo)
    office.remind(later)
    send_waiting(office.house)
    letters = office.inbox.letters
    assert any(SECRET in one.get_body(("plain",)).get_content() for one in letters)
    for one in letters:
        assert SECRET not in one["subject"]
        assert_links_lead_to_pages(one)


def assert_links_lead_to_pages(letter: EmailMessage) -> None:
    """To the pages of documents and cases, with nothing that says who reads or what to do (M6)."""
    both = [letter.get_body((one,)).get_content() for one in ("plain", "html")]
    links = re.findall(r"https?://[^\s\"<]+", "".join(both))
    assert links
    place = r"http://127\.0\.0\.1:8080/(documents|cases)/\d+"
    assert [link for link in links if not re.fullmatch(place, link)] == []


def test_what_a_document_is_called_is_escaped_in_html(office: Office) -> None:
    # M9: RICH is called 'Sårvård <och> "omläggning"'
    office.moment = datetime(2028, 2, 1, 6, tzinfo=NOON.tzinfo)
    office.remind(date(2028, 2, 1))
    send_waiting(office.house)
    (letter,) = office.inbox.to(address("alma"))
    assert "Sårvård &lt;och&gt;" in letter.get_body(("html",)).get_content()
    assert "Sårvård <och>" in letter.get_body(("plain",)).get_content()


def test_a_busy_server_is_tried_again_and_later_each_time(office: Office) -> None:
    # M4
    office.remind()
    office.inbox.answers[address("alma")] = "450 busy"
    waits = []
    for _ in range(8):
        told = send_waiting(office.house)
        (row,) = office.unsent()
        waits.append(row["next_at"] - office.moment)
        assert (told.later, row["fault"]) == (1, "450 busy")
        office.moment += timedelta(minutes=1)
        assert send_waiting(office.house).later == 0  # not yet
        office.moment = row["next_at"]
    assert waits[:4] == [timedelta(minutes=m) for m in (2, 4, 8, 16)]
    assert waits[-1] == timedelta(hours=1)
    office.inbox.answers.clear()
    assert send_waiting(office.house).sent == 1


def test_a_recipient_who_is_refused_for_good_is_listed_and_the_others_get_theirs(
    office: Office,
) -> None:
    # M4
    office.remind()
    office.inbox.answers[address("alma")] = "550 no such user"
    told = send_waiting(office.house)
    (row,) = office.unsent()
    assert (told.ended, row["ended"], row["fault"]) == (1, "refused", "550 no such user")
    assert told.sent > 0
    office.moment += timedelta(days=1)
    assert send_waiting(office.house).sent == 0
    office.inbox.answers.clear()
    assert office.house.outbox.try_again(office.key("alma"))
    assert send_waiting(office.house).sent == 1
    assert not office.house.outbox.try_again(office.key("alma"))


def test_a_server_that_is_gone_for_a_day_loses_nothing_and_the_oldest_go_first(
    office: Office,
) -> None:
    # M2
    office.remind()
    away = replace(office.house, post=post_at(free_port()))
    for _ in range(24):
        assert send_waiting(away).sent == 0
        office.moment += timedelta(hours=1)
    later = office.moment.date()
    count, oldest = office.house.outbox.waiting()
    assert oldest == NOON
    assert any(row["fault"] for row in office.unsent())
    office.remind(later)
    assert send_waiting(office.house).sent >= count
    assert office.unsent() == []


def test_a_kill_between_sending_and_marking_sends_at_most_one_copy_with_the_same_id(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    # T9
    office.remind()

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(office.house.outbox), "mark_sent", killed)
        with pytest.raises(KeyboardInterrupt):
            send_waiting(office.house)
    assert len(office.inbox.taken) == 1
    send_waiting(office.house)  # what was claimed is left alone for some minutes
    office.moment += timedelta(minutes=6)
    send_waiting(office.house)
    assert office.unsent() == []
    ids = [letter["message-id"] for letter in office.inbox.letters]
    assert len(ids) - len(set(ids)) == 1


def test_somebody_who_left_after_the_claim_is_sent_nothing_and_another_is(office: Office) -> None:
    # M5, M8
    office.moment = datetime(2027, 9, 1, 6, tzinfo=NOON.tzinfo)  # three months before BLOOD's end
    office.remind(date(2027, 9, 1))
    office.house.accounts.disable("frans", at=NOON)
    office.house.accounts.disable("alma", at=NOON)
    told = send_waiting(office.house)
    assert sorted(told.redirected) == sorted(office.ids[one] for one in ("alma", "frans"))
    office.moment += timedelta(days=1)
    send_waiting(office.house)
    assert office.inbox.to(address("alma")) == office.inbox.to(address("frans")) == []
    words = " ".join(
        one.get_body(("plain",)).get_content() for one in office.inbox.to(address("dag"))
    )
    assert "Blodtransfusion (1001)" in words
    assert "i stället för handläggaren Alma, som har slutat" in words


def test_a_reminder_that_a_decision_overtook_is_not_sent(office: Office) -> None:
    # rule 7
    office.remind()
    text = library.Text(
        document=DUE, version=2, title="Provtagning", begins=TODAY, ends=date(2028, 11, 21)
    )
    library.put(office.house, text, office.ids)
    office.house.index.catch_up()
    send_waiting(office.house)
    for one in office.inbox.letters:
        assert "(1002)" not in one.get_body(("plain",)).get_content()


def test_a_letter_that_cannot_be_written_is_in_nobodys_way(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.remind()
    made = writing.letter_for

    def broken(house: House, key: Key, facts: Facts) -> object:
        if key == office.key("alma"):
            raise KeyError("title")
        return made(house, key, facts)

    monkeypatch.setattr(sending, "letter_for", broken)
    assert send_waiting(office.house).sent > 0
    (row,) = office.unsent()
    assert row["fault"] == "KeyError: 'title'"


def test_mail_is_in_the_language_that_somebody_reads(office: Office) -> None:
    office.house.wishes.wish_language(office.ids["alma"], "en")
    office.remind()
    send_waiting(office.house)
    (letter,) = office.inbox.to(address("alma"))
    assert letter["subject"].startswith("Reminder: ")
    assert letter["subject"].endswith("need to be looked over")
    (other,) = office.inbox.to(address("dag"))
    assert other["subject"].startswith("Påminnelse: ")


def decided(office: Office, **more: object) -> EmailMessage:
    """What Alma gets to know of a decision on a text called Omloppstid."""
    basis = Basis(kind=BasisKind.HEAD_OF_OPERATIONS)
    facts = {"review_on": date(2028, 11, 21), "decided_by": Who(id=None, name="Dag")}
    days = {"begins": TODAY, "ends": None, "facts": {**facts, "basis": basis}}
    text = library.Text(
        document=1901, title="Omloppstid", kind=DecisionKind.ADOPT, **{**days, **more}
    )
    library.put(office.house, text, office.ids)
    office.house.index.catch_up()
    telling.tell(office.house)
    send_waiting(office.house)
    (letter,) = office.inbox.to(address("alma"))
    return letter


def test_a_text_until_further_notice_is_not_said_to_end_on_the_day_of_its_review(
    office: Office,
) -> None:
    told = decided(office).get_body(("plain",)).get_content()
    assert "Gäller tills vidare från 2026-11-21. Ska ses över senast 2028-11-21." in told
    assert "till och med" not in told


@pytest.mark.parametrize("is_public", [True, False])
def test_a_subject_names_what_anybody_may_read_and_an_internal_text_by_its_number(
    office: Office, *, is_public: bool
) -> None:
    # M5
    letter = decided(office, is_public=is_public)
    name = "Omloppstid" if is_public else "dokument 1901"
    assert letter["subject"] == f"Fastställt: {name}, version 1"
    assert "Omloppstid" in letter.get_body(("plain",)).get_content()


def test_what_a_round_has_no_time_for_is_nobodys_and_goes_in_the_next(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.remind()
    asked: list[str] = []

    def is_time() -> bool:
        asked.append("")
        return len(asked) < 3

    assert send_waiting(office.house, go_on=is_time).sent == 2
    assert office.unsent()
    assert all(row["next_at"] is None for row in office.unsent())
    with monkeypatch.context() as patch:
        patch.setattr(sending, "BUDGET_SECONDS", 0)
        assert send_waiting(office.house).sent == 0
    assert send_waiting(office.house).sent > 0
    assert office.unsent() == []


def test_what_is_put_in_a_letter_after_its_facts_were_looked_up_is_in_it(office: Office) -> None:
    office.remind()
    house, keys = office.house, [office.key(one) for one in ("alma", "dag", "frans", "karin")]
    facts = look_up(house, keys)
    has = {key: {row["document"] for row in facts.reminders.get(key, ())} for key in keys}
    key, row = next(
        (key, row)
        for key in keys
        for rows in facts.reminders.values()
        for row in rows
        if has[key] and row["document"] not in has[key]
    )
    plain = {name: row[name] for name in row if name not in {"happening", "at"}}
    added = plain | {"recipient": key.recipient}
    assert house.reminders.claim([[added]], on=TODAY, at=NOON) == 1
    letter = writing.letter_for(house, key, facts)
    assert isinstance(letter, Letter)
    assert f"({row['document']})" in letter.text


# Cases


def subjects(office: Office) -> dict[str, list[str]]:
    telling.tell_of_cases(office.house)
    office.inbox.taken.clear()
    send_waiting(office.house)
    found: dict[str, list[str]] = {}
    for (_, (to,), _), letter in zip(office.inbox.taken, office.inbox.letters, strict=True):
        assert_links_lead_to_pages(letter)
        found.setdefault(to.partition("@")[0].casefold(), []).append(letter["subject"])
    return found


def test_everybody_is_told_when_it_is_their_turn_and_once(office: Office) -> None:
    house, ids = office.house, office.ids
    assert subjects(office) == {}
    office.moment += timedelta(minutes=1)
    case = small.open_revision(house, ids, HYGIENE)
    assert subjects(office) == {}  # alma knows
    small.save(house, ids, case, TEXT)
    small.submit(house, ids, case)
    turn = [f"Din tur: granska texten i ärende {case}"]
    assert subjects(office) == {"birgit": turn, "cecilia": turn}
    small.approve(house, ids, case, "birgit")
    assert subjects(office) == {}
    reviewing.send_back(house, library.actor(house, ids, "cecilia"), case, Given(reason="Mer."))
    assert subjects(office) == {"alma": [f"Ärende {case} har skickats tillbaka"]}
    small.submit(house, ids, case)
    assert subjects(office) == {"cecilia": turn}  # what Birgit approved still stands
    small.approve(house, ids, case, "cecilia")
    assert subjects(office) == {"dag": [f"Din tur: ärende {case} väntar på ditt beslut"]}
    reviewing.withdraw(house, library.actor(house, ids, "alma"), case, Given(reason="Nej."))
    gone = [f"Ärende {case} är återkallat"]
    assert subjects(office) == dict.fromkeys(("birgit", "cecilia", "dag", "frans"), gone)


TURNS = {
    Kind.REVISE: ("Din tur: ärende {} behöver skrivas klart", "Skriv klart texten"),
    Kind.EXTEND: ("Din tur: be faktaägaren om ett intyg i ärende {}", "Be faktaägaren läsa"),
    Kind.REPEAL: ("Din tur: förslaget i ärende {} kan skickas till beslut", "skicka det till"),
    Kind.ASSIGN: ("Din tur: förslaget i ärende {} kan skickas till beslut", "skicka det till"),
}


@pytest.mark.parametrize("kind", TURNS)
def test_each_kind_of_case_says_what_its_draft_waits_for(office: Office, kind: Kind) -> None:
    subjects(office)
    office.moment += timedelta(minutes=1)
    karin = library.actor(office.house, office.ids, "karin")
    case = opening.open_case(office.house, karin, kind, [HYGIENE])
    subject, words = TURNS[kind]

    assert subjects(office) == {"alma": [subject.format(case)]}
    (letter,) = office.inbox.to(address("alma"))
    said = " ".join(letter.get_body(("plain",)).get_content().split())
    assert f"Ärende {case} väntar på dig." in said
    assert words in said
    assert ("Skriv klart" in said) == (kind is Kind.REVISE)


def test_whoever_lost_the_right_to_a_case_before_the_letter_went_is_told_nothing_of_it(
    office: Office,
) -> None:
    # M5: the title of a draft stands in the letter
    house, ids = office.house, office.ids
    subjects(office)
    office.moment += timedelta(minutes=1)
    case = small.open_revision(house, ids, HYGIENE)
    reviewing.withdraw(house, library.actor(house, ids, "alma"), case, Given(reason="Nej."))
    telling.tell_of_cases(house)
    functions = house.record.register_files()["functions.yaml"].decode()
    start = functions.index("\nhygienlakare:")
    changed = functions[:start] + functions[start:].replace(ids["frans"], ids["eva"], 1)
    by = [library.actor(house, ids, login) for login in ("karin", "alma")]
    put_register(house, "functions.yaml", changed.encode(), by=by, reason="Ny läkare.")

    assert "frans" not in subjects(office)
    (row,) = (r for r in office.unsent() if r["kind"] == "withdrawn")
    assert (row["recipient"], row["ended"]) == (ids["frans"], "no_right")


def test_a_turn_that_has_passed_on_before_the_letter_went_is_not_told(office: Office) -> None:
    subjects(office)
    office.moment += timedelta(minutes=1)
    case = small.open_revision(office.house, office.ids, HYGIENE)
    small.save(office.house, office.ids, case, TEXT)
    small.submit(office.house, office.ids, case)
    telling.tell_of_cases(office.house)
    small.approve(office.house, office.ids, CaseNumber(case), "birgit")
    assert set(subjects(office)) == {"cecilia"}


def test_a_reminder_names_the_case_to_those_who_may_see_it(office: Office) -> None:
    # rules 8 and 22
    case = small.open_revision(office.house, office.ids, DUE)
    office.house.accounts.disable("karin", at=NOON)
    office.remind(date(2026, 11, 26))
    office.moment += timedelta(days=5)
    send_waiting(office.house)
    words = {
        login: office.inbox.to(address(login))[0].get_body(("plain",)).get_content()
        for login in ("alma", "frans", "dag")
    }
    assert all(f"Ärende {case} pågår. Nu väntar det på: Alma." in one for one in words.values())
    assert INTERNAL not in words

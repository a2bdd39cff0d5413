"""Every route, method, person and state against one table; a route that no table lists fails.

A refusal is the same rule everywhere: nobody signed in 401; a case that one may not know of 404; a
step that is not open in the state 409; one that is not one's own to take 403.
"""

import itertools
from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient

from styrdokument.actions import drafting, reviewing
from styrdokument.actions.house import House
from styrdokument.app import create_app
from styrdokument.domain.case import CaseNumber
from styrdokument.domain.document import DocumentId
from styrdokument.domain.matter import Given
from styrdokument.domain.people import PersonId
from styrdokument.views.access import ACCESS
from tests.actions import small
from tests.cast import NOON
from tests.views import library
from tests.views.conftest import Region
from tests.views.library import BLOOD, HYGIENE, INTERNAL, TO_COME, UNKNOWN

NOBODY = ""
TAKING_PART = ("alma", "birgit", "cecilia", "dag", "frans")
SEES_ALL = ("karin", "arvid")
OUTSIDERS = ("eva", "gun")
EVERYBODY = (NOBODY, *TAKING_PART, *SEES_ALL, *OUTSIDERS)
STATES = ("draft", "in_review", "decided", "withdrawn")
CASE = 2
TEXT = "## Syfte\n\nNytt.\n\n## Ansvar\n\nAlla.\n\n## Genomförande\n\nGör.\n"
WRITERS = frozenset({"alma", "frans", "karin"})
LEADERS = frozenset({"alma", "karin"})
JUDGES = frozenset({"birgit", "cecilia", "dag"})
REVIEWERS = frozenset({"birgit", "cecilia"})
NO_ONE: frozenset[str] = frozenset()
OPEN = ("draft", "in_review")

PAGES: Mapping[str, tuple[str, ...]] = {
    "start.show": ("/",),
    "style.show": ("/style.css",),
    "session.show": ("/session",),
    "health.show": ("/health",),
    "health.show_json": ("/health.json",),
    "lists.browse": ("/documents",),
    "lists.browse_json": ("/documents.json",),
    "lists.browse_csv": ("/documents.csv",),
    "lists.library": ("/library",),
    "lists.library_json": ("/library.json",),
    "lists.library_csv": ("/library.csv",),
    "search.show": ("/search",),
    "search.show_json": ("/search.json",),
}
"""Open to everybody: 200."""

READINGS: Mapping[str, str] = {
    "documents.show": "/documents/{}",
    "documents.show_markdown": "/documents/{}.md",
    "documents.show_json": "/documents/{}.json",
    "versions.index": "/documents/{}/versions",
    "versions.show": "/documents/{}/versions/1",
    "versions.show_markdown": "/documents/{}/versions/1.md",
    "versions.show_json": "/documents/{}/versions/1.json",
    "history.show": "/documents/{}/history",
}
"""Of a document: 200 if public; if internal 401 to nobody and 200 to the signed in; else 404."""

FOR_STAFF: Mapping[str, str] = {
    "account.show": "/account",
    "cases.index": "/cases",
    "tasks.index": "/tasks",
    "calendar.show": "/calendar",
    "people.show_unit": "/units/medicinkliniken",
    "actions_page.show": f"/documents/{BLOOD}/actions",
}
"""401 to nobody, 200 to the signed in."""

FOR_OVERSEERS: Mapping[str, tuple[str, ...]] = {
    "overview.show": ("/overview",),
    "overview.show_json": ("/overview.json",),
    "overview.show_csv": ("/overview.csv",),
    "overview.documents": ("/overview/expired", "/overview/due", "/overview/ownerless"),
    "overview.documents_json": ("/overview/expired.json",),
    "overview.documents_csv": ("/overview/ownerless.csv",),
    "open_cases.index": ("/overview/cases", "/overview/stuck"),
    "open_cases.index_json": ("/overview/cases.json",),
    "open_cases.index_csv": ("/overview/stuck.csv",),
    "year_list.show": ("/overview/in-force",),
    "year_list.show_json": ("/overview/in-force.json",),
    "year_list.show_csv": ("/overview/in-force.csv",),
    "delegation.show": ("/overview/delegation",),
    "delegation.show_json": ("/overview/delegation.json",),
    "delegation.show_csv": ("/overview/delegation.csv",),
    "departures.show": ("/overview/departures",),
    "departures.show_json": ("/overview/departures.json",),
    "departures.show_csv": ("/overview/departures.csv",),
}
"""401 to nobody, 200 to those who see all, 403 to all others signed in."""

FOR_SENDERS: Mapping[str, str] = {"mail.index": "/mail"}
SEES_MAIL = ("karin",)
"""401 to nobody, 200 to controllers and administrators, 403 to all others signed in."""

FOR_GIT: Mapping[str, str] = {"git_page.show": "/git"}
USES_GIT = ("alma", "karin", "arvid")
"""401 to nobody, 200 to authors, controllers, the archivist and who may use git, 403 to others."""

CASE_PAGES: Mapping[str, str] = {
    "cases.show": f"/cases/{CASE}",
    "editing.show_appendix": f"/cases/{CASE}/documents/{HYGIENE}/appendices/plan.csv",
}
"""200 to those who take part or see all; 404 to all others signed in."""

STEPS: Mapping[str, tuple[str, Mapping[str, str], tuple[str, ...], frozenset[str]]] = {
    "cases.submit": ("submission", {"change_note": "Nytt."}, ("draft",), WRITERS),
    "cases.take_in": ("base", {}, OPEN, WRITERS),
    "cases.approve": ("approvals", {}, ("in_review",), REVIEWERS),
    "cases.send_back": ("returns", {"reason": "Mer."}, ("in_review",), JUDGES),
    "cases.comment": ("comments", {"body": "Så?"}, OPEN, JUDGES | WRITERS),
    "cases.resolve": ("comments/1/resolution", {}, OPEN, JUDGES | WRITERS),
    "cases.reassign": (
        "people",
        {"role": "fact_owner", "person": "lakemedelsansvarig", "reason": "Byte."},
        OPEN,
        LEADERS,
    ),
    "cases.decide": (
        "decision",
        {"password": library.PASSWORD},
        ("in_review",),
        frozenset({"dag"}),
    ),
    "cases.withdraw": ("withdrawal", {"reason": "Nej."}, OPEN, LEADERS),
    "editing.save": (f"documents/{HYGIENE}", {"keywords": "nytt"}, OPEN, WRITERS),
    "editing.remove_appendix": (
        f"documents/{HYGIENE}/appendices/plan.csv/removal",
        {},
        OPEN,
        WRITERS,
    ),
}
"""Address below the case, fields, the states where the step is open, and who may then take it."""

ELSEWHERE = {
    "account.change_password": "test_account",
    "account.begin_codes": "test_account",
    "account.confirm_codes": "test_account",
    "account.begin_passkey": "tests/journeys",
    "account.add_passkey": "tests/journeys",
    "account.begin_challenge": "tests/journeys",
    "account.remove": "test_account",
    "static": "Flask's own",
    "style.show_logo": "test_style",
    "language.choose": "test_language",
    "session.create": "test_session",
    "session.end": "test_session",
    "session.leave": "test_elsewhere",
    "session.come_back": "test_elsewhere",
    "documents.lead_on": "test_documents",
    "versions.appendix": "test_versions",
    "comparisons.show": "test_versions",
    "former.lead_on": "test_former",
    "git_door.advertise": "tests/door",
    "git_door.fetch": "tests/door",
    "git_door.push": "tests/door",
    "calendar.create": "tests/clock/test_calendar",
    "calendar.end": "tests/clock/test_calendar",
    "calendar.show_file": "tests/clock/test_calendar",
    "mail.show": "tests/clock/test_mail_page",
    "mail.retry": "tests/clock/test_mail_page",
    "people.show_person": "test_people",
    "departures.note": "test_departures",
    "departures.end": "test_departures",
    "handing_over.show": "test_handing_over",
    "handing_over.create": "test_handing_over",
    "imports.index": "test_imports",
    "imports.show": "test_imports",
    "imports.show_json": "test_imports",
    "imports.show_csv": "test_imports",
    "git_page.create_token": "test_git_is_for_those_who_work_with_documents",
    "git_page.revoke_token": "test_git_page",
    "cases.create": "test_who_may_open_a_case",
    "cases.enter_minutes": "test_minutes",
    "cases.attest_minutes": "test_minutes",
    "editing.edit": "test_editing",
    "editing.preview": "test_editing",
    "editing.add_appendix": "test_editing",
}


class Visitors:
    """Browsers of everybody, signed in without the form."""

    def __init__(self, region: Region) -> None:
        self.house, self.ids = region.house, region.ids
        self._app = create_app(region.house, region.config)

    def browser(self, login: str) -> tuple[FlaskClient, str]:
        """A browser and what its forms carry."""
        client = self._app.test_client()
        if not login:
            return client, ""
        token = self.house.sessions.begin(PersonId(self.ids[login]), at=NOON)
        client.set_cookie("styrdokument", token)
        session = self.house.sessions.read(token, at=NOON)
        assert session is not None
        return client, session.csrf

    def get(self, login: str, address: str) -> int:
        return self.browser(login)[0].get(address).status_code

    def post(self, login: str, address: str, form: Mapping[str, str]) -> int:
        client, token = self.browser(login)
        return client.post(address, data={**form, "csrf_token": token}).status_code


@pytest.fixture
def visitors(region: Region) -> Visitors:
    """Everybody, in a library of one's own."""
    return Visitors(region)


def test_every_route_is_in_a_table(visitors: Visitors) -> None:
    routes = {rule.endpoint for rule in visitors._app.url_map.iter_rules()}

    asked = (FOR_STAFF, FOR_OVERSEERS, FOR_SENDERS, FOR_GIT)
    tables = (PAGES, READINGS, *asked, CASE_PAGES, STEPS, ELSEWHERE)
    assert routes == {name for table in tables for name in table}
    assert routes == set(ACCESS)


def test_pages_for_everybody_are_open(visitors: Visitors) -> None:
    for login, addresses in itertools.product(EVERYBODY, PAGES.values()):
        for address in addresses:
            assert visitors.get(login, address) == 200, (login, address)


def test_a_text_is_read_by_those_it_is_for(visitors: Visitors) -> None:
    for login, address in itertools.product(EVERYBODY, READINGS.values()):
        expected = {BLOOD: 200, INTERNAL: 200 if login else 401, UNKNOWN: 404}
        found = {d: visitors.get(login, address.format(d)) for d in expected}
        assert found == expected, (login, address)
    assert visitors.get(NOBODY, f"/documents/{TO_COME}") == 200


def test_pages_for_staff_ask_who_is_there(visitors: Visitors) -> None:
    for login, address in itertools.product(EVERYBODY, FOR_STAFF.values()):
        assert visitors.get(login, address) == (200 if login else 401), (login, address)


def test_the_desk_is_for_those_who_see_all(visitors: Visitors) -> None:
    for login, addresses in itertools.product(EVERYBODY, FOR_OVERSEERS.values()):
        expected = 401 if not login else 200 if login in SEES_ALL else 403
        for address in addresses:
            assert visitors.get(login, address) == expected, (login, address)


def test_mail_is_for_those_who_chase(visitors: Visitors) -> None:
    for login, address in itertools.product(EVERYBODY, FOR_SENDERS.values()):
        expected = 401 if not login else 200 if login in SEES_MAIL else 403
        assert visitors.get(login, address) == expected, (login, address)


def test_git_is_for_those_who_work_with_documents(visitors: Visitors) -> None:
    for login, address in itertools.product(EVERYBODY, FOR_GIT.values()):
        expected = 401 if not login else 200 if login in USES_GIT else 403
        assert visitors.get(login, address) == expected, (login, address)
        made = visitors.post(login, "/git/tokens", {"name": "git", "scope": "read"})
        assert made == expected, (login, address)


def test_a_case_is_seen_by_those_who_take_part(visitors: Visitors) -> None:
    bring_to(visitors.house, visitors.ids, "in_review")
    for login, address in itertools.product(EVERYBODY, CASE_PAGES.values()):
        expected = 401 if not login else 404 if login in OUTSIDERS else 200
        assert visitors.get(login, address) == expected, (login, address)


@pytest.mark.parametrize("state", STATES)
def test_a_step_is_refused_to_all_who_may_not_take_it(visitors: Visitors, state: str) -> None:
    bring_to(visitors.house, visitors.ids, state)
    for name, login in itertools.product(STEPS, EVERYBODY):
        below, fields, states, takers = STEPS[name]
        if state in states and login in takers:
            continue
        expected = 401 if not login else 404 if login in OUTSIDERS else 403
        if expected == 403 and state not in states:
            expected = 409
        form = {**hidden(visitors.house), **fields}
        answer = visitors.post(login, f"/cases/{CASE}/{below}", form)
        assert answer == expected, (name, login, state)


@pytest.mark.parametrize(
    ("name", "state", "login"),
    [
        (name, state, login)
        for name, (_, _, states, takers) in STEPS.items()
        for state in states
        for login in sorted(takers)
    ],
)
def test_a_step_is_open_to_those_who_may_take_it(
    visitors: Visitors, name: str, state: str, login: str
) -> None:
    bring_to(visitors.house, visitors.ids, state, is_approved=name == "cases.decide")
    below, fields, _, _ = STEPS[name]
    form = {**hidden(visitors.house), **fields}

    assert visitors.post(login, f"/cases/{CASE}/{below}", form) == 303


def test_who_may_open_a_case(visitors: Visitors) -> None:
    new = {"kind": "new", "title": "Ny", "type": "routine", "unit": "medicinkliniken"}
    may_begin_new = {"alma", "karin"}
    for login in EVERYBODY:
        revise = {"kind": "revise", "document": str(documents_for(login))}
        assert visitors.post(login, "/cases", new) == opens(login, may_begin_new), login
        assert visitors.post(login, "/cases", revise) == opens(login, WRITERS), login


def opens(login: str, openers: "set[str] | frozenset[str]") -> int:
    return 401 if not login else 303 if login in openers else 403


def documents_for(login: str) -> DocumentId:
    """A document for each who may revise, so that nobody is in another's way."""
    return {"frans": library.DUE, "karin": library.EXPIRED}.get(login, BLOOD)


def hidden(house: House) -> dict[str, str]:
    """What the forms of the case carry."""
    matter = small.matter(house, CaseNumber(CASE))
    base = matter.drafts[HYGIENE].content_hash
    return {"snapshot": matter.snapshot, "base": base}


def bring_to(
    house: House, ids: Mapping[str, str], state: str, *, is_approved: bool = False
) -> None:
    """A revision of the hygiene routine in the state, with an appendix and a remark."""
    alma = library.actor(house, ids, "alma")
    case = small.open_revision(house, ids, HYGIENE)
    small.save(house, ids, case, TEXT)
    drafting.add_appendix(house, alma, case, HYGIENE, "plan.csv", b"a;b\n")
    reviewing.comment(house, alma, case, Given(comment="Varför?"))
    if state == "withdrawn":
        reviewing.withdraw(house, alma, case, Given(reason="Nej."))
    if state in {"in_review", "decided"}:
        small.submit(house, ids, case)
    if state == "decided" or is_approved:
        small.approve(house, ids, case, "birgit")
        small.approve(house, ids, case, "cecilia")
    if state == "decided":
        small.decide(house, ids, case)

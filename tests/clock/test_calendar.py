"""One's own calendar: whole days, the same events each time, at an address that can be revoked."""

import html
import re

import pytest
from icalendar import Calendar

from tests.cast import NOON
from tests.views.library import DUE, EXPIRED, INTERNAL


@pytest.fixture
def alma(visit, sign_in):
    return sign_in(visit(), "alma")


def post(client, address):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/calendar").text)
    number = re.search(r'name="form_id" value="([^"]+)"', client.get("/calendar").text)
    form = {"csrf_token": token[1], "form_id": number[1]}
    return form, client.post(address, data=form)


def made(client):
    """A new address, as it was shown."""
    answer = post(client, "/calendar")[1]
    assert answer.headers["Cache-Control"] == "no-store"
    found = re.search(r"data-secret[^>]*><code>[^<]*?(/calendar/[^<]+)</code>", answer.text)
    return html.unescape(found[1])


def events(client, address):
    answer = client.get(address)
    assert answer.content_type == "text/calendar; charset=utf-8"
    return {str(one["uid"]): one for one in Calendar.from_ical(answer.data).walk("VEVENT")}


def test_it_holds_the_days_of_all_that_somebody_answers_for(alma, client):
    found = events(client, made(alma))
    due = found[f"document-{DUE}-2026-12-10@localhost"]
    assert str(due["summary"]) == "Sista giltighetsdag: Provtagning"
    assert str(due["dtstart"].dt) == "2026-12-10"  # a day, and no hour
    assert str(due["dtend"].dt) == "2026-12-11"
    assert str(due["url"]).endswith(f"/documents/{DUE}")
    assert f"document-{EXPIRED}-2026-06-30@localhost" in found


def test_the_same_events_come_each_time_with_the_same_ids(alma, client):
    address = made(alma)
    assert events(client, address).keys() == events(client, address).keys()


def test_a_stranger_has_nothing_in_theirs(eva, client):
    assert events(client, made(eva)) == {}


def test_a_new_address_ends_the_old_and_an_ended_one_leads_nowhere(alma, client):
    first, second = made(alma), made(alma)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    assert post(alma, "/calendar/end")[1].status_code == 303
    assert client.get(second).status_code == 404
    assert "Gör en adress" in alma.get("/calendar").text


def test_whoever_has_left_has_no_calendar(alma, client, house):
    address = made(alma)
    house.accounts.disable("alma", at=NOON)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("secret", ["x", "%00", "a" * 5000, "å", "..%2f..", ".ics"])
def test_a_guess_is_not_found(client, secret):
    assert client.get(f"/calendar/{secret}.ics").status_code == 404


def test_the_same_form_sent_again_shows_no_other_address(alma):
    form, first = post(alma, "/calendar")
    again = alma.post("/calendar", data=form)
    assert (first.status_code, again.status_code, again.location) == (200, 303, "/calendar")


def test_an_address_is_for_the_signed_in(client):
    assert client.get("/calendar").status_code == 401
    assert str(INTERNAL) not in client.get("/calendar/x.ics").text


def test_the_language_that_somebody_reads_in_is_that_of_their_calendar_and_mail(alma, client):
    address = made(alma)
    alma.get("/language/en?next=/")
    due = events(client, address)[f"document-{DUE}-2026-12-10@localhost"]
    assert str(due["summary"]) == "Last day of validity: Provtagning"

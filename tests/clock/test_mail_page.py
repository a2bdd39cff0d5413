"""The pages of outgoing mail: what went and what did not, for those who see to it."""

import re

import pytest

from styrdokument.actions import reminding
from styrdokument.actions.sending import send_waiting
from styrdokument.store.outbox import Key
from styrdokument.store.reminders import digest_of
from tests.cast import TODAY
from tests.views.reading import words_of


@pytest.fixture
def karin(visit, sign_in):
    return sign_in(visit(), "karin")


@pytest.fixture
def sent(region):
    """A day's reminders, written as files."""
    reminding.remind(region.house, reminding.look(region.house, TODAY))
    send_waiting(region.house)
    return f"/mail/{digest_of(TODAY)}/{region.ids['alma']}/reminders"


def test_a_letter_can_be_read_as_it_went(karin, sent):
    assert f'href="{sent.replace(":", "%3A")}"' in karin.get("/mail").get_data(as_text=True)
    words = words_of(karin, sent)
    assert "Skickad 2026-11-21 12:00" in words
    assert "Hej Alma! Här är" in words
    assert "Bifogad fil: slutdagar.ics" in words


def test_what_did_not_go_is_listed_with_the_reason_and_can_be_tried_again(karin, region):
    key = Key(happening="decision:1", recipient=region.ids["alma"], kind="adopt")
    region.house.outbox.put([{**vars(key), "at": region.house.now()}])
    region.house.outbox.mark_ended(key, "refused", fault="550 no such user")
    listed = words_of(karin, "/mail?unsent=yes")
    assert "Mottagarens e-postserver tog inte emot det 550 no such user" in listed
    assert "Påminnelser" not in listed
    address = f"/mail/decision:1/{region.ids['alma']}/adopt"
    form = re.search(r'name="csrf_token" value="([^"]+)"', karin.get(address).text)
    answer = karin.post(f"{address}/attempts", data={"csrf_token": form[1]})
    assert answer.status_code == 303
    assert "Väntar på att skickas" in words_of(karin, address)


@pytest.mark.parametrize("address", ["/mail/a/b/c", "/mail/decision:1/p-00000000/adopt"])
def test_mail_that_there_is_none_of_is_not_found(karin, address):
    assert karin.get(address).status_code == 404
    assert karin.get(f"{address}/attempts").status_code in {404, 405}


def test_a_letter_is_nothing_for_readers(eva, client, sent):
    assert (eva.get(sent).status_code, client.get(sent).status_code) == (403, 401)
    assert eva.post(f"{sent}/attempts").status_code in {400, 403}

"""Insides of pages kept in memory: shown again without asking, and never to the wrong reader."""

import re

import pytest
from markupsafe import Markup
from sqlalchemy import Engine, event

from styrdokument.domain.document import DocumentId
from styrdokument.store.texts import Text as Finished
from styrdokument.store.texts import Texts
from styrdokument.views.kept import Inside, Kept
from tests.cast import TODAY
from tests.views.library import CHANGING, HYGIENE, INTERNAL, put
from tests.views.texts import text

LISTS = ["/documents?standing=all", "/library", "/search?q=rutin&standing=all"]
PAGES = [*LISTS, f"/documents/{CHANGING}/history", f"/documents/{CHANGING}/compare"]


def main(answer):
    """What stands in the page's frame, less what belongs to one visit."""
    page = re.sub(r'value="[0-9a-f]{64}"', "", answer.get_data(as_text=True))
    return page[page.index("<main") : page.index("</main>")]


@pytest.fixture
def said():
    """The SQL that is said."""
    found = []

    def listen(_connection, _cursor, statement, *_facts):
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    yield found
    event.remove(Engine, "before_cursor_execute", listen)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_the_same_the_second_time_and_asks_the_lists_nothing(client, said, address):
    first = client.get(address)
    assert first.status_code == 200
    said.clear()
    again = client.get(address)
    assert again.get_data() == first.get_data()
    assert not [one for one in said if "FROM versions" in one]


@pytest.mark.parametrize("address", [f"/documents/{INTERNAL}/history", *LISTS])
def test_what_one_reader_has_looked_at_is_not_shown_to_another(visit, sign_in, address):
    eva = sign_in(visit(), "eva")
    anybody = eva.application.test_client()
    seen = eva.get(address)
    assert seen.status_code == 200
    alone = visit().get(address)
    beside = anybody.get(address)
    assert beside.status_code == alone.status_code
    assert main(beside) == main(alone)
    assert main(eva.get(address)) == main(seen)


def test_a_list_shows_what_was_just_decided(client, region):
    assert "Alldeles ny" not in main(client.get("/documents?q=alldeles"))
    put(region.house, text(1900, "Alldeles ny", "2025-12-01 2027-12-01"), region.ids)
    region.house.index.catch_up()
    assert "Alldeles ny" in main(client.get("/documents?q=alldeles"))


def test_each_language_has_its_own(client):
    swedish = main(client.get("/documents"))
    client.set_cookie("styrdokument-language", "en")
    assert main(client.get("/documents")) != swedish


def inside(length):
    return Inside(html=Markup("a" * length), title="")


def test_the_longest_unused_makes_room_and_the_largest_is_not_kept():
    memory = Kept(most=20_000)
    for number in range(6):
        memory.keep(number, inside(4_000))
        memory.find(0)
    assert memory.find(0)
    assert not memory.find(1)
    assert memory.find(5)
    memory.keep("large", inside(6_000))
    assert not memory.find("large")


def test_a_text_is_finished_once_for_each_maker_and_version(house):
    finished = []

    def finish(body, place):
        finished.append(place)
        return Finished(html=f"<p>{len(body)}</p>", outline=((2, "Syfte", "section-syfte"),))

    row = house.catalogue.shown(DocumentId(HYGIENE), on=TODAY)
    for maker in ("one", "one", "two"):
        kept = Texts(house.pages._engine, finish, maker=lambda maker=maker: maker)
        assert kept.of(row) == finish(row["body"], "")
        finished.pop()
    assert finished == [f"/documents/{HYGIENE}/versions/{row['version']}/appendices/"] * 2

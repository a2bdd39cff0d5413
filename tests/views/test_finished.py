"""Finished pages: kept, sent again by the bare function, and never other than Flask would make."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import brotli
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine, event, update
from werkzeug.http import parse_cookie
from werkzeug.test import EnvironBuilder, run_wsgi_app

from styrdokument.app import create_app
from styrdokument.config import Config
from styrdokument.domain.document import DocumentId
from styrdokument.store.catalogue import Catalogue
from styrdokument.store.loading import Loader
from styrdokument.store.pages import Finished, Key
from styrdokument.store.refs import Refs
from styrdokument.store.sql import writing
from styrdokument.store.straight import Straight
from styrdokument.store.tables import cursors
from styrdokument.views.front import Front, _cookies
from tests.actions.acts import Life
from tests.cast import NOON
from tests.views.library import (
    BLOOD,
    CHANGING,
    DUE,
    HYGIENE,
    INTERNAL,
    INTERNAL_REPEALED,
    REPEALED,
    RICH,
    SECRET,
    UNKNOWN,
    WITHDRAWN_FROM_PUBLIC,
    close,
    put,
    texts,
)
from tests.views.texts import text

DOCUMENTS = sorted({one.document for one in texts()} | {HYGIENE})
VISIT = "styrdokument-visit=first"
"""So that no answer makes up one of its own."""
BROTLI = "gzip, deflate, br, zstd"


def front_of(client) -> Front:
    """The bare function before the app that a browser visits."""
    return client.application.wsgi_app


def environ(path, cookie="", **headers):
    """A request as a server hands it over."""
    method = headers.pop("method", "GET")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return EnvironBuilder(
        path=path, method=method, headers={**named, **({"Cookie": cookie} if cookie else {})}
    ).get_environ()


def cookie_of(client, language=""):
    found = client.get_cookie("styrdokument")
    parts = [f"styrdokument={found.value}"] if found else []
    return "; ".join([VISIT, *parts, *([f"styrdokument-language={language}"] if language else [])])


def refuse(*_args):
    raise AssertionError("it was left to Flask")


def straight(front, asked):
    """The bare function's own answer; it fails where that is left to Flask."""
    kept, front.behind = front.behind, refuse
    try:
        return answer(front, asked)
    finally:
        front.behind = kept


def answer(app, asked):
    body, status, headers = run_wsgi_app(app, asked)
    return status[:3], sorted(headers), b"".join(body)


@pytest.fixture
def counted() -> Iterator[Counter[str]]:
    """How often SQL is said, and git is asked for anything."""
    found: Counter[str] = Counter()
    patch = pytest.MonkeyPatch()
    for owner, name in ((Loader, "load"), (Loader, "packed_refs"), (Refs, "read")):
        real = getattr(owner, name)
        patch.setattr(
            owner, name, lambda *a, real=real, **k: (found.update(git=1), real(*a, **k))[1]
        )
    real_first = Straight._first
    patch.setattr(Straight, "_first", lambda *a: (found.update(sql=1), real_first(*a))[1])

    def count(*_facts):
        found["sql"] += 1

    event.listen(Engine, "before_cursor_execute", count)
    yield found
    event.remove(Engine, "before_cursor_execute", count)
    patch.undo()


@pytest.mark.parametrize("knows_it", [False, True])
@pytest.mark.parametrize(("who", "document"), [("", BLOOD), ("eva", BLOOD), ("eva", INTERNAL)])
def test_a_view_says_two_statements_of_sql_and_reads_nothing_of_git(
    visit, sign_in, counted, who, document, knows_it
):
    client = sign_in(visit(), who) if who else visit()
    first = client.get(f"/documents/{document}", headers={"Accept-Encoding": BROTLI})
    headers = {"Accept-Encoding": BROTLI}
    headers |= {"If-None-Match": first.headers["ETag"]} if knows_it else {}
    counted.clear()
    again = client.get(f"/documents/{document}", headers=headers)
    assert again.status_code == (304 if knows_it else 200)
    assert counted["sql"] <= 2
    assert counted["git"] == 0


def test_for_every_document_person_and_language_the_bare_answer_is_flasks(visit, sign_in):
    people = [visit(), sign_in(visit(), "eva"), sign_in(visit(), "gun")]
    paths = [f"/documents/{one}" for one in DOCUMENTS] + [f"/documents/{RICH}/versions/1"]
    front, straightly = front_of(people[0]), 0
    for client, path, language in product(people, paths, ("", "en")):
        how = {"cookie": cookie_of(client, language)}
        made = answer(front.behind, environ(path, **how))
        ours = straight if made[0] == "200" else answer
        assert ours(front, environ(path, **how)) == made
        straightly += ours is straight
    assert straightly > 60


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("accepts", [BROTLI, "gzip", ""])
def test_however_it_is_asked_for_the_bare_answer_is_flasks(client, method, accepts):
    front = front_of(client)
    asked = {"path": f"/documents/{BLOOD}", "method": method, "Accept_Encoding": accepts}
    made = answer(front.behind, environ(**asked))
    assert straight(front, environ(**asked)) == made
    asked["If_None_Match"] = dict(made[1])["ETag"]
    known = straight(front, environ(**asked))
    assert known == answer(front.behind, environ(**asked))
    assert (known[0], known[2]) == ("304", b"")


@pytest.mark.parametrize(
    "path",
    [
        f"/documents/{UNKNOWN}",
        "/documents/0",
        "/documents/01001",
        "/documents/\u0661\u0660\u0660\u0661",
        f"/documents/{BLOOD}/",
        f"/documents/{BLOOD}/versions/99",
        f"/documents/{BLOOD}/versions/0",
        f"/documents/{BLOOD}\n",
        f"//documents/{BLOOD}",
        f"/documents/{BLOOD}?on=2024-03-03",
        f"/documents/{BLOOD}?on=igår",
        f"/documents/{BLOOD}%00",
        "/documents/" + "9" * 5000,
    ],
)
def test_what_it_does_not_know_is_left_to_flask(client, path):
    front = front_of(client)
    client.get(f"/documents/{BLOOD}")
    assert answer(front, environ(path)) == answer(front.behind, environ(path))


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": "styrdokument=" + "x" * 9000},
        {"cookie": 'styrdokument="\\"; styrdokument=a; =b; ;;; =\x7f'},
        {"cookie": "styrdokument-language=../../etc/passwd"},
        {"cookie": "\xff\xfe=\xff"},
        {"method": "POST"},
        {"method": "PUT"},
        {"method": "OPTIONS"},
        {"If_None_Match": "*"},
        {"If_None_Match": '"x", W/"y", ,,'},
        {"Accept_Encoding": "br;q=0"},
        {"Accept_Encoding": "*"},
        {"Accept_Encoding": "br;q=x;;,"},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Range": "bytes=0-10"},
        {"Host": "elsewhere.example"},
        {"Host": ""},
        {"Accept": "application/json"},
    ],
)
def test_an_odd_request_gets_the_answer_that_flask_would_give(client, headers):
    front, path = front_of(client), f"/documents/{BLOOD}"
    client.get(path)
    ours, flasks = (answer(app, environ(path, **headers)) for app in (front, front.behind))
    assert ours == flasks


@given(sent=st.text(st.sampled_from('ab=; ,"\\\t\x80å'), max_size=20))
@example(sent="a== =")
@example(sent="a=b; ab==; a=a")
def test_cookies_are_read_as_flask_reads_them(sent):
    try:
        flasks = parse_cookie(sent)
    except UnicodeError:
        with pytest.raises(UnicodeError):
            _cookies(sent)
        return
    ours = _cookies(sent)
    for name in ("a", "b", "ab", "a b", "aa"):
        assert ours.get(name, "") == flasks.get(name, "")


def test_the_page_holds_nothing_of_its_reader(eva, client):
    for document in (BLOOD, RICH, HYGIENE):
        signed_in = eva.get(f"/documents/{document}")
        assert signed_in.data == client.get(f"/documents/{document}").data
        assert "Set-Cookie" not in signed_in.headers
        assert "csrf_token" not in signed_in.text
    assert f'href="/session?next=/documents/{HYGIENE}"' in signed_in.text


def test_the_page_holds_nothing_of_the_query_that_it_was_first_asked_with(eva, client):
    first = client.get(f"/documents/{BLOOD}?from=a-letter-to-somebody")
    assert "a-letter-to-somebody" not in first.text
    assert first.data == eva.get(f"/documents/{BLOOD}").data


def test_what_the_first_reader_of_a_public_page_may_see_is_not_shown_to_the_next(eva, client):
    for document in DOCUMENTS:
        eva.get(f"/documents/{document}")
    for document in DOCUMENTS:
        assert SECRET not in client.get(f"/documents/{document}").text


def test_an_internal_page_that_is_kept_is_the_sign_in_page_for_others(eva, client):
    for document in (INTERNAL, INTERNAL_REPEALED, WITHDRAWN_FROM_PUBLIC):
        assert eva.get(f"/documents/{document}").status_code == 200
        refused = client.get(f"/documents/{document}")
        assert refused.status_code == 401
        assert SECRET not in refused.text


def test_whoever_signs_out_or_is_shut_out_reads_no_kept_page(eva, house):
    assert eva.get(f"/documents/{INTERNAL}").status_code == 200
    assert eva.get(f"/documents/{INTERNAL}").status_code == 200
    house.accounts.disable("eva", at=house.now())
    assert eva.get(f"/documents/{INTERNAL}").status_code == 401


def test_a_session_that_has_lain_unused_ends_here_too(sign_in, region):
    moment = [NOON]
    house = replace(region.house, now=lambda: moment[0])
    app = create_app(house, Config(data=region.config.data, today=NOON.date()))
    eva = sign_in(app.test_client(), "eva")
    assert eva.get(f"/documents/{INTERNAL}").status_code == 200
    moment[0] += timedelta(minutes=119)
    assert eva.get(f"/documents/{INTERNAL}").status_code == 200
    moment[0] += timedelta(minutes=119)  # the last view was noted
    assert eva.get(f"/documents/{INTERNAL}").status_code == 200
    moment[0] += timedelta(minutes=121)
    assert eva.get(f"/documents/{INTERNAL}").status_code == 401


def test_a_view_writes_nothing_once_the_page_is_kept(eva, house):
    eva.get(f"/documents/{BLOOD}")
    before = [path.stat().st_mtime_ns for path in house.data.glob("*.db*")]
    eva.get(f"/documents/{BLOOD}")
    assert [path.stat().st_mtime_ns for path in house.data.glob("*.db*")] == before


def test_the_etag_tells_version_and_standing(client):
    assert client.get(f"/documents/{DUE}").headers["ETag"].startswith('"1-due-')


def test_nothing_goes_stale_at_midnight(region):
    house = region.house
    moment = [NOON.replace(year=2026, month=12, day=14, hour=23, minute=59)]
    app = create_app(replace(house, now=lambda: moment[0]), Config(data=region.config.data))
    client = app.test_client()
    before = client.get(f"/documents/{CHANGING}")
    assert 'data-version="1"' in before.text
    moment[0] += timedelta(minutes=2)
    after = client.get(f"/documents/{CHANGING}", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert 'data-version="2"' in after.text


def test_a_body_is_packed_for_those_who_take_it_so(client):
    packed = client.get(f"/documents/{BLOOD}", headers={"Accept-Encoding": "br"})
    plain = client.get(f"/documents/{BLOOD}", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "br"
    assert "Content-Encoding" not in plain.headers
    assert brotli.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    for response in (packed, plain):
        assert response.headers["Vary"] == "Accept-Encoding, Cookie"
        assert response.headers["Cache-Control"] == "private, no-cache"


def test_a_decision_takes_away_the_pages_that_show_it_and_no_others(client, house, region):
    def kept(document):
        return house.pages.find(document, 0, "sv") is not None

    for document in (BLOOD, REPEALED, HYGIENE):
        client.get(f"/documents/{document}")
    put(house, text(HYGIENE, "Rena händer", "2026-11-01 2028-11-01", version=3), region.ids)
    house.index.catch_up()
    assert not kept(HYGIENE)
    assert not kept(REPEALED)  # it names its successor
    assert kept(BLOOD)
    assert "Rena händer" in client.get(f"/documents/{REPEALED}").text


def test_a_page_begun_before_a_decision_is_not_kept_after_it(house, region):
    begun = house.pages.begun()
    put(house, text(BLOOD, "Blod", "2026-11-01 2028-11-01", version=3), region.ids)
    house.index.catch_up()
    key = Key(document=DocumentId(BLOOD), language="sv")
    page = Finished(stamp="s", audience="public", tag="t", body=b"old")
    assert not house.pages.keep(key, page, named=(), begun=begun)
    assert house.pages.find(BLOOD, 0, "sv") is None
    assert house.pages.keep(key, page, named=(HYGIENE,), begun=house.pages.begun())
    assert house.pages.find(BLOOD, 0, "sv") == page


def test_a_new_name_is_on_the_next_page(client, house):
    client.get(f"/documents/{BLOOD}")
    front = front_of(client)
    assert straight(front, environ(f"/documents/{BLOOD}"))[0] == "200"
    house.accounts.add("nils", name="Nils", password="ett-långt-lösenord", at=NOON)
    with pytest.raises(AssertionError, match="left to Flask"):
        straight(front, environ(f"/documents/{BLOOD}"))


@pytest.mark.parametrize("change", ["region", "base_url", "today"])
def test_another_setting_makes_another_page(client, house, region, change):
    client.get(f"/documents/{BLOOD}")
    values = {
        "region": "Region Annan",
        "base_url": "http://localhost:81",
        "today": date(2027, 1, 1),
    }
    app = create_app(house, Config(data=region.config.data, **{change: values[change]}))
    assert str(values[change]) in app.test_client().get(f"/documents/{BLOOD}").text


def test_a_page_is_shown_where_it_cannot_be_kept(client, house):
    with writing(house.index.engine) as writer:
        writer.execute(update(cursors).values(value=cursors.c.value))
        assert client.get(f"/documents/{BLOOD}").status_code == 200
    assert house.pages.find(BLOOD, 0, "sv") is None


def test_pages_are_no_part_of_what_the_record_makes(client, house):
    rows = list(house.index.dump())
    client.get(f"/documents/{BLOOD}")
    assert list(house.index.dump()) == rows
    house.index.rebuild()
    assert house.pages.find(BLOOD, 0, "sv") is None
    assert list(house.index.dump()) == rows


def test_a_page_asks_the_catalogue_only_of_what_can_outdate_it(client, monkeypatch):
    """Another question than these needs a way for its answer to take the page away."""
    asked = set()
    for name in [name for name in vars(Catalogue) if not name.startswith("_")]:
        real = getattr(Catalogue, name)
        note = lambda *a, n=name, r=real, **k: (asked.add(n), r(*a, **k))[1]  # noqa: E731
        monkeypatch.setattr(Catalogue, name, note)
    for document in (BLOOD, RICH, REPEALED, CHANGING):
        client.get(f"/documents/{document}")
        client.get(f"/documents/{document}/versions/1")
    assert asked == {"shown", "version", "versions", "decision", "titles"}


def test_however_a_region_lives_a_kept_page_is_what_would_be_made_now(tmp_path):
    (tmp_path / "data").mkdir()
    life = Life(tmp_path / "data", tmp_path / "source", 3)
    day = NOON.date() + timedelta(days=40)
    front = create_app(life.house, Config(data=tmp_path / "data", today=day)).wsgi_app
    straightly = 0
    token = life.house.sessions.begin(life.ids["alma"], at=NOON + timedelta(days=1))
    life.house.sessions._longest = life.house.sessions._idle = timedelta(days=1000)
    for _ in range(8):
        life.go_on(8)
        for document in life._documents():
            asked = {"path": f"/documents/{document}", "cookie": f"styrdokument={token}"}
            ours, made = (answer(app, environ(**asked)) for app in (front, front.behind))
            assert ours == made
            straightly += straight(front, environ(**asked)) == made
    close(life.house)
    assert straightly > 20

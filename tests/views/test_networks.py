"""Internal documents are read without signing in from the configured networks (rule 22)."""

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from styrdokument.app import create_app
from styrdokument.config import Config
from styrdokument.domain.networks import networks_in
from tests.views.library import BLOOD, INTERNAL, INTERNAL_REPEALED, REVISED_CASE, SECRET

INSIDE, OUTSIDE, PROXY = "10.1.2.3", "203.0.113.7", "10.9.9.9"


@pytest.fixture
def ask(region, compiled):
    """Ask from an address, perhaps with headers of proxies; status, headers and text."""
    config = Config(
        data=region.config.data,
        networks=networks_in("10.1.0.0/16, 10.9.0.0/16, 2001:db8:1::/48"),
        trusted_proxies=networks_in(f"{PROXY}, 10.9.9.8"),
    )
    app = create_app(region.house, config)
    app.jinja_env.bytecode_cache = compiled

    def asked(path, address, **said):
        headers = {f"X-Forwarded-{name.title()}": value for name, value in said.items()}
        made = EnvironBuilder(path=path, headers=headers, environ_base={"REMOTE_ADDR": address})
        body, status, sent = run_wsgi_app(app, made.get_environ())
        return int(status[:3]), sent, b"".join(body).decode()

    return asked


@pytest.mark.parametrize(
    "path",
    [
        f"/documents/{INTERNAL}",
        f"/documents/{INTERNAL}.md",
        f"/documents/{INTERNAL}.json",
        f"/documents/{INTERNAL}/versions",
        f"/documents/{INTERNAL}/versions/1",
        f"/documents/{INTERNAL}/history",
        f"/documents/{INTERNAL_REPEALED}",
        "/documents",
        "/documents.json",
        "/documents.csv",
        "/library",
        "/library.json",
        "/search?q=passersystem",
        "/search.json?q=passersystem",
    ],
)
def test_inside_all_that_a_reader_may_read_is_read_and_outside_none_of_it(ask, path):
    for _ in range(2):  # the second time what is kept may answer
        status, headers, text = ask(path, INSIDE)
        assert status == 200
        assert SECRET in text
        assert headers["Cache-Control"] == "private, no-cache"
        assert "Cookie" in headers["Vary"]
        assert SECRET not in ask(path, OUTSIDE)[2]


@pytest.mark.parametrize(
    "path",
    ["/tasks", "/cases", f"/cases/{REVISED_CASE}", f"/documents/{BLOOD}/actions"],
)
def test_inside_nothing_of_cases_or_acts_is_open(ask, path):
    assert ask(path, INSIDE)[0] == 401


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (OUTSIDE, {"for": INSIDE}),
        (OUTSIDE, {"for": f"{INSIDE}, {PROXY}"}),
        (INSIDE.replace("1.2", "2.2"), {"for": INSIDE}),
        (PROXY, {"for": OUTSIDE}),
        (PROXY, {"for": f"{INSIDE}, {OUTSIDE}"}),
        (PROXY, {"for": f"{INSIDE}, {OUTSIDE}, 10.9.9.8"}),
        (PROXY, {"for": f"{INSIDE},unknown"}),
        (PROXY, {}),
        (PROXY, {"for": "10.9.9.8"}),
        ("::ffff:203.0.113.7", {"for": INSIDE}),
        ("2001:db8:2::7", {}),
        ("", {"for": INSIDE}),
    ],
)
def test_who_only_says_that_they_are_inside_is_not(ask, address, said):
    assert ask(f"/documents/{INTERNAL}", INSIDE)[0] == 200  # now it is kept
    status, _, text = ask(f"/documents/{INTERNAL}", address, **said)
    assert status == 401
    assert SECRET not in text


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"::ffff:{INSIDE}", {}),
        ("2001:db8:1::7", {}),
        (PROXY, {"for": INSIDE}),
        (PROXY, {"for": f"::ffff:{INSIDE}"}),
        (PROXY, {"for": f"{OUTSIDE}, {INSIDE}, 10.9.9.8"}),
        (f"::ffff:{PROXY}", {"for": "[2001:db8:1::7]:1234"}),
    ],
)
def test_who_is_inside_is_so_however_it_is_told(ask, address, said):
    for _ in range(2):
        assert ask(f"/documents/{INTERNAL}", address, **said)[0] == 200


def test_scheme_and_name_are_taken_from_proxies_alone(ask):
    said = {"for": INSIDE, "proto": "https", "host": "localhost:444"}
    assert "https://localhost:444/documents" in ask(f"/documents/{BLOOD}", PROXY, **said)[2]
    assert "http://localhost/documents" in ask(f"/documents/{BLOOD}", INSIDE, **said)[2]
    several = {**said, "proto": "http, https", "host": "evil.example, localhost:444"}
    assert "https://localhost:444/documents" in ask(f"/documents/{BLOOD}", PROXY, **several)[2]
    assert ask(f"/documents/{BLOOD}", PROXY, **{**said, "host": "evil.example"})[0] == 400
    odd = ask(f"/documents/{BLOOD}", PROXY, **{**said, "proto": "javascript", "host": ""})
    assert "http://localhost/documents" in odd[2]


def test_without_networks_nobody_is_inside(region):
    app = create_app(region.house, Config(data=region.config.data))
    client = app.test_client()
    assert client.get(f"/documents/{INTERNAL}").status_code == 401

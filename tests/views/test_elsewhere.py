"""Signing in elsewhere, by a provider that is real but for its users."""

import base64
import hashlib
import hmac
import json
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from styrdokument.actions.house import STOCKHOLM
from styrdokument.app import create_app, join
from styrdokument.outside import oidc
from tests.listeners import Listener, silent
from tests.slapd import Slapd
from tests.views.steps import form, page, problems, reviewed

pytestmark = pytest.mark.filterwarnings("ignore")
"""The provider of the tests uses what its libraries warn of."""
CLIENT = {"oidc_client": "styrdokument", "oidc_secret": "mycket-hemligt"}
ANSWER = "http://localhost/session/oidc/answer"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """Where the provider is; anybody signs in there who says their name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import oidc_provider_mock  # noqa: PLC0415

        claims = {"name": "Dag", "email": "dag@region.example", "preferred_username": "dag"}
        people = [
            oidc_provider_mock.User(sub="dags-nummer", claims=claims),
            oidc_provider_mock.User(
                sub="gäst", claims={"name": "Gun <x>\n", "email": "g", "preferred_username": "gun"}
            ),
        ]
        with oidc_provider_mock.run_server_in_thread(user_claims=people) as server:
            yield f"http://localhost:{server.server_port}"


Opened = Callable[..., Any]


@pytest.fixture
def opened(region: Any, compiled: Any) -> Iterator[Opened]:
    """`opened(**settings)`: an app of the library, at the real time, for the provider is too."""
    houses = []

    def with_settings(**settings: str) -> Any:
        config = replace(region.config, **CLIENT, **settings)
        house = join(config, now=lambda: datetime.now(STOCKHOLM))
        houses.append(house)
        app = create_app(house, config)
        app.jinja_env.bytecode_cache = compiled
        return app, house

    yield with_settings
    for house in houses:
        house.close()


def agree(address: str, who: str = "dags-nummer") -> str:
    """Sign in at the provider as somebody; where the browser is sent back to."""
    answer = requests.post(address, data={"sub": who}, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    place = urlsplit(answer.headers["Location"])
    assert answer.headers["Location"].startswith(ANSWER)
    return f"{place.path}?{place.query}"


def leave(client: FlaskClient, **query: str) -> tuple[str, dict[str, str]]:
    answer = client.get("/session/oidc", query_string=query)
    assert answer.status_code == 303, answer.text
    address = answer.headers["Location"]
    return address, {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}


def enter(client: FlaskClient, who: str = "dags-nummer", **query: str) -> Any:
    return client.get(agree(leave(client, **query)[0], who))


def test_somebody_signs_in_elsewhere_and_is_the_same_person_each_time(
    opened: Opened, provider: str
) -> None:
    app, house = opened(oidc_issuer=provider)
    first, second = app.test_client(), app.test_client()
    assert "/session/oidc?next=" in first.get("/session").text

    answer = enter(first, next="/tasks")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/tasks")
    enter(second)
    people = [page(one, "/session").xpath("//main//a[starts-with(@href,'/people/')]/@href")
              for one in (first, second)]  # fmt: skip
    assert people[0] == people[1]
    person = people[0][0].removeprefix("/people/")
    assert person != house.accounts.named("dag").person.id, "a local account is another's"
    assert house.directory.ties.of(person).mail == "dag@region.example"
    assert house.accounts.account(person).login == person


def test_what_is_asked_carries_all_that_the_answer_is_held_against(
    opened: Opened, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = opened(oidc_issuer=provider)
    sent: list[Any] = []
    real = requests.request

    def request(method: str, url: str, **more: Any) -> Any:
        sent.append((method, url, more))
        return real(method, url, **more)

    monkeypatch.setattr(requests, "request", request)
    client = app.test_client()
    address, query = leave(client)
    client.get(agree(address))

    assert address.startswith(provider)
    assert query["response_type"] == "code"
    assert query["redirect_uri"] == ANSWER
    assert query["code_challenge_method"] == "S256"
    assert "max_age" not in query
    form = next(more["data"] for method, _, more in sent if method == "POST")
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    assert query["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert all(more["timeout"] and not more["allow_redirects"] for _, _, more in sent)
    assert len({query["state"], query["nonce"], form["code_verifier"]}) == 3


def test_an_answer_is_good_once_in_the_browser_that_asked(opened: Opened, provider: str) -> None:
    app, _ = opened(oidc_issuer=provider)
    client, other = app.test_client(), app.test_client()
    back = agree(leave(client)[0])
    other.get("/session")

    stolen = other.get(back)
    first, again = client.get(back), client.get(back)

    assert (stolen.status_code, again.status_code) == (401, 401)
    assert first.status_code == 303
    for path in ("/session/oidc/answer", "/session/oidc/answer?state=x&code=y"):
        assert client.get(path).status_code == 401


def test_going_on_leads_nowhere_else(opened: Opened, provider: str) -> None:
    app, _ = opened(oidc_issuer=provider)

    answer = enter(app.test_client(), next="//evil.example/x")

    assert answer.headers["Location"] == "/"


def test_where_there_is_a_directory_it_says_who_they_are(
    opened: Opened, provider: str, slapd: Slapd
) -> None:
    slapd.add("dag", displayName="Dag i katalogen")
    settings = slapd.settings(servers=f"ldap://127.0.0.1:{slapd.port}")
    app, house = opened(oidc_issuer=provider, oidc_claim="preferred_username", **settings)
    house.directory.ties.take_over(
        house.accounts.named("dag").person.id, house.directory.named("dag"), at=house.now()
    )
    client = app.test_client()

    assert enter(client).status_code == 303

    assert house.accounts.named("dag").person.id in client.get("/session").text
    assert enter(app.test_client(), "gäst").status_code == 401, "nobody there has that login"


def test_a_decision_is_taken_after_signing_in_again_and_once(
    opened: Opened, provider: str, region: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from oidc_provider_mock._storage import AuthorizationCode  # noqa: PLC0415
    app, house = opened(oidc_issuer=provider)

    def person(login: str) -> FlaskClient:
        client = app.test_client()
        token = house.sessions.begin(region.ids[login], at=house.now())
        client.set_cookie("styrdokument", token)
        return client

    dag = person("dag")
    monkeypatch.setattr(
        house.directory, "arrive", lambda claims, _: region.ids["dag"] if claims else None
    )
    case = reviewed(person)
    fields = form(dag, case, f"{case}/decision")
    monkeypatch.setattr(AuthorizationCode, "get_auth_time", lambda _: int(time.time()) - 3600)
    assert enter(dag, again="yes", next=case).status_code == 401
    refused = dag.post(f"{case}/decision", data=fields)
    assert problems(refused) == ["needs_second_look"]
    monkeypatch.setattr(AuthorizationCode, "get_auth_time", lambda _: int(time.time()))
    address, query = leave(dag, again="yes", next=case)
    assert (query["max_age"], query["prompt"]) == ("0", "login")

    answer = dag.get(agree(address))

    assert (answer.status_code, answer.headers["Location"]) == (303, case)
    assert "Det gäller för ett steg" in dag.get(case).text
    wrong = dag.post(f"{case}/decision", data=fields | {"snapshot": "x"})
    assert problems(wrong) == ["stale_snapshot"], "what was shown is not lost with a mistake"
    answer = dag.post(f"{case}/decision", data=form(dag, case, f"{case}/decision"))
    assert answer.status_code == 303, answer.text
    assert house.record.decisions_of(1042)[-1].decision.second_look == "oidc"
    assert "Det gäller för ett steg" not in dag.get("/account").text


def test_somebody_else_who_comes_back_has_shown_nothing(
    opened: Opened, provider: str, region: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, house = opened(oidc_issuer=provider)
    dag = app.test_client()
    dag.set_cookie("styrdokument", house.sessions.begin(region.ids["dag"], at=house.now()))
    monkeypatch.setattr(oidc, "_check_asked", lambda *_: None)

    answer = enter(dag, "gäst", again="yes", next="/tasks")

    assert answer.status_code == 401
    assert "Det gäller för ett steg" not in dag.get("/account").text


SAID = {"iss": "https://login.example", "aud": "styrdokument", "sub": "1", "nonce": "n"}


@pytest.mark.parametrize(
    "fault",
    [
        {"iss": "https://other.example"},
        {"aud": "another"},
        {"aud": ["styrdokument", "another"]},
        {"azp": "another"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"iat": 99_999_999_999},
        {"sub": None},
        {"sub": ""},
    ],
    ids=str,
)
def test_a_token_with_a_fault_is_no_answer(
    monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    key = RSAKey.generate_key(2048, parameters={"kid": "1"})
    made = made_provider(monkeypatch, key)
    asked = oidc.Asked(state="s", nonce="n", verifier="v", redirect=ANSWER)
    now = int(time.time())
    said = {**SAID, "iat": now, "exp": now + 60}
    good = jwt.encode({"alg": "RS256", "kid": "1"}, said, key)
    assert made._checked(good, asked)["sub"] == "1"

    bad = {name: value for name, value in {**said, **fault}.items() if value is not None}
    with pytest.raises(oidc.Wrong):
        made._checked(jwt.encode({"alg": "RS256", "kid": "1"}, bad, key), asked)


@pytest.mark.parametrize("signed_in", [None, 0, "now", 1_700_000_000, True])
def test_whoever_was_to_show_themselves_again_has_done_so_just_now(signed_in: Any) -> None:
    now = int(time.time())
    asked = oidc.Asked(state="s", nonce="n", verifier="v", redirect=ANSWER, since=now)
    oidc._check_asked(SAID | {"auth_time": now}, asked, "styrdokument")

    with pytest.raises(oidc.Wrong):
        oidc._check_asked(SAID | {"auth_time": signed_in}, asked, "styrdokument")


def test_a_token_that_another_has_signed_or_nobody_is_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key, other = (RSAKey.generate_key(2048, parameters={"kid": "1"}) for _ in range(2))
    made = made_provider(monkeypatch, key)
    asked = oidc.Asked(state="s", nonce="n", verifier="v", redirect=ANSWER)
    now = int(time.time())
    said = {**SAID, "iat": now, "exp": now + 60}
    body = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    head = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    claimed = base64.urlsafe_b64encode(b'{"alg":"HS256"}').decode().rstrip("=")
    stamp = hmac.digest(key.as_pem(private=False), f"{claimed}.{body}".encode(), "sha256")
    by_public_key = f"{claimed}.{body}.{base64.urlsafe_b64encode(stamp).decode().rstrip('=')}"
    tokens = (
        jwt.encode({"alg": "RS256", "kid": "1"}, said, other),
        by_public_key,
        f"{head}.{body}.",
        "",
        "x.y.z",
    )

    for token in tokens:
        with pytest.raises(oidc.Wrong):
            made._checked(token, asked)


def made_provider(monkeypatch: pytest.MonkeyPatch, key: RSAKey) -> oidc.Provider:
    settings = oidc.Settings(issuer=SAID["iss"], client="styrdokument", secret="s")
    made = oidc.Provider(settings, lambda: datetime.now(STOCKHOLM))
    made._known = {"jwks_uri": "https://login.example/keys"}
    keys = KeySet([key]).as_dict(private=False)
    monkeypatch.setattr(made, "_send", lambda *_: keys)
    return made


def test_a_provider_that_is_silent_is_told_so(opened: Opened, monkeypatch: Any) -> None:
    monkeypatch.setattr(oidc, "LIMITS", (0.3, 0.3))
    listener = Listener(silent)
    app, _ = opened(oidc_issuer=f"http://localhost:{listener.port}")
    try:
        answer = app.test_client().get("/session/oidc")
        assert (answer.status_code, problems(answer)) == (503, ["directory_away"])
    finally:
        listener.close()


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"oidc_issuer": "http://login.example"}, "oidc_issuer: 'http://login.example'"),
        ({"oidc_issuer": "login.example"}, "oidc_issuer"),
        ({"oidc_client": ""}, "oidc_client: is needed"),
        ({"oidc_secret": ""}, "oidc_secret: is needed"),
        ({"directory_kind": "openldap"}, "oidc_claim: is needed beside a directory"),
    ],
)
def test_what_cannot_be_used_is_told(stated: dict[str, str], words: str) -> None:
    whole = {"oidc_issuer": "https://login.example", **CLIENT, **stated}

    with pytest.raises(ValueError, match="oidc_") as refused:
        oidc.provider_in(whole, lambda: datetime.now(STOCKHOLM))

    assert words in str(refused.value)


def test_without_a_provider_nobody_is_sent_anywhere(client: FlaskClient) -> None:
    assert "/session/oidc" not in client.get("/session").text
    assert client.get("/session/oidc").status_code == 404

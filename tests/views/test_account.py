"""One's own account, and codes in the place of a password: each once, for half a minute."""

import re
from datetime import timedelta
from functools import cache
from typing import Any

import pyotp
import pytest

from styrdokument.actions.proving import STEP_SECONDS
from styrdokument.actions.tokens import Wanted, make_for
from styrdokument.domain.people import Scope
from styrdokument.store.authenticators import Means
from tests.cast import NOON
from tests.views import library
from tests.views.library import PASSWORD
from tests.views.steps import form, page, problems, reviewed, send, submitted

NOW = int(NOON.timestamp() // STEP_SECONDS)


@pytest.fixture
def person(visit: Any, sign_in: Any) -> Any:
    return cache(lambda login: sign_in(visit(), login))


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).generate_otp(NOW + steps)


def begin(client: Any, **typed: str) -> Any:
    fields = form(client, "/account", "/account/codes")
    return client.post(
        "/account/codes", data=fields | {"name": "appen", "password": PASSWORD} | typed
    )


def secret_in(answer: Any) -> str:
    return re.search(r"data-secret>([A-Z2-7]{32})<", answer.text)[1]


def waiting_in(answer: Any) -> dict[str, str]:
    names = ("csrf_token", "form_id", "waiting")
    return {name: re.search(rf'name="{name}" value="([^"]+)"', answer.text)[1] for name in names}


@pytest.fixture
def dag_with_codes(person: Any) -> tuple[Any, str]:
    """Dag, and what his app has read; the code of the half minute before has been used."""
    client = person("dag")
    begun = begin(client)
    secret = secret_in(begun)
    fields = waiting_in(begun) | {"code": code_of(secret, -1)}
    assert client.post("/account/codes/confirmation", data=fields).status_code == 303
    return client, secret


def test_codes_are_drawn_typed_and_confirmed_before_they_count(person: Any, house: Any) -> None:
    client = person("dag")

    begun = begin(client)

    assert begun.status_code == 200
    assert "<svg" in begun.text
    assert "style=" not in begun.text
    assert begun.headers["Cache-Control"] == "no-store"
    dag = house.accounts.named("dag").person.id
    assert house.authenticators.of(dag) == []
    wrong = client.post("/account/codes/confirmation", data=waiting_in(begun) | {"code": "000000"})
    assert (wrong.status_code, problems(wrong)) == (403, ["needs_second_look"])
    assert secret_in(wrong) == secret_in(begun), "it is still the same app"
    fields = waiting_in(wrong) | {"code": f" {code_of(secret_in(wrong))} "}
    assert client.post("/account/codes/confirmation", data=fields).status_code == 303
    assert [one.name for one in house.authenticators.of(dag, Means.CODES)] == ["appen"]
    assert secret_in(begun) not in client.get("/account").text
    again = client.post("/account/codes/confirmation", data=fields | {"form_id": "x"})
    assert problems(again) == ["bad_value"], "what waited is used up"


@pytest.mark.parametrize("typed", [{"password": ""}, {"password": "fel"}, {"name": " "}])
def test_nothing_is_added_without_showing_who_one_is_and_a_name(
    person: Any, typed: dict[str, str]
) -> None:
    answer = begin(person("dag"), **typed)

    assert answer.status_code in {403, 422}
    assert "data-secret" not in answer.text


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_decision_is_taken_with_a_code_of_now_or_beside_it(
    person: Any, house: Any, dag_with_codes: tuple[Any, str], steps: int
) -> None:
    dag, secret = dag_with_codes
    case = reviewed(person)

    answer = send(dag, case, f"{case}/decision", code=code_of(secret, steps))

    if steps == -1:
        assert problems(answer) == ["needs_second_look"], "it was used to confirm"
        return
    assert answer.status_code == 303
    made = house.record.decisions_of(library.HYGIENE)[-1].decision
    assert made.second_look == "totp"


def test_a_code_is_good_once_and_never_an_older_one_after_it(
    person: Any, house: Any, dag_with_codes: tuple[Any, str]
) -> None:
    _, secret = dag_with_codes
    (one,) = house.authenticators.of(house.accounts.named("dag").person.id)

    assert house.authenticators.use(one.number, counter=NOW + 1, at=NOON)
    for step in (NOW + 1, NOW, NOW - 1):
        assert not house.authenticators.use(one.number, counter=step, at=NOON)
    case = reviewed(person)
    answer = send(person("dag"), case, f"{case}/decision", code=code_of(secret, 1))
    assert problems(answer) == ["needs_second_look"]


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_of_another_time_is_none(
    person: Any, dag_with_codes: tuple[Any, str], steps: int
) -> None:
    dag, secret = dag_with_codes
    case = reviewed(person)

    answer = send(dag, case, f"{case}/decision", code=code_of(secret, steps))

    assert (answer.status_code, problems(answer)) == (403, ["needs_second_look"])


def test_a_password_is_still_enough_and_anothers_code_is_not(
    person: Any, dag_with_codes: tuple[Any, str]
) -> None:
    dag, secret = dag_with_codes
    case = submitted(person)
    token = form(person("karin"), "/account", "/account/codes") | {"name": "x"}
    answer = person("karin").post("/account/codes", data=token | {"code": code_of(secret)})
    assert problems(answer) == ["needs_second_look"]
    for reviewer in ("birgit", "cecilia"):
        send(person(reviewer), case, f"{case}/approvals")
    assert send(dag, case, f"{case}/decision", password=PASSWORD).status_code == 303


def test_guessing_at_codes_is_throttled_like_guessing_at_passwords(
    person: Any, dag_with_codes: tuple[Any, str]
) -> None:
    dag, secret = dag_with_codes
    case = reviewed(person)
    for n in range(8):
        send(dag, case, f"{case}/decision", code=f"{n:06}")

    answer = send(dag, case, f"{case}/decision", code=code_of(secret))

    assert (answer.status_code, problems(answer)) == (429, ["throttled"])


def test_one_of_ones_own_is_taken_away_and_nobody_elses(
    person: Any, house: Any, dag_with_codes: tuple[Any, str]
) -> None:
    dag, secret = dag_with_codes
    (one,) = house.authenticators.of(house.accounts.named("dag").person.id)
    address = f"/account/ways/{one.number}/removal"
    other = form(person("karin"), "/account", "/account/codes") | {"password": PASSWORD}
    assert person("karin").post(address, data=other).status_code == 404

    refused = send(dag, "/account", address, password="")
    assert (refused.status_code, problems(refused)) == (403, ["needs_second_look"])
    assert send(dag, "/account", address, code=code_of(secret)).status_code == 303
    assert house.authenticators.of(house.accounts.named("dag").person.id) == []


def test_the_page_offers_passkeys_only_where_browsers_take_them(visit: Any, house: Any) -> None:
    token = house.sessions.begin(house.accounts.named("eva").person.id, at=NOON)
    offers = {}
    for host in ("localhost", "127.0.0.1"):
        client = visit()
        client.set_cookie("styrdokument", token, domain=host)
        shown = client.get("/account", base_url=f"http://{host}")
        assert shown.status_code == 200
        offers[host] = "data-new-passkey" in shown.text

    assert offers == {"localhost": True, "127.0.0.1": False}


def test_a_passkey_that_is_none_is_a_plain_no(person: Any) -> None:
    case = reviewed(person)
    for passkey in ("{}", "x", '{"id": "AAAA"}', "[]", "null", '{"id": 1, "response": {}}'):
        answer = send(person("dag"), case, f"{case}/decision", passkey=passkey, challenge="x")
        if answer.status_code == 429:
            break
        assert (answer.status_code, problems(answer)) == (403, ["needs_second_look"])
    answer = person("dag").post(
        "/account/passkeys",
        data=form(person("dag"), "/account", "/account/passkeys") | {"answer": "{}"},
    )
    assert problems(answer) == ["bad_value"]
    assert page(person("dag"), "/account") is not None


NEW = "en helt ny mening"


def change(client: Any, **typed: str) -> Any:
    fields = form(client, "/account", "/account/password")
    typed = {"password": PASSWORD, "new_password": NEW} | typed
    return client.post("/account/password", data=fields | typed)


def is_in(client: Any) -> bool:
    return client.get("/account").status_code == 200


def test_another_password_lets_in_and_the_old_one_and_all_other_sessions_do_not(
    house: Any, visit: Any, sign_in: Any
) -> None:
    here, elsewhere = sign_in(visit(), "eva"), sign_in(visit(), "eva")
    eva = house.accounts.named("eva").person.id
    secret = token_of(house, eva)

    changed = change(here).headers["Location"]

    assert "Lösenordet är bytt." in here.get(changed).text
    assert (is_in(here), is_in(elsewhere)) == (True, False)
    assert house.accounts.authenticate("eva", PASSWORD) is None
    assert house.accounts.authenticate("eva", NEW) == eva
    assert house.tokens.find(secret, at=house.now()).person == eva, "tokens go on, and it is said"
    told = here.get("/account").text
    assert "Återkalla också mina åtkomstnycklar till git (1)" in told
    assert change(here, password=NEW, new_password=PASSWORD, revoke_tokens="1").status_code == 303
    assert house.tokens.find(secret, at=house.now()) is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"password": "fel"}, ["needs_second_look"]),
        ({"password": ""}, ["needs_second_look"]),
        ({"new_password": "kort"}, ["bad_value"]),
        ({"password": "", "new_password": ""}, ["needs_second_look", "bad_value"]),
    ],
)
def test_a_password_stays_as_it_is_with_every_reason_why(
    person: Any, house: Any, typed: dict[str, str], said: list[str]
) -> None:
    answer = change(person("gun"), **typed)

    assert problems(answer) == said
    assert NEW not in answer.text, "no password is written back"
    assert house.accounts.authenticate("gun", PASSWORD)
    assert is_in(person("gun"))


def token_of(house: Any, person: Any) -> str:
    expires_on = house.today + timedelta(days=30)
    wanted = Wanted(name="min dator", scope=Scope.READ, expires_on=expires_on)
    return make_for(house, person, wanted)[1]

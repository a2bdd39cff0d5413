"""A passkey made on one's own account, and used in the place of a password to decide."""

import json
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.journeys.conftest import PASSWORD, Served, press
from tests.journeys.test_a_revision import (
    Visit,
    a_routine_in_force,
    approve,
    open_revision,
    submit,
    write,
)

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def dag(browser: Browser, served: Served) -> Iterator[Page]:
    """Dag in a browser of his own, at the site's name: keys are bound to names."""
    root = served.address.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=root, locale="sv-SE")
    page = context.new_page()
    page.goto("/session")
    page.fill("[name=username]", "dag")
    page.fill("[name=password]", PASSWORD)
    press(page, "/session")
    yield page
    context.close()


def device(page: Page) -> tuple[CDPSession, str]:
    """A device that holds keys, opened by its owner's finger."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    found = line.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return line, found["authenticatorId"]


def make_key(page: Page, password: str = PASSWORD) -> None:
    form = page.locator("form[data-new-passkey]")
    form.locator("[name=name]").fill("Min dator")
    form.locator("[name=password]").fill(password)
    form.locator("button[type=submit]").click()


def test_a_passkey_is_made_and_decides(served: Served, visit: Visit, dag: Page) -> None:
    line, held = device(dag)
    dag.goto("/account")
    make_key(dag, "fel lösenord")
    expect(dag.locator("form[data-new-passkey] output")).to_have_text("Lösenordet stämmer inte.")
    make_key(dag)
    expect(dag.locator("summary", has_text="Min dator")).to_be_visible()
    document = a_routine_in_force(served)
    alma = visit("alma")
    case = open_revision(alma, document)
    write(alma, case, document, "Sprita händerna.")
    submit(alma, case, "Ny mening.")
    for login in ("birgit", "cecilia"):
        approve(visit(login), case)
    dag.goto(case)
    form = dag.locator(f"form[action='{case}/decision']")

    line.send("WebAuthn.setUserVerified", {"authenticatorId": held, "isUserVerified": False})
    form.locator("[data-show-passkey]").click()
    expect(form.locator("output")).to_be_visible()
    line.send("WebAuthn.setUserVerified", {"authenticatorId": held, "isUserVerified": True})
    with dag.expect_navigation():
        form.locator("[data-show-passkey]").click()

    expect(dag).to_have_url(
        f"{served.address.replace('127.0.0.1', 'localhost')}/documents/{document}"
    )
    assert second_looks(served)[-1] == "passkey"


def second_looks(served: Served) -> list[str]:
    """What decisions on the record say of how the decider showed who they were."""
    words = ("git", "-C", str(served.data / "record.git"))
    shown = subprocess.run(
        [*words, "show", "--format=", "--name-only", "main"],
        capture_output=True,
        text=True,
        check=True,
    )
    names = [name for name in shown.stdout.split() if name.endswith(".json")]
    files = [
        subprocess.run([*words, "show", f"main:{name}"], capture_output=True, text=True, check=True)
        for name in names
    ]
    return [json.loads(file.stdout)["second_look"] for file in files]

"""axe finds nothing at WCAG 2.2 AA on any page, light and dark, on a phone and on a screen."""

import importlib.util
import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import PASSWORD, Served, press
from tests.journeys.test_a_revision import (
    SENTENCE,
    a_routine_in_force,
    open_revision,
    submit,
    write,
)

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"phone": (360, 800), "screen": (1280, 900)}
PUBLIC = (
    "/",
    "/session",
    "/documents",
    "/documents?standing=all&q=patient",
    "/search",
    "/search?q=hand",
    "/library",
    "/health",
    "/documents/1001",
    "/documents/1001?on=2025-01-01",
    "/documents/1001/versions",
    "/documents/1001/versions/1",
    "/documents/1001/compare?from=1&to=2",
    "/documents/1001/history",
    "/documents/1025",
    "/nowhere",
)


def axe() -> str:
    """The source of axe-core, as a test package carries it."""
    found = importlib.util.find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin is not None
    return (Path(found.origin).parent / "axe.min.js").read_text("utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds on the page, and where."""
    page.evaluate(axe())
    options = json.dumps({"runOnly": STANDARDS})
    found = page.evaluate(f"() => axe.run(document, {options})")
    return [
        f"{page.url} {violation['id']}: {node['target']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.fixture(params=[(s, c) for s in SIZES for c in ("light", "dark")], ids="-".join)
def open_page(
    request: pytest.FixtureRequest, browser: Browser, served: Served
) -> Iterator[Callable[[str], Page]]:
    """`open_page("alma")`: a browser of that size and scheme, with somebody signed in."""
    size, scheme = request.param
    width, height = SIZES[size]
    contexts = []

    def opened(login: str) -> Page:
        context = browser.new_context(
            base_url=served.address,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            bypass_csp=True,
        )
        contexts.append(context)
        page = context.new_page()
        if login:
            page.goto("/session")
            page.fill("[name=username]", login)
            page.fill("[name=password]", PASSWORD)
            press(page, "/session")
        return page

    yield opened
    for context in contexts:
        context.close()


def test_pages_for_readers_are_accessible(open_page: Callable[[str], Page]) -> None:
    page = open_page("")
    found = []
    for address in PUBLIC:
        page.goto(address)
        found += violations(page)

    assert found == []


def test_pages_for_writers_are_accessible(open_page: Callable[[str], Page], served: Served) -> None:
    alma, document = open_page("alma"), a_routine_in_force(served)
    case = open_revision(alma, document)
    found = violations(alma)
    for address in ("/tasks", "/cases", f"/documents/{document}/actions", alma.url):
        alma.goto(address)
        found += violations(alma)
    alma.goto(f"{case}/documents/{document}")
    found += violations(alma)
    write(alma, case, document, SENTENCE)
    submit(alma, case, "Ny mening.")
    for login in ("birgit", "dag", "karin"):
        page = open_page(login)
        page.goto(case)
        found += violations(page)
    dag = open_page("dag")
    dag.goto(case)
    dag.locator(f'form[action="{case}/decision"] [name=password]').fill("not the password")
    press(dag, f"{case}/decision")
    assert dag.locator("[role=alert] li").count() > 1
    found += violations(dag)

    assert found == []


def test_nothing_is_wider_than_a_narrow_phone(browser: Browser, served: Served) -> None:
    context = browser.new_context(base_url=served.address, viewport={"width": 320, "height": 640})
    page = context.new_page()
    wide = []
    for address in PUBLIC:
        page.goto(address)
        if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
            wide.append(address)
    context.close()

    assert wide == []


def test_no_page_asks_anything_of_the_outside(browser: Browser, served: Served) -> None:
    context = browser.new_context(base_url=served.address)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for address in PUBLIC:
        page.goto(address)
    context.close()

    assert [url for url in asked if not url.startswith((served.address, "data:"))] == []
    with urllib.request.urlopen(f"{served.address}/documents/1001") as answer:
        assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]

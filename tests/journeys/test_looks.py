"""What can be measured of how pages look: for thumbs, on paper, with changes in tables."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import PASSWORD, Served, press
from tests.journeys.test_a_revision import open_revision

READERS = (
    "/",
    "/session",
    "/documents",
    "/search?q=hand",
    "/library",
    "/health",
    "/documents/1003",
    "/documents/1003/versions",
    "/documents/1003/versions/1",
    "/documents/1003/compare",
    "/documents/1003/history",
    "/nowhere",
)
CONTROLLERS = (
    "/tasks",
    "/cases",
    "/cases/2",
    "/documents/1003/actions",
    "/overview",
    "/overview/expired",
    "/overview/cases",
    "/overview/in-force",
    "/imports",
    "/git",
    "/units/medicinkliniken",
)
STANDS_ALONE = (
    "button, select, textarea, summary, input:not([type=hidden], [type=checkbox], [type=radio]),"
    "nav a, .site-header a, .standing-line a, .way-back a, .link-row a, .list-files a,"
    ".filters__buttons a, tbody th > a, .changes > li > a, .hit__title a, .processes a,"
    ".timeline__links a"
)
TOO_LOW = """(pressed) => [...document.querySelectorAll(pressed)]
  .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 43.9)
  .map(one => `${location.pathname}: ${one.tagName} ${one.textContent.trim().slice(0, 40)}`)"""
PRESSED_ON_PAPER = """() => [...document.querySelectorAll("form, button, nav, footer .theme")]
  .filter(one => one.checkVisibility()).map(one => `${location.pathname}: ${one.className}`)"""


@pytest.fixture
def karin(browser: Browser, served: Served) -> Iterator[Callable[..., Page]]:
    """`karin(**how)`: a browser of that sort, in which Karin is signed in."""
    contexts = []

    def opened(**how: object) -> Page:
        context = browser.new_context(base_url=served.address, **how)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.goto("/session")
        page.fill("[name=username]", "karin")
        page.fill("[name=password]", PASSWORD)
        press(page, "/session")
        return page

    yield opened
    for context in contexts:
        context.close()


def test_what_is_pressed_on_a_phone_is_as_high_as_a_thumb(karin: Callable[..., Page]) -> None:
    phone = karin(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    low: list[str] = []
    for address in (*READERS, *CONTROLLERS):
        phone.goto(address)
        low += phone.evaluate(TOO_LOW, STANDS_ALONE)
    assert low == []


def test_paper_has_nothing_to_press(karin: Callable[..., Page]) -> None:
    paper = karin()
    paper.emulate_media(media="print")
    shown: list[str] = []
    for address in (*READERS, *CONTROLLERS):
        paper.goto(address)
        shown += paper.evaluate(PRESSED_ON_PAPER)
    assert shown == []


def test_a_text_is_on_the_first_sheet_of_paper(karin: Callable[..., Page]) -> None:
    paper = karin(viewport={"width": 680, "height": 990})
    paper.emulate_media(media="print")
    for document in (1003, 1017):
        paper.goto(f"/documents/{document}")
        tops = [
            paper.locator(part).first.bounding_box()
            for part in (".head-card", ".prose p", ".document__aside", ".document-foot")
        ]
        order = [box["y"] for box in tops if box]
        assert order == sorted(order)
        assert order[1] < 600


def test_a_change_in_a_wide_table_leaves_the_page_as_narrow_as_the_phone(
    karin: Callable[..., Page],
) -> None:
    phone = karin(viewport={"width": 360, "height": 740})
    case = open_revision(phone, 1003)
    phone.goto(f"{case}/documents/1003")
    text = phone.locator("textarea[name=text]")
    text.fill(text.input_value().replace("Efter varje", "Efter var", 1))
    press(phone, f"{case}/documents/1003")
    phone.goto(case)
    assert phone.locator("main td ins").count() == 1
    assert phone.evaluate("() => document.documentElement.scrollWidth") == 360


def test_whatever_field_is_wrong_is_framed(karin: Callable[..., Page]) -> None:
    page = karin()
    page.goto("/cases")
    form = page.locator("form:has([name=kind][value=new])")
    form.evaluate("(form) => { form.noValidate = true }")
    with page.expect_navigation():
        form.locator("button").click()
    frames = page.locator("[aria-invalid=true]").evaluate_all(
        "(wrong) => wrong.map(one => one.tagName + getComputedStyle(one).borderTopWidth)"
    )
    assert frames == ["INPUT2px", "SELECT2px", "SELECT2px"]

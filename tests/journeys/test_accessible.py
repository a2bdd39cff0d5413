"""axe finds nothing at WCAG 2.2 AA on any page, light and dark, on a phone and on a screen."""

import importlib.util
import subprocess
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import PASSWORD, Served, command, press
from tests.journeys.test_a_revision import (
    SENTENCE,
    a_routine_in_force,
    open_revision,
    submit,
    write,
)
from tests.journeys.test_an_imported_document import a_library

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = ((360, 800), (1280, 900))
"""A phone's and a screen's."""
OF_COLOUR = ["color-contrast", "link-in-text-block"]
"""The rules that light and dark can make a difference to: `light-dark()` changes colours alone."""
SCHEMES = {"light": STANDARDS, "dark": OF_COLOUR}
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
    "/documents/1001/compare?from=1&to=3&change=change-2",
    "/documents/1001/compare?from=1&to=3&view=side",
    "/documents/1001/compare?from=1&to=3&view=list",
    "/documents/1001/history",
    "/documents/1025",
    "/nowhere",
)
WRITERS = (
    "/tasks",
    "/cases",
    "/cases/3",
    "/cases/3/documents/1020",
    "/documents/1001/actions",
    "/git",
    "/account",
    "/calendar",
)
"""Pages of the demonstration region's, as alma sees them."""
DESK = (
    "/overview",
    "/overview?show=all",
    "/overview/expired",
    "/overview/due",
    "/overview/urgent",
    "/overview/ownerless",
    "/overview/cases",
    "/overview/stuck",
    "/overview/stuck?days=9999",
    "/overview/departures",
    "/overview/delegation",
    "/overview/in-force",
    "/overview/in-force?when=during",
    "/overview?unit=nowhere",
    "/mail",
    "/units/medicinkliniken",
)
"""For those who see all."""
POLICY = 1024
"""A text that the assembly decides."""


def axe() -> str:
    """The source of axe-core, as a test package carries it."""
    found = importlib.util.find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin is not None
    return (Path(found.origin).parent / "axe.min.js").read_text("utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds on the page, and where: in every size and scheme; and where it is too wide."""
    page.evaluate(axe())
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme, rules in SCHEMES.items():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [f"{page.url} at {width}, {scheme}: {one}" for one in in_breach(page, rules)]
        if is_too_wide(page):
            found.append(f"{page.url} is wider than {width}")
    return found


def in_breach(page: Page, rules: list[str]) -> list[str]:
    """What axe finds on the page as it is now: rule and place."""
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)
    return [
        f"{one['id']}: {node['target']}" for one in found["violations"] for node in one["nodes"]
    ]


def is_too_wide(page: Page) -> bool:
    """Whether the page scrolls sideways."""
    return bool(page.evaluate("() => document.documentElement.scrollWidth > innerWidth"))


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`open_page(served, "alma")`: a browser with somebody signed in."""
    contexts = []

    def opened(served: Served, login: str = "") -> Page:
        context = browser.new_context(base_url=served.address, bypass_csp=True)
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


def test_reports_of_imports_are_accessible(
    open_page: Callable[..., Page], served: Served, tmp_path: Path
) -> None:
    library = a_library(tmp_path / "library")
    for name in ("a.md", "b.md"):
        text = "---\nowner: Dr Ek\n---\n\n# Samma\n\n[borta](borta.md)\n"
        (library / name).write_text(text, "utf-8")
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@invalid", "-C", str(library)]
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "x"], check=True)
    (tmp_path / "map.yaml").write_text("fields: {fact_owner: owner}\nstagger: 6\n", "utf-8")
    words = ("import", "git", str(library), "--docs", "*.md", "--by", "karin", "--dry-run")
    assert command(*words, "--map", str(tmp_path / "map.yaml"), data=served.data).returncode == 0
    page = open_page(served, "karin")
    page.goto("/imports")
    found = violations(page)
    page.locator("main table a").first.click()
    expect(page.locator("main h1")).to_contain_text("library")
    assert found + violations(page) == []


def test_pages_for_readers_are_accessible(open_page: Callable[..., Page], shown: Served) -> None:
    page = open_page(shown)
    found = []
    for address in PUBLIC:
        page.goto(address)
        found += violations(page)

    assert found == []


def test_pages_for_writers_are_accessible(open_page: Callable[..., Page], served: Served) -> None:
    alma, document = open_page(served, "alma"), a_routine_in_force(served)
    case = open_revision(alma, document)
    found = violations(alma)
    for address in ("/tasks", "/cases", f"/documents/{document}/actions", alma.url, "/git"):
        alma.goto(address)
        found += violations(alma)
    alma.fill("#field-name", "min dator")
    press(alma, "/git/tokens")
    found += violations(alma)
    alma.fill("#field-name", "min dator")
    alma.fill("#field-password", PASSWORD)
    press(alma, "/git/tokens")
    assert (alma.locator("[data-secret]").text_content() or "").startswith("sd_")
    found += violations(alma)
    alma.goto("/calendar")
    press(alma, "/calendar")
    assert ".ics" in (alma.locator("[data-secret]").text_content() or "")
    found += violations(alma)
    alma.goto(f"{case}/documents/{document}")
    found += violations(alma)
    write(alma, case, document, SENTENCE)
    submit(alma, case, "Ny mening.")
    for login in ("birgit", "dag", "karin"):
        page = open_page(served, login)
        page.goto(case)
        found += violations(page)
    dag = open_page(served, "dag")
    dag.goto(case)
    dag.locator(f'form[action="{case}/decision"] [name=password]').fill("not the password")
    press(dag, f"{case}/decision")
    assert dag.locator("[role=alert] li").count() > 1
    found += violations(dag)

    assert found == []


def test_the_controllers_desk_is_accessible_and_fits_the_screen(
    open_page: Callable[..., Page], shown: Served
) -> None:
    karin = open_page(shown, "karin")
    people = karin.locator(".site-header a[href^='/people/']").first.get_attribute("href")
    found = []
    for address in (*DESK, str(people)):
        karin.goto(address)
        found += violations(karin)

    assert found == []


def test_what_a_board_changed_and_what_somebody_left_behind_is_accessible(
    open_page: Callable[..., Page], served: Served
) -> None:
    alma, arvid, karin = (open_page(served, login) for login in ("alma", "arvid", "karin"))
    case = open_revision(alma, POLICY)
    write(alma, case, POLICY, SENTENCE)
    submit(alma, case, "Ny mening.")
    for login in ("birgit", "cecilia"):
        page = open_page(served, login)
        page.goto(case)
        press(page, f"{case}/approvals")
    entry = f"{case}/documents/{POLICY}/minutes"
    arvid.goto(case)
    arvid.get_by_text("Organet ändrade texten").last.click()
    found = violations(arvid)
    words = arvid.locator(f'form[action="{entry}"] [name=text]')
    words.fill(words.input_value().replace(SENTENCE, "Fullmäktiges mening."))
    press(arvid, entry)
    for page in (arvid, karin):
        page.goto(case)
        found += violations(page)

    person = alma.locator(".site-header a[href^='/people/']").first.get_attribute("href")
    assert command("account", "disable", "alma", data=served.data).returncode == 0
    assert command("remind", data=served.data).returncode == 0
    karin.goto("/mail")
    karin.locator("main table a").filter(has_text="Påminnelser").first.click()
    found += violations(karin)
    karin.goto("/overview/departures")
    found += violations(karin)
    karin.locator(f'main a[href^="{person}/handover"]').click()
    found += violations(karin)
    karin.locator(".site-header a[href^='/people/']").first.click()
    karin.get_by_text("Frånvaro", exact=True).click()
    found += violations(karin)

    assert found == []


def too_wide(page: Page, addresses: Iterable[str]) -> list[str]:
    """Pages that scroll sideways."""
    found = []
    for address in addresses:
        page.goto(address)
        if is_too_wide(page):
            found.append(address)
    return found


@pytest.mark.parametrize(
    "root", ["", "html { font-size: 200% }"], ids=["as it is", "text twice as large"]
)
def test_nothing_is_wider_than_a_narrow_phone(browser: Browser, shown: Served, root: str) -> None:
    width = 640 if root else 320
    context = browser.new_context(
        base_url=shown.address, viewport={"width": width, "height": 640}, bypass_csp=True
    )
    context.add_init_script(
        f"document.addEventListener('DOMContentLoaded', () => {{"
        f"const style = document.createElement('style'); style.textContent = {root!r};"
        "document.head.append(style)})"
    )
    page = context.new_page()
    wide = too_wide(page, PUBLIC)
    for login, addresses in (("alma", WRITERS), ("karin", (*DESK, "/imports"))):
        page.goto("/session")
        page.fill("[name=username]", login)
        page.fill("[name=password]", PASSWORD)
        press(page, "/session")
        wide += too_wide(page, addresses)
    context.close()

    assert wide == []


def test_nothing_moves_where_the_reader_wants_stillness(browser: Browser, shown: Served) -> None:
    context = browser.new_context(base_url=shown.address, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/documents/1001")
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter(one => {
          const style = getComputedStyle(one);
          return parseFloat(style.transitionDuration) > 0 || style.animationName !== "none";
        }).length"""
    )
    scrolling = page.evaluate("() => getComputedStyle(document.documentElement).scrollBehavior")
    context.close()

    assert (moving, scrolling) == (0, "auto")


def test_a_theme_is_chosen_and_kept_in_the_browser(browser: Browser, shown: Served) -> None:
    context = browser.new_context(base_url=shown.address, color_scheme="light")
    page = context.new_page()
    page.goto("/documents/1001")
    ground = "() => getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.select_option("#theme", "dark")
    dark = page.evaluate(ground)
    page.goto("/search")
    kept = page.evaluate(ground)
    context.close()

    assert light != dark
    assert kept == dark


def test_a_list_follows_as_one_types(browser: Browser, shown: Served) -> None:
    context = browser.new_context(base_url=shown.address)
    page = context.new_page()
    page.goto("/documents")
    page.locator("#field-q").press_sequentially("handhygien")
    page.wait_for_url("**/documents?q=handhygien*")
    first = page.locator("#results tbody th a").first.text_content()
    typed = page.locator("#field-q").input_value()
    context.close()

    assert first == "Handhygien"
    assert typed == "handhygien"


def test_on_paper_stand_the_facts_and_the_text_and_no_buttons(
    browser: Browser, shown: Served
) -> None:
    context = browser.new_context(base_url=shown.address, color_scheme="dark")
    page = context.new_page()
    page.goto("/documents/1001")
    page.emulate_media(media="print")
    ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    shown = [page.locator(one).first.is_visible() for one in (".head-card", ".prose", ".hash")]
    left = [
        page.locator(one).first.is_visible()
        for one in (".site-header__nav", ".site-footer", ".contents", ".document-links")
    ]
    context.close()

    assert ground == "rgb(255, 255, 255)"
    assert shown == [True, True, True]
    assert left == [False, False, False, False]


def test_no_page_asks_anything_of_the_outside(browser: Browser, shown: Served) -> None:
    context = browser.new_context(base_url=shown.address)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for address in PUBLIC:
        page.goto(address)
    context.close()

    assert [url for url in asked if not url.startswith((shown.address, "data:"))] == []
    with urllib.request.urlopen(f"{shown.address}/documents/1001") as answer:
        assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]

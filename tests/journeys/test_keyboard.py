"""One whole revision with the keys alone: what is needed takes focus, shows it, and is pressed."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import PASSWORD, Served
from tests.journeys.test_a_revision import SENTENCE, Visit, a_routine_in_force

MOST_TABS = 150
IS_SHOWN = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  return box.width > 0 && (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
}"""


def tab_to(page: Page, selector: str) -> None:
    """Go there by Tab, from where the focus is; what has focus must show it."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            assert page.evaluate(IS_SHOWN), f"{selector} does not show that it has focus"
            return
    raise AssertionError(f"{selector} is not reached on {page.url}")


def enter(page: Page, selector: str) -> None:
    """Press what is there, and wait for where it leads."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_in(page: Page, login: str) -> None:
    enter(page, ".site-header a[href^='/session']")
    tab_to(page, "[name=username]")
    page.keyboard.type(login)
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_routine_is_found_revised_reviewed_and_adopted_by_keyboard(
    served: Served, visit: Visit
) -> None:
    document = a_routine_in_force(served)
    case = revise(visit, document)
    for login in ("birgit", "cecilia"):
        reviewer = open_task(visit, login, case)
        enter(reviewer, f"form[action='{case}/approvals'] button")
    dag = open_task(visit, "dag", case)
    tab_to(dag, f"form[action='{case}/decision'] [name=password]")
    dag.keyboard.type(PASSWORD)
    enter(dag, f"form[action='{case}/decision'] button[type=submit]")

    expect(dag).to_have_url(re.compile(rf"/documents/{document}$"))
    assert SENTENCE in dag.content()


def revise(visit: Callable[[str], Page], document: int) -> str:
    """Alma searches, opens a revision, writes a sentence and sends it; the case's address."""
    alma = visit("")
    sign_in(alma, "alma")
    tab_to(alma, "[name=q]")
    alma.keyboard.type("handhygien")
    with alma.expect_navigation():
        alma.keyboard.press("Enter")
    enter(alma, f"main a[href='/documents/{document}']")
    enter(alma, f"a[href='/documents/{document}/actions']")
    enter(alma, "form:has([value=revise]) button")
    found = re.search(r"/cases/\d+", alma.url)
    assert found is not None
    enter(alma, f"a[href='{found[0]}/documents/{document}']")
    tab_to(alma, "[name=text]")
    alma.keyboard.press("Control+End")
    alma.keyboard.type(f"\n{SENTENCE}\n")
    enter(alma, "main form button[type=submit]:not([formaction])")
    alma.goto(found[0])
    tab_to(alma, "[name=change_note]")
    alma.keyboard.type("Ny mening om när händerna spritas.")
    enter(alma, f"form[action='{found[0]}/submission'] button")
    expect(alma.locator("main[data-case-state=in_review]")).to_be_visible()
    return found[0]


def open_task(visit: Callable[[str], Page], login: str, case: str) -> Page:
    """Somebody finds the case among their tasks."""
    page = visit("")
    sign_in(page, login)
    enter(page, "nav a[href='/tasks']")
    enter(page, f"main a[href='{case}']")
    return page

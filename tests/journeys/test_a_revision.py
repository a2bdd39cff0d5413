"""From a routine in force to its next version, by the people whose work it is."""

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.conftest import PASSWORD, Served, press, unfold

Visit = Callable[[str], Page]
SENTENCE = "Sprita händerna även när du lämnar rummet."


def a_routine_in_force(served: Served) -> int:
    """A public routine in force that nobody is revising."""
    address = f"{served.address}/documents.json?type=routine&standing=in_force"
    with urllib.request.urlopen(address) as answer:
        documents = json.load(answer)["documents"]
    hand_hygiene = [d["id"] for d in documents if d["title"] == "Handhygien"]
    return int(hand_hygiene[0])


def open_revision(alma: Page, document: int) -> str:
    """Alma opens a revision from the document's own page; the case's address."""
    alma.goto(f"/documents/{document}")
    alma.locator(f'main a[href="/documents/{document}/actions"]').first.click()
    alma.locator("form:has(input[name=kind][value=revise]) button[type=submit]").click()
    expect(alma).to_have_url(re.compile(r"/cases/\d+"))
    found = re.search(r"/cases/\d+", alma.url)
    assert found is not None
    return found[0]


def write(alma: Page, case: str, document: int, sentence: str) -> None:
    """Alma adds a sentence and saves."""
    alma.goto(f"{case}/documents/{document}")
    text = alma.locator("textarea[name=text]")
    text.fill(f"{text.input_value().rstrip()}\n\n{sentence}\n")
    press(alma, f"{case}/documents/{document}")


def submit(alma: Page, case: str, note: str) -> None:
    """Alma sends the draft to its reviewers."""
    alma.goto(case)
    alma.fill("[name=change_note]", note)
    press(alma, f"{case}/submission")
    expect(alma.locator("main[data-case-state=in_review]")).to_be_visible()


def approve(reviewer: Page, case: str) -> None:
    """A reviewer finds the case among her tasks, reads, and approves."""
    reviewer.goto("/tasks")
    reviewer.locator(f'main a[href="{case}"]').first.click()
    expect(reviewer.locator("main ins").first).to_be_visible()
    press(reviewer, f"{case}/approvals")
    expect(reviewer.locator("[role=alert]")).to_have_count(0)


def adopt(dag: Page, case: str) -> None:
    """Dag decides, and shows again who he is."""
    dag.goto("/tasks")
    dag.locator(f'main a[href="{case}"]').first.click()
    dag.locator(f'form[action="{case}/decision"] [name=password]').fill(PASSWORD)
    press(dag, f"{case}/decision")


def test_a_routine_is_revised_reviewed_and_adopted(
    served: Served, visit: Visit, tmp_path: Path
) -> None:
    document = a_routine_in_force(served)
    reader, alma = visit(""), visit("alma")
    reader.goto(f"/documents/{document}")
    before = int(str(reader.locator("main [data-version]").first.get_attribute("data-version")))

    case = open_revision(alma, document)
    write(alma, case, document, SENTENCE)
    submit(alma, case, "Ny mening om när händerna spritas.")
    reader.reload()
    assert SENTENCE not in reader.content()
    approve(visit("birgit"), case)
    approve(visit("cecilia"), case)
    dag = visit("dag")
    adopt(dag, case)

    expect(dag).to_have_url(re.compile(rf"/documents/{document}$"))
    reader.reload()
    assert SENTENCE in reader.content()
    expect(reader.locator(f'main [data-version="{before + 1}"]').first).to_be_visible()
    reader.goto(f"/documents/{document}/versions/{before}")
    assert SENTENCE not in reader.content()
    expect(reader.locator("main [data-standing=superseded]").first).to_be_visible()
    reader.goto(f"/documents/{document}/compare?from={before}&to={before + 1}")
    expect(reader.locator("main ins", has_text="lämnar rummet").first).to_be_visible()
    reader.goto(f"/documents/{document}/history")
    expect(reader.locator("main", has_text="Ny mening om när händerna spritas.")).to_be_visible()
    check_clone(served, tmp_path / "clone", document, before + 1)


def check_clone(served: Served, clone: Path, document: int, version: int) -> None:
    """A clone shows the same in files, and proves it with nothing else at hand."""
    subprocess.run(["git", "clone", "-q", served.data / "record.git", clone], check=True)
    folder = clone / f"documents/{document // 10000:02d}/{document // 100 % 100:02d}/{document}"
    assert SENTENCE in (folder / "text.md").read_text("utf-8")
    newest = max((folder / "decisions").glob("*.json"))
    decision = json.loads(newest.read_text("utf-8"))
    assert (decision["kind"], decision["version"]) == ("adopt", version)
    assert [approval["name"] for approval in decision["approvals"]] == ["Birgit", "Cecilia"]
    assert decision["decided_by"]["name"] == "Dag"
    verified = subprocess.run(
        [sys.executable, "-m", "styrdokument", "verify", "--repo", str(clone)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_a_draft_is_sent_back_mended_and_adopted(served: Served, visit: Visit) -> None:
    document = a_routine_in_force(served)
    alma, birgit = visit("alma"), visit("birgit")
    case = open_revision(alma, document)
    write(alma, case, document, SENTENCE)
    submit(alma, case, "Ny mening.")

    birgit.goto(case)
    unfold(birgit, f"{case}/returns")
    birgit.locator(f'form[action="{case}/returns"] [name=reason]').fill("Skriv ut vilket rum.")
    press(birgit, f"{case}/returns")
    alma.goto(case)
    expect(alma.locator("main[data-case-state=draft]")).to_be_visible()
    expect(alma.locator("main", has_text="Skriv ut vilket rum.")).to_be_visible()
    write(alma, case, document, "Med rum menas vårdrum.")
    submit(alma, case, "Ny mening, och vad som menas med rum.")
    approve(birgit, case)
    approve(visit("cecilia"), case)
    adopt(visit("dag"), case)

    alma.goto(f"/documents/{document}")
    assert "Med rum menas vårdrum." in alma.content()


def test_a_draft_is_nobody_elses_business(served: Served, visit: Visit) -> None:
    document = a_routine_in_force(served)
    alma, gun = visit("alma"), visit("gun")
    case = open_revision(alma, document)
    write(alma, case, document, SENTENCE)

    for page, address in ((gun, case), (gun, f"{case}/documents/{document}")):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 404
        assert SENTENCE not in page.content()
    nobody = visit("")
    answer = nobody.goto(case)
    assert answer is not None
    assert answer.status == 401

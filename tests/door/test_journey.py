"""One author's whole way with git, in both languages: from a clone to the adopted text in it."""

import pytest

from styrdokument.app import create_app
from styrdokument.config import read_config
from tests.door.conftest import Door, said
from tests.views import library, steps
from tests.views.library import HYGIENE

TEXT = f"documents/00/10/{HYGIENE}/text.md"

GOVERNED, UNCLEAN = f"{TEXT}:4: governed_field: ", f"{TEXT}:20: bad_text.not_normal: "
WORDS = {
    "sv": {
        "refused": [
            "Inget av refs/heads/draft/tvatta togs emot:",
            GOVERNED + "Giltig till och med sätts av beslutet och kan inte skrivas av författaren.",
            UNCLEAN + "Filen ska vara UTF-8 (NFC) utan BOM, med radslut LF och en avslutande "
            "radbrytning.",
        ],
        "received": [
            "Mottaget i ärende 2 (Revidera, På granskning).",
            "{address}/cases/2",
            "Nu är det dags för: Birgit, Cecilia",
        ],
    },
    "en": {
        "refused": [
            "Nothing of refs/heads/draft/tvatta was accepted:",
            GOVERNED + "Valid until and including is set by the decision and cannot be written by "
            "the author.",
            UNCLEAN + "The file must be UTF-8 (NFC) without BOM, with LF line endings and a final "
            "newline.",
        ],
        "received": [
            "Received in case 2 (Revise, In review).",
            "{address}/cases/2",
            "Next in turn: Birgit, Cecilia",
        ],
    },
}


@pytest.mark.parametrize("language", WORDS)
def test_clone_edit_fail_mend_push_review_adopt_and_pull(door: Door, language: str) -> None:
    app = create_app(door.house, read_config(door.data, {}))
    words = WORDS[language]
    alma = door.clone("alma", language=language)
    alma.begin("draft/tvatta")
    file = alma.folder(HYGIENE) / "text.md"
    good = file.read_text("utf-8")
    lines = good.splitlines()
    file.write_text("\n".join([*lines[:3], "valid_until: 2099-01-01", *lines[3:]]), "utf-8")
    alma.commit("Torka också")

    refused = alma.push("draft/tvatta")
    file.write_text(f"{good}\nTorka också.\n", "utf-8")
    alma.git("commit", "-q", "-a", "--amend", "-m", "Torka också")
    pushed = alma.push("draft/tvatta", "-o", "submit", "-o", "change-note=Torka också.")

    assert said(refused) == words["refused"]
    assert refused.returncode == 1
    assert said(pushed) == [line.format(address=door.address) for line in words["received"]]
    assert pushed.returncode == 0
    people = {login: app.test_client() for login in ("birgit", "cecilia", "dag")}
    for login, browser in people.items():
        steps.send(browser, "/session", username=login, password=library.PASSWORD)
    for login in ("birgit", "cecilia"):
        assert "Torka också." in steps.words(steps.page(people[login], "/cases/2"))
        sent = steps.send(people[login], "/cases/2", "/cases/2/approvals")
        assert sent.status_code == 303
    decided = steps.send(people["dag"], "/cases/2", "/cases/2/decision", password=library.PASSWORD)
    assert decided.status_code == 303
    assert alma.git("switch", "-q", "main").returncode == 0
    assert alma.git("pull", "-q", "--prune").returncode == 0
    assert file.read_text("utf-8").endswith("\nTorka också.\n")
    assert alma.git("branch", "-r").stdout.split() == [
        "origin/HEAD",
        "->",
        "origin/main",
        "origin/main",
    ]
    assert "Torka också." in app.test_client().get(f"/documents/{HYGIENE}").text

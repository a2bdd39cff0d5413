"""A git author's way: what a push opens, what is answered, and that the web sees the same."""

from dataclasses import replace

from styrdokument.actions import drafting
from styrdokument.domain.case import CaseNumber, State, Step
from styrdokument.domain.decisionfile import Significance
from styrdokument.domain.document import DocumentId
from tests.door.conftest import Clone, Door, answered, said
from tests.views import library
from tests.views.library import BLOOD, DUE, HYGIENE

NEXT = CaseNumber(2)


def revise(clone: Clone, branch: str, document: DocumentId = HYGIENE) -> str:
    """A branch with one commit, which adds a sentence to a document."""
    clone.begin(branch)
    return add(clone, document, "Spola efteråt.")


def add(clone: Clone, document: DocumentId, words: str) -> str:
    text = clone.folder(document) / "text.md"
    text.write_text(f"{text.read_text('utf-8')}\n{words}\n", "utf-8")
    return clone.commit(words)


def test_a_push_of_a_draft_opens_a_case_and_says_whose_turn_it_is(door: Door) -> None:
    alma = door.clone("alma")
    tip = revise(alma, "draft/spolning")

    pushed = alma.push("draft/spolning")

    held = door.house.cases.read(NEXT)
    assert held.tip == tip == door.refs()["refs/heads/draft/spolning"]
    steps = [(event.step, event.via, event.by.name) for event in held.events]
    assert steps == [(Step.OPEN, "git", "Alma"), (Step.SAVE, "git", "Alma")]
    assert said(pushed) == [
        "Mottaget i ärende 2 (Revidera, Utkast).",
        f"{door.address}/cases/2",
        "Innan ärendet kan skickas på granskning saknas:",
        "- needs_change_note: Skriv med en mening vad som har ändrats.",
        'Skicka på granskning på ärendets sida, eller med nästa push: -o submit -o change-note="…"',
        "Nu är det dags för: Alma",
    ]


def test_a_push_may_hand_the_draft_in(door: Door) -> None:
    alma = door.clone("alma", language="en")
    revise(alma, "draft/rinsing")

    pushed = alma.push(
        "draft/rinsing", "-o", "submit", "-o", "change-note=Spola", "-o", "significance=minor"
    )

    case = door.house.cases.read(NEXT).case
    assert (case.state, case.change_note) == (State.IN_REVIEW, "Spola")
    assert case.significance is Significance.MINOR
    assert said(pushed) == [
        "Received in case 2 (Revise, In review).",
        f"{door.address}/cases/2",
        "Next in turn: Birgit, Cecilia",
    ]


def test_what_cannot_be_handed_in_is_kept_all_the_same(door: Door) -> None:
    alma = door.clone("alma")
    tip = revise(alma, "draft/spolning")

    pushed = alma.push("draft/spolning", "-o", "submit")

    held = door.house.cases.read(NEXT)
    assert (held.case.state, held.tip) == (State.DRAFT, tip)
    assert said(pushed)[2:4] == [
        "Texten är sparad, men kunde inte skickas på granskning:",
        "- needs_change_note: Skriv med en mening vad som har ändrats.",
    ]


def test_every_push_makes_its_author_a_contributor_whatever_the_commits_say(door: Door) -> None:
    karin, alma = door.clone("karin"), door.clone("alma")
    revise(alma, "draft/spolning")
    assert alma.push("draft/spolning").returncode == 0
    karin.git("fetch", "-q")
    karin.git("switch", "-q", "-c", "mitt", "origin/draft/spolning")
    karin.git("config", "author.name", "Gun")
    karin.git("config", "author.email", "gun@example.org")
    add(karin, HYGIENE, "Torka.")

    assert karin.push("draft/spolning").returncode == 0

    case = door.house.cases.read(NEXT).case
    assert case.contributors == (door.ids["alma"], door.ids["karin"])


def test_an_edit_in_the_browser_is_pulled_and_built_upon(door: Door) -> None:
    alma = door.clone("alma")
    revise(alma, "draft/spolning")
    alma.push("draft/spolning")
    save_on_the_web(
        door, "alma", "## Syfte\n\nWebben.\n\n## Ansvar\n\nA.\n\n## Genomförande\n\nG.\n"
    )
    add(alma, HYGIENE, "Förgäves.")
    assert answered(alma.push("draft/spolning")) == {"draft/spolning": "fetch first"}

    alma.git("reset", "-q", "--hard", "HEAD~1")
    alma.git("fetch", "-q")
    assert alma.git("merge", "-q", "--ff-only", "origin/draft/spolning").returncode == 0
    tip = add(alma, HYGIENE, "Sedan.")

    assert alma.push("draft/spolning").returncode == 0
    assert door.house.cases.read(NEXT).tip == tip


def test_a_draft_of_ones_own_may_be_written_anew_and_the_old_is_kept(door: Door) -> None:
    alma = door.clone("alma")
    old = revise(alma, "draft/spolning")
    alma.push("draft/spolning")
    alma.git("commit", "-q", "--amend", "-m", "Bättre")
    new = alma.git("rev-parse", "HEAD").stdout.strip()

    assert answered(alma.push("draft/spolning")) == {"draft/spolning": "non-fast-forward"}
    assert alma.push("draft/spolning", "--force-with-lease").returncode == 0

    assert door.house.cases.read(NEXT).tip == new
    assert old in door.objects()
    kept = door.house.git.commit(door.house.cases.read(NEXT).log)
    assert new in kept.parents


def test_a_new_document_is_told_its_number_and_let_in_with_it(door: Door) -> None:
    alma = door.clone("alma")
    alma.begin("draft/nytt")
    folder = alma.place / "documents" / "nytt"
    folder.mkdir()
    text = (
        "---\nid: {}\ntitle: Tvålar\ntype: routine\napplies_to: [medicinkliniken]\n---\n## Syfte\n"
    )
    (folder / "text.md").write_text(text.format(""), "utf-8")
    alma.commit()

    refused = said(alma.push("draft/nytt"))
    again = said(alma.push("draft/nytt"))

    number = DocumentId(1043)
    assert again == refused
    assert (
        f"documents/nytt:1: bad_push.number: Ett nytt dokument behöver ett nummer. Nummer {number} "
        f"är reserverat för dig: flytta filerna till documents/00/10/{number}/ och skriv "
        f"id: {number} överst i text.md." in refused
    )
    alma.git("reset", "-q", "--hard", "origin/main")
    alma.folder(number).mkdir(parents=True)
    (alma.folder(number) / "text.md").write_text(text.format(number), "utf-8")
    alma.commit()
    assert alma.push("draft/nytt").returncode == 0
    case = door.house.cases.read(NEXT).case
    assert (str(case.kind), case.documents) == ("new", (number,))
    assert door.house.reservations.of(door.ids["alma"]) == []


def test_a_number_that_is_kept_for_another_is_of_no_use(door: Door) -> None:
    kept = door.house.reservations.reserve(
        door.ids["karin"], door.house.record.numbers.next_document(), at=door.house.now()
    )
    alma = door.clone("alma")
    alma.begin("draft/nytt")
    alma.folder(kept).mkdir(parents=True)
    (alma.folder(kept) / "text.md").write_text(f"---\nid: {kept}\n---\n", "utf-8")
    alma.commit()

    pushed = alma.push("draft/nytt")

    assert f"Nummer {kept + 1} är reserverat" in pushed.stderr


def test_an_extension_is_asked_for_without_a_text(door: Door) -> None:
    alma = door.clone("alma")
    alma.begin("draft/forlang")

    pushed = alma.push("draft/forlang", "-o", "kind=extend", "-o", f"document={BLOOD}")

    assert pushed.returncode == 0, pushed.stderr
    case = door.house.cases.read(NEXT).case
    assert (str(case.kind), case.documents) == ("extend", (BLOOD,))
    assert "refs/heads/draft/forlang" not in door.refs()


def test_a_draft_that_is_rebased_stands_on_the_newest_version(door: Door) -> None:
    alma = door.clone("alma")
    revise(alma, "draft/spolning", BLOOD)
    alma.push("draft/spolning")
    other = next(text for text in library.texts() if text.document == DUE)
    library.put(door.house, replace(other, version=2), door.ids)  # another decision moves main

    alma.git("fetch", "-q")
    assert alma.git("rebase", "-q", "origin/main").returncode == 0
    assert alma.push("draft/spolning", "--force-with-lease").returncode == 0

    held = door.house.cases.read(NEXT)
    assert held.base == door.house.record.head


def save_on_the_web(door: Door, login: str, body: str) -> None:
    actor = library.actor(door.house, door.ids, login)
    held = door.house.cases.read(NEXT)
    base = door.house.matters.draft(held, HYGIENE).content_hash
    writing = drafting.Writing(base=base, text=body)
    drafting.save(door.house, actor, NEXT, HYGIENE, writing)

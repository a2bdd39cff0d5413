"""A push never is what a board decided, whatever it says of itself (rule 20)."""

from collections.abc import Callable

import pytest

from styrdokument.actions import drafting, opening, reviewing
from styrdokument.domain.case import CaseNumber, Kind, Step
from styrdokument.domain.matter import Given, Matter
from styrdokument.domain.people import Actor
from styrdokument.domain.transitions import obstacles
from tests.cast import MINUTES, NOON
from tests.door.conftest import Clone, Door
from tests.views import library
from tests.views.steps import change_register

POLICY = library.CORRECTED
NEXT = CaseNumber(2)
ORDINARY, BOARDS = "## Mål\n\nNytt.\n", "## Mål\n\nNytt, och hållbart.\n"


@pytest.fixture
def cast(door: Door) -> Callable[[str], Actor]:
    """Somebody of the cast; Gun is the assembly's secretary."""
    before = "Regional Assembly}\n  unit: region\n  holders: []"
    after = before.replace("[]", f"[{{person: {door.ids['gun']}, from: 2020-01-01}}]")
    change_register(door.house, door.ids, "functions.yaml", before, after)
    return lambda login: library.actor(door.house, door.ids, login)


@pytest.fixture
def attested(door: Door, cast: Callable[[str], Actor]) -> Clone:
    """The assembly changed a policy: Gun has entered it, Birgit attested it. Alma's clone of it."""
    house, alma = door.house, cast("alma")
    assert opening.open_case(house, alma, Kind.REVISE, [POLICY]) == NEXT
    drafting.save(house, alma, NEXT, POLICY, _writing(door, ORDINARY))
    reviewing.submit(house, alma, NEXT, Given(change_note="Nytt mål."))
    for login in ("birgit", "cecilia"):
        reviewing.approve(house, cast(login), NEXT, _given(door))
    gun = cast("gun")
    drafting.enter_minutes(house, gun, NEXT, POLICY, _writing(door, BOARDS), _given(door))
    reviewing.attest_minutes(house, cast("birgit"), NEXT, _given(door))
    assert _hindrances(door, gun) == set()
    clone = door.clone("alma")
    branch = house.cases.read(NEXT).case.branch
    assert clone.git("switch", "-q", "-c", "mitt", f"origin/{branch}").returncode == 0
    clone.git("config", "author.name", "Gun")
    clone.git("config", "author.email", f"{door.ids['gun']}@record.invalid")
    return clone


def test_a_push_makes_it_an_ordinary_draft_whatever_its_commits_say(
    door: Door, cast: Callable[[str], Actor], attested: Clone
) -> None:
    # rules 17 and 20
    entered = door.house.cases.read(NEXT).case
    _write(attested, "Och mitt eget.")

    assert attested.push(entered.branch).returncode == 0

    held = door.house.cases.read(NEXT)
    assert held.case.boards_texts == {}
    assert "minutes" not in held.events[-1].facts
    assert _hindrances(door, cast("gun")) == {"not_approved"}


def test_what_the_board_decided_pushed_by_another_is_not_the_boards_any_more(
    door: Door, cast: Callable[[str], Actor], attested: Clone
) -> None:
    # rule 20
    entered = door.house.cases.read(NEXT).case
    _write(attested, "Och mitt eget.")
    attested.push(entered.branch)
    assert attested.git("revert", "--no-edit", "HEAD").returncode == 0

    assert attested.push(entered.branch).returncode == 0

    case = door.house.cases.read(NEXT).case
    assert case.contents == entered.contents
    assert case.boards_texts == {}
    assert _hindrances(door, cast("gun")) == {"not_approved"}


def _write(clone: Clone, words: str) -> None:
    text = clone.folder(POLICY) / "text.md"
    text.write_text(f"{text.read_text('utf-8')}\n{words}\n", "utf-8")
    clone.commit("save: 2003\n\nminutes: true")


def _matter(door: Door) -> Matter:
    return door.house.matters.of(door.house.cases.read(NEXT), on=NOON.date())


def _given(door: Door) -> Given:
    return Given(snapshot=_matter(door).snapshot)


def _writing(door: Door, text: str) -> drafting.Writing:
    return drafting.Writing(base=_matter(door).case.contents[POLICY], text=text)


def _hindrances(door: Door, by: Actor) -> set[str]:
    matter = _matter(door)
    given = Given(snapshot=matter.snapshot, second_look="password", **MINUTES)
    return {str(problem.code) for problem in obstacles(Step.DECIDE, matter, by, given)}

"""Two clients at once: exactly one is told that it was let in, and what it sent is what stands."""

from concurrent.futures import ThreadPoolExecutor

from styrdokument.domain.case import CaseNumber
from tests.door import packs
from tests.door.conftest import Clone, Door
from tests.door.test_authors import add, revise
from tests.views.library import HYGIENE

ROUNDS = 12


def body(clone: Clone, new: str, old: str) -> bytes:
    """What a client sends to move the draft from `old` to `new`."""
    words = ("pack-objects", "--revs", "--stdout", "-q")
    listed = f"{new}\n^{old}\n"
    done = clone.raw(*words, data=listed.encode())
    return packs.request(new, done, ref="refs/heads/draft/spolning", old=old)


def test_exactly_one_of_two_is_told_ok_and_the_log_holds_all_that_were(door: Door) -> None:
    alma = door.clone("alma")
    tip = revise(alma, "draft/spolning")
    assert alma.push("draft/spolning").returncode == 0
    url, acknowledged = alma.address, [tip]

    for number in range(ROUNDS):
        news = []
        for who in ("a", "b"):
            alma.git("reset", "-q", "--hard", tip)
            news.append(add(alma, HYGIENE, f"{who}{number}"))
        bodies = [body(alma, new, tip) for new in news]
        with ThreadPoolExecutor(2) as clients:
            answers = list(
                clients.map(lambda sent: packs.post(url, "git-receive-pack", sent), bodies)
            )
        winners = [new for new, answer in zip(news, answers, strict=True) if answer.is_let_in]
        assert len(winners) == 1, answers
        assert all(answer.status == 200 for answer in answers)
        tip = winners[0]
        acknowledged.append(tip)

    held = door.house.cases.read(CaseNumber(2))
    assert held.tip == tip == door.refs()["refs/heads/draft/spolning"]
    saved = [
        parents[1]
        for parents in (c.parents for c in door.house.git.line(held.log))
        if len(parents) > 1
    ]
    assert saved[: ROUNDS + 1][::-1] == acknowledged

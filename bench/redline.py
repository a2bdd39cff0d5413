# ruff: noqa: INP001, S311, T201 - a script that prints; its texts are made by chance, with a seed
"""What texts cost: reading, checking, showing and comparing them, in milliseconds of CPU.

    .venv/bin/python bench/redline.py [WORD ...]

Prints a table: for each case (those whose name holds one of the words, if any are given) at two
sizes, the medians of `ROUNDS` runs of `lint` (the checks of a save), `render` (the page) and
`redline` (two pages compared and written). The first line says what an empty loop of ten
million turns costs, for figures from different machines, or a busy one, to be compared by. The
last row is a whole request for a comparison of two ordinary versions, session and page included.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from http import HTTPStatus
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from styrdokument.text import lint
from styrdokument.text.markdown import render
from styrdokument.text.redline import Words, redline

ROUNDS = 3
REQUESTS = 40
SAID = Words(inserted="Tillagt:", deleted="Borttaget:", end="slut på ändringen")
CHANCE = random.Random(20261121)
LETTERS = "aabdeefgiiklmnoprrssttuvåäö"
VOCABULARY = ["".join(CHANCE.choices(LETTERS, k=CHANCE.randint(2, 11))) for _ in range(3000)]
Texts = tuple[str, str]


def words(count: int) -> list[str]:
    """So many words by chance."""
    return CHANCE.choices(VOCABULARY, k=count)


def edited(line: str, share: float) -> str:
    """The line with a share of its words replaced."""
    return " ".join(words(1)[0] if CHANCE.random() < share else word for word in line.split(" "))


def ordinary(size: int) -> Texts:
    """A routine of about `size` words: headings, paragraphs, lists and a table; ten edits."""
    blocks = []
    for _ in range(max(1, size // 125)):
        blocks += [f"## {' '.join(words(3))}", " ".join(words(50))]
        blocks.append("\n".join(f"- {' '.join(words(8))}" for _ in range(4)))
        blocks.append(" ".join(words(25)))
    blocks.append("|a|b|\n|-|-|\n" + "\n".join(f"|{' '.join(words(2))}|5 mg|" for _ in range(6)))
    new = list(blocks)
    for _ in range(10):
        place = CHANCE.randrange(len(new))
        new[place] = edited(new[place], 1 / 20)
    new.insert(len(new) // 2, " ".join(words(30)))
    return "\n\n".join(blocks), "\n\n".join(new)


def similar_lines(size: int) -> Texts:
    """Paragraphs that differ from each other and from the old by a number only."""
    lines = [f"Rad {n} om handhygien och basala rutiner nummer" for n in range(size)]
    old, new = ("\n\n".join(f"{x} {n * k}" for n, x in enumerate(lines)) for k in (3, 7))
    return old, new


def one_line(size: int, share: float = 0.05) -> Texts:
    """One paragraph of so many characters."""
    line = " ".join(words(size // 7))[:size]
    return line, edited(line, share)


def many_words(size: int) -> Texts:
    """So many words in one paragraph, all of them replaced."""
    return " ".join(words(size)), " ".join(words(size))


def rows(size: int, share: float = 0.2) -> Texts:
    """A table where each row has a word changed, or none where `share` is small."""
    head = "|Namn|Text|Dos|\n|-|-|-|\n"
    old = [f"|{words(1)[0]}|{' '.join(words(3))}|{CHANCE.randint(1, 999)} mg|" for _ in range(size)]
    changed = ["|".join(edited(cell, share) for cell in row.split("|")) for row in old]
    return head + "\n".join(old), head + "\n".join(changed)


def wider(size: int) -> Texts:
    """The same table with a column more."""
    old = rows(size)[0]
    new = old.replace("|Namn|", "|Namn|Form|").replace("|-|", "|-|-|", 1).split("\n")
    cells = [row.split("|", 2) for row in new[2:]]
    body = [f"|{first}|tablett|{rest}" for _, first, rest in cells]
    return old, "\n".join([*new[:2], *body])


def items(size: int, share: float = 0.05) -> Texts:
    """A list where a share of the items is replaced."""
    old = [f"- {' '.join(words(2))}" for _ in range(size)]
    new = [f"- {' '.join(words(2))}" if CHANCE.random() < share else item for item in old]
    return "\n".join(old), "\n".join(new)


CASES: dict[str, tuple[Callable[[int], Texts], tuple[int, int]]] = {
    "ordinary routine, words": (ordinary, (1_000, 10_000)),
    "similar paragraphs": (similar_lines, (60, 600)),
    "all words replaced": (many_words, (2_000, 20_000)),
    "one line, characters": (one_line, (100_000, 1_000_000)),
    "one line, all replaced": (lambda n: one_line(n, 1), (100_000, 1_000_000)),
    "rows, each changed": (rows, (500, 5_000)),
    "rows, some changed": (lambda n: rows(n, 0.01), (500, 5_000)),
    "rows, a column more": (wider, (500, 5_000)),
    "items, some replaced": (items, (3_900, 39_000)),
    "items, all replaced": (lambda n: items(n, 1), (3_900, 39_000)),
}


def main() -> None:
    """Print the table."""
    print(
        f"ten million turns of an empty loop: {spent(lambda: [None for _ in range(10**7)]):.0f} ms"
    )
    print(f"{'case':26}{'size':>10}{'lint':>9}{'render':>9}{'redline':>9}  changes")
    for name, (make, sizes) in CASES.items():
        if not sys.argv[1:] or any(word in name for word in sys.argv[1:]):
            for size in sizes:
                print(f"{name:26}{size:>10}" + "".join(measured(*make(size))))
    if not sys.argv[1:]:
        print(f"{'a request for a comparison':26}{1_000:>10}{request():>27.1f}")


def measured(old: str, new: str) -> Iterator[str]:
    """The figures of a case: what a text refused by the checks costs is told by its rule."""
    new = f"{new}\n"
    lint._read.cache_clear()  # noqa: SLF001 - what is kept costs nothing
    problems = lint.findings(new)
    yield f"{median(lambda: (lint._read.cache_clear(), lint.findings(new))):>9.1f}"  # noqa: SLF001
    yield f"{median(lambda: render(new)):>9.1f}"
    pages = render(old), render(new)
    yield f"{median(lambda: redline(*pages, words=SAID).html):>9.1f}"
    refused = [str(p.rule) for p in problems if lint.blocks_saving(p)]
    yield f"  {len(redline(*pages, words=SAID).changes)} {' '.join(refused)}"


def request() -> float:
    """A whole request for the comparison of two ordinary versions, adopted here and now."""
    from styrdokument.app import create_app  # noqa: PLC0415
    from styrdokument.config import Config  # noqa: PLC0415
    from tests.actions import small  # noqa: PLC0415 - only this row needs a house

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        ids = small.build(data)
        house = small.house_of(data)
        for number, text in enumerate(ordinary(1_000)):
            case = small.open_revision(house, ids, 1000) if number else small.open_new(house, ids)
            small.save(house, ids, case, text, audience=["public"])
            small.make_ready(house, ids, case, f"{text}\n")
            small.decide(house, ids, case)
        client = create_app(house, Config(data=data, today=date(2027, 1, 1))).test_client()
        address = "/documents/1000/compare?from=1&to=2"
        answered = client.get(address)
        if answered.status_code != HTTPStatus.OK or b"<ins" not in answered.data:
            raise SystemExit(f"the comparison answered {answered.status}")
        figure = statistics.median(spent(lambda: client.get(address)) for _ in range(REQUESTS))
        house.close()
    return figure


def median(work: Callable[[], object]) -> float:
    """Milliseconds of CPU, the median of the rounds."""
    return statistics.median(spent(work) for _ in range(ROUNDS))


def spent(work: Callable[[], object]) -> float:
    """Milliseconds of CPU of one run."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


if __name__ == "__main__":
    main()

"""Measure the product and its peers in one run, and print what was measured as a table.

    python bench [SIZE ...]      sizes in documents; 1000 and 10000 unless others are named

Libraries are kept in .cache/bench; the product's is made once. See docs/performance.md.
"""

# ruff: noqa: INP001, T201 (scripts, not a package; they talk to the shell, and draw no secrets)

import os
import platform
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import door
import library
import ours
import peers

CACHE = Path(".cache/bench")
ROUNDS = 3
SOAK = int(os.environ.get("SOAK", "50"))
"""Pushes at the end of each size, to see what they leave; 500 take some minutes."""
TARGETS = {
    "document's page": "0.06",
    "document's page, signed in": "0.06",
    "list with filters, 100 rows": "2",
    "history": "2",
    "redline of two versions": "8",
    "decision, with the password looked at again": "20",
    "rebuild, versions for a second of CPU": "1000",
    "memory after reads, PSS MB": "150",
    "memory at the end, PSS MB": "150",
    "second start to first page, s": "1.5",
    "clone through the door, s": "1.2 times git alone",
    "push of a changed document, s": "0.3",
    "the slowest bomb, s": "2",
}


def main(sizes: list[int]) -> None:
    """Measure at each size, and print one table; each figure is told as it comes, too."""
    told = f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    loads, table = [], Table()
    for size in sizes:
        data = CACHE / str(size)
        library.make(data, size)
        loads.append(os.getloadavg()[0])
        table.put(size, "", ours.measure(data, ours.free_port(), rounds=ROUNDS))
        table.put(size, "", door.measure(data, ours.free_port(), rounds=ROUNDS, soak=SOAK))
        for name, measure in _others(size).items():
            with tempfile.TemporaryDirectory() as place, suppress(peers.NotAvailable):
                table.put(size, f"{name}: ", measure(Path(place)))
        loads.append(os.getloadavg()[0])
    print(f"{told}; load at the beginnings and ends: {', '.join(f'{one:.1f}' for one in loads)}\n")
    print(table.markdown(sizes))


class Table:
    """What was measured, by name and size."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[int, float]] = {}

    def put(self, size: int, prefix: str, rows: ours.Rows) -> None:
        """Take in what was measured at a size."""
        for name, value in rows.items():
            self._rows.setdefault(prefix + name, {})[size] = value
            print(f"{size:>7} {prefix}{name}: {value:.3f}", file=sys.stderr, flush=True)

    def markdown(self, sizes: list[int]) -> str:
        """A table for docs/performance.md."""
        head = ["", *(f"{size:,} documents" for size in sizes), "target"]
        lines = [head, ["---", *["---:"] * (len(sizes) + 1)]]
        for name, row in self._rows.items():
            found = [f"{row[size]:.3g}" if size in row else "not measured" for size in sizes]
            lines.append([name, *found, TARGETS.get(name, "")])
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _others(size: int) -> dict[str, Callable[[Path], ours.Rows]]:
    otter = CACHE / "otterwiki" / "bin" / "gunicorn"
    source = Path(os.environ.get("DOKUWIKI", "/usr/share/dokuwiki"))
    php = os.environ.get("PHP_FPM", "php-fpm8.2")
    return {
        "static file, nginx": lambda place: peers.static(place, ours.free_port(), ROUNDS),
        "Otter Wiki": lambda place: peers.otter(
            place, ours.free_port(), ROUNDS, program=otter.absolute(), count=size
        ),
        "DokuWiki": lambda place: peers.doku(
            place, ours.free_port(), ROUNDS, program=php, source=source, count=size
        ),
    }


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1_000, 10_000])

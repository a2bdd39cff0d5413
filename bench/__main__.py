"""Measure the product and its peers in one run, and print what was measured as a table.

    python bench [SIZE ...]      sizes in documents; 1000 and 10000 unless others are named

Libraries are kept in .cache/bench; the product's is made once. See docs/performance.md.
"""

# ruff: noqa: INP001, T201 (scripts, not a package; they talk to the shell, and draw no secrets)

import os
import platform
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import library
import ours
import peers

CACHE = Path(".cache/bench")
ROUNDS = 3
MISSING = "not available"


def main(sizes: list[int]) -> None:
    """The tables, one for each size."""
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for size in sizes:
        data = CACHE / str(size)
        library.make(data, size)
        print(f"\n{size} documents, load before {os.getloadavg()[0]:.1f}")
        _print("styrdokument", ours.measure(data, _free_port(), rounds=ROUNDS))
        for name, measure in _others(size).items():
            with tempfile.TemporaryDirectory() as place:
                try:
                    _print(name, measure(Path(place)))
                except peers.NotAvailable:
                    print(f"| {name} | | {MISSING} |")
        print(f"load after {os.getloadavg()[0]:.1f}", flush=True)


def _others(size: int) -> dict[str, Callable[[Path], ours.Rows]]:
    otter = CACHE / "otterwiki" / "bin" / "gunicorn"
    source = Path(os.environ.get("DOKUWIKI", "/usr/share/dokuwiki"))
    php = os.environ.get("PHP_FPM", "php-fpm8.2")
    return {
        "static file, nginx": lambda place: peers.static(place, _free_port(), ROUNDS),
        "Otter Wiki": lambda place: peers.otter(
            place, _free_port(), ROUNDS, program=otter.absolute(), count=size
        ),
        "DokuWiki": lambda place: peers.doku(
            place, _free_port(), ROUNDS, program=php, source=source, count=size
        ),
    }


def _print(who: str, rows: ours.Rows) -> None:
    for name, value in rows.items():
        print(f"| {who} | {name} | {value:.3f} |", flush=True)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1_000, 10_000])

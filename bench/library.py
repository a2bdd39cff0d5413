"""A library to measure in: the demonstration region, and so many documents with five versions each.

Written by the product's own functions: signed commits and decision files of kind `import`, a
hundred documents to a commit, as an import of a large library writes them.
"""

# ruff: noqa: INP001, T201 (scripts, not a package; they talk to the shell, and draw no secrets)

import os
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from text import body_of, title_of

from styrdokument.actions import beginning, demonstrating
from styrdokument.actions.house import House
from styrdokument.app import join, open_house
from styrdokument.config import FILE, Config, first_file
from styrdokument.domain.decisionfile import Basis, BasisKind, Decision, DecisionKind
from styrdokument.domain.document import ROLES, TEXT, DocumentId
from styrdokument.domain.people import Who
from styrdokument.store import frontmatter
from styrdokument.store.catalogue import Filters
from styrdokument.store.chain import Act, Proposal
from styrdokument.store.git import ObjectId
from styrdokument.store.record import hash_of

VERSIONS = int(os.environ.get("VERSIONS", "5"))
"""Of each document; one is enough where the number of documents is what is measured."""
IN_A_COMMIT = 100
IN_A_PACK = 2_000


def make(data: Path, count: int) -> None:
    """Make the library in `data`; one that is there is left as it is."""
    done = data / f"bench-{count}"
    if done.exists():
        return
    beginning.begin(
        data,
        join=lambda place: join(Config(data=place)),
        fill=demonstrating.fill,
        configuration=(FILE, first_file().encode()),
    )
    begun = time.process_time()
    with closing(open_house(Config(data=data))) as house:
        _fill(house, count)
        told = f"{count} documents entered in {time.process_time() - begun:.0f} s"
        begun = time.process_time()
        house.index.catch_up()
        print(f"{told}, indexed in {time.process_time() - begun:.0f} s of CPU", file=sys.stderr)
    done.touch()


def _fill(house: House, count: int) -> None:
    like = _a_routine(house)
    plain, roles = (house.git.blob(house.record.files_of(like)[name]) for name in (TEXT, ROLES))
    front = _front_matter(plain)
    first = house.record.numbers.next_document(count)
    acts: list[Act] = []
    batch = house.git.batch()
    for version in range(1, VERSIONS + 1):
        for at in range(0, count, IN_A_COMMIT):
            numbers = range(first + at, first + min(at + IN_A_COMMIT, count))
            proposals = []
            for number in numbers:
                text = _text(front, number, version)
                files = {
                    TEXT: house.record.put(batch, text),
                    ROLES: house.record.put(batch, roles),
                }
                proposals.append(_proposal(house, number, version, files))
            acts.append(
                Act(kind=DecisionKind.IMPORT, by="bench", at=house.now(), proposals=proposals)
            )
            if len(acts) * IN_A_COMMIT >= IN_A_PACK:
                house.record.enter(batch, *acts, together=True)
                acts, batch = [], house.git.batch()
    if acts:
        house.record.enter(batch, *acts, together=True)


def _a_routine(house: House) -> DocumentId:
    rows, _ = house.catalogue.find(Filters(type="routine"), on=house.today, internal=False)
    return DocumentId(next(row["document"] for row in rows if row["standing"] == "in_force"))


def _text(like: bytes, number: int, version: int) -> bytes:
    """The file, with another's front matter; it is checked when it is indexed."""
    audience = "internal" if number % 4 == 0 else "public"
    front = b"id: %d\ntitle: %s\naudience: %s\n%s" % (
        number,
        title_of(number).encode(),
        audience.encode(),
        like,
    )
    return b"---\n%s---\n%s" % (front, body_of(number, version).encode())


def _front_matter(text: bytes) -> bytes:
    """What a text says beside what each says of its own."""
    own = (b"id:", b"title:", b"audience:")
    front, _, _ = frontmatter.split(text)
    return b"".join(line for line in front.splitlines(keepends=True) if not line.startswith(own))


def _proposal(house: House, number: int, version: int, files: dict[str, ObjectId]) -> Proposal:
    """A version in force for two years from some day of the last ones."""
    content = house.record.content_of(files)
    newest = house.today - timedelta(days=number % 600)
    effective = newest - timedelta(days=365 * (VERSIONS - version))
    decision = Decision(
        kind=DecisionKind.IMPORT,
        document=DocumentId(number),
        version=version,
        unit=None,
        content=content,
        content_hash=hash_of(content),
        title=title_of(number),
        type="routine",
        audience="internal" if number % 4 == 0 else "public",
        decided_on=effective,
        recorded_at=house.now(),
        recorded_by=Who(id=None, name="bench"),
        effective_from=effective,
        valid_until=effective + timedelta(days=730),
        basis=Basis(kind=BasisKind.SOURCE),
        decided_by=None,
        change_note=f"Ändring {version}.",
        product="styrdokument",
    )
    return Proposal(decision=decision, files=files)


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))

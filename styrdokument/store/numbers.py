"""Numbers of cases and documents: given once, in order, never again; gaps are fine.

They stand under a reference of their own, moved by compare-and-swap, so that two processes never
get the same.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from styrdokument.domain.case import CaseNumber
from styrdokument.domain.document import HIGHEST_ID, LOWEST_ID, DocumentId
from styrdokument.domain.problems import Conflict
from styrdokument.store.git import Git, ObjectId

REF = "refs/meta/numbers"
FILE = "numbers.json"
SERVICE = "styrdokument"


class Numbers:
    """The next free numbers of one repository."""

    def __init__(self, git: Git) -> None:
        """Over the repository that keeps them."""
        self._git = git

    def next_case(self) -> CaseNumber:
        """A case number that nobody else gets."""
        return CaseNumber(self._take("case", 1))

    def next_document(self, count: int = 1) -> DocumentId:
        """The first of `count` document ids in a row that nobody else gets.

        Raises OverflowError when there are no more ids.
        """
        first = self._take("document", count)
        if first + count - 1 > HIGHEST_ID:
            raise OverflowError(first)
        return DocumentId(first)

    def keep_clear_of(self, document: int = 0, *, case: int = 0) -> None:
        """See to it that no number up to these is given to another, wherever they came from."""
        while True:
            old, numbers = self._read()
            used = {"document": document, "case": case}
            higher = {name: max(numbers[name], number + 1) for name, number in used.items()}
            if higher.items() <= numbers.items() or self._put(old, numbers | higher):
                return

    def _take(self, what: str, count: int) -> int:
        while True:
            old, numbers = self._read()
            if self._put(old, numbers | {what: numbers[what] + count}):
                return numbers[what]

    def _read(self) -> tuple[ObjectId | None, dict[str, int]]:
        old = self._git.tip(REF)
        fresh = {"case": 1, "document": LOWEST_ID}
        if old is None:
            return None, fresh
        return old, fresh | json.loads(self._git.blob(self._git.files(old)[FILE]))

    def _put(self, old: ObjectId | None, numbers: Mapping[str, int]) -> bool:
        """Whether the numbers are ours; False where another was before."""
        batch = self._git.batch()
        data = json.dumps(numbers, sort_keys=True, indent=1) + "\n"
        tree = batch.tree(None, {FILE: batch.blob(data.encode())})
        new = batch.commit(
            tree, parents=(), author=SERVICE, at=datetime.now(UTC), message="numbers\n"
        )
        batch.flush()
        try:
            self._git.move(REF, old=old, new=new)
        except Conflict:
            return False
        return True

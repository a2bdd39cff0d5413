"""A moment's look at a house: whether it can be written to, and whether the record's end holds.

Every signature and every row of the index are for `verifying`, which takes its time.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from styrdokument.actions.house import KEY, House
from styrdokument.store.evidence import NAMESPACE_DECISION, BadSignature, check, read_signers
from styrdokument.store.git import Damaged, Missing
from styrdokument.store.record import Filed

MAY_BREAK = (BadSignature, Damaged, Missing, ValueError, KeyError, OSError)


@dataclass(frozen=True, kw_only=True)
class Health:
    """How a house is: how many decisions its record has, and a line for each thing amiss."""

    decisions: int
    problems: tuple[str, ...]


def examine(house: House) -> Health:
    """Look at the key, the record's newest decisions, and how far the index has come."""
    try:
        head = house.record.head
        newest = house.record.decided_at(head) if head else []
        return Health(
            decisions=newest[-1].decision.seq if newest else 0,
            problems=tuple(_problems(house, newest)),
        )
    except MAY_BREAK as error:
        return Health(decisions=0, problems=(f"the record cannot be read: {error!r}",))


def _problems(house: House, newest: list[Filed]) -> Iterator[str]:
    if not (house.data / KEY).exists():
        yield "the signing key is missing: nothing can be decided"
    if not house.record.is_writable:
        yield "the chain does not hold at its end: nothing can be written"
    if not newest:
        yield "the record is empty"
    for filed in newest:
        try:
            _check(house, filed)
        except MAY_BREAK as error:
            yield f"{filed.path}: the signature does not hold: {error}"
    if newest and not house.index.decisions_after(newest[-1].decision.seq - 1):
        yield "the index has not come as far as the record"


def _check(house: House, filed: Filed) -> None:
    head = house.record.head
    signature = house.git.find(head, f"{filed.path}.sig") if head else None
    if signature is None:
        raise KeyError("there is none")
    check(
        filed.data,
        house.git.blob(signature),
        namespace=NAMESPACE_DECISION,
        signers=read_signers(house.record.register_files()["signers"]),
        at=filed.decision.recorded_at,
    )

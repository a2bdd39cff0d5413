"""What came of a case, and of what was taken into it: read from the record and the case's log."""

from collections.abc import Mapping

from styrdokument.domain import facts
from styrdokument.domain.case import State, Step
from styrdokument.domain.decisionfile import Decision, from_bytes
from styrdokument.domain.document import DocumentId
from styrdokument.domain.matter import Matter
from styrdokument.store.cases import Held
from styrdokument.views.support import house


def decided_in(matter: Matter) -> tuple[Decision, ...]:
    """What came of the case; nothing while it is open."""
    if matter.case.state is not State.DECIDED:
        return ()
    rows = (row for draft in matter.drafts for row in house().catalogue.decisions(draft))
    found = (from_bytes(row["file"].encode()) for row in rows)
    return tuple(one for one in found if one.case == matter.case.number)


def clashing_in(held: Held) -> Mapping[DocumentId, int]:
    """Where the last save left the draft's own words standing over what was decided meanwhile.

    By document, the version that the draft stood on before.
    """
    saved = [event for event in held.events if event.step is Step.SAVE]
    is_open = held.case.is_open and bool(saved)
    return facts.by_document(saved[-1].facts, "clashing", int) if is_open else {}

"""Who must say yes to a draft, and who has: an approval counts for exactly the bytes it names.

Nothing is cleaned up when a text changes: approvals of other bytes just no longer count. Where a
board changed the text, they stand as given on the one that was put to it, and somebody attests that
the new one is the minutes' (rule 20).
"""

from collections.abc import Iterator

from styrdokument.domain.case import Case, Kind
from styrdokument.domain.decision import takes_minutes
from styrdokument.domain.decisionfile import Approval, Meaning
from styrdokument.domain.document import DocumentId
from styrdokument.domain.matter import Draft, Given, Matter, reviewing_heads
from styrdokument.domain.people import Actor, Entry
from styrdokument.domain.problems import Code, Problem

URGENT_APPROVALS = 1


def required(matter: Matter, draft: Draft) -> tuple[Entry, ...]:
    """The entries that must each approve the draft (rules 9, 12, 14, 15, 18 and 21)."""
    if matter.case.kind is Kind.EXTEND:
        return (matter.roles_of(draft).fact_owner,)
    if matter.case.kind in {Kind.REPEAL, Kind.ASSIGN, Kind.URGENT}:
        return ()
    return _reviewing(matter, draft)


def least(matter: Matter, draft: Draft) -> int:
    """How many different people must approve, at least."""
    if matter.case.kind in {Kind.REPEAL, Kind.ASSIGN}:
        return 0
    if matter.case.kind in {Kind.URGENT, Kind.EXTEND}:
        return URGENT_APPROVALS
    return matter.type_of(draft).min_approvals


def meaning_of(kind: Kind) -> Meaning:
    """What an approval says in a case of this kind."""
    return Meaning.ATTESTED if kind is Kind.EXTEND else Meaning.REVIEWED


def approvals_of(case: Case, draft: Draft) -> tuple[Approval, ...]:
    """The approvals that count: of these bytes, on this base, by others than the writers.

    Where a board changed the text, also those of the text that was put to it.
    """
    board = case.boards_texts.get(draft.id)
    texts = {draft.content_hash} | ({board.reviewed} if board else set())
    return tuple(
        a
        for a in _by_others(case, draft)
        if a.content_hash in texts and a.meaning is meaning_of(case.kind)
    )


def attests_of(case: Case, draft: Draft) -> tuple[Approval, ...]:
    """The attests that these bytes are what a board's minutes say (rule 20)."""
    if draft.id not in case.boards_texts:
        return ()
    return tuple(
        a
        for a in _by_others(case, draft)
        if a.content_hash == draft.content_hash and a.meaning is Meaning.ATTESTED
    )


def unattested(matter: Matter) -> tuple[Draft, ...]:
    """The drafts that hold a board's text which nobody has attested yet."""
    case = matter.case
    waiting = (d for d in matter.drafts.values() if d.id in case.boards_texts)
    return tuple(draft for draft in waiting if not attests_of(case, draft))


def remaining(matter: Matter, draft: Draft) -> tuple[Entry, ...]:
    """The required entries that have not yet approved these bytes."""
    given = {entry for a in approvals_of(matter.case, draft) for entry in a.entries}
    return tuple(entry for entry in required(matter, draft) if entry not in given)


def is_reviewed(matter: Matter, draft: Draft) -> bool:
    """Whether everybody who must has approved the draft as it now stands (rule 18)."""
    people = {a.by.id for a in approvals_of(matter.case, draft)}
    return not remaining(matter, draft) and len(people) >= least(matter, draft)


def entries_of(matter: Matter, draft: Draft, actor: Actor) -> tuple[Entry, ...]:
    """The reviewers' entries that `actor` may approve the draft for."""
    entries = required(matter, draft) or _reviewing(matter, draft)
    return tuple(entry for entry in entries if actor.answers_to(entry))


def documents_for(matter: Matter, actor: Actor) -> tuple[DocumentId, ...]:
    """The case's documents that `actor` may approve."""
    return tuple(d.id for d in matter.drafts.values() if entries_of(matter, d, actor))


def approves(matter: Matter, actor: Actor, given: Given) -> tuple[DocumentId, ...]:
    """The documents that `actor` says yes to now.

    Of several that are to be extended, those that the fact owner says to have read: a signature
    may be given for all at once, an attest never (rule 9).
    """
    documents = documents_for(matter, actor)
    if matter.case.kind is Kind.EXTEND and len(matter.drafts) > 1:
        return tuple(document for document in documents if document in given.documents)
    return documents


def attests_something(matter: Matter, actor: Actor, given: Given) -> Iterator[Problem]:
    """An attest is for a document, and says which (rule 9)."""
    if matter.case.kind is Kind.EXTEND and not approves(matter, actor, given):
        yield Problem(code=Code.NEEDS_ATTEST, field="document", rule="none")


def everything_is_reviewed(matter: Matter, actor: Actor, given: Given) -> Iterator[Problem]:
    """Rule 18, and rule 9 where the fact owner decides and attests in one act."""
    for draft in matter.drafts.values():
        if is_reviewed(matter, draft):
            continue
        if matter.case.kind is not Kind.EXTEND:
            yield Problem(code=Code.NOT_APPROVED, values={"document": draft.id})
            continue
        is_theirs = len(matter.drafts) == 1 and actor.answers_to(matter.roles_of(draft).fact_owner)
        if not (given.attest and is_theirs):
            field = "attest" if is_theirs else ""
            yield Problem(code=Code.NEEDS_ATTEST, field=field, values={"document": draft.id})


def was_put_to_a_board(matter: Matter, actor: Actor, given: Given) -> Iterator[Problem]:
    """A board may change what it is to decide, once everybody has approved it (rule 20)."""
    if not takes_minutes(matter):
        yield Problem(code=Code.BASIS_NOT_ALLOWED, rule="not_by_minutes")
    yield from everything_is_reviewed(matter, actor, given)


def has_not_reviewed(matter: Matter, actor: Actor, _given: Given) -> Iterator[Problem]:
    """Whoever approved the text does not change it afterwards, for a board either (rule 17)."""
    given = (a for d in matter.drafts.values() for a in approvals_of(matter.case, d))
    if any(approval.by.id == actor.id for approval in given):
        yield Problem(code=Code.OWN_WORK, rule="reviewed")


def waits_for_an_attest(matter: Matter, _actor: Actor, _given: Given) -> Iterator[Problem]:
    """There is a board's text, and nobody has attested it yet (rule 20)."""
    if not unattested(matter):
        yield Problem(code=Code.WRONG_STATE, rule="nothing_to_attest")


def boards_texts_are_attested(matter: Matter, _actor: Actor, _given: Given) -> Iterator[Problem]:
    """What the registrar entered is attested by another before it is recorded (rule 20)."""
    for draft in unattested(matter):
        yield Problem(code=Code.NEEDS_ATTEST, rule="minutes", values={"document": draft.id})


def may_attest(matter: Matter, actor: Actor) -> bool:
    """Whether a decision by `actor` to extend can hold the fact owner's attest too (rule 9)."""
    drafts = list(matter.drafts.values())
    if matter.case.kind is not Kind.EXTEND or len(drafts) > 1:
        return False
    owner = matter.roles_of(drafts[0]).fact_owner
    return actor.answers_to(owner) and not is_reviewed(matter, drafts[0])


def reviewers_suffice(matter: Matter, _actor: Actor, _given: Given) -> Iterator[Problem]:
    """A text is not submitted to nobody: the type says how many reviewers it takes, at least."""
    for draft in matter.drafts.values():
        entries = required(matter, draft) or _reviewing(matter, draft)
        if matter.case.kind is not Kind.EXTEND and len(entries) < least(matter, draft):
            yield Problem(
                code=Code.NEEDS_REVIEWERS, field="reviewers", values={"least": least(matter, draft)}
            )


def _by_others(case: Case, draft: Draft) -> Iterator[Approval]:
    """What was said of the document, on this base, by others than the writers."""
    for one in case.approvals:
        is_about = one.document == draft.id and one.base_version == draft.base_version
        if is_about and one.by.id not in case.contributors:
            yield one


def _reviewing(matter: Matter, draft: Draft) -> tuple[Entry, ...]:
    heads = reviewing_heads(matter.registers, draft)
    return tuple(dict.fromkeys((*matter.roles_of(draft).reviewers, *heads)))

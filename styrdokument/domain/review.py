"""Who must say yes to a draft, and who has: an approval counts for exactly the bytes it names.

Nothing is cleaned up when a text changes: approvals of other bytes just no longer count.
"""

from collections.abc import Iterator

from styrdokument.domain.case import Case, Kind
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
    """The approvals that count: of these bytes, on this base, by others than the writers."""
    return tuple(
        a
        for a in case.approvals
        if a.document == draft.id
        and a.content_hash == draft.content_hash
        and a.base_version == draft.base_version
        and a.meaning is meaning_of(case.kind)
        and a.by.id not in case.contributors
    )


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


def _reviewing(matter: Matter, draft: Draft) -> tuple[Entry, ...]:
    heads = reviewing_heads(matter.registers, draft)
    return tuple(dict.fromkeys((*matter.roles_of(draft).reviewers, *heads)))

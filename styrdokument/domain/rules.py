"""The rules of the steps that are not about a decision's own terms; each yields its problems.

A rule looks at the matter, the actor and what was given, and knows nothing of states: which
rules a step asks stands in `transitions`.
"""

from collections.abc import Callable, Iterable, Iterator

from styrdokument.domain.case import HAS_TEXT, Kind
from styrdokument.domain.decision import takes_minutes
from styrdokument.domain.document import SecondLook
from styrdokument.domain.fields import submission_problems
from styrdokument.domain.matter import Given, Matter, deciding_functions
from styrdokument.domain.people import Actor
from styrdokument.domain.problems import Code, Problem
from styrdokument.domain.proof import needs_look

_REVISED = ("title", "type", "audience", "applies_to")
Rule = Callable[[Matter, Actor, Given], Iterable[Problem]]


def is_not_own_work(matter: Matter, actor: Actor, _given: Given) -> Iterator[Problem]:
    """Whoever wrote in the case neither approves nor decides it (rule 17)."""
    if actor.id in matter.case.contributors:
        yield Problem(code=Code.OWN_WORK)


def does_not_decide_own_work(matter: Matter, actor: Actor, given: Given) -> Iterator[Problem]:
    """The same of a decision, but for a registrar: what the board decided is no work of theirs.

    They have written what the minutes say and nothing else, and the board alone decides (rule 20).
    """
    if not (actor.id in matter.case.registrars and takes_minutes(matter)):
        yield from is_not_own_work(matter, actor, given)


def is_not_own_proposal(matter: Matter, actor: Actor, _given: Given) -> Iterator[Problem]:
    """Extension, correction, repeal: the decision is another's than the proposer's (rule 16)."""
    opener = matter.case.opened_by
    if opener is not None and opener.id == actor.id:
        yield Problem(code=Code.OWN_WORK, rule="proposal")


def has_seen_this(matter: Matter, _actor: Actor, given: Given) -> Iterator[Problem]:
    """Nobody's yes stands under a text that they did not see."""
    if given.snapshot != matter.snapshot:
        yield Problem(code=Code.STALE_SNAPSHOT)


def stands_on_the_latest(matter: Matter, _actor: Actor, _given: Given) -> Iterator[Problem]:
    """The version that the draft started from is still the newest on the record."""
    for draft in matter.drafts.values():
        if draft.base_version != matter.latest(draft.id):
            yield Problem(code=Code.BASE_MOVED, values={"document": draft.id})


def is_behind(matter: Matter) -> bool:
    """Whether something was decided about a draft's document since the draft began."""
    return any(
        draft.base_version != matter.latest(draft.id)
        or any(problem.code is Code.BASE_MOVED for problem in draft.problems)
        for draft in matter.drafts.values()
    )


def has_shown_who_approves(matter: Matter, _actor: Actor, given: Given) -> Iterator[Problem]:
    """Where a type asks for it, an approval too takes a second look."""
    looks = {matter.type_of(draft).second_look for draft in matter.drafts.values()}
    if SecondLook.APPROVALS in looks:
        yield from needs_look(given.second_look, given.problems)


def has_shown_who_decides(_matter: Matter, _actor: Actor, given: Given) -> Iterator[Problem]:
    """A decision always takes a second look at who decides."""
    yield from needs_look(given.second_look, given.problems)


def says_what_changed(matter: Matter, _actor: Actor, given: Given) -> Iterator[Problem]:
    """A changed text says in a sentence what changed."""
    if matter.case.kind in HAS_TEXT - {Kind.NEW} and not given.change_note.strip():
        yield Problem(code=Code.NEEDS_CHANGE_NOTE, field="change_note")


def changes_something(matter: Matter, _actor: Actor, _given: Given) -> Iterator[Problem]:
    """A revision that changes nothing is an extension."""
    for draft in matter.drafts.values():
        adopted = matter.adopted.get(draft.id)
        if adopted and adopted.content_hash == draft.content_hash:
            yield Problem(code=Code.NOTHING_CHANGED, values={"document": draft.id})


def is_complete(matter: Matter, _actor: Actor, _given: Given) -> Iterator[Problem]:
    """The texts, fields and appendices hold nothing that must be mended first."""
    for draft in matter.drafts.values():
        yield from draft.problems


def corrects_only_a_slip(matter: Matter, _actor: Actor, _given: Given) -> Iterator[Problem]:
    """Another title, type, audience or scope is no slip: that is a revision (rules 11 and 14)."""
    if matter.case.kind is not Kind.CORRECT:
        return
    for draft in matter.drafts.values():
        adopted = matter.adopted.get(draft.id)
        before = adopted.fields if adopted else draft.fields
        for field in _REVISED:
            if getattr(draft.fields, field) != getattr(before, field):
                yield Problem(code=Code.BAD_VALUE, field=field, rule="revised")


def names_an_adopter_with_mandate(
    matter: Matter, _actor: Actor, _given: Given
) -> Iterator[Problem]:
    """A draft is not submitted towards somebody who may never decide it (rule 18)."""
    for draft in matter.drafts.values():
        if draft.roles.adopter and not _may_somebody_decide(
            matter, draft.roles.adopter, deciding_functions(matter, draft)
        ):
            yield Problem(code=Code.BAD_VALUE, field="adopter", rule="adopter_without_mandate")


def names_only_the_known(matter: Matter, _actor: Actor, _given: Given) -> Iterator[Problem]:
    """A change of who is who leaves no place empty, and names nobody unlisted (rule 14)."""
    for draft in matter.drafts.values():
        adopted = matter.adopted.get(draft.id)
        if adopted:
            now, before = (
                list(submission_problems(adopted.fields, roles, matter.registers))
                for roles in (draft.roles, adopted.roles)
            )
            yield from (problem for problem in now if problem not in before)


def says(field: str) -> Rule:
    """A rule: the step says something in `field`."""

    def rule(_matter: Matter, _actor: Actor, given: Given) -> Iterator[Problem]:
        if not getattr(given, field).strip():
            yield Problem(code=Code.NEEDS_REASON, field=field)

    return rule


def is_not_a_board_type(matter: Matter, _actor: Actor, _given: Given) -> Iterator[Problem]:
    """What only a board adopts is never decided in haste (rule 15)."""
    for draft in matter.drafts.values():
        if matter.type_of(draft).board_only:
            yield Problem(code=Code.NEEDS_MINUTES, rule="urgent")


def _may_somebody_decide(
    matter: Matter, adopters: tuple[str, ...], may_decide: tuple[str, ...]
) -> bool:
    """Whether an adopter's entry is a function that decides, or a person who holds one today."""
    if set(adopters) & set(may_decide):
        return True
    people = {p for entry in adopters for p in matter.registers.holders(entry, on=matter.on)}
    return any(people & set(matter.registers.holders(f, on=matter.on)) for f in may_decide)

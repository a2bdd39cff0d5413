"""What a decision demands: mandate, ground, minutes and days; each rule yields its problems.

The type table says who may decide and with what ground; nothing here knows a type by name.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from styrdokument.domain.case import Kind
from styrdokument.domain.decisionfile import Basis, BasisKind
from styrdokument.domain.document import DocumentId, DocumentType, Roles
from styrdokument.domain.matter import Draft, Given, Matter, deciding_functions
from styrdokument.domain.people import Actor, Grant
from styrdokument.domain.problems import Code, Problem
from styrdokument.domain.validity import Version, add_months, last_day

MOST_EXTENSIONS = 2
NEEDS_REASON = frozenset({Kind.EXTEND, Kind.REPEAL, Kind.ASSIGN})
ANY_DECIDER = frozenset({Kind.EXTEND, Kind.REPEAL})
"""Decided by whoever may adopt the type, named on the document or not (rules 9 and 12)."""
SETS_DATES = frozenset({Kind.NEW, Kind.REVISE, Kind.URGENT, Kind.EXTEND})


def has_mandate(matter: Matter, actor: Actor, kind: DocumentType, roles: Roles) -> bool:
    """Whether `actor` may decide on a document of that type and with those roles (rules 14, 18)."""
    if matter.case.kind is Kind.ASSIGN:
        head = matter.registers.head_of(roles.unit)
        return Grant.CONTROLLER in actor.grants or actor.answers_to(head)
    if not actor.functions.intersection(kind.may_decide):
        return False
    return matter.case.kind in ANY_DECIDER or actor.answers_to_any(roles.adopter)


def deciders_hold_mandate(matter: Matter, actor: Actor, _given: Given) -> Iterator[Problem]:
    """The decider holds today a function that may decide on each of the texts (rules 12-21).

    A text that is given another type is decided by whoever may decide on both: else a draft could
    choose who decides it.
    """
    for draft in matter.drafts.values():
        roles = matter.roles_of(draft)
        kind = replace(matter.type_of(draft), may_decide=deciding_functions(matter, draft))
        kinds = (kind, *_types_left(matter, [draft.id]))
        if not all(has_mandate(matter, actor, one, roles) for one in kinds):
            yield Problem(code=Code.WRONG_ROLE, rule="decide", values={"document": draft.id})


def covers_what_it_replaces(matter: Matter, actor: Actor, _given: Given) -> Iterator[Problem]:
    """`replaces` repeals the other only with mandate over both (rule 13)."""
    for document in replaced(matter):
        other = matter.adopted[document]
        kind = matter.registers.types.get(other.fields.type)
        if kind is None or not has_mandate(matter, actor, kind, other.roles):
            yield Problem(code=Code.WRONG_ROLE, rule="replaces", values={"document": document})


def replaced(matter: Matter) -> tuple[DocumentId, ...]:
    """The documents that the drafts replace and that still stand."""
    if matter.case.kind not in {Kind.NEW, Kind.REVISE, Kind.URGENT}:
        return ()
    named = {other for draft in matter.drafts.values() for other in draft.fields.replaces}
    return tuple(
        sorted(
            d
            for d in named - matter.drafts.keys()
            if (other := matter.adopted.get(d))
            and other.history.versions
            and other.history.repealed_from is None
        )
    )


def basis_of(matter: Matter, given: Given) -> BasisKind | None:
    """The ground given, else the first that all the types allow.

    Who is who is nothing that a board decides: naming them is a matter of carrying out (rule 14).
    """
    if matter.case.kind is Kind.ASSIGN:
        return BasisKind.IMPLEMENTATION
    if given.basis:
        return given.basis
    return next((BasisKind(b) for b in allowed_bases(matter)), None)


def allowed_bases(matter: Matter) -> tuple[str, ...]:
    """The grounds that every type in the case allows, in the first type's order."""
    types = [matter.type_of(draft) for draft in matter.drafts.values()]
    left = _types_left(matter, (*matter.drafts, *replaced(matter)))
    if any(kind.board_only for kind in (*types, *left)):
        return (BasisKind.MINUTES,)
    if not types:
        return ()
    return tuple(b for b in types[0].basis if all(b in kind.basis for kind in types[1:]))


def takes_minutes(matter: Matter) -> bool:
    """Whether a board decides the case, and nobody else may (rule 19)."""
    return allowed_bases(matter) == (BasisKind.MINUTES,)


def stands_on_an_allowed_basis(matter: Matter, _actor: Actor, given: Given) -> Iterator[Problem]:
    """The ground is one that the type allows; an unusual one is explained."""
    basis = basis_of(matter, given)
    if basis is None or basis not in allowed_bases(matter):
        rule = "minutes_only" if takes_minutes(matter) else ""
        yield Problem(code=Code.BASIS_NOT_ALLOWED, field="basis", rule=rule)
    if basis is BasisKind.OTHER and not given.basis_reason.strip():
        yield Problem(code=Code.NEEDS_REASON, field="basis_reason")


def has_minutes(matter: Matter, _actor: Actor, given: Given) -> Iterator[Problem]:
    """A board's decision is its minutes: body, date, section, confirmed (rule 19)."""
    if basis_of(matter, given) is not BasisKind.MINUTES:
        return
    facts = {
        "body": given.body.strip(),
        "minutes_date": given.minutes_date,
        "minutes_section": given.minutes_section.strip(),
        "minutes_confirmed_on": given.minutes_confirmed_on,
    }
    for name, value in facts.items():
        if not value:
            yield Problem(code=Code.NEEDS_MINUTES, field=name)
    for name in ("minutes_date", "minutes_confirmed_on"):
        day = facts[name]
        if isinstance(day, date) and day > matter.on:
            yield Problem(code=Code.NEEDS_MINUTES, field=name, rule="in_the_future")


def has_a_reason(matter: Matter, _actor: Actor, given: Given) -> Iterator[Problem]:
    """Extending, repealing and reassigning say why (rules 9 and 12)."""
    if matter.case.kind in NEEDS_REASON and not given.reason.strip():
        yield Problem(code=Code.NEEDS_REASON, field="reason")


def _types_left(matter: Matter, documents: Iterable[DocumentId]) -> tuple[DocumentType, ...]:
    """The types that the documents have on the record; none where no register has it any more."""
    found = (matter.adopted[d].fields.type for d in documents if d in matter.adopted)
    return tuple(matter.registers.types[kind] for kind in found if kind in matter.registers.types)


def decided_on(matter: Matter, given: Given) -> date:
    """The day of the decision: a board's meeting, else today."""
    if basis_of(matter, given) is BasisKind.MINUTES and given.minutes_date:
        return given.minutes_date
    return matter.on


def basis_record(matter: Matter, given: Given) -> Basis:
    """The ground as the record keeps it."""
    kind = basis_of(matter, given) or BasisKind.OTHER
    basis = Basis(
        kind=kind,
        mandate=given.mandate.strip() or None,
        reason=given.basis_reason.strip() or None,
    )
    if kind is not BasisKind.MINUTES:
        return basis
    return replace(
        basis,
        body=given.body.strip(),
        minutes_date=given.minutes_date,
        section=given.minutes_section.strip(),
        confirmed_on=given.minutes_confirmed_on,
        minutes_sha256=given.minutes_sha256,
    )


def dates_of(matter: Matter, draft: Draft, given: Given) -> Version:
    """The days that the decision gives the draft: as given, else the defaults (rules 4, 9, 11)."""
    number = matter.latest(draft.id) + 1
    decided = decided_on(matter, given)
    begins = given.effective_from or matter.on
    current = _current(matter, draft)
    if matter.case.kind is Kind.CORRECT and current:
        return replace(current, number=number, corrects=current.number)
    months = matter.type_of(draft).validity_months
    if matter.case.kind is Kind.EXTEND and current:
        number, begins = current.number, current.effective_from
        review = add_months(decided, months)
        ends = None if current.is_until_further_notice else max(review, _last_day_of(current))
    else:
        review = ends = last_day(decided_on=decided, effective_from=begins, months=months)
    if given.valid_until or (ends and not given.review_on):
        return Version(number=number, effective_from=begins, valid_until=given.valid_until or ends)
    return Version(
        number=number, effective_from=begins, valid_until=None, review_on=given.review_on or review
    )


def days_are_in_order(matter: Matter, _actor: Actor, given: Given) -> Iterator[Problem]:
    """Rules 2, 3, 6, 9 and 12, and the type's longest validity."""
    if matter.case.kind in SETS_DATES:
        for draft in matter.drafts.values():
            yield from _problems_of_dates(matter, draft, given)
    elif matter.case.kind is Kind.REPEAL and (given.effective_from or matter.on) < matter.on:
        yield Problem(code=Code.DATES_OUT_OF_ORDER, field="effective_from", rule="in_the_past")


def _problems_of_dates(matter: Matter, draft: Draft, given: Given) -> Iterator[Problem]:
    dates = dates_of(matter, draft, given)
    current, kind = _current(matter, draft), matter.type_of(draft)
    extends = matter.case.kind is Kind.EXTEND
    order = Code.DATES_OUT_OF_ORDER
    if dates.effective_from < min(decided_on(matter, given), matter.on) and not extends:
        yield Problem(code=order, field="effective_from", rule="in_the_past")
    if matter.case.kind is Kind.URGENT and dates.effective_from > matter.on:
        yield Problem(code=order, field="effective_from", rule="urgent")
    if current and not extends and dates.effective_from < current.effective_from:
        yield Problem(
            code=order,
            field="effective_from",
            rule="before_the_latest",
            values={"day": current.effective_from, "version": current.number},
        )
    yield from _problems_of_the_end(matter, given, dates, kind)
    if extends and current:
        if _last_day_of(dates) < _last_day_of(current):
            yield Problem(code=order, field="valid_until", rule="shorter")
        if current.extensions >= MOST_EXTENSIONS:
            yield Problem(code=Code.TOO_MANY_EXTENSIONS, values={"most": MOST_EXTENSIONS})


def _problems_of_the_end(
    matter: Matter, given: Given, dates: Version, kind: DocumentType
) -> Iterator[Problem]:
    end = dates.valid_until or dates.review_on
    name = "valid_until" if dates.valid_until else "review_on"
    begins = matter.on if matter.case.kind is Kind.EXTEND else dates.effective_from
    if dates.valid_until is None and not kind.until_further_notice:
        yield Problem(code=Code.VALIDITY_TOO_LONG, field=name, rule="until_further_notice")
    if end and end < begins:
        yield Problem(code=Code.DATES_OUT_OF_ORDER, field=name, rule="ends_before_it_begins")
    longest = add_months(max(decided_on(matter, given), begins), kind.longest_months)
    if end and end > longest:
        yield Problem(code=Code.VALIDITY_TOO_LONG, field=name, values={"day": longest})


def _last_day_of(version: Version) -> date:
    """For comparing: until further notice is later than any day, and no day at all is the first."""
    return version.valid_until or (date.max if version.is_until_further_notice else date.min)


def _current(matter: Matter, draft: Draft) -> Version | None:
    adopted = matter.adopted.get(draft.id)
    return adopted.history.latest if adopted else None

"""The header card: what stands on the record about a version, as labels and values.

Names and titles of those who decided and reviewed are the decision's own, frozen for ever; who is
who now comes from the index. Documents and people are named only as far as the page's own readers
may see them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from styrdokument.domain.decisionfile import Basis, Decision, DecisionKind, Meaning
from styrdokument.domain.document import Audience
from styrdokument.domain.people import Entry, Who, is_person
from styrdokument.store.catalogue import Row
from styrdokument.views.support import (
    house,
    label_of,
    name_of,
    note_named,
    registers,
    today,
    words,
)


@dataclass(frozen=True, kw_only=True)
class Said:
    """A value in words; `address` leads to what it names, `note` is less important."""

    words: str
    address: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A line of the card: its field, the label, and one or several values."""

    name: str
    label: str
    said: tuple[Said, ...]


def facts_of(row: Row, decision: Decision, *, as_issued: bool = False) -> tuple[Fact, ...]:
    """The card of a version; `as_issued` with the roles it was decided with, not today's."""
    who = row["roles"] if as_issued else row
    fields = row["fields"]
    lines: dict[str, Iterable[Said]] = {
        "id": [Said(words=str(row["document"]))],
        "version": _version(row),
        "type": [Said(words=label_of("types", row["type"]))],
        "unit": [unit_said(who["unit"])],
        **{name: said_of(name, fields[name]) for name in _WHERE},
        "fact_owner": [entry_said(who["fact_owner"])],
        "case_officer": [entry_said(who["case_officer"])],
        "decided_by": [decider_said(decision.decided_by)],
        "reviewed_by": reviewers_said(decision),
        "basis": [basis_said(decision.basis)],
        "effective_from": [Said(words=words().day(row["effective_from"]))],
        "valid_until": validity_said(row),
        "decided_on": [Said(words=words().day(decision.decided_on))],
        "registry_number": [Said(words=decision.registry_number or "")],
        **{name: said_of(name, fields[name]) for name in _REFERENCES if name != "replaces"},
        "replaces": documents_said(fields["replaces"], row),
        "parent": documents_said([fields["parent"]] if fields["parent"] else [], row),
        "translations": languages_said(fields.get("translations") or [], row),
        "change_note": [Said(words=row["change_note"])],
        **{key: said_of(key, value) for key, value in sorted(fields["others"].items())},
    }
    return tuple(_filled(lines))


_WHERE = ("applies_to", "performed_at", "target_group")
_REFERENCES = ("processes", "provisions", "keywords", "former_ids", "record_class", "audience")


def said_of(field: str, value: object) -> list[Said]:
    """A field of the author's, in words; what no register lists stands as it was written."""
    values = value if isinstance(value, list) else [value]
    say = _SAYS.get(field, _plain_said)
    return [say(_as_line(one)) for one in values if one is not None and one != ""]


def _as_line(value: object) -> str:
    """A value of a field that is not ours, which may hold others, as it may be read."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_as_line(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_as_line, value))
    return str(value)


def entry_said(entry: Entry) -> Said:
    """A person, or a function with those who hold it today."""
    if not entry or is_person(entry):
        return Said(words=name_of(entry), address=f"/people/{entry}" if entry else "")
    holders = registers().holders(entry, on=today())
    return Said(words=name_of(entry), note=", ".join(name_of(person) for person in holders))


def unit_said(slug: str) -> Said:
    """A unit."""
    is_known = slug in registers().units
    return Said(words=label_of("units", slug), address=f"/units/{slug}" if is_known else "")


def who_said(who: Who, more: str = "") -> Said:
    """Somebody as they were when something was done: name, title, unit, and for whom."""
    rest = [who.title, label_of("units", who.unit) if who.unit else ""]
    if who.acting_for:
        holder = who.acting_for.name or name_of(who.acting_for.function)
        rest.append(words().say("card.acting_for", name=holder))
    note = ", ".join(part for part in (*rest, more) if part)
    return Said(words=who.name, note=note, address=f"/people/{who.id}" if who.id else "")


def decider_said(who: Who | None) -> Said:
    """Who decided; the source of an imported text may not say (rule 26)."""
    if who is None:
        return Said(words=words().say("card.unknown_decider"))
    return who_said(who)


def reviewers_said(decision: Decision) -> list[Said]:
    """Who reviewed the text, as they were then."""
    if decision.kind is DecisionKind.IMPORT:
        return [Said(words=words().say("card.not_reviewed_here"))]
    reviews = [one for one in decision.approvals if one.meaning is Meaning.REVIEWED]
    earlier = {True: "", False: words().say("case.on_reviewed_text")}
    return [who_said(one.by, earlier[one.content_hash == decision.content_hash]) for one in reviews]


def basis_said(basis: Basis) -> Said:
    """The ground of a decision, with the minutes' facts or the mandate."""
    minutes = [
        basis.body,
        basis.minutes_date and words().day(basis.minutes_date),
        basis.section,
        basis.confirmed_on and words().say("card.confirmed", day=basis.confirmed_on),
    ]
    note = ", ".join(part for part in (*minutes, basis.mandate, basis.reason) if part)
    return Said(words=words().say(f"basis_kind.{basis.kind}"), note=note)


def validity_said(row: Row) -> list[Said]:
    """The last day, or how long instead."""
    if row["valid_until"]:
        times = row["extensions"]
        note = words().say("card.extended", times=times) if times else ""
        return [Said(words=words().day(row["valid_until"]), note=note)]
    if row["review_on"]:
        note = words().say("card.review_on", day=row["review_on"])
        return [Said(words=words().say("card.until_further_notice"), note=note)]
    return [Said(words=words().say("card.unknown_validity"))]


def documents_said(documents: Sequence[int], row: Row) -> list[Said]:
    """Other documents; a title only where every reader of this version may see it."""
    internal = row["audience"] == Audience.INTERNAL
    note_named(documents)
    known = house().catalogue.titles(documents, on=today(), internal=internal)
    return [
        Said(
            words=known[one]["title"] if one in known else words().say("card.document", id=one),
            note=str(one) if one in known else "",
            address=f"/documents/{one}",
        )
        for one in documents
    ]


def languages_said(documents: Sequence[int], row: Row) -> list[Said]:
    """The same document in other languages; named only where readers of this one may see it."""
    internal = row["audience"] == Audience.INTERNAL
    known = house().catalogue.titles(documents, on=today(), internal=internal)
    found = [known[one] for one in documents if one in known]
    return [
        Said(
            words=words().language_of(one["language"]),
            note=one["title"],
            address=f"/documents/{one['document']}",
        )
        for one in found
    ]


def _filled(lines: dict[str, Iterable[Said]]) -> Iterator[Fact]:
    for name, values in lines.items():
        said = tuple(value for value in values if value.words)
        if said:
            yield Fact(name=name, label=_label(name), said=said)


def _label(name: str) -> str:
    """The card's own word for a field where it has one, else the form's."""
    own = {"reviewed_by", "change_note", "parent"}
    return words().say(f"card.{name}") if name in own else words().field(name)


def _version(row: Row) -> list[Said]:
    corrects = row["corrects"]
    note = words().say("card.corrects", version=corrects) if corrects else ""
    address = f"/documents/{row['document']}/versions"
    return [Said(words=str(row["version"]), note=note, address=address)]


def _place_said(entry: str) -> Said:
    if entry in registers().units:
        return unit_said(entry)
    return Said(words=name_of(entry))


def _process_said(slug: str) -> Said:
    return Said(words=label_of("processes", slug), address=f"/documents?process={slug}")


def _provision_said(reference: str) -> Said:
    slug, _, part = reference.partition("/")
    act = registers().laws.get(slug)
    if act is None:
        return Said(words=reference)
    provision = act.provisions.get(part, {})
    chapter = part.replace("-", ":", 1)
    return Said(
        words=" ".join(p for p in (act.number or words().label(act.label), chapter) if p),
        note=words().label(provision) or words().label(act.label),
    )


def _type_said(slug: str) -> Said:
    return Said(words=label_of("types", slug))


def _audience_said(audience: str) -> Said:
    return Said(words=words().say(f"audience.{audience}"))


def _plain_said(value: str) -> Said:
    return Said(words=value)


_SAYS: Mapping[str, Callable[[str], Said]] = {
    "applies_to": _place_said,
    "audience": _audience_said,
    "processes": _process_said,
    "provisions": _provision_said,
    "type": _type_said,
    "unit": unit_said,
    **dict.fromkeys(("case_officer", "fact_owner", "reviewers", "adopter"), entry_said),
}

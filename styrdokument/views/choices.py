"""What a form's fields may be chosen from: registers and people, in groups, with their words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from styrdokument.domain.document import FIELDS, Audience, Register
from styrdokument.views.support import house, in_order, label_of, name_of, today, words


@dataclass(frozen=True, kw_only=True)
class Group:
    """Choices under a heading of their own; `label` empty: under none. Pairs of value and words."""

    label: str
    choices: tuple[tuple[str, str], ...]


Choices = Mapping[str, tuple[Group, ...]]
"""The groups of every field that is chosen from a list, by the field's key."""


def choices() -> Choices:
    """The choices as they stand today; what has ended is not among them."""
    listed = {
        Register.TYPES: (_listed("types"),),
        Register.UNITS: (_listed("units"),),
        Register.PROCESSES: (_listed("processes"),),
        Register.LAWS: _provisions(),
        Register.FUNCTIONS: (_listed("functions", "functions"), _people()),
    }
    audiences = tuple((str(one), words().say(f"audience.{one}")) for one in Audience)
    return {
        **{key: listed[rule.listed_in] for key, rule in FIELDS.items() if rule.listed_in},
        "audience": (Group(label="", choices=audiences),),
        "applies_to": (_listed("units", "units"), _listed("functions", "functions")),
    }


def in_words(among: Choices, key: str, value: str) -> str:
    """A value as a reader knows it; a person's name; as it is where no register lists it."""
    pairs = (pair for group in among.get(key, ()) for pair in group.choices)
    return next((said for known, said in pairs if known == value), "") or name_of(value)


def _listed(register: str, label: str = "") -> Group:
    entries = getattr(house().registers, register)
    open_ = [slug for slug, entry in entries.items() if not _has_ended(entry)]
    return _group(f"field.{label}" if label else "", ((s, label_of(register, s)) for s in open_))


def _people() -> Group:
    return _group("editing.people", ((p.id, p.name) for p in house().directory.people()))


def _provisions() -> tuple[Group, ...]:
    """A group for each legal act: the whole act, then its provisions."""
    groups = []
    for slug, act in house().registers.laws.items():
        name = words().label(act.label)
        parts = [
            (f"{slug}/{part}", f"{part} {words().label(label)}")
            for part, label in act.provisions.items()
        ]
        groups.append(Group(label=f"{name} {act.number}".strip(), choices=((slug, name), *parts)))
    return tuple(groups)


def _group(label: str, pairs: Iterable[tuple[str, str]]) -> Group:
    return Group(
        label=words().say(label) if label else "",
        choices=tuple(sorted(pairs, key=lambda pair: in_order(pair[1]))),
    )


def _has_ended(entry: object) -> bool:
    until = getattr(entry, "until", None)
    return until is not None and until < today()

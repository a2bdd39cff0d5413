"""The daily look at the organisation's directory: who has left, and who holds which function.

It decides nothing: it closes accounts that the directory has closed and notes what it has seen, so
that documents which nobody answers for are listed the same day. It is whole or it is nothing, and
may be taken any number of times.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from styrdokument.actions.house import House
from styrdokument.domain.people import PersonId
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.domain.sighting import Presence, Sighting

AT_ONCE = 200
FEW = 20
"""So many may always leave in one day."""


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What a look has found. `holders` counts those who hold a function by a group."""

    left: tuple[PersonId, ...] = ()
    back: tuple[PersonId, ...] = ()
    new: tuple[PersonId, ...] = ()
    here: int = 0
    holders: int = 0


def look(house: House, *, is_believed: bool = False) -> Looked:
    """Look at everybody whom the directory answers for, and at the groups that functions name.

    Raises Refused where it does not answer whole; and, unless `is_believed`, where more than half
    of all would have left since the last look: then a setting or a right was changed, and not the
    staff.
    """
    staff = house.directory
    if staff.organisation is None:
        return Looked()
    tied = {tie.key: tie for tie in staff.ties.all() if staff.is_in_directory(tie.key)}
    held = {slug: f.group for slug, f in house.record.registers().functions.items() if f.group}
    seen, members = staff.everybody(tied, set(held.values()))
    away = {key for key in tied if _has_left(seen.get(key))}
    count = sum(tie.is_open for tie in tied.values())
    left = tuple(sorted(tied[key].person for key in away if tied[key].is_open))
    if len(left) > max(FEW, count // 2) and not is_believed:
        values = {"left": len(left), "all": count}
        raise Refused(Problem(code=Code.BAD_VALUE, rule="unbelievable", values=values))
    back = tuple(tied[key].person for key in tied if tied[key].left_at and key not in away)
    people = _note(house, seen, members)
    staff.ties.leave(left, at=house.now())
    by_group = {
        group: [people[key] for key in some if key in people] for group, some in members.items()
    }
    staff.holdings.note_all(held, by_group, on=house.today)
    new = tuple(person for key, person in people.items() if key not in tied)
    holders = {person for some in by_group.values() for person in some}
    return Looked(left=left, back=back, new=new, here=len(people), holders=len(holders))


def _has_left(found: Sighting | None) -> bool:
    return found is None or found.presence is Presence.LEFT


def _note(
    house: House, seen: Mapping[str, Sighting], members: Mapping[str, Mapping[str, Sighting]]
) -> dict[str, PersonId]:
    """Keep everybody who is here, known before or not; their person ids by key."""
    everybody = {key: one for some in (seen, *members.values()) for key, one in some.items()}
    here = [one for one in everybody.values() if one.presence is not Presence.LEFT]
    people: dict[str, PersonId] = {}
    for start in range(0, len(here), AT_ONCE):  # so that others write in between
        some = here[start : start + AT_ONCE]
        noted = house.directory.ties.note_all(some, at=house.now())
        people |= zip((one.key for one in some), noted, strict=True)
    return people

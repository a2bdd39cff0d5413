"""Making and revoking personal access tokens, each for oneself.

What a token lets in is judged again at each use: as its owner, with the owner's rights of that
day. One that may write is as good as a password for a year, so it takes a second look to make.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from styrdokument.actions.house import House
from styrdokument.domain.fields import label_problems
from styrdokument.domain.people import Actor, PersonId, Scope
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.domain.proof import needs_look
from styrdokument.domain.validity import add_months
from styrdokument.store.tokens import Token

MOST = 20
"""Live tokens that one person may have."""
USUAL_MONTHS, MOST_MONTHS = 12, 24
"""How long a token lasts where nothing is said, and at most."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A token that is asked for; `name` says what it is for, `expires_on` is its last day."""

    name: str
    scope: Scope
    expires_on: date


def make(
    house: House,
    actor: Actor,
    wanted: Wanted,
    *,
    second_look: str | None,
    found: Sequence[Problem] = (),
) -> tuple[Token, str]:
    """Make a token for oneself; with it its secret, to be shown once.

    `second_look` is how the actor has just shown again who they are, `found` what stood in the way
    of that. Raises Refused with every reason.
    """
    problems = [*found]
    if wanted.scope is Scope.WRITE:
        problems += needs_look(second_look, found)
    return _make(house, actor.id, wanted, problems)


def make_for(house: House, person: PersonId, wanted: Wanted) -> tuple[Token, str]:
    """The same at a shell, where an administrator makes it for somebody. Raises Refused."""
    return _make(house, person, wanted, [])


def revoke(house: House, actor: Actor, number: int) -> None:
    """End one of one's own tokens. Raises NotFound for another's."""
    house.tokens.revoke(actor.id, number, at=house.now())


def live(house: House, person: PersonId) -> list[Token]:
    """The tokens of somebody that work today, the newest first."""
    return [token for token in house.tokens.of(person) if token.is_live(on=house.today)]


def usual_day(house: House) -> date:
    """The last day of a token where nothing else is said."""
    return add_months(house.today, USUAL_MONTHS)


def latest_day(house: House) -> date:
    """The last day that a token may have."""
    return add_months(house.today, MOST_MONTHS)


def _make(
    house: House, person: PersonId, wanted: Wanted, problems: list[Problem]
) -> tuple[Token, str]:
    problems += _problems(house, person, wanted)
    if problems:
        raise Refused(*problems)
    return house.tokens.create(
        person,
        name=wanted.name.strip(),
        scope=wanted.scope,
        at=house.now(),
        expires_on=wanted.expires_on,
    )


def _problems(house: House, person: PersonId, wanted: Wanted) -> Iterator[Problem]:
    yield from label_problems(wanted.name)
    days = {"first": house.today, "last": latest_day(house)}
    if not days["first"] <= wanted.expires_on <= days["last"]:
        yield Problem(code=Code.BAD_VALUE, field="expires_on", rule="day", values=days)
    if len(live(house, person)) >= MOST:
        yield Problem(code=Code.BAD_VALUE, rule="too_many_tokens", values={"most": MOST})

"""Signing in, throttled by what has failed. The second look at who it is: `proving`."""

from styrdokument.actions.house import House
from styrdokument.domain.people import PersonId
from styrdokument.domain.problems import Code, Problem, Refused


def sign_in(house: House, username: str, password: str, *, address: str, is_safe: bool) -> str:
    """Begin a session; its token. Raises Refused: wrong, throttled, or a channel open to others."""
    if not is_safe:
        raise Refused(Problem(code=Code.NOT_SIGNED_IN, rule="plain_http"))
    _check_throttle(house, username, address)
    person = house.directory.authenticate(username, password)
    if person is None:
        house.sessions.note_failure(username, address, at=house.now())
        raise Refused(Problem(code=Code.NOT_SIGNED_IN, rule="wrong", field="username"))
    house.sessions.forget_failures(username)
    return house.sessions.begin(person, at=house.now())


def let_in(house: House, person: PersonId, *, is_safe: bool) -> str:
    """Begin a session for somebody who has signed in elsewhere; its token. Raises Refused."""
    if not is_safe:
        raise Refused(Problem(code=Code.NOT_SIGNED_IN, rule="plain_http"))
    return house.sessions.begin(person, at=house.now())


def _check_throttle(house: House, username: str, address: str) -> None:
    if house.sessions.is_throttled(username, address, at=house.now()):
        raise Refused(Problem(code=Code.THROTTLED))

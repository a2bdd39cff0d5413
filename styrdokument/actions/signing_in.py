"""Signing in, and the second look at who it is; both throttled by what has failed."""

from styrdokument.actions.house import House
from styrdokument.domain.people import Actor
from styrdokument.domain.problems import Code, Problem, Refused

PASSWORD = "password"  # noqa: S105 - the name of a method on the record


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


def look_again(
    house: House, actor: Actor, password: str, *, address: str
) -> tuple[str | None, tuple[Problem, ...]]:
    """The method by which `actor` has shown again who they are, or what stands in its way.

    Nothing typed is no method and no problem: whether one is needed, the step's rules say.
    """
    if not password:
        return None, ()
    account = house.accounts.account(actor.id)
    username = account.login if account else ""
    if house.sessions.is_throttled(username, address, at=house.now()):
        return None, (Problem(code=Code.THROTTLED),)
    if house.directory.authenticate(username, password) != actor.id:
        house.sessions.note_failure(username, address, at=house.now())
        wrong = Problem(code=Code.NEEDS_SECOND_LOOK, rule="wrong", field="password")
        return None, (wrong,)
    return PASSWORD, ()


def _check_throttle(house: House, username: str, address: str) -> None:
    if house.sessions.is_throttled(username, address, at=house.now()):
        raise Refused(Problem(code=Code.THROTTLED))

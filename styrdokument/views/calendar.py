"""A person's own calendar: the last days of what they answer for, at an address only they know.

The address is the whole proof of who asks: it is shown once, ends when a new one is made, and leads
nowhere once its owner has left.
"""

from flask import Blueprint, Response, make_response
from flask.typing import ResponseReturnValue

from styrdokument.actions.letters.digests import day_of
from styrdokument.domain.problems import NotFound
from styrdokument.text.calendar import calendar_of
from styrdokument.views.posting import show_once
from styrdokument.views.support import actor, go_to, house, page
from styrdokument.words import Words

bp = Blueprint("calendar", __name__, url_prefix="/calendar")


@bp.get("")
def show() -> ResponseReturnValue:
    """Whether there is an address, and how one is made or ended."""
    return _page("")


@bp.post("")
def create() -> ResponseReturnValue:
    """Make an address; the answer shows it, and nothing does again."""
    secret = house().wishes.make_calendar(actor().id)
    show_once("/calendar")
    response = make_response(_page(secret))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/end")
def end() -> ResponseReturnValue:
    """Let the address lead nowhere."""
    house().wishes.end_calendar(actor().id)
    return go_to("/calendar")


@bp.get("/<secret>.ics")
def show_file(secret: str) -> Response:
    """The calendar. Raises NotFound where nobody who is here has it at that address."""
    person = house().wishes.whose_calendar(secret)
    known = house().actor(person) if person else None
    if known is None:
        raise NotFound
    words, head = Words(house().wishes.language(known.id)), house().letterhead
    rows = house().watch.named_by([known.id, *sorted(known.functions)])
    data = calendar_of(
        (day_of(row, words, head.base_url) for row in rows),
        name=words.say("calendar.name", region=head.region),
        host=head.sender.rpartition("@")[2],
        at=house().now(),
    )
    return Response(data, content_type="text/calendar; charset=utf-8")


def _page(secret: str) -> str:
    address = f"{house().letterhead.base_url}/calendar/{secret}.ics" if secret else ""
    is_there = house().wishes.has_calendar(actor().id)
    return page("calendar/show.html", address=address, is_there=is_there)

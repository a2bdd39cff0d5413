"""Outgoing mail: what went, what waits and why; and each letter as it went, where it is kept.

For controllers, who chase, and for administrators, who see to it that mail gets through.
"""

from email import message_from_bytes, policy
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from styrdokument.actions.explaining import names_of
from styrdokument.actions.letters.writing import name_of
from styrdokument.domain.problems import NotFound
from styrdokument.outside.mail import Folder
from styrdokument.store.outbox import Key, Row
from styrdokument.views.asking import Pages, here, number_asked
from styrdokument.views.support import go_to, house, page

bp = Blueprint("mail", __name__, url_prefix="/mail")
ROWS = 100
ONE = "/<happening>/<recipient>/<kind>"


@bp.get("")
def index() -> ResponseReturnValue:
    """The list, newest first; `?unsent=yes`: what has not gone."""
    unsent, number = request.args.get("unsent") == "yes", number_asked("page")
    rows, total = house().outbox.listed(page=number, size=ROWS, unsent=unsent)
    names = names_of(house(), {row["recipient"] for row in rows})
    pages = Pages(number=number, total=total, size=ROWS)
    return page(
        "mail_page/index.html", rows=rows, names=names, pages=pages, unsent=unsent, here=here
    )


@bp.get(ONE)
def show(happening: str, recipient: str, kind: str) -> ResponseReturnValue:
    """One letter: what became of it, and what it said."""
    key, row = _find(happening, recipient, kind)
    name = names_of(house(), [recipient]).get(recipient, recipient)
    return page("mail_page/show.html", row=row, name=name, letter=_letter(key))


@bp.post(f"{ONE}/attempts")
def retry(happening: str, recipient: str, kind: str) -> ResponseReturnValue:
    """Let what did not go be tried again at once."""
    key, _ = _find(happening, recipient, kind)
    house().outbox.try_again(key)
    return go_to(f"/mail/{happening}/{recipient}/{kind}")


def _find(happening: str, recipient: str, kind: str) -> tuple[Key, Row]:
    """Raises NotFound."""
    key = Key(happening=happening, recipient=recipient, kind=kind)
    row = house().outbox.find(key)
    if row is None:
        raise NotFound(happening)
    return key, row


def _letter(key: Key) -> dict[str, Any] | None:
    """What the letter says, where it is kept as a file."""
    post = house().post
    data = post.read(name_of(key)) if isinstance(post, Folder) else None
    if data is None:
        return None
    letter = message_from_bytes(data, policy=policy.default)
    body = letter.get_body(("plain",))
    return {
        "subject": letter["subject"],
        "to": letter["to"],
        "text": body.get_content() if body else "",
        "files": [one.get_filename() or "" for one in letter.iter_attachments()],
    }

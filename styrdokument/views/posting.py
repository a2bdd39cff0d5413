"""The same form sent twice has one effect: the second leads where the first one led.

A form carries a number of its own (`form_id`); whoever claims it does the work, and others wait
for the answer. A refused form lets go of its claim, for it is mended and sent again. What a post
left undone because a database went away is done once it is back.
"""

import time
from contextlib import suppress

from flask import Flask, Response, current_app, g, request

from styrdokument.actions.deciding import settle
from styrdokument.store.sql import Away
from styrdokument.views.looking import spend_look
from styrdokument.views.support import go_to, house, is_reading

OWED = "styrdokument-owed"
"""When what a post may have left undone is next to be tried; there is none without it."""
SEE_OTHER = 303
RETRY_SECONDS = 10.0
PATIENCE_SECONDS = 10.0
PAUSE_SECONDS = 0.05
LONGEST = 64


def install(app: Flask) -> None:
    """Put the claim before every post of the app, and the answer after it."""
    app.before_request(make_up)
    app.before_request(claim)
    app.after_request(answer)


def make_up() -> None:
    """Do what a post may have left undone, where the databases are back."""
    owed = current_app.extensions
    if OWED not in owed or owed[OWED] > time.monotonic():
        return
    owed.pop(OWED, None)
    try:
        settle(house())
    except Away:
        owed[OWED] = time.monotonic() + RETRY_SECONDS


def claim() -> Response | None:
    """Claim the form, or answer what its first sending was answered."""
    form = request.form.get("form_id", "") if request.method == "POST" else ""
    if not form or len(form) > LONGEST or g.actor is None:
        return None
    key = f"{g.actor.id}:{request.path}:{form}"
    waited = 0.0
    while not house().journal.claim_form(key, at=house().now()):
        led_to = house().journal.answer_to(key)
        if led_to:
            return go_to(led_to)
        if waited >= PATIENCE_SECONDS:
            break
        time.sleep(PAUSE_SECONDS)
        waited += PAUSE_SECONDS
    g.form = key
    return None


def show_once(address: str) -> None:
    """The form that was claimed is answered here and now; sent again it leads to `address`."""
    g.led_to = address


def answer(response: Response) -> Response:
    """Keep where the form led, or let go of it; where that fails the claim ends by itself."""
    if g.get("away") and not is_reading():
        current_app.extensions[OWED] = time.monotonic()
    form = g.pop("form", None)
    led_to = response.location if response.status_code == SEE_OTHER else g.get("led_to")
    if led_to:
        spend_look()
    if form:
        with suppress(Away):
            house().journal.settle_form(form, led_to or "")
    return response

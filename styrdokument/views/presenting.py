"""What every template may use: words, names, dates and the fields of forms; no rule."""

import secrets
from datetime import date, datetime
from typing import Any

from flask import Flask, g
from markupsafe import Markup

from styrdokument import __version__
from styrdokument.actions.house import STOCKHOLM
from styrdokument.domain.problems import Problem
from styrdokument.views.security import form_token
from styrdokument.views.support import label_of, name_of, site, today, visitor, words

HIDDEN = Markup('<input type="hidden" name="{}" value="{}">')


def install(app: Flask) -> None:
    """Give the templates their globals and filters."""
    app.jinja_env.globals.update(
        t=say,
        name_of=name_of,
        label_of=label_of,
        field_label=lambda name: words().field(name),
        form_fields=form_fields,
        product_version=__version__,
    )
    app.jinja_env.filters.update(day=day, moment=moment, in_words=in_words)
    app.context_processor(values)


def values() -> dict[str, Any]:
    """What every page shows."""
    return {
        "region": site().region,
        "visitor": visitor(),
        "language": words().language,
        "today": today(),
        "calendar_is_moved": site().today is not None,
    }


def say(key: str, **values: object) -> str:
    """The words for a key."""
    return words().say(key, **values)


def in_words(problem: Problem) -> str:
    """A problem in words."""
    return words().problem(problem)


def day(value: date | datetime | None) -> str:
    """A day as Swedes write it: 2026-11-21."""
    if isinstance(value, datetime):
        value = value.astimezone(STOCKHOLM).date()
    return value.isoformat() if value else ""


def moment(value: datetime | str | None) -> str:
    """A moment in Stockholm's time: 2026-11-21 14:03."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M") if value else ""


def form_fields() -> Markup:
    """The hidden fields of every form: that it is ours, and which one it is."""
    number = secrets.token_urlsafe(12) if g.get("actor") else ""
    fields = HIDDEN.format("csrf_token", form_token())
    return fields + (HIDDEN.format("form_id", number) if number else "")

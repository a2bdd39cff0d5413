"""What every template may use: words, names, dates and the fields of forms; no rule."""

import secrets
from datetime import date, datetime
from typing import Any

from flask import Flask, g, request
from markupsafe import Markup

from styrdokument import __version__
from styrdokument.actions.house import STOCKHOLM
from styrdokument.domain.access import Act
from styrdokument.domain.problems import Problem
from styrdokument.domain.validity import PAST
from styrdokument.views.lines import text_address
from styrdokument.views.security import form_token
from styrdokument.views.style import static_address, style_address
from styrdokument.views.support import (
    house,
    is_shared,
    label_of,
    may_here,
    name_of,
    site,
    today,
    visitor,
    words,
)
from styrdokument.words import LANGUAGES

HIDDEN = Markup('<input type="hidden" name="{}" value="{}">')


def install(app: Flask) -> None:
    """Give the templates their globals and filters."""
    app.jinja_env.globals.update(
        LANGUAGES=LANGUAGES,
        static=static_address,
        is_under=is_under,
        t=say,
        name_of=name_of,
        label_of=label_of,
        field_label=lambda name: words().field(name),
        form_fields=form_fields,
        text_address=text_address,
        product_version=__version__,
    )
    app.jinja_env.tests.update(past=PAST.__contains__)
    app.jinja_env.filters.update(day=day, moment=moment, in_words=in_words, remark=remark)
    app.context_processor(values)


def values() -> dict[str, Any]:
    """What every page shows."""
    return {
        "here_path": request.path if is_shared() else request.full_path.rstrip("?"),
        "style_address": style_address(),
        "has_logo": site().logo is not None,
        "signs_in_elsewhere": house().provider is not None,
        "region": site().region,
        "visitor": None if is_shared() else visitor(),
        "is_shared": is_shared(),
        "oversees": not is_shared() and may_here(Act.SEE_ALL),
        "uses_git": not is_shared() and may_here(Act.CLONE),
        "sees_mail": not is_shared() and may_here(Act.SEE_MAIL),
        "sees_imports": not is_shared() and may_here(Act.SEE_IMPORTS),
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


def remark(rule: str, values: dict[str, Any]) -> str:
    """A remark of an import in words."""
    return words().remark(rule, values)


def day(value: date | datetime | None) -> str:
    """A day in Stockholm, as it is written in the reader's language."""
    if isinstance(value, datetime):
        value = value.astimezone(STOCKHOLM).date()
    return words().day(value) if value else ""


def moment(value: datetime | str | None) -> str:
    """A moment in Stockholm's time: the day, and hours and minutes."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return f"{day(value)} {value.astimezone(STOCKHOLM):%H:%M}" if value else ""


def is_under(address: str) -> bool:
    """Whether the page that is shown is `address` or below it."""
    return request.path == address or request.path.startswith(f"{address}/")


def form_fields() -> Markup:
    """The hidden fields of every form: that it is ours, and which one it is."""
    number = secrets.token_urlsafe(12) if g.get("actor") else ""
    fields = HIDDEN.format("csrf_token", form_token())
    return fields + (HIDDEN.format("form_id", number) if number else "")

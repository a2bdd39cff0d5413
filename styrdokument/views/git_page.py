"""Working with git: the commands for whoever is signed in, and their access tokens.

A secret is shown on the page that answers the form which made it, and never again: it is nowhere
to be had from. So that answer is kept by nobody, and the form sent again makes no second one.
"""

import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, make_response, request
from flask.typing import ResponseReturnValue

from styrdokument.actions import tokens
from styrdokument.domain.case import Kind
from styrdokument.domain.document import HIGHEST_ID, LOWEST_ID, DocumentId, folder_of
from styrdokument.domain.people import Scope
from styrdokument.store.catalogue import Filters, Sorting
from styrdokument.views.asking import whole_number_asked
from styrdokument.views.forms import wanted_token_from
from styrdokument.views.lists import found
from styrdokument.views.looking import look_again, ways
from styrdokument.views.posting import show_once
from styrdokument.views.support import actor, go_to, house, on_refusal, page, site, today, words

bp = Blueprint("git_page", __name__, url_prefix="/git")

RECORD = "git/record.git"
"""Where the record is cloned from, below the site's address."""
_OBEYED = frozenset('"\\$`!%')
"""What a shell obeys within double quotes."""
KINDS = (Kind.REVISE, Kind.CORRECT, Kind.URGENT, Kind.ASSIGN, Kind.EXTEND, Kind.REPEAL)
"""What a push may be for; the first where nothing is said, and the last two bring no text."""


@bp.get("")
def show() -> ResponseReturnValue:
    """The commands, and one's own tokens."""
    return _page()


@bp.post("/tokens")
def create_token() -> ResponseReturnValue:
    """Make a token; the answer shows its secret."""
    on_refusal(lambda problems: _page(problems=problems, typed=request.form))
    wanted, problems = wanted_token_from(request.form, usual=tokens.usual_day(house()))
    second_look, wrong = look_again()
    made, secret = tokens.make(
        house(), actor(), wanted, second_look=second_look, found=[*problems, *wrong]
    )
    show_once("/git")
    response = make_response(_page(made=made, secret=secret))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/tokens/<int(max=999999999):number>/revocation")
def revoke_token(number: int) -> Response:
    """End one of one's own tokens."""
    tokens.revoke(house(), actor(), number)
    return go_to("/git")


def _page(**more: Any) -> str:  # noqa: ANN401 (what a page shows)
    document = _document()
    return page(
        "git/show.html",
        document=document,
        folder=folder_of(document),
        commands=_commands(document),
        kinds=KINDS,
        scopes=tuple(reversed(Scope)),
        tokens=tokens.live(house(), actor().id),
        usual_day=tokens.usual_day(house()),
        latest_day=tokens.latest_day(house()),
        ways=ways(),
        **{"problems": (), "typed": {}, "made": None, "secret": ""} | more,
    )


def _document() -> DocumentId:
    """The document that the commands are about: the one asked for, else one of one's own."""
    mine = Filters(entries=frozenset({actor().id, *actor().functions}), sorting=Sorting.URGENCY)
    rows, _ = found(mine, on=today(), size=1)
    usual = rows[0]["document"] if rows else LOWEST_ID
    return DocumentId(
        whole_number_asked("document", least=LOWEST_ID, most=HIGHEST_ID, otherwise=usual)
    )


def _commands(document: DocumentId) -> Mapping[str, str]:
    """What to type, by the section of the page; each a line or several."""
    folder, branch = folder_of(document), f"draft/{document}"
    note = _quoted(words().say("git.example_note"))
    return {
        "clone": "\n".join(
            (
                f"git clone {_address()}",
                "cd record",
                f"git config user.name {_quoted(actor().person.name)}",
                f'git config user.email "{actor().id}@record.invalid"',
            )
        ),
        "partial": f"git clone --filter=blob:none {_address()}",
        "keep": 'git config --global credential.helper "cache --timeout=28800"',
        "write": f"git fetch origin\ngit switch -c {branch} origin/main",
        "check": f"styrdokument check {folder}\ngit add {folder}\ngit commit -m {note}",
        "push": f"git push origin {branch}",
        "submit": (
            f"git push -o submit -o change-note={note} -o significance=minor origin {branch}"
        ),
        "kind": f"git push -o kind=correct origin {branch}",
        "without_text": f"git push -o kind=extend -o document={document} origin {branch}",
        "pull": f"git pull --rebase origin {branch}",
        "rebase": "git fetch origin\ngit rebase origin/main",
        "force": f"git push --force-with-lease origin {branch}",
    }


def _quoted(text: str) -> str:
    """One word for a shell: in double quotes, which Windows knows too, where they are enough."""
    return shlex.quote(text) if _OBEYED.intersection(text) else f'"{text}"'


def _address() -> str:
    """The record's address, with whoever is signed in as its user."""
    account = house().accounts.account(actor().id)
    login = quote(account.login if account else "", safe="")
    place = urlsplit(site().base_url or request.host_url)
    path = f"{place.path.rstrip('/')}/{RECORD}"
    return f"{place.scheme}://{login}@{place.netloc}{path}" if login else ""

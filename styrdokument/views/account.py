"""One's own account: what shows who one is beside the password.

A secret is shown once, on the page that answers the form which made it; that answer is kept by
nobody.
"""

from typing import Any

from flask import Blueprint, Response, make_response, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from styrdokument.actions import own_account, proving, tokens
from styrdokument.actions.own_account import Begun
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.domain.proof import LEAST_PASSWORD
from styrdokument.store.authenticators import Means
from styrdokument.views.looking import keys_site, look_again, takes_passkeys, ways
from styrdokument.views.posting import show_once
from styrdokument.views.security import keep_session
from styrdokument.views.support import actor, go_to, house, is_reading, on_refusal, page, site

bp = Blueprint("account", __name__, url_prefix="/account")
HERE = "/account"


@bp.get("")
def show() -> ResponseReturnValue:
    """What one has."""
    return _page()


@bp.post("/password")
def change_password() -> Response:
    """Set another password; whoever else is signed in as this person is so no more."""
    _show_again("password")
    looked, found = look_again()
    token = own_account.change_password(
        house(),
        actor(),
        request.form.get("new_password", ""),
        revokes="revoke_tokens" in request.form,
        looked=looked,
        found=found,
    )
    return keep_session(go_to(f"{HERE}?changed=password"), token)


@bp.post("/codes")
def begin_codes() -> ResponseReturnValue:
    """Begin to use codes; the answer shows what the app has to read."""
    _show_again("codes")
    looked, found = look_again()
    begun = own_account.begin_codes(
        house(),
        actor(),
        request.form.get("name", ""),
        looked=looked,
        found=found,
        title=site().region,
    )
    return _confirming(begun)


@bp.post("/codes/confirmation")
def confirm_codes() -> ResponseReturnValue:
    """Take codes into use, by the first of them."""
    _show_again("codes")
    waiting, code = request.form.get("waiting", ""), request.form.get("code", "")
    again = own_account.confirm_codes(house(), actor(), waiting, code)
    if again is None:
        return go_to(HERE)
    wrong = Problem(code=Code.NEEDS_SECOND_LOOK, rule="wrong_totp", field="code")
    return _confirming(again, (wrong,))


@bp.post("/passkeys/options")
def begin_passkey() -> ResponseReturnValue:
    """What the browser needs to make a passkey, as JSON."""
    looked, found = look_again()
    waiting, asked = own_account.begin_passkey(
        house(),
        actor(),
        request.form.get("name", ""),
        looked=looked,
        found=found,
        site=keys_site(),
    )
    return {"waiting": waiting, "options": asked}


@bp.post("/passkeys")
def add_passkey() -> Response:
    """Take a passkey into use."""
    _show_again("passkeys")
    waiting, answer = request.form.get("waiting", ""), request.form.get("answer", "")
    if not answer:  # as where there is no JavaScript
        raise Refused(Problem(code=Code.BAD_VALUE, rule="passkey"))
    own_account.add_passkey(house(), actor(), waiting, answer, keys_site())
    return go_to(HERE)


@bp.post("/challenges")
def begin_challenge() -> ResponseReturnValue:
    """What the browser needs to show a passkey, as JSON."""
    waiting, asked = proving.challenge(house(), actor(), keys_site())
    return {"waiting": waiting, "options": asked}


@bp.post("/ways/<int(max=999999999):number>/removal")
def remove(number: int) -> Response:
    """Take one of one's own ways away."""
    _show_again(f"way-{number}")
    looked, found = look_again()
    own_account.remove(house(), actor(), number, looked=looked, found=found)
    return go_to(HERE)


def _show_again(form: str) -> None:
    on_refusal(lambda problems: _page(problems=problems, active=form, typed=request.form))


def _page(**more: Any) -> str:  # noqa: ANN401 (what a page shows)
    account = house().accounts.account(actor().id)
    return page(
        "account/show.html",
        login=account.login if account else "",
        codes=house().authenticators.of(actor().id, Means.CODES),
        passkeys=house().authenticators.of(actor().id, Means.PASSKEY),
        takes_passkeys=takes_passkeys(),
        keeps_password=house().directory.keeps_password(actor().id),
        has_changed=is_reading() and request.args.get("changed") == "password",
        least_password=LEAST_PASSWORD,
        tokens=len(tokens.live(house(), actor().id)),
        ways=ways(),
        **{"problems": (), "active": "", "typed": {}} | more,
    )


def _confirming(begun: Begun, problems: tuple[Problem, ...] = ()) -> Response:
    import segno  # noqa: PLC0415 - only for those who use codes

    drawn = Markup(segno.make(begun.address).svg_inline(scale=5, light="white"))  # noqa: S704 - segno's own
    html = page("account/confirm.html", begun=begun, drawn=drawn, problems=problems)
    if not problems:
        show_once(HERE)
    response = make_response(html, 403 if problems else 200)
    response.headers["Cache-Control"] = "no-store"
    return response

"""Cases: the list, opening one, its page, and the steps that write no text.

Every post looks at the case first: to whoever may not know of it there is none, whatever is wrong
with what they sent.
"""

from dataclasses import replace
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from styrdokument.actions import deciding, drafting, opening, reviewing, taking_in
from styrdokument.actions.house import look
from styrdokument.domain.access import obstacles_to_opening, sees_all_cases
from styrdokument.domain.case import OPEN_STATES, CaseNumber, Kind, State
from styrdokument.domain.document import DocumentId
from styrdokument.domain.matter import Given
from styrdokument.domain.problems import NotFound, Problem
from styrdokument.views import actions_page, case_page, forms
from styrdokument.views.choices import choices
from styrdokument.views.looking import look_again
from styrdokument.views.support import actor, go_to, house, on_refusal, page

bp = Blueprint("cases", __name__, url_prefix="/cases")


@bp.get("")
def index() -> ResponseReturnValue:
    """The cases that the visitor may see, open or closed, and the form for a new document."""
    return _list()


@bp.post("")
def create() -> ResponseReturnValue:
    """Open a case."""
    on_refusal(_list)
    kind = forms.choice_from(request.form, "kind", Kind)
    documents = forms.documents_from(request.form) if kind is not Kind.NEW else ()
    if len(documents) == 1:
        actions_page.find(documents[0])
        on_refusal(lambda problems: actions_page.render(documents[0], problems))
    new = forms.new_document_from(request.form)
    number = opening.open_case(house(), actor(), kind, documents, new)
    return _to(number)


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    """One case."""
    return case_page.render(CaseNumber(number))


@bp.post("/<int:number>/submission")
def submit(number: int) -> ResponseReturnValue:
    """Hand the drafts to their reviewers."""
    case = _enter(number, "submission")
    given = forms.given_from(request.form)
    reviewing.submit(house(), actor(), case, given)
    return _to(case, "content")


@bp.post("/<int:number>/base")
def take_in(number: int) -> ResponseReturnValue:
    """Take what was decided meanwhile into the drafts."""
    case = _enter(number, "base")
    taking_in.take_in(house(), actor(), case)
    return _to(case)


@bp.post("/<int:number>/approvals")
def approve(number: int) -> ResponseReturnValue:
    """Say yes to what was shown."""
    case = _enter(number, "approval")
    reviewing.approve(house(), actor(), case, given_with_second_look())
    return _to(case, "content")


@bp.post("/<int:number>/documents/<int:document>/minutes")
def enter_minutes(number: int, document: int) -> ResponseReturnValue:
    """Write what a board decided, where it changed the text."""
    case, id_ = _enter(number, f"minutes-{document}"), DocumentId(document)
    drafts = look(house(), actor(), case)[1].drafts
    if id_ not in drafts:
        raise NotFound(document)
    writing = forms.writing_from(request.form, drafts[id_])
    given = forms.given_from(request.form)
    drafting.enter_minutes(house(), actor(), case, id_, writing, given)
    return _to(case, "content")


@bp.post("/<int:number>/minutes/attests")
def attest_minutes(number: int) -> ResponseReturnValue:
    """Say that the text is the minutes'."""
    case = _enter(number, "attest-minutes")
    reviewing.attest_minutes(house(), actor(), case, given_with_second_look())
    return _to(case, "content")


@bp.post("/<int:number>/returns")
def send_back(number: int) -> ResponseReturnValue:
    """Send the drafts back, with the reason."""
    case = _enter(number, "return")
    given = forms.given_from(request.form)
    reviewing.send_back(house(), actor(), case, given)
    return _to(case, "content")


@bp.post("/<int:number>/comments")
def comment(number: int) -> ResponseReturnValue:
    """Remark on the drafts, or on another remark."""
    reply_to = forms.number_from(request.form, "reply_to")
    case = _enter(number, f"reply-{reply_to}" if reply_to else "comment")
    document = forms.number_from(request.form, "document")
    reviewing.comment(
        house(),
        actor(),
        case,
        forms.comment_from(request.form),
        document=DocumentId(document) if document else None,
        quote=request.form.get("quote", "")[: forms.LONGEST],
        reply_to=reply_to,
    )
    return _to(case, "comments")


@bp.post("/<int:number>/comments/<int:remark>/resolution")
def resolve(number: int, remark: int) -> ResponseReturnValue:
    """Mark a remark as dealt with."""
    case = _enter(number, "resolution")
    reviewing.resolve(house(), actor(), case, remark)
    return _to(case, "comments")


@bp.post("/<int:number>/people")
def reassign(number: int) -> ResponseReturnValue:
    """Change who is who in a running case."""
    role = request.form.get("role", "")
    case = _enter(number, f"people-{role}")
    given = forms.given_from(request.form)
    drafting.reassign(house(), actor(), case, role, request.form.getlist("person"), given)
    return _to(case, "content")


@bp.post("/<int:number>/decision")
def decide(number: int) -> ResponseReturnValue:
    """Decide the case; the document's page shows what came of it."""
    case = _enter(number, "decision")
    documents = house().cases.read(case).case.documents
    minutes = forms.upload_hash(request.files.get("minutes_file"))
    given = replace(given_with_second_look(), minutes_sha256=minutes)
    deciding.decide(house(), actor(), case, given)
    return go_to(f"/documents/{documents[0]}")


@bp.post("/<int:number>/withdrawal")
def withdraw(number: int) -> ResponseReturnValue:
    """End the case without a decision."""
    case = _enter(number, "withdrawal")
    given = forms.given_from(request.form)
    reviewing.withdraw(house(), actor(), case, given)
    return _to(case, "content")


def _enter(number: int, form: str) -> CaseNumber:
    """The case, seen to be one that the visitor may know of. Raises NotFound."""
    case = CaseNumber(number)
    look(house(), actor(), case)
    on_refusal(lambda problems: case_page.render(case, problems, form))
    return case


def given_with_second_look() -> Given:
    """What was said with a step that takes a second look, with what that look found."""
    proof, problems = look_again()
    return forms.given_from(request.form, second_look=proof, found=problems)


def _list(problems: tuple[Problem, ...] = ()) -> str:
    wants_closed = request.args.get("state") == "closed"
    states = set(State) - OPEN_STATES if wants_closed else OPEN_STATES
    sees_all = sees_all_cases(actor())
    rows = house().catalogue.cases_of(actor(), sees_all=sees_all, states=sorted(states))
    values: dict[str, Any] = {
        "rows": rows,
        "turns": house().catalogue.turns([row["number"] for row in rows]),
        "is_closed": wants_closed,
        "sees_all": sees_all,
        "may_begin": not obstacles_to_opening(Kind.NEW, None, house().registers, actor()),
        "choices": choices(),
    }
    shown = {"active": "new", "typed": request.form} if problems else {"active": "", "typed": {}}
    return page("cases/index.html", problems=problems, **shown, **values)


def _to(number: CaseNumber, place: str = "") -> ResponseReturnValue:
    """On to the case, at `place`: a browser keeps the old place where none is named."""
    return go_to(f"/cases/{number}{place and f'#{place}'}")

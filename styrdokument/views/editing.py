"""Writing in a draft: text, fields, who is who and appendices; and the look before saving.

What was typed is never lost: a refused save shows the form again as it was typed, and where
somebody saved meanwhile both texts stand side by side.
"""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from styrdokument.actions import drafting
from styrdokument.actions.house import look
from styrdokument.domain.case import CaseNumber, Step
from styrdokument.domain.document import ROLES, TEXT, DocumentId
from styrdokument.domain.matter import Given, Matter
from styrdokument.domain.problems import Code, NotFound, Problem, Refused
from styrdokument.domain.transitions import obstacles
from styrdokument.store.cases import Held
from styrdokument.views import edit_page, forms
from styrdokument.views.files import stored_appendix
from styrdokument.views.support import actor, go_to, house, on_refusal

bp = Blueprint("editing", __name__, url_prefix="/cases/<int:number>/documents/<int:document>")


@bp.get("")
def edit(number: int, document: int) -> ResponseReturnValue:
    """The editor."""
    held, matter = _enter(number, document)
    if problems := obstacles(Step.SAVE, matter, actor(), Given()):
        raise Refused(*problems)
    return edit_page.render(held, matter, DocumentId(document))


@bp.post("")
def save(number: int, document: int) -> ResponseReturnValue:
    """Save what was typed."""
    _held, matter = _enter(number, document)
    writing = forms.writing_from(request.form, matter.drafts[DocumentId(document)])
    drafting.save(house(), actor(), CaseNumber(number), DocumentId(document), writing)
    return go_to(f"/cases/{number}")


@bp.post("/preview")
def preview(number: int, document: int) -> ResponseReturnValue:
    """Show what was typed as readers would see it; nothing is saved."""
    held, matter = _enter(number, document)
    return edit_page.render(held, matter, DocumentId(document), is_preview=True)


@bp.post("/appendices")
def add_appendix(number: int, document: int) -> ResponseReturnValue:
    """Put a file beside the text."""
    _enter(number, document)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Refused(Problem(code=Code.NEEDS_FIELD, field="file"))
    drafting.add_appendix(
        house(), actor(), CaseNumber(number), DocumentId(document), file.filename, file.read()
    )
    return go_to(f"/cases/{number}/documents/{document}#appendices")


@bp.post("/appendices/<name>/removal")
def remove_appendix(number: int, document: int, name: str) -> ResponseReturnValue:
    """Take a file away from the draft."""
    _enter(number, document)
    drafting.remove_appendix(house(), actor(), CaseNumber(number), DocumentId(document), name)
    return go_to(f"/cases/{number}/documents/{document}#appendices")


@bp.get("/appendices/<name>")
def show_appendix(number: int, document: int, name: str) -> ResponseReturnValue:
    """A draft's appendix, for those who may see the case."""
    held, _matter = _enter(number, document)
    files = house().cases.files_of(held, DocumentId(document))
    if name in {TEXT, ROLES} or name not in files:
        raise NotFound(name)
    return stored_appendix(files[name], name, etag=files[name])


def _enter(number: int, document: int) -> tuple[Held, Matter]:
    """The case and its matter, seen to be open to the visitor. Raises NotFound."""
    case, id_ = CaseNumber(number), DocumentId(document)
    held, matter = look(house(), actor(), case)
    if id_ not in matter.drafts:
        raise NotFound(document)
    if request.method == "POST":
        on_refusal(lambda problems: edit_page.render(*look(house(), actor(), case), id_, problems))
    return held, matter

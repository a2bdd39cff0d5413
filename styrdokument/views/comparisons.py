"""Two versions of a document beside each other: what changed in the text and in the fields."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from styrdokument.actions.comparing import appendices_changed
from styrdokument.domain.document import FIELDS, ROLES
from styrdokument.store.catalogue import Row
from styrdokument.text.redline import redline
from styrdokument.views.asking import number_asked
from styrdokument.views.card import Said, said_of
from styrdokument.views.changes import Changed, redline_words
from styrdokument.views.kept import kept
from styrdokument.views.reading import DOCUMENT, issued, shown, versions_of
from styrdokument.views.support import house, page, words

bp = Blueprint("comparisons", __name__, url_prefix="/documents")


class FieldChange(NamedTuple):
    """A field that is not the same in both versions."""

    name: str
    before: Sequence[Said]
    after: Sequence[Said]


@bp.get(f"/{DOCUMENT}/compare")
def show(document: int) -> ResponseReturnValue:
    """What changed from one version to another: the two newest, unless the query says which."""
    inside = kept("versions/compared.html", lambda: _compared(document))
    return page("versions/compare.html", inside=inside)


def _compared(document: int) -> dict[str, Any]:
    row, known = shown(document), versions_of(document)
    numbers = [one["version"] for one in known]
    newest = numbers[:2] if len(numbers) > 1 else [*numbers, *numbers]
    to = number_asked("to", otherwise=newest[0])
    from_ = number_asked("from", otherwise=_before(to, numbers, newest))
    old, new = issued(document, from_), issued(document, to)
    contents = [{file["path"]: file["sha256"] for file in one["content"]} for one in (old, new)]
    return {
        "title": words().say("compare.title", title=row["title"]),
        "row": row,
        "versions": known,
        "from_": from_,
        "to": to,
        "old": old,
        "new": new,
        "changed": _changed(old, new),
        "changes": tuple(field_changes(old, new)),
        "appendices": appendices_changed(*contents),
    }


def field_changes(old: Row, new: Row) -> Iterator[FieldChange]:
    """The author's fields and the roles that differ."""
    before, after = _values(old), _values(new)
    for name in dict.fromkeys((*FIELDS, *before, *after)):
        if before.get(name) != after.get(name):
            yield FieldChange(name, said_of(name, before.get(name)), said_of(name, after.get(name)))


def _changed(old: Row, new: Row) -> Changed:
    said = words().say
    return Changed(
        marked=redline(*(house().texts.of(one).html for one in (old, new)), words=redline_words()),
        path=f"/documents/{new['document']}/compare",
        old=said("compare.version", version=old["version"]),
        new=said("compare.version", version=new["version"]),
        folds=True,
    )


def _values(row: Row) -> dict[str, Any]:
    fields = {key: value for key, value in row["fields"].items() if key != "others"}
    roles = {key: value for key, value in row["roles"].items() if FIELDS[key].file == ROLES}
    return {**fields, **row["fields"]["others"], **roles}


def _before(to: int, numbers: Sequence[int], newest: Sequence[int]) -> int:
    """The version to compare with when only one is named: the one before it."""
    if not request.args.get("to"):
        return newest[1]
    return max((number for number in numbers if number < to), default=to)

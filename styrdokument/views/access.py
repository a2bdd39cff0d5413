"""What each route takes before its view is asked: the coarse half of authorisation.

The fine half (which document, which case, which step) is asked of the domain in the view. A route
that is not listed is refused; `static` is Flask's own.
"""

from collections.abc import Mapping

from styrdokument.domain.access import Act

ACCESS: Mapping[str, Act] = {
    "static": Act.ENTER,
    "style.show": Act.ENTER,
    "style.show_logo": Act.ENTER,
    "language.choose": Act.ENTER,
    "session.show": Act.ENTER,
    "session.create": Act.ENTER,
    "session.end": Act.ENTER,
    "actions_page.show": Act.WORK,
    "cases.index": Act.WORK,
    "cases.create": Act.WORK,
    "cases.show": Act.WORK,
    "cases.submit": Act.WORK,
    "cases.approve": Act.WORK,
    "cases.send_back": Act.WORK,
    "cases.comment": Act.WORK,
    "cases.resolve": Act.WORK,
    "cases.reassign": Act.WORK,
    "cases.decide": Act.WORK,
    "cases.withdraw": Act.WORK,
    "editing.edit": Act.WORK,
    "editing.save": Act.WORK,
    "editing.preview": Act.WORK,
    "editing.add_appendix": Act.WORK,
    "editing.remove_appendix": Act.WORK,
    "editing.show_appendix": Act.WORK,
    "tasks.index": Act.WORK,
    "start.show": Act.READ_PUBLIC,
    "documents.show": Act.READ_PUBLIC,
    "documents.show_markdown": Act.READ_PUBLIC,
    "documents.show_json": Act.READ_PUBLIC,
    "documents.lead_on": Act.READ_PUBLIC,
    "versions.index": Act.READ_PUBLIC,
    "versions.show": Act.READ_PUBLIC,
    "versions.show_markdown": Act.READ_PUBLIC,
    "versions.show_json": Act.READ_PUBLIC,
    "versions.appendix": Act.READ_PUBLIC,
    "comparisons.show": Act.READ_PUBLIC,
    "history.show": Act.READ_PUBLIC,
    "lists.browse": Act.READ_PUBLIC,
    "lists.browse_json": Act.READ_PUBLIC,
    "lists.browse_csv": Act.READ_PUBLIC,
    "lists.library": Act.READ_PUBLIC,
    "lists.library_json": Act.READ_PUBLIC,
    "lists.library_csv": Act.READ_PUBLIC,
    "search.show": Act.READ_PUBLIC,
    "search.show_json": Act.READ_PUBLIC,
    "former.lead_on": Act.READ_PUBLIC,
    "people.show_person": Act.READ_INTERNAL,
    "people.show_unit": Act.READ_INTERNAL,
    "health.show": Act.ENTER,
    "health.show_json": Act.ENTER,
}

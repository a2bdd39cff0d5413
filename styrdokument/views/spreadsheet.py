"""CSV that a spreadsheet opens safely: UTF-8, comma, and no cell that it would take for a formula.

A cell that begins with a sign a spreadsheet acts on is given an apostrophe in front; the same goes
for one that hides the sign behind white space (OWASP, "CSV injection").
"""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from flask import Response

ACTED_ON = ("=", "+", "-", "@", "\t", "\r")


def comma_separated(rows: Iterable[Sequence[str]], *, name: str) -> Response:
    """The rows as a file to save; the byte order mark tells a spreadsheet that it is UTF-8."""
    file = StringIO()
    csv.writer(file).writerows([harmless(cell) for cell in row] for row in rows)
    response = Response(f"\ufeff{file.getvalue()}", mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def harmless(cell: str) -> str:
    """The cell, with an apostrophe in front where a spreadsheet would act on it."""
    acts = cell.startswith(ACTED_ON) or cell.lstrip().startswith(ACTED_ON)
    return f"'{cell}" if acts else cell

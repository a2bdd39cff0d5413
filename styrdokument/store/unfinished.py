"""What a stop may have left undone, as an index that is caught up tells it.

Each question is asked at start and answered by doing the rest; asking again then finds nothing.
"""

from typing import Any

from sqlalchemy import Engine, func, select

from styrdokument.domain.case import OPEN_STATES
from styrdokument.store.tables import case_documents, cases, decisions, documents


def decided_but_open(engine: Engine) -> list[Any]:
    """(number, file) of each case that `main` says is decided and whose log does not."""
    query = (
        select(cases.c.number, decisions.c.file)
        .join(decisions, decisions.c.case_number == cases.c.number)
        .where(cases.c.state.in_(OPEN_STATES))
        .order_by(decisions.c.seq)
    )
    return _all(engine, query)


def open_but_repealed(engine: Engine) -> list[Any]:
    """(number, document, file) of each open case on a document that a decision has repealed."""
    query = (
        select(cases.c.number, documents.c.document, decisions.c.file)
        .join(case_documents, case_documents.c.number == cases.c.number)
        .join(documents, documents.c.document == case_documents.c.document)
        .join(decisions, decisions.c.seq == documents.c.repealed_by)
        .where(cases.c.state.in_(OPEN_STATES))
        .order_by(cases.c.number, documents.c.document)
    )
    return _all(engine, query)


def open_cases(engine: Engine) -> list[int]:
    """The numbers of the cases that are open."""
    query = select(cases.c.number).where(cases.c.state.in_(OPEN_STATES)).order_by(cases.c.number)
    return [row.number for row in _all(engine, query)]


def highest_numbers(engine: Engine) -> tuple[int, int]:
    """The highest case number and document id that are in use; 0 where there is none."""
    used = (
        (cases.c.number, decisions.c.case_number),
        (case_documents.c.document, decisions.c.document),
    )
    found = [max(_highest(engine, column) for column in columns) for columns in used]
    return found[0], found[1]


def _highest(engine: Engine, column: Any) -> int:  # noqa: ANN401 (SQLAlchemy's own types)
    return int(_all(engine, select(func.max(column)))[0][0] or 0)


def _all(engine: Engine, query: Any) -> list[Any]:  # noqa: ANN401 (SQLAlchemy's own types)
    with engine.connect() as connection:
        return list(connection.execute(query))

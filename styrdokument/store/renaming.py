"""What a local account says of somebody, changed: their name, title, unit and address.

What stands on the record stays as it was. Whom a directory answers for, it changes.
"""

from sqlalchemy import Engine, update

from styrdokument.domain.addresses import mail_address
from styrdokument.domain.people import PersonId
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.store.accounts import check_mail
from styrdokument.store.journal import accounts, note_people
from styrdokument.store.sql import writing


def change_account(engine: Engine, person: PersonId, **facts: str) -> None:
    """Change a person's `name`, `title`, `unit` or `mail`. Raises Refused."""
    check_mail(facts.get("mail", ""))
    if not facts.get("name", "a").strip():
        raise Refused(Problem(code=Code.NEEDS_FIELD, field="name"))
    if "mail" in facts:
        facts["mail"] = mail_address(facts["mail"])
    with writing(engine) as connection:
        connection.execute(update(accounts).where(accounts.c.person == person).values(**facts))
        note_people(connection)

"""The smallest region where a document can live its life: one type, one unit, one document.

For tests that make a house hundreds of times; everything goes through the actions themselves.
"""

from collections.abc import Mapping
from pathlib import Path

from styrdokument.actions import deciding, drafting, opening, registering, reviewing
from styrdokument.actions.house import House
from styrdokument.app import join
from styrdokument.config import read_config
from styrdokument.domain.case import CaseNumber, Kind
from styrdokument.domain.document import DocumentId
from styrdokument.domain.matter import Draft, Given, Matter
from styrdokument.domain.people import Actor, Who
from styrdokument.store.accounts import Accounts
from styrdokument.store.evidence import Signer
from styrdokument.store.git import Git
from tests.cast import ALMA, BIRGIT, CECILIA, DAG, NOON
from tests.views.library import PASSWORD, QUICK, close

Ids = Mapping[str, str]
TYPES = """routine:
  label: {sv: Rutin, en: Routine}
  may_decide: [verksamhetschef-medicin]
  basis: [head_of_operations]
"""
UNITS = "medicinkliniken:\n  label: {sv: Medicinkliniken}\n  head: verksamhetschef-medicin\n"
FUNCTIONS = """verksamhetschef-medicin:
  label: {{sv: Verksamhetschef medicin}}
  holders: [{{person: {dag}}}]
forfattare:
  label: {{sv: Författare}}
  holders: [{{person: {alma}}}]
  grants: [author]
"""


def build(data: Path, more: str = "") -> dict[str, str]:
    """A record that has begun, with alma, birgit, cecilia and dag; their ids by login.

    `more` are functions beside the usual ones, with `{login}` where an id is to stand.
    """
    Git.create(data / "record.git")
    (data / "keys").mkdir(mode=0o700)
    signer = Signer.create(data / "keys" / "record")
    house = house_of(data)
    accounts = Accounts(house.journal.engine, QUICK)
    ids = {
        person.name.casefold(): str(
            accounts.add(person.name, name=person.name, password=PASSWORD, at=NOON).person.id
        )
        for person in (ALMA, BIRGIT, CECILIA, DAG)
    }
    files = {
        "types.yaml": TYPES.encode(),
        "units.yaml": UNITS.encode(),
        "functions.yaml": (FUNCTIONS + more).format(**ids).encode(),
        "signers": f"{signer.allowed_signers_line(NOON)}\n".encode(),
    }
    registering.begin_record(house.record, files, by=Who(id=None, name="init"), at=NOON)
    house.index.catch_up()
    close(house)
    return ids


def house_of(data: Path) -> House:
    """The house at `NOON`, with nothing recovered."""
    return join(read_config(data, {}), now=lambda: NOON)


def actor(house: House, ids: Ids, login: str) -> Actor:
    """Somebody of the cast, with what they hold."""
    found = house.actor(ids[login])  # type: ignore[arg-type]
    assert found is not None
    return found


def matter(house: House, case: CaseNumber) -> Matter:
    """The case as it stands."""
    return house.matters.of(house.cases.read(case), on=house.today)


def draft(house: House, case: CaseNumber) -> Draft:
    """The case's only draft."""
    return next(iter(matter(house, case).drafts.values()))


def open_new(house: House, ids: Ids) -> CaseNumber:
    """A case for a new routine, by alma."""
    new = opening.NewDocument(title="Handhygien", type="routine", unit="medicinkliniken")
    return opening.open_case(house, actor(house, ids, "alma"), Kind.NEW, new=new)


def open_revision(house: House, ids: Ids, document: DocumentId) -> CaseNumber:
    """A case that revises the document, by alma."""
    return opening.open_case(house, actor(house, ids, "alma"), Kind.REVISE, [document])


def save(house: House, ids: Ids, case: CaseNumber, text: str, **fields: list[str]) -> None:
    """Alma writes."""
    current = draft(house, case)
    writing = drafting.Writing(base=current.content_hash, text=text, fields=fields)
    drafting.save(house, actor(house, ids, "alma"), case, current.id, writing)


def submit(house: House, ids: Ids, case: CaseNumber) -> None:
    """Alma submits."""
    given = Given(change_note="Vad som har ändrats.")
    reviewing.submit(house, actor(house, ids, "alma"), case, given)


def approve(house: House, ids: Ids, case: CaseNumber, login: str) -> None:
    """A reviewer approves what now stands."""
    seen = Given(snapshot=matter(house, case).snapshot)
    reviewing.approve(house, actor(house, ids, login), case, seen)


def decide(house: House, ids: Ids, case: CaseNumber) -> None:
    """Dag decides what now stands."""
    given = Given(snapshot=matter(house, case).snapshot, second_look="password")
    deciding.decide(house, actor(house, ids, "dag"), case, given)


def make_ready(house: House, ids: Ids, case: CaseNumber, text: str) -> None:
    """Write, submit and approve, so that only the decision is left."""
    reviewers = [ids["birgit"], ids["cecilia"]]
    save(house, ids, case, text, reviewers=reviewers)
    submit(house, ids, case)
    approve(house, ids, case, "birgit")
    approve(house, ids, case, "cecilia")

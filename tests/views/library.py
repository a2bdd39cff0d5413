"""A small library on the record, with every standing that a document can have.

Days are told around `NOON`. Whoever adds a document gives it a constant here, so that a test names
what it is about; `build` makes the record once per session, and every test gets a copy.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from styrdokument.actions import deciding, drafting, registering, reviewing
from styrdokument.actions.house import House
from styrdokument.app import join
from styrdokument.config import Config
from styrdokument.domain.case import CaseNumber, Kind
from styrdokument.domain.decisionfile import Basis, BasisKind, Decision, DecisionKind, Significance
from styrdokument.domain.document import DocumentId
from styrdokument.domain.matter import Given
from styrdokument.domain.people import Actor, Who
from styrdokument.resources import folder
from styrdokument.store import frontmatter, strictyaml
from styrdokument.store.accounts import Accounts
from styrdokument.store.chain import Act, Proposal
from styrdokument.store.evidence import Signer
from styrdokument.store.git import Git
from styrdokument.store.record import hash_of
from tests.cast import ARVID, CAST, GUN, NOON

PASSWORD = "styrdokument"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Passwords hashed so cheaply are good enough for nobody but a test."""

BLOOD = DocumentId(1001)
"""Public, in force since 2025-12-01; version 1 superseded."""
DUE = DocumentId(1002)
"""Public, its last day is 2026-12-10."""
EXPIRED = DocumentId(1003)
"""Public, its last day was 2026-06-30."""
CHANGING = DocumentId(1004)
"""Public; version 2 is adopted and applies from 2026-12-15."""
TO_COME = DocumentId(1005)
"""Public, with nothing that applies before 2027-01-01."""
REPEALED = DocumentId(1006)
"""Public, repealed from 2026-10-01, with HYGIENE as successor."""
INTERNAL = DocumentId(1007)
"""Internal, in force; its title is no business of the public's."""
WITHDRAWN_FROM_PUBLIC = DocumentId(1008)
"""Version 1 was public, version 2 is internal and applies."""
RICH = DocumentId(1009)
"""Public, with every field, five headings and appendices of four types."""
CORRECTED = DocumentId(1010)
"""Public; version 2 corrects version 1, which a board decided by minutes."""
EXTENDED = DocumentId(1011)
"""Public; stood expired from 2026-02-01 to 2026-02-14, then extended."""
INTERNAL_REPEALED = DocumentId(1012)
"""Internal and repealed, with INTERNAL as successor."""
HYGIENE = DocumentId(1042)
"""Public; alma writes it, birgit and cecilia review it, dag adopted version 2 live, in case 1."""
REVISED_CASE = CaseNumber(1)
UNKNOWN = DocumentId(1999)
SECRET = "Larmkoder"
"""A word that stands in titles and texts of internal documents alone."""

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + b"\0" * 17
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>\n'
APPENDICES = {
    "karta.png": PNG,
    "flode.svg": SVG,
    "lista.csv": b"a;b\n",
    "blankett.pdf": b"%PDF-1.7\n",
}


@dataclass(frozen=True, kw_only=True)
class Text:
    """A version to put on the record, as it would come from a source or from a case."""

    document: DocumentId
    title: str
    begins: date
    ends: date | None
    body: str = "## Syfte\n\nTexten finns för att läsas.\n"
    version: int = 1
    kind: DecisionKind = DecisionKind.IMPORT
    fields: Mapping[str, Any] = field(default_factory=dict)
    roles: Mapping[str, Any] = field(default_factory=dict)
    appendices: Mapping[str, bytes] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_public: bool = True


def build(data: Path) -> dict[str, str]:
    """Make the record and the accounts in `data`; the cast's person ids by login."""
    Git.create(data / "record.git")
    (data / "keys").mkdir(mode=0o700)
    signer = Signer.create(data / "keys" / "record")
    house = join(Config(data=data), now=lambda: NOON)
    ids = {person.name.casefold(): _add_account(house, person) for person in CAST}
    registering.begin_record(
        house.record, _registers(signer, ids), by=Who(id=None, name="init"), at=NOON
    )
    for text in _texts():
        put(house, text, ids)
    _end_and_extend(house, ids)
    house.record.numbers.keep_clear_of(HYGIENE)
    house.index.catch_up()
    _revise(house, ids)
    close(house)
    return ids


def close(house: House) -> None:
    """Let go of every file, so that the data directory can be copied or removed."""
    house.git.close()
    house.index.engine.dispose()
    house.journal.engine.dispose()


def actor(house: House, ids: Mapping[str, str], login: str) -> Actor:
    """Somebody of the cast, with what they hold."""
    found = house.actor(ids[login])
    assert found is not None
    return found


def put(house: House, text: Text, ids: Mapping[str, str]) -> None:
    """Enter one version on the record, as an act of its own; the index is not caught up."""
    batch = house.git.batch()
    written = {"text.md": _text(text), "roles.yaml": _roles(text, ids), **text.appendices}
    files = {path: house.record.put(batch, data) for path, data in written.items()}
    content = house.record.content_of(files)
    facts = {
        "decided_by": None,
        "basis": Basis(kind=BasisKind.SOURCE),
        "decided_on": text.begins,
        "effective_from": text.begins,
        "valid_until": text.ends,
        "change_note": f"Ändring {text.version}.",
        "significance": Significance.MINOR,
        **text.facts,
    }
    decision = Decision(
        kind=text.kind,
        document=text.document,
        version=text.version,
        content=content,
        content_hash=hash_of(content),
        title=text.title,
        type=text.fields.get("type", "routine"),
        audience="public" if text.is_public else "internal",
        recorded_at=NOON,
        recorded_by=Who(id=ids["karin"], name="Karin", title="Dokumentsamordnare"),
        product="styrdokument",
        **facts,
    )
    gone = dict.fromkeys(house.record.files_of(text.document), None)
    enter(house, decision, batch=batch, files={**gone, **files})


def enter(house: House, decision: Decision, *, batch: Any = None, files: Any = None) -> None:
    """Put a decision on the record as an act of its own."""
    proposal = Proposal(decision=decision, files=files or {})
    by = str(decision.recorded_by.id)
    act = Act(kind=decision.kind, by=by, at=NOON, proposals=[proposal])
    with house.record.lock():
        house.record.enter(batch or house.git.batch(), act)


def _add_account(house: House, person: Any) -> str:
    accounts = Accounts(house.journal.engine, QUICK)
    unit = {GUN: "kirurgkliniken", ARVID: "regionstaben"}.get(person, "medicinkliniken")
    added = accounts.add(
        person.name, name=person.name, password=PASSWORD, at=NOON, title=person.title, unit=unit
    )
    return str(added.person.id)


def _registers(signer: Signer, ids: Mapping[str, str]) -> dict[str, bytes]:
    """The demonstration's registers, with the cast in their functions."""
    root = folder("content") / "registers"
    files = {"signers": f"{signer.allowed_signers_line(NOON)}\n".encode()}
    for path in sorted(root.rglob("*.yaml")):
        text = re.sub(r"person: (\w+)", lambda m: f"person: {ids[m[1]]}", path.read_text("utf-8"))
        files[path.relative_to(root).as_posix()] = text.encode()
    return files


def _text(text: Text) -> bytes:
    fields = {
        "id": int(text.document),
        "title": text.title,
        "type": "routine",
        "audience": "public" if text.is_public else "internal",
        "applies_to": ["sjukhusvarden"],
        **text.fields,
    }
    return frontmatter.compose(fields, text.body)


def _roles(text: Text, ids: Mapping[str, str]) -> bytes:
    roles = {
        "unit": "medicinkliniken",
        "case_officer": ids["alma"],
        "fact_owner": "hygienlakare",
        "reviewers": [ids["birgit"], ids["cecilia"]],
        "adopter": ["verksamhetschef-medicin"],
        **text.roles,
    }
    return strictyaml.write(roles)


def _texts() -> Sequence[Text]:
    day = date
    minutes = Basis(
        kind=BasisKind.MINUTES,
        body="Regionfullmäktige",
        minutes_date=day(2026, 9, 15),
        section="§ 112",
        confirmed_on=day(2026, 9, 22),
    )
    by_the_board = {
        "decided_by": Who(id=None, name="Regionfullmäktige"),
        "basis": minutes,
        "registry_number": "RS 2026-1042",
        "decided_on": day(2026, 9, 15),
    }
    hygiene = "## Syfte\n\nTvätta händerna.\n\n## Ansvar\n\nAlla.\n\n## Genomförande\n\nSprita.\n"
    bank = "## Syfte\n\nEn enhet i taget.\n\n| Del | Ansvar |\n| --- | --- |\n| Påse | {} |\n"
    return (
        Text(
            document=BLOOD,
            title="Blodtransfusion",
            body=bank.format("En medarbetare"),
            begins=day(2023, 12, 1),
            ends=day(2025, 12, 1),
        ),
        Text(
            document=BLOOD,
            title="Blodtransfusion",
            body=bank.format("Två medarbetare"),
            version=2,
            begins=day(2025, 12, 1),
            ends=day(2027, 12, 1),
            fields={"processes": ["vard/provtagning"]},
        ),
        Text(document=DUE, title="Provtagning", begins=day(2024, 12, 10), ends=day(2026, 12, 10)),
        Text(
            document=EXPIRED, title="Ätstörningar", begins=day(2024, 6, 30), ends=day(2026, 6, 30)
        ),
        Text(
            document=CHANGING,
            title="Perifer venkateter",
            begins=day(2025, 11, 1),
            ends=day(2027, 11, 1),
        ),
        Text(
            document=CHANGING,
            title="Perifer venkateter",
            version=2,
            begins=day(2026, 12, 15),
            ends=day(2028, 12, 15),
            body="## Syfte\n\nByt var fjärde dag.\n",
        ),
        Text(
            document=TO_COME,
            title="Ny riktlinje för sår",
            begins=day(2027, 1, 1),
            ends=day(2029, 1, 1),
            fields={"type": "guideline"},
        ),
        Text(
            document=REPEALED,
            title="Handdesinfektion",
            begins=day(2024, 5, 1),
            ends=day(2027, 5, 1),
        ),
        Text(
            document=INTERNAL,
            title=SECRET,
            begins=day(2026, 1, 1),
            ends=day(2028, 1, 1),
            body="## Syfte\n\nLarmkoder hör hemma här.\n",
            is_public=False,
            roles={"unit": "kirurgkliniken"},
        ),
        Text(
            document=WITHDRAWN_FROM_PUBLIC,
            title="Passersystem",
            begins=day(2024, 1, 1),
            ends=day(2027, 1, 1),
        ),
        Text(
            document=WITHDRAWN_FROM_PUBLIC,
            title="Passersystem med Larmkoder",
            version=2,
            begins=day(2026, 5, 1),
            ends=day(2028, 5, 1),
            is_public=False,
        ),
        Text(
            document=RICH,
            title='Sårvård <och> "omläggning"',
            begins=day(2026, 2, 1),
            ends=day(2028, 2, 1),
            appendices=APPENDICES,
            body=_RICH,
            fields={
                "processes": ["vard/omvardnad"],
                "provisions": ["sosfs-2011-9/4-4"],
                "keywords": ["sår", "förband"],
                "parent": int(INTERNAL),
                "former_ids": ["platina:115094", "/rutiner/sarvard.pdf"],
                "target_group": ["sjuksköterska"],
                "doknr_barium": "SU-77",
            },
        ),
        Text(
            document=CORRECTED,
            title="Policy för 100 % hållbarhet",
            begins=day(2026, 10, 1),
            ends=day(2028, 10, 1),
            kind=DecisionKind.ADOPT,
            facts=by_the_board,
            fields={"type": "policy"},
            roles={"adopter": ["regionfullmaktige"]},
            body="## Mål\n\nVi ska vara hållbarra.\n",
        ),
        Text(
            document=CORRECTED,
            title="Policy för 100 % hållbarhet",
            version=2,
            begins=day(2026, 10, 1),
            ends=day(2028, 10, 1),
            kind=DecisionKind.CORRECT,
            facts={**by_the_board, "corrects": 1, "decided_on": day(2026, 11, 2)},
            fields={"type": "policy"},
            roles={"adopter": ["regionfullmaktige"]},
            body="## Mål\n\nVi ska vara hållbara.\n",
        ),
        Text(
            document=EXTENDED,
            title="Överrapportering",
            begins=day(2024, 1, 31),
            ends=day(2026, 1, 31),
        ),
        Text(
            document=INTERNAL_REPEALED,
            title="Gamla Larmkoder",
            begins=day(2024, 1, 31),
            ends=day(2027, 1, 31),
            is_public=False,
        ),
        Text(
            document=HYGIENE,
            title="Handhygien",
            begins=day(2025, 3, 15),
            ends=day(2027, 3, 15),
            body=hygiene,
            fields={"processes": ["vard/basal-hygien"]},
        ),
    )


_RICH = """## Syfte

Se [kartan](karta.png), [listan](lista.csv) och [handhygien](/documents/1042).

![Karta över avdelningen](karta.png)

## Ansvar

Chefen.

## Genomförande

### Lätta sår

1. Tvätta.

### Svåra sår

> **Stopp:** Ring [läkaren](tel:+4610000000).

## Uppföljning

Varje år.
"""


def _end_and_extend(house: House, ids: Mapping[str, str]) -> None:
    dag = Who(id=ids["dag"], name="Dag", title="Verksamhetschef", unit="medicinkliniken")
    usual: dict[str, Any] = {
        "recorded_at": NOON,
        "recorded_by": dag,
        "decided_by": dag,
        "basis": Basis(kind=BasisKind.HEAD_OF_OPERATIONS),
        "version": 1,
        "type": "routine",
        "product": "styrdokument",
    }
    repeals = {
        REPEALED: ("Handdesinfektion", "public", HYGIENE),
        INTERNAL_REPEALED: ("Gamla Larmkoder", "internal", INTERNAL),
    }
    for document, (title, audience, successor) in repeals.items():
        facts = {"title": title, "audience": audience, "successor": successor}
        days = {"decided_on": date(2026, 9, 20), "effective_from": date(2026, 10, 1)}
        reason = "Texten ingår i en annan rutin."
        enter(
            house,
            Decision(
                kind=DecisionKind.REPEAL,
                document=document,
                reason=reason,
                **_issued(house, document),
                **usual,
                **facts,
                **days,
            ),
        )
    enter(
        house,
        Decision(
            kind=DecisionKind.EXTEND,
            document=EXTENDED,
            title="Överrapportering",
            audience="public",
            reason="Innehållet stämmer.",
            **_issued(house, EXTENDED),
            decided_on=date(2026, 2, 15),
            effective_from=date(2024, 1, 31),
            valid_until=date(2028, 2, 15),
            **usual,
        ),
    )


def _issued(house: House, document: DocumentId) -> dict[str, Any]:
    """The content of a document's only version."""
    issue = house.record.decisions_of(document)[0].decision
    return {"content": issue.content, "content_hash": issue.content_hash}


def _revise(house: House, ids: Mapping[str, str]) -> None:
    """The hygiene routine's version 2: written, reviewed and adopted by the cast."""
    alma, dag = actor(house, ids, "alma"), actor(house, ids, "dag")
    number = drafting.open_case(house, alma, Kind.REVISE, [HYGIENE])
    draft = house.matters.of(house.cases.read(number), on=house.today).drafts[HYGIENE]
    body = "## Syfte\n\nTvätta händerna.\n\n## Ansvar\n\nAlla.\n\n## Genomförande\n\nSprita ofta.\n"
    writing = drafting.Writing(base=draft.content_hash, text=body)
    drafting.save(house, alma, number, HYGIENE, writing)
    reviewing.submit(house, alma, number, Given(change_note="Sprita oftare."))
    snapshot = house.matters.of(house.cases.read(number), on=house.today).snapshot
    for login in ("birgit", "cecilia"):
        reviewing.approve(house, actor(house, ids, login), number, Given(snapshot=snapshot))
    deciding.decide(house, dag, number, Given(snapshot=snapshot, second_look="password"))

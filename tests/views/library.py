"""A small library on the record: `build` makes it once per session, every test gets a copy."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from styrdokument.actions import deciding, drafting, opening, registering, reviewing
from styrdokument.actions.house import House
from styrdokument.app import join
from styrdokument.config import read_config
from styrdokument.domain.case import Kind
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
from tests.views.texts import (  # noqa: F401 - other tests name the documents from here
    APPENDICES,
    BLOOD,
    CHANGING,
    CORRECTED,
    DUE,
    EXPIRED,
    EXTENDED,
    HYGIENE,
    INTERNAL,
    INTERNAL_REPEALED,
    PNG,
    REPEALED,
    REVISED_CASE,
    RICH,
    SECRET,
    SVG,
    TO_COME,
    UNKNOWN,
    WITHDRAWN_FROM_PUBLIC,
    Text,
    texts,
)

PASSWORD = "styrdokument"
ASSEMBLY = "holders: [{person: arvid, from: 2020-01-01}]  # whoever enters the assembly's minutes"
"""In the demonstration's functions: who records what the assembly decides."""
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Passwords hashed so cheaply are good enough for nobody but a test."""


def build(data: Path) -> dict[str, str]:
    """Make the record and the accounts in `data`; the cast's person ids by login."""
    Git.create(data / "record.git")
    (data / "keys").mkdir(mode=0o700)
    signer = Signer.create(data / "keys" / "record")
    house = join(read_config(data, {}), now=lambda: NOON)
    ids = {person.name.casefold(): _add_account(house, person) for person in CAST}
    registering.begin_record(
        house.record, _registers(signer, ids), by=Who(id=None, name="init"), at=NOON
    )
    for text in texts():
        put(house, text, ids)
    _end_and_extend(house, ids)
    house.record.numbers.keep_clear_of(HYGIENE)
    house.index.catch_up()
    _revise(house, ids)
    close(house)
    pack(data)
    return ids


def pack(data: Path) -> None:
    """The record as it is after a `git gc`: some files to copy, and not some hundreds."""
    subprocess.run(["git", "gc", "-q", "--prune=now"], cwd=data / "record.git", check=True)


def close(house: House) -> None:
    """Let go of every file, so that the data directory can be copied or removed."""
    house.close()


def actor(house: House, ids: Mapping[str, str], login: str) -> Actor:
    """Somebody of the cast, with what they hold."""
    found = house.actor(ids[login])
    assert found is not None
    return found


def put(house: House, text: Text, ids: Mapping[str, str]) -> None:
    """Enter one version on the record, as an act of its own; the index is not caught up."""
    put_all(house, [text], ids)


def put_all(house: House, texts: Sequence[Text], ids: Mapping[str, str]) -> None:
    """The same for many, each of another document and an act of its own; written together."""
    batch = house.git.batch()
    acts = [_act(house, batch, text, ids) for text in texts]
    with house.record.lock():
        house.record.enter(batch, *acts, together=len(acts) > 1)


def enter(house: House, decision: Decision) -> None:
    """Put a decision on the record as an act of its own."""
    with house.record.lock():
        house.record.enter(house.git.batch(), _only(decision, {}))


def _act(house: House, batch: Any, text: Text, ids: Mapping[str, str]) -> Act:
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
    return _only(decision, {**gone, **files})


def _only(decision: Decision, files: Mapping[str, Any]) -> Act:
    proposal = Proposal(decision=decision, files=files)
    by = str(decision.recorded_by.id)
    return Act(kind=decision.kind, by=by, at=NOON, proposals=[proposal])


def _add_account(house: House, person: Any) -> str:
    accounts = Accounts(house.journal.engine, QUICK)
    unit = {GUN: "kirurgkliniken", ARVID: "regionstaben"}.get(person, "medicinkliniken")
    added = accounts.add(
        person.name,
        name=person.name,
        password=PASSWORD,
        at=NOON,
        title=person.title,
        unit=unit,
        mail=f"{person.name}@exempel.invalid",
    )
    return str(added.person.id)


def _registers(signer: Signer, ids: Mapping[str, str]) -> dict[str, bytes]:
    """The demonstration's registers, with the cast in their functions; nobody is the assembly's."""
    root = folder("content") / "registers"
    files = {"signers": f"{signer.allowed_signers_line(NOON)}\n".encode()}
    for path in sorted(root.rglob("*.yaml")):
        text = path.read_text("utf-8").replace(ASSEMBLY, "holders: []")
        text = re.sub(r"person: (\w+)", lambda m: f"person: {ids[m[1]]}", text)
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
    number = opening.open_case(house, alma, Kind.REVISE, [HYGIENE])
    draft = house.matters.of(house.cases.read(number), on=house.today).drafts[HYGIENE]
    body = "## Syfte\n\nTvätta händerna.\n\n## Ansvar\n\nAlla.\n\n## Genomförande\n\nSprita ofta.\n"
    writing = drafting.Writing(base=draft.content_hash, text=body)
    drafting.save(house, alma, number, HYGIENE, writing)
    reviewing.submit(house, alma, number, Given(change_note="Sprita oftare."))
    snapshot = house.matters.of(house.cases.read(number), on=house.today).snapshot
    for login in ("birgit", "cecilia"):
        reviewing.approve(house, actor(house, ids, login), number, Given(snapshot=snapshot))
    deciding.decide(house, dag, number, Given(snapshot=snapshot, second_look="password"))

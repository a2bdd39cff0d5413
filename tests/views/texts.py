"""The texts of the library: one document for every way that a document can stand around `NOON`.

Whoever adds a document gives it a constant here, so that a test names what it is about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from styrdokument.domain.case import CaseNumber
from styrdokument.domain.decisionfile import Basis, BasisKind, DecisionKind
from styrdokument.domain.document import DocumentId
from styrdokument.domain.people import Who

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


def text(document: DocumentId, title: str, days: str, **more: Any) -> Text:
    """A text that applies from one day through another, "2025-12-01 2027-12-01"."""
    begins, ends = (date.fromisoformat(day) for day in days.split())
    return Text(document=document, title=title, begins=begins, ends=ends, **more)


def texts() -> Sequence[Text]:
    """All of them, in the order in which they are put on the record."""
    policy = {
        "fields": {"type": "policy"},
        "roles": {"adopter": ["regionfullmaktige"]},
        "body": "## Mål\n\nVi ska vara hållbara.\n",
    }
    slip = {**policy, "body": "## Mål\n\nVi ska vara hållbarra.\n"}
    correction = {**_BY_THE_BOARD, "corrects": 1, "decided_on": date(2026, 11, 2)}
    internal, in_surgery = {"is_public": False}, {"unit": "kirurgkliniken"}
    blood = {"fields": {"processes": ["vard/provtagning"]}, "body": _bag("Två")}
    hygiene = {"fields": {"processes": ["vard/basal-hygien"]}}
    to_come = {"fields": {"type": "guideline"}}
    passes, policy_title = "Passersystem", "Policy för 100 % hållbarhet"
    decided = {"kind": DecisionKind.ADOPT, "facts": _BY_THE_BOARD, **slip}
    corrected = {"kind": DecisionKind.CORRECT, "facts": correction, **policy}
    closed = {"version": 2, **internal}
    return (
        text(BLOOD, "Blodtransfusion", "2023-12-01 2025-12-01", body=_bag("Ensam")),
        text(BLOOD, "Blodtransfusion", "2025-12-01 2027-12-01", version=2, **blood),
        text(DUE, "Provtagning", "2024-12-10 2026-12-10"),
        text(EXPIRED, "Ätstörningar", "2024-06-30 2026-06-30"),
        text(CHANGING, "Perifer venkateter", "2025-11-01 2027-11-01"),
        text(CHANGING, "Perifer venkateter", "2026-12-15 2028-12-15", body=_CATHETER, version=2),
        text(TO_COME, "Ny riktlinje för sår", "2027-01-01 2029-01-01", **to_come),
        text(REPEALED, "Handdesinfektion", "2024-05-01 2027-05-01"),
        text(INTERNAL, SECRET, "2026-01-01 2028-01-01", body=_CODES, roles=in_surgery, **internal),
        text(WITHDRAWN_FROM_PUBLIC, passes, "2024-01-01 2027-01-01"),
        text(WITHDRAWN_FROM_PUBLIC, f"{passes}, {SECRET}", "2026-05-01 2028-05-01", **closed),
        text(RICH, 'Sårvård <och> "omläggning"', "2026-02-01 2028-02-01", **_RICH),
        text(CORRECTED, policy_title, "2026-10-01 2028-10-01", **decided),
        text(CORRECTED, policy_title, "2026-10-01 2028-10-01", version=2, **corrected),
        text(EXTENDED, "Överrapportering", "2024-01-31 2026-01-31"),
        text(INTERNAL_REPEALED, f"Gamla {SECRET}", "2024-01-31 2027-01-31", **internal),
        text(HYGIENE, "Handhygien", "2025-03-15 2027-03-15", body=_HANDS, **hygiene),
    )


def _bag(who: str) -> str:
    rows = f"| Del | Ansvar |\n| --- | --- |\n| Påse | {who} medarbetare |\n"
    return f"## Syfte\n\nEn enhet i taget.\n\n{rows}"


_CATHETER = "## Syfte\n\nByt var fjärde dag.\n"
_CODES = "## Syfte\n\nLarmkoder hör hemma här.\n"
_HANDS = "## Syfte\n\nTvätta händerna.\n\n## Ansvar\n\nAlla.\n\n## Genomförande\n\nSprita.\n"
_BY_THE_BOARD: Mapping[str, Any] = {
    "decided_by": Who(id=None, name="Regionfullmäktige"),
    "registry_number": "RS 2026-1042",
    "decided_on": date(2026, 9, 15),
    "basis": Basis(
        kind=BasisKind.MINUTES,
        body="Regionfullmäktige",
        minutes_date=date(2026, 9, 15),
        section="§ 112",
        confirmed_on=date(2026, 9, 22),
    ),
}
_WOUNDS = """## Syfte

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
_RICH: Mapping[str, Any] = {
    "body": _WOUNDS,
    "appendices": APPENDICES,
    "fields": {
        "processes": ["vard/omvardnad"],
        "provisions": ["sosfs-2011-9/4-4"],
        "keywords": ["sår", "förband"],
        "parent": int(INTERNAL),
        "former_ids": ["platina:115094", "/rutiner/sarvard.pdf"],
        "target_group": ["sjuksköterska"],
        "doknr_barium": "SU-77",
        "ändringar": [{"nummer": "2009:15", "gäller": ["kap 1", "kap 2"]}],
    },
}

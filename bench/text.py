"""Swedish-like routines, the same for the same number and version; every word is our own."""

# ruff: noqa: INP001, S311 (scripts, not a package; they talk to the shell, and draw no secrets)

from random import Random

SUBJECTS = [
    "medarbetaren",
    "läkaren",
    "sjuksköterskan",
    "enhetschefen",
    "patienten",
    "avdelningen",
    "kliniken",
    "mottagningen",
    "laboratoriet",
    "vårdplatsen",
    "journalen",
    "apparaten",
    "läkemedlet",
    "provet",
    "remissvaret",
    "katetern",
    "blodtransfusionen",
    "delegeringen",
    "rutinen",
    "städningen",
    "handskarna",
    "handspriten",
]
VERBS = [
    "kontrollerar",
    "dokumenterar",
    "rapporterar",
    "ordinerar",
    "förvarar",
    "rengör",
    "märker",
    "byter",
    "bedömer",
    "informerar",
    "signerar",
    "beställer",
    "lämnar",
    "granskar",
    "följer",
    "desinficerar",
    "planerar",
    "avslutar",
]
OBJECTS = """utrustningen före användning|varje förändring i journalen|avvikelsen samma dag
|provet inom 24 timmar|temperaturen 37,5 °C|patientens identitet|läkemedlen i låst skåp
|de egna händerna före och efter arbetet|ansvarig läkare utan dröjsmål|materialet enligt listan
|resultatet tillsammans med patienten|det som återstår till nästa arbetspass
|riskerna minst en gång om året|handlingsplanen när något har ändrats""".replace("\n", "").split(
    "|"
)
HEADINGS = ["Syfte", "Ansvar", "Genomförande", "Uppföljning", "Dokumentation", "Avvikelser"]
KINDS = ["Rutin för", "Hantering av", "Kontroll av", "Ansvar för", "Förvaring av", "Uppföljning av"]


def title_of(number: int) -> str:
    """A document's title."""
    random = Random(f"title {number}")
    first, second = random.choice(SUBJECTS), random.choice(SUBJECTS)
    return f"{random.choice(KINDS)} {first} och {second}, del {number}"


def body_of(number: int, version: int) -> str:
    """A version's text, some 700 words; a later version changes a few of the sentences."""
    random, parts = Random(f"body {number}"), []
    changed = {Random(f"change {number} {v}").randrange(60) for v in range(2, version + 1)}
    for place, heading in enumerate(HEADINGS):
        sentences = []
        for n in range(10):
            words = _sentence(random)
            is_new = place * 10 + n in changed
            sentences.append(_sentence(Random(f"{number} {version} {n}")) if is_new else words)
        items = "\n".join(f"- {words}" for words in sentences[6:])
        parts.append(
            f"## {heading}\n\n{' '.join(sentences[:3])}\n\n{' '.join(sentences[3:6])}\n\n{items}\n"
        )
        if heading == "Genomförande":
            rows = "\n".join(
                f"| {random.choice(SUBJECTS)} | {random.randrange(90)} |" for _ in range(6)
            )
            parts.append(f"| Moment | Minuter |\n|---|---|\n{rows}\n")
    return "\n".join(parts)


def _sentence(random: Random) -> str:
    first = f"{random.choice(SUBJECTS)} {random.choice(VERBS)} {random.choice(OBJECTS)}"
    return f"{first[0].upper()}{first[1:]} och {random.choice(VERBS)} {random.choice(OBJECTS)}."

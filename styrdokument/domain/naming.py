"""Names: what a file, a slug and a person id may look like, and which characters nobody can see.

A name goes to git, to Windows, to macOS and to a reader's eye, and must mean the same to all four:
whoever loosens a rule here has to ask each of them.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

EXTENSIONS = ("png", "jpg", "jpeg", "svg", "pdf", "docx", "xlsx", "csv")
LONGEST_NAME = 200
"""Bytes of UTF-8; also the guard's limit for any name in a tree."""

PERSON_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32 in lower case: no i, l, o or u, so that an id can be read out and typed."""

CONTROL = re.compile(
    "[\0-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
    + "]"
)
"""Control characters (line feed and tab too), surrogates, and what Unicode says is no character."""

HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What a reader can't see or what turns the reading order: zero width, bidi, tags, fillers.

U+FE0E and U+FE0F are not here: they choose between two looks of a visible sign.
"""

_GOES_ON = 0x80
"""The two upper bits of a byte of UTF-8 that goes on with a character."""
_RESERVED = {"text.md", "roles.yaml", "decisions"}
_SLUG = re.compile(r"(?!p-)[a-z0-9]+(?:-[a-z0-9]+)*")
_PERSON = re.compile(f"p-[{PERSON_ALPHABET}]{{8}}")
_FORBIDDEN = re.compile(r'[/\\<>:"|?*]')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9]|lpt[0-9]) *(?:\..*)?")
"""Windows opens the device whatever extension follows."""


def is_slug(text: str) -> bool:
    """Whether `text` may name a function, unit or type; `p-…` is kept for people."""
    return _SLUG.fullmatch(text) is not None


def is_person_id(text: str) -> bool:
    """Whether `text` is `p-` and eight characters of `PERSON_ALPHABET`."""
    return _PERSON.fullmatch(text) is not None


def has_other_letters(text: str) -> bool:
    """Whether a letter is not Latin: the Cyrillic a looks the same, and is another letter."""
    return any(c.isalpha() and not unicodedata.name(c, "").startswith("LATIN ") for c in text)


def unfit_characters(line: str) -> Iterator[tuple[str, str]]:
    """The rules that a line of text breaks, each with its first culprit (`U+202E`, or empty)."""
    for rule, unfit in (("control_character", CONTROL), ("hidden_character", HIDDEN)):
        if found := unfit.search(line):
            yield rule, f"U+{ord(found.group()):04X}"
    if not unicodedata.is_normalized("NFC", line):
        yield "not_nfc", ""


def in_pieces(words: str, most: int) -> Iterator[bytes]:
    """Words as UTF-8 in pieces of at most so many bytes, four or more, cut between characters."""
    data = words.encode()
    while len(data) > most:
        end = most
        while data[end] & 0xC0 == _GOES_ON:
            end -= 1
        yield data[:end]
        data = data[end:]
    yield data


def problem_with_filename(name: str) -> str | None:
    """The first rule that the name of an appendix breaks, or None."""
    return next((rule for rule, is_broken in _RULES.items() if is_broken(name)), None)


def twins(names: Iterable[str]) -> set[str]:
    """Those of `names` that some file system takes for another of them, or that come twice."""
    alike: dict[str, list[str]] = defaultdict(list)
    for name in names:
        alike[_fold(name)].append(name)
    return {name for group in alike.values() if len(group) > 1 for name in group}


def _is_git(name: str) -> bool:
    """`.git` to HFS+ (hidden characters), NTFS (short names, dots and spaces at the end) or eye."""
    return _fold(name).startswith((".git", "git~"))


def _is_reserved(name: str) -> bool:
    return _fold(name) in _RESERVED


def _is_device(name: str) -> bool:
    return _DEVICE.fullmatch(_fold(name)) is not None


def _has_bad_edges(name: str) -> bool:
    return name != name.strip() or name.startswith(".") or name.endswith(".")


def _has_wrong_extension(name: str) -> bool:
    stem, _, extension = name.rpartition(".")
    return not stem or extension not in EXTENSIONS


def _fold(name: str) -> str:
    """What file systems that ignore case, form or hidden characters make of a name."""
    visible = unicodedata.normalize("NFKC", HIDDEN.sub("", name)).casefold()
    return unicodedata.normalize("NFKC", visible)


_RULES: dict[str, Callable[[str], bool]] = {
    "name_empty": lambda name: not name,
    "name_git": _is_git,
    "name_reserved": _is_reserved,
    "name_device": _is_device,
    "name_character": lambda name: bool(_FORBIDDEN.search(name) or CONTROL.search(name)),
    "name_hidden": lambda name: bool(HIDDEN.search(name)),
    "name_not_nfc": lambda name: not unicodedata.is_normalized("NFC", name),
    "name_letters": has_other_letters,
    "name_edges": _has_bad_edges,
    "name_too_long": lambda name: len(name.encode()) > LONGEST_NAME,
    "name_extension": _has_wrong_extension,
}
"""In the order of what helps most: a disguise first, the extension last. Characters that can't be
encoded are refused before the length is counted."""

"""From the bytes of a foreign file to text that is fit to be kept: each change with a remark."""

import re
import unicodedata
from collections.abc import Set as AbstractSet

from styrdokument.actions.imports.remark import Remark
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.text import lint
from styrdokument.text.characters import suspects

_BREAKS = re.compile("[\v\f\x1c-\x1e\x85\u2028\u2029]")
_STRIPPED = frozenset({"control_character", "bidi_control"})


def readable(data: bytes) -> tuple[str, list[Remark]]:
    """The text, and what was done to it. Raises Refused for what is no text."""
    remarks: list[Remark] = []
    text = _decoded(data, remarks)
    if "\r" in text or _BREAKS.search(text):
        remarks.append(Remark(rule="line_endings"))
    if not unicodedata.is_normalized("NFC", text):
        remarks.append(Remark(rule="not_nfc"))
    text = _BREAKS.sub("\n", lint.clean(text))
    unfit = {c for c in set(text) if {s.rule for s in suspects(c)} & _STRIPPED}
    if unfit:
        values = {"characters": _named(unfit)}
        remarks.append(Remark(rule="characters_removed", values=values))
    return lint.clean(text.translate(dict.fromkeys(map(ord, unfit)))), remarks


def _decoded(data: bytes, remarks: list[Remark]) -> str:
    """UTF-8, or what else the bytes most likely are."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        remarks.append(Remark(rule="not_utf8", values={"encoding": "UTF-16"}))
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        raise Refused(Problem(code=Code.BAD_TEXT, rule="binary"))
    if data.startswith(b"\xef\xbb\xbf"):
        remarks.append(Remark(rule="bom"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        remarks.append(Remark(rule="not_utf8", values={"encoding": "Windows-1252"}))
        return data.decode("cp1252", "replace")


def _named(characters: AbstractSet[str]) -> str:
    return " ".join(f"U+{ord(c):04X}" for c in sorted(characters))

"""The order of titles: as Swedish has it, å, ä and ö after z; or as a language without them has it.

The index keeps the Swedish key; the other order is read out of it.
"""

import unicodedata
from collections.abc import Mapping

SWEDISH: Mapping[str, str] = {"å": "z{", "ä": "z|", "æ": "z|", "ö": "z}", "ø": "z}"}
"""What stands for a letter in a key that sorts bytewise."""
ELSEWHERE: Mapping[str, str] = {"z{": "a", "z|": "a", "z}": "o"}
"""What these are to those who know no such letters."""


def sort_key(title: str, *, is_swedish: bool = True) -> str:
    """A key that sorts bytewise; accents beside å, ä and ö make no difference."""
    key = "".join(SWEDISH.get(letter) or _bare(letter) for letter in title.casefold())
    if not is_swedish:
        for swedish, other in ELSEWHERE.items():
            key = key.replace(swedish, other)
    return key


def _bare(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    return "".join(part for part in parts if not unicodedata.combining(part))

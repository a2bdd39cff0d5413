"""A region's own colour, made fit to read: what it becomes on white and on black.

Text in the accent has a contrast of at least 4.5 to its ground (WCAG 2.2, 1.4.3). A colour that
is too light for white is refused; for dark pages it is mixed with white until it can be read.
"""

import re
from dataclasses import dataclass

HEX = re.compile(r"#[0-9a-fA-F]{6}")
LEAST = 4.5
LINEAR = 0.04045
"""Up to here a channel of sRGB is straight."""
DARK_GROUND, WHITE, BLACK = "#1b2227", "#ffffff", "#000000"


@dataclass(frozen=True)
class Accent:
    """A colour as `#rrggbb`. Raises ValueError where it cannot be read on white."""

    colour: str

    def __post_init__(self) -> None:
        if not HEX.fullmatch(self.colour):
            raise ValueError("is not a colour like #1d5c63")
        if contrast(self.colour, WHITE) < LEAST:
            raise ValueError("is too light to be read on white")

    @property
    def css(self) -> str:
        """The tokens that it sets."""
        dark = lightened(self.colour)
        tokens = {
            "accent": (self.colour, dark),
            "accent-strong": (_mixed(self.colour, BLACK, 0.25), _mixed(dark, WHITE, 0.25)),
            "on-accent": (WHITE, BLACK),
        }
        lines = (f"  --{name}: light-dark({a}, {b});" for name, (a, b) in tokens.items())
        return "\n".join([":root {", *lines, "}"])


def contrast(one: str, other: str) -> float:
    """The contrast between two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def lightened(colour: str) -> str:
    """The colour with as much white as a dark page asks for."""
    steps = (_mixed(colour, WHITE, step / 20) for step in range(21))
    return next(one for one in steps if contrast(one, DARK_GROUND) >= LEAST)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= LINEAR else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in _values(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_values(colour), _values(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _values(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))

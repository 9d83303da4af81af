"""Shades of a city's colour that are readable on both papers.

Formulas: WCAG 2.2, relative luminance and contrast ratio.
"""

PAPER_LIGHT = "#f8f6f1"
PAPER_DARK = "#26292c"  # the lightest of the dark surfaces: what passes here passes on the others
ENOUGH = 5.5  # above the 4.5 of level AA, so that it still holds on a surface tinted with the accent itself
_STEPS = 100

type Rgb = tuple[int, int, int]


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, 0 for black to 1 for white."""
    red, green, blue = (_linear(part / 255) for part in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio, 1 for equal colours to 21 for black on white."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, *, on: str) -> str:
    """Return the colour itself when its contrast is `ENOUGH`, else mixed with black or white, as little as needed."""
    toward = "#000000" if luminance(on) > 0.18 else "#ffffff"
    for step in range(_STEPS + 1):
        shade = _mix(colour, toward, step / _STEPS)
        if contrast(shade, on) >= ENOUGH:
            break
    return shade


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mix(colour: str, toward: str, share: float) -> str:
    parts = (round(a + (b - a) * share) for a, b in zip(_rgb(colour), _rgb(toward), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)

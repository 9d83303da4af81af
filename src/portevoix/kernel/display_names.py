"""Names of files and of authors, made safe to display."""

import re

_CONTROL_CHARACTERS = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Control characters, and those that change the direction of text: “a[U+202E]gpj.exe” would look like a picture."""


def plain_name(name: str) -> str:
    """Return `name` without invisible and direction-changing characters: what is displayed is what it is."""
    return _CONTROL_CHARACTERS.sub("", name)

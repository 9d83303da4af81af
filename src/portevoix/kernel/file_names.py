"""Names of files, as they are shown and saved."""

import re

_HIDDEN = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of writing: “a[U+202E]gpj.exe” would look like a picture."""


def plain_name(name: str) -> str:
    """The name without characters that nobody sees and that change how others are read: it ends as it looks."""
    return _HIDDEN.sub("", name)

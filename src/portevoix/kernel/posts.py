"""How long a message may be on a network, and how networks count."""

import re
from unicodedata import normalize

LIMITS = {"x": 280, "bluesky": 300, "mastodon": 500}
"""Characters that a network takes in one message."""
URL_LENGTH = 23
_URL = re.compile(r"https?://\S+")


def length_of(text: str) -> int:
    """Characters as networks count them: an address counts as a short one, a letter with its accent as one."""
    return len(_URL.sub("x" * URL_LENGTH, normalize("NFC", text)))

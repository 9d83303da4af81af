"""Length limit of a post, and cutting a longer text into the posts of a thread."""

from typing import Final

from portevoix.channels import thread
from portevoix.channels.graphemes import length

MOST_GRAPHEMES: Final = 300
MOST_BYTES: Final = 3000


def posts(text: str) -> tuple[str, ...]:
    """Return the texts of the posts, in order; one that fits is unchanged. Raise Refused as `thread.cut` does."""
    parts = thread.cut(text, fits)
    return (text,) if len(parts) == 1 and fits(text) else parts


def fits(text: str) -> bool:
    return len(text.encode("utf-8", "replace")) <= MOST_BYTES and length(text) <= MOST_GRAPHEMES


LIMIT: Final = thread.TextLimit(MOST_GRAPHEMES, length, posts)

"""How long a post may be, and a longer text as the posts of a thread."""

from typing import Final

from portevoix.channels import thread
from portevoix.channels.graphemes import length

MOST_GRAPHEMES: Final = 300
MOST_BYTES: Final = 3000


def posts(text: str) -> tuple[str, ...]:
    """The texts of the posts, in order; one that fits stays as it is. Raises Refused as `thread.cut` does."""
    cut = thread.cut(text, fits)
    return (text,) if len(cut) == 1 and fits(text) else cut


def fits(text: str) -> bool:
    return len(text.encode("utf-8", "replace")) <= MOST_BYTES and length(text) <= MOST_GRAPHEMES


LIMIT: Final = thread.TextLimit(MOST_GRAPHEMES, length, posts)

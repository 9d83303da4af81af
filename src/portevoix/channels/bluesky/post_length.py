"""Length limit of a post, and cutting a longer text into the posts of a thread."""

from typing import Final

from portevoix.channels import text_limit
from portevoix.channels.graphemes import count_graphemes

MOST_GRAPHEMES: Final = 300
MOST_BYTES: Final = 3000


def posts(text: str) -> tuple[str, ...]:
    """Return the texts of the posts, in order; one that fits is unchanged. Raise Refused as `cut_text` does."""
    parts = text_limit.cut_text(text, fits)
    return (text,) if len(parts) == 1 and fits(text) else parts


def fits(text: str) -> bool:
    return len(text.encode("utf-8", "replace")) <= MOST_BYTES and count_graphemes(text) <= MOST_GRAPHEMES


LIMIT: Final = text_limit.TextLimit(MOST_GRAPHEMES, count_graphemes, posts)

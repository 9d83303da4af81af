"""How long a draft is where its network counts, and the posts as which it would leave."""

from dataclasses import dataclass

from portevoix.channels.base import text_limit
from portevoix.kernel.errors import Refused
from portevoix.record.queries.conversation import Way
from portevoix.web.notices import told


@dataclass(frozen=True, slots=True)
class Length:
    """`count` of the characters that one post takes (`most`; 0: nobody counts), and the texts of the `posts`.

    `refusal` says why it could not leave at all; "" when it could.
    """

    count: int = 0
    most: int = 0
    posts: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def is_thread(self) -> bool:
        return len(self.posts) > 1


def length_of(text: str, way: Way) -> Length:
    """Of a reply that goes this way; a browser's ends of lines count as one character."""
    text = text.replace("\r\n", "\n").strip()
    limit = text_limit(way.channel, way.settings, way.to)
    if limit is None:
        return Length()
    count = limit.count(text)
    if not text:
        return Length(count, limit.most)
    try:
        return Length(count, limit.most, limit.cut(text))
    except Refused as error:
        return Length(count, limit.most, refusal=told(error))

"""The length of a draft as its network counts it, and the posts it would be sent as."""

from dataclasses import dataclass

from portevoix.channels.base import text_limit
from portevoix.kernel.errors import Refused
from portevoix.record.queries.conversation import Way
from portevoix.web.notices import told


@dataclass(frozen=True, slots=True)
class Length:
    """`count` of the `most` characters of one post (`most` 0: no limit), and the texts of the `posts`.

    `refusal` says why the draft cannot be sent; "" when it can.
    """

    count: int = 0
    most: int = 0
    posts: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def is_thread(self) -> bool:
        return len(self.posts) > 1


def length_of(text: str, way: Way) -> Length:
    """Return the length of a reply on its network; a line break of a browser counts as one character."""
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

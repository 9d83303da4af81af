"""What a city's post is coded by: the axes of the codebook (docs/en/explanation/coding/codebook.md) and their codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from portevoix.kernel.messages import Incoming, Media

FUNCTIONS = (
    "service", "event_announced", "event_covered", "alert", "consultation", "answer", "symbolic", "relay",
)  # fmt: skip
FORMS = ("video", "photo", "link", "text")
TERRITORIES = ("city", "agglomeration", "elsewhere", "")
"""The last one: no place is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A post of a city, as it is coded. `lang`: "fr" or "en", found out when empty; `links`: addresses beside the text.

    `reply`: it answers somebody else; `relayed`: somebody else wrote it, and the city only passed it on.
    """

    text: str
    lang: str = ""
    media: Sequence[Media] = ()
    links: Sequence[str] = ()
    reply: bool = False
    relayed: bool = False

    @classmethod
    def of(cls, message: Incoming, *, reply: bool | None = None) -> Self:
        """An outbound message. Whether it is a `reply` is told by `in_reply_to` where nobody knows better."""
        return cls(
            text=message.text,
            lang=message.lang.partition("-")[0].lower(),
            media=message.media,
            links=(message.about.url,) if message.about else (),
            reply=bool(message.in_reply_to) if reply is None else reply,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Names as they are written in posts: of the city, of its agglomeration, of the study's others."""

    city: Sequence[str] = ()
    agglomeration: Sequence[str] = ()
    others: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCodes:
    """`function` is "" where the model is not sure, `territory` where no place is told. `plain`: in plain language."""

    function: str
    form: str
    territory: str
    self_centred: bool
    plain: bool

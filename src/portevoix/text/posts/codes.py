"""Codes of a city's posts, by the axes of the codebook (docs/en/explanation/coding/codebook.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from portevoix.kernel.messages import Incoming, Media

FUNCTIONS = (
    "service", "event_announced", "event_covered", "alert", "consultation", "answer", "symbolic", "relay",
)  # fmt: skip
FORMS = ("video", "photo", "link", "text")
TERRITORIES = ("city", "agglomeration", "elsewhere", "")
""""" means that no place is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CityPost:
    """A post of a city, to be coded. `lang`: "fr" or "en", detected when empty; `links`: addresses beside the text.

    `reply`: it answers somebody else; `is_relay`: somebody else wrote it, and the city only shared it.
    """

    text: str
    lang: str = ""
    media: Sequence[Media] = ()
    links: Sequence[str] = ()
    reply: bool = False
    is_relay: bool = False

    @classmethod
    def of(cls, message: Incoming, *, reply: bool | None = None) -> Self:
        """Return an outbound message as a post; `reply` None: it is a reply when it has an `in_reply_to`."""
        return cls(
            text=message.text,
            lang=message.lang.partition("-")[0].lower(),
            media=message.media,
            links=(message.about.url,) if message.about else (),
            reply=bool(message.in_reply_to) if reply is None else reply,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Place names in the spelling of posts: of the city, of its agglomeration, of the study's others."""

    city: Sequence[str] = ()
    agglomeration: Sequence[str] = ()
    others: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCodes:
    """Codes of a post. `function` is "" when the model is not sure, `territory` when no place is named.

    `plain`: it is in plain language.
    """

    function: str
    form: str
    territory: str
    self_centred: bool
    plain: bool

"""The frozen values that travel between rooms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from portevoix.kernel.file_names import plain_name


class Direction(StrEnum):
    """From the citizen, from the city, or between colleagues."""

    IN = "in"
    OUT = "out"
    NOTE = "note"


class ReplyKind(StrEnum):
    """A holding reply says when the answer will come; an answer settles the question."""

    HOLDING = "holding"
    ANSWER = "answer"


class Addressed(StrEnum):
    """Spoken to, or merely named in copy: the two are not the same question."""

    DIRECT = "direct"
    COPY = "copy"


class Visibility(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"


class Change(StrEnum):
    """What an `Incoming` does: a message new or known, an edit of one, or its deletion on the network."""

    MESSAGE = "message"
    AMEND = "amend"
    RETRACT = "retract"


class Ability(StrEnum):
    """What a connector can do."""

    POLL = "poll"
    PUSH = "push"
    REPLY = "reply"
    PUBLISH = "publish"
    PRIVATE = "private"
    MEDIA = "media"
    FIND = "find"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote, as the network names them. `id` is unique within the channel."""

    id: str
    handle: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """An image or a file: an address on the network."""

    url: str
    type: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment that came in the message itself. `content` is None when it was not kept, and `refused` says why.

    Its name ends as it looks, whatever a channel brings.
    """

    name: str
    type: str
    size: int
    content: bytes | None = None
    refused: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", plain_name(self.name))


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture that goes out with a message. `alt` says what it shows to whoever does not see it, and is never empty.

    `kernel.pictures.picture` makes one of what a colleague chose, and takes out what a camera wrote into it.
    """

    name: str
    type: str
    content: bytes = field(repr=False)
    alt: str


@dataclass(frozen=True, slots=True)
class About:
    """The article that a form, a comment or a post speaks of."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Bounce:
    """What the city sent with `key` came back: it did not reach `to`, and the server there says `why`."""

    key: str
    to: str
    why: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message as a channel gives it: a line of the interchange format, and what a line cannot carry.

    `sent_at` is aware. `account` is the city's own account or address. `revision` is 0 for the message itself and
    grows with each edit or deletion; `change` says which. `conversation` is the city's own reference when the message
    carries one (a plus-address), which beats the network's `thread` and `in_reply_to`. `quoted` is earlier text that
    was folded away from `text`. `held` is the reason why a person must admit the message first, "" when none. `dmarc`
    is what the city's own mail server found of the sender: "pass", "fail" or another result of RFC 7489, "" for none.
    `id_by_author`: senders choose `external_id` themselves, so that the same one of another author is another message.
    """

    channel: str
    account: str
    external_id: str
    direction: Direction
    author: Writer
    sent_at: datetime
    text: str
    thread: str = ""
    in_reply_to: str = ""
    lang: str = ""
    url: str = ""
    media: tuple[Media, ...] = ()
    place: Place | None = None
    addressed: Addressed = Addressed.DIRECT
    visibility: Visibility = Visibility.PUBLIC
    about: About | None = None
    automatic: bool = False
    reply_kind: ReplyKind | None = None
    promised_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    labels: Mapping[str, Any] = field(default_factory=dict)
    # Below: what the interchange format does not carry.
    revision: int = 0
    change: Change = Change.MESSAGE
    subject: str = ""
    references: tuple[str, ...] = ()
    conversation: str = ""
    quoted: str = ""
    html: str = ""
    files: tuple[File, ...] = ()
    held: str = ""
    bounce: Bounce | None = None
    dmarc: str = ""
    id_by_author: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way out. `key` makes sending idempotent; `to` is the citizen, `in_reply_to` their last message.

    Without `in_reply_to` it is no reply but a post of the city's own. `conversation` is the city's reference, by which
    an answer finds its way back (a plus-address).
    """

    key: str
    account: str
    conversation: str
    to: Writer
    text: str
    sent_at: datetime
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    thread: str = ""
    subject: str = ""
    lang: str = ""
    visibility: Visibility = Visibility.PUBLIC
    media: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The network took it: under this id, at this address."""

    external_id: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something arrived that could not be read: it is kept raw, with the reason, and nothing else is held up.

    `raw` is what is shown of it, `whole` all of it as it came, to be saved by a person; None: what is shown is all.
    """

    external_id: str
    reason: str
    raw: str
    whole: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one `receive` brought, and where to go on from. `more` asks to be called again at once."""

    messages: tuple[Incoming, ...] = ()
    cursor: str | None = None
    more: bool = False
    unreadable: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A webhook or a form post, as bytes: nothing has been believed yet."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime

"""Frozen values passed between packages: incoming and outgoing messages and their parts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from portevoix.kernel.display_names import plain_name

SENDERS_CHOOSE_IDS = frozenset({"email"})
"""Channels whose ids no network gives."""


class Direction(StrEnum):
    """Direction of a message: from the citizen, from the city, or between colleagues."""

    IN = "in"
    OUT = "out"
    NOTE = "note"


class ReplyKind(StrEnum):
    """Kind of a reply: a holding reply says when the answer will come, an answer settles the question."""

    HOLDING = "holding"
    ANSWER = "answer"


class Addressed(StrEnum):
    """Whether a message speaks to the city or only names it in copy."""

    DIRECT = "direct"
    COPY = "copy"


class Visibility(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"


class Change(StrEnum):
    """Effect of an `Incoming`: a message, new or already known; an edit of one; or its deletion on the network."""

    MESSAGE = "message"
    AMEND = "amend"
    RETRACT = "retract"


class Ability(StrEnum):
    """Ability of a connector."""

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
    """Author of a message, as the network names them. `id` is unique within the channel.

    The name is made safe to display, whatever the channel delivers.
    """

    id: str
    handle: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", plain_name(self.name))


@dataclass(frozen=True, slots=True)
class Media:
    """Image or file at an address on the network."""

    url: str
    type: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """Attachment received within the message. `content` is None when it was not stored, and `refused` says why.

    Its name is made safe to display, whatever the channel delivers.
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
    """Picture sent with a message. `alt`, never empty, describes it for people who cannot see it.

    `channels.media.prepare_picture` makes one from a colleague's file and removes the camera's metadata.
    """

    name: str
    type: str
    content: bytes = field(repr=False)
    alt: str


@dataclass(frozen=True, slots=True)
class About:
    """Article that a form, a comment or a post is about."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Bounce:
    """Non-delivery report: the message sent with `key` did not reach `to`; `why` is the server's reason.

    `status`: its enhanced status code (RFC 3463), such as "5.1.1"; "" where the report has none.
    """

    key: str
    to: str
    why: str
    status: str = ""

    @property
    def for_good(self) -> bool:
        """Return whether the address itself is wrong or gone: a full mailbox or a refused content may pass."""
        return self.status.startswith(("5.1.", "5.2.1", "5.4.4"))


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message as a channel delivers it: the fields of an interchange line, and some that a line cannot carry.

    `sent_at` is aware. `account` is the city's own account or address. `revision` is 0 for the message itself and
    grows with each edit or deletion; `change` says which. `conversation` is the city's own reference when the message
    carries one (a plus-address), which takes precedence over the network's `thread` and `in_reply_to`. `quoted` is
    earlier text that was removed from `text`. `held` is the reason why a person must admit the message first, "" when
    none. `dmarc` is the result of the city's own mail server for the sender: "pass", "fail" or another of RFC 7489,
    "" for none.
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

    @property
    def id_by_author(self) -> bool:
        """Return whether senders choose `external_id`, so that the same one from another author is another message."""
        return self.channel in SENDERS_CHOOSE_IDS


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Message to send. `key` makes sending idempotent; `to` is the citizen, `in_reply_to` their last message.

    Without `in_reply_to` it is a post of the city's own, not a reply. `conversation` is the city's reference (a
    plus-address), by which answers are assigned to the conversation.
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
    """Confirmation that the network accepted a message, with its id and address there."""

    external_id: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Message that could not be read: it is stored raw, with the reason, and others are not delayed.

    `raw` is the part shown; `whole` the complete original, for a person to save, or None when `raw` is all there is.
    """

    external_id: str
    reason: str
    raw: str
    whole: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Batch:
    """Result of one `receive`, with the cursor to continue from. `more` asks to be called again at once."""

    messages: tuple[Incoming, ...] = ()
    cursor: str | None = None
    more: bool = False
    unreadable: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, slots=True)
class RawRequest:
    """Webhook or form request, as bytes: nothing in it has been verified."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime

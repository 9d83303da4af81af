"""Letters: the e-mails that the house itself sends, such as an edition of the journal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from portevoix.kernel.messages import Writer


class DispatchKind(StrEnum):
    """What is dispatched."""

    EDITION = "edition"  # an approved edition of the journal
    CORRECTION = "correction"  # a later version of one that was sent
    REMINDER = "reminder"  # to a department: a date that it gave has come


class DispatchState(StrEnum):
    """State of a dispatch: one letter to one address."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    LATE = "late"  # not sent in time: a person decides
    REFUSED = "refused"
    UNCERTAIN = "uncertain"  # it may have left: a person decides
    RETURNED = "returned"  # it left, and came back
    CANCELLED = "cancelled"


WAITING_FOR_A_PERSON = (DispatchState.LATE, DispatchState.REFUSED, DispatchState.UNCERTAIN, DispatchState.RETURNED)
LATE_AFTER = timedelta(hours=24)
"""What was to leave longer ago does not leave by itself any more."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to whom letters go. `key` names them for good, such as "contact 12"; `contact`: a colleague's number."""

    key: str
    contact: int | None
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchToSend:
    """A dispatch as the ledger has it, from which its letter is written. `number`: the ledger's own.

    `in_doubt`: it may have left already.
    """

    number: int
    kind: DispatchKind
    what: str
    about: Mapping[str, Any] = field(default_factory=dict)
    recipient: str
    contact: int | None
    address: str
    key: str
    due_at: datetime
    attempts: int = 0
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class InlinePicture:
    """A picture inside a letter. `id`: what `cid:` names in its HTML; `alt`: what it shows, in words."""

    id: str
    type: str
    content: bytes
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """An e-mail of the house's own, the same each time it is written for the same dispatch.

    `key`: its Message-ID comes of it. `text` says all that `html` does. `thread`: keys of letters before, to which this
    one belongs. `stop_address`: where one click, or a POST by the mail program, stops such letters (RFC 8058).
    """

    key: str
    to: Writer
    subject: str
    text: str
    html: str
    lang: str
    pictures: tuple[InlinePicture, ...] = ()
    thread: tuple[str, ...] = ()
    stop_address: str = ""

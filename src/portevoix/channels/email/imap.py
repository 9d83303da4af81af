"""Reading of a mailbox by UID, without marking, moving or deleting anything."""

import imaplib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic

import structlog
from imap_tools import BaseMailBox
from imap_tools.errors import ImapToolsError, MailboxLoginError, UnexpectedCommandStatusError

from portevoix.channels.connection_errors import LONGEST, TIMEOUT, translate_errors
from portevoix.channels.deadline import Deadline
from portevoix.channels.email.message import MOST_HEAD
from portevoix.channels.email.settings import NONE, STARTTLS, EmailSettings, tls_context
from portevoix.kernel.errors import Refused, TryLater
from portevoix.kernel.i18n import gettext_noop

BATCH_MAILS = 50
BATCH_BYTES = 30_000_000
BATCH_SECONDS = 20.0
"""After so long a batch ends, be it the server that is slow or a mail: an account's turn is bounded in time."""
MOST_BYTES = 25_000_000
HEAD = f"BODY.PEEK[HEADER]<0.{MOST_HEAD}>"
FIRST_DAYS = timedelta(days=30)
"""How far back the first reading goes, from the mailbox's newest mail."""
ONE_DAY = timedelta(days=1)
"""A server compares dates without their time zones (RFC 9051, 6.4.4)."""

_WINDOW = 50_000  # UIDs asked about at once: imaplib takes no longer answer than a megabyte
_ITEM = re.compile(rb'UID (\d+)|RFC822\.SIZE (\d+)|INTERNALDATE "([^"]+)"')
_PASSING = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|OVERQUOTA)\]")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_log = structlog.get_logger("portevoix.email")


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail of the mailbox. `whole` is False when it was too large: `raw` is then only its headers."""

    uid: int
    arrived_at: datetime
    raw: bytes
    whole: bool


@dataclass(frozen=True, slots=True)
class Position:
    """The last UID read from a mailbox; UIDs are valid within one UIDVALIDITY only (RFC 9051, 2.3.1.1).

    `seconds`, since 1970: when the newest mail read so far arrived, which numbering anew does not change; 0: none.
    """

    validity: int
    uid: int
    seconds: int = 0

    def __str__(self) -> str:
        return f"{self.validity}:{self.uid}" + (f":{self.seconds}" if self.seconds else "")

    @classmethod
    def read(cls, cursor: str | None) -> "Position | None":
        """Parse a cursor; None for no cursor, or for one that is not ours."""
        match = re.fullmatch(r"(\d+):(\d+)(?::(\d{1,11}))?", cursor or "")
        return cls(int(match[1]), int(match[2]), int(match[3] or 0)) if match else None

    def after(self, letters: "Sequence[Letter]", uid: int) -> "Position":
        """Return the position once these mails, and all up to `uid`, have been read."""
        return replace(
            self, uid=uid, seconds=max([self.seconds, *(int(one.arrived_at.timestamp()) for one in letters)])
        )


@contextmanager
def open_mailbox(settings: EmailSettings) -> Iterator[BaseMailBox]:
    """Yield a mailbox connection with no folder selected. Raise Refused or TryLater."""
    host, port = settings.imap_host, settings.imap_port
    with Deadline(LONGEST) as deadline, translate_errors(host, port), _answers(host):
        box = _Box(settings, deadline)
        try:
            _login(box, settings)
            yield box
        finally:
            _leave(box)


def select(box: BaseMailBox, settings: EmailSettings) -> dict[str, int]:
    """Open the mailbox for reading only; return its MESSAGES, UIDNEXT and UIDVALIDITY."""
    try:
        status = box.folder.status(settings.mailbox, ["MESSAGES", "UIDNEXT", "UIDVALIDITY"])
        box.folder.set(settings.mailbox, readonly=True)
    except UnexpectedCommandStatusError as error:
        names = ", ".join(folder.name for folder in box.folder.list()[:20])
        raise Refused(
            gettext_noop("There is no mailbox “{mailbox}” on {host}. There are: {names}."),
            pause=True,
            mailbox=settings.mailbox,
            host=settings.imap_host,
            names=names,
        ) from error
    return status


def next_letters(
    box: BaseMailBox, status: dict[str, int], position: Position | None
) -> tuple[list[Letter], Position, bool]:
    """Return a bounded number of mails after `position`, the new position, and whether there are more."""
    validity, end = status["UIDVALIDITY"], status["UIDNEXT"]
    if position is None or position.validity != validity:  # never read, or numbered anew: what is known is known
        seconds = position.seconds if position else 0
        position = Position(validity, _first_uid(box, status, seconds) - 1, seconds)
    last = position.uid
    uids, upto = _uids_after(box, last, end)
    batch_uids = uids[:BATCH_MAILS]
    letters: list[Letter] = []
    read, ends = 0, monotonic() + BATCH_SECONDS
    for uid, size, arrived_at in _sizes(box, batch_uids):
        whole = size <= MOST_BYTES
        if letters and (monotonic() > ends or (whole and read + size > BATCH_BYTES)):
            return letters, position.after(letters, letters[-1].uid), True
        raw = _fetch(box, uid, "BODY.PEEK[]" if whole else HEAD)
        if raw is not None:  # None: deleted by somebody in between
            letters.append(Letter(uid, arrived_at, raw, whole))
            read += len(raw)
    if len(uids) > len(batch_uids):
        return letters, position.after(letters, batch_uids[-1]), True
    return letters, position.after(letters, max(last, upto - 1)), upto < end


def newest_headers(box: BaseMailBox, status: dict[str, int]) -> bytes:
    """Return the headers of the newest mail; b"" when the mailbox is empty."""
    uids = box.uids("UID *") if status["MESSAGES"] else []
    return (_fetch(box, int(uids[-1]), HEAD) or b"") if uids else b""


def holds(box: BaseMailBox, folder: str, message_id: str) -> bool:
    """Return whether `folder` has a mail of ours with that Message-ID (without its angle brackets)."""
    box.folder.set(folder, readonly=True)
    return bool(box.uids(f'HEADER Message-ID "<{message_id}>"'))


def sent_folder(box: BaseMailBox) -> str | None:
    """Return the folder marked \\Sent (RFC 6154), else one that is called Sent; None when there is none."""
    folders = box.folder.list()
    by_flag = [folder.name for folder in folders if "\\Sent" in folder.flags]
    by_name = [folder.name for folder in folders if folder.name.lower() in {"sent", "inbox.sent"}]
    return next(iter(by_flag + by_name), None)


def keep_copy(settings: EmailSettings, raw: bytes, message_id: str) -> None:
    """Store a copy in the Sent folder, unless the server did it; a failure is only logged.

    The mail has been sent by now, so that no error may suggest otherwise.
    """
    try:
        with open_mailbox(settings) as box:
            folder = sent_folder(box)
            if folder and not holds(box, folder, message_id):
                box.append(raw, folder, dt=None, flag_set=["\\Seen"])
    except (Refused, TryLater) as error:
        _log.warning("sent_copy_missing", message_id=message_id, why=str(error))


class _Box(BaseMailBox):
    """A connection to the server that ends with its deadline."""

    def __init__(self, settings: EmailSettings, deadline: Deadline) -> None:
        self._settings, self._deadline = settings, deadline
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        settings, place = self._settings, (self._settings.imap_host, self._settings.imap_port)
        if settings.imap_security == NONE:
            return self._deadline.open(imaplib.IMAP4, *place, timeout=TIMEOUT)
        context = tls_context(settings.ca_file)
        if settings.imap_security == STARTTLS:
            client = self._deadline.open(imaplib.IMAP4, *place, timeout=TIMEOUT)
            client.starttls(context)
            return client
        return self._deadline.open(imaplib.IMAP4_SSL, *place, ssl_context=context, timeout=TIMEOUT)


def _login(box: BaseMailBox, settings: EmailSettings) -> None:
    plain = settings.imap_user.isascii() and settings.imap_password.isascii()
    login = box.login if plain else box.login_utf8
    try:
        login(settings.imap_user, settings.imap_password, initial_folder=None)
    except (MailboxLoginError, imaplib.IMAP4.error) as error:
        reason = str(error)
        if isinstance(error, imaplib.IMAP4.abort) or _PASSING.search(reason):
            raise TryLater(gettext_noop("{host} lets nobody sign in at the moment."), host=settings.imap_host) from None
        # `from None`: what the library raises may quote the command, and with it the password.
        raise Refused(
            gettext_noop("{host} does not accept the user {user} with this password. Type the password again."),
            pause=True,
            host=settings.imap_host,
            user=settings.imap_user,
        ) from None


def _leave(box: BaseMailBox) -> None:
    try:
        box.logout()
    except (OSError, imaplib.IMAP4.error, ImapToolsError):
        box.client.shutdown()


@contextmanager
def translating(settings: EmailSettings) -> Iterator[None]:
    """Raise Refused or TryLater for what goes wrong on a mailbox that stays open."""
    with translate_errors(settings.imap_host, settings.imap_port), _answers(settings.imap_host):
        yield


@contextmanager
def _answers(host: str) -> Iterator[None]:
    try:
        yield
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        raise TryLater(
            gettext_noop("{host} answered what was not expected: {why}."), host=host, why=str(error)[:300]
        ) from error


def _first_uid(box: BaseMailBox, status: dict[str, int], seconds: int) -> int:
    """Return where the first reading begins, by the mailbox's own clock: ours may be wrong.

    `seconds`: when the newest mail that was read under other numbers arrived; what came since is read, too.
    """
    newest = _newest(box, status)
    if newest is None:
        return status["UIDNEXT"]
    since = newest - FIRST_DAYS
    if seconds:
        since = min(since, datetime.fromtimestamp(seconds, newest.tzinfo) - ONE_DAY)
    uids = box.uids(f"SINCE {since.day:02d}-{_MONTHS[since.month - 1]}-{since.year}")
    return min((int(uid) for uid in uids), default=1)


def _newest(box: BaseMailBox, status: dict[str, int]) -> datetime | None:
    if not status["MESSAGES"]:
        return None
    _, answer = box.client.fetch("*", "(UID RFC822.SIZE INTERNALDATE)")
    return next((arrived_at for _, _, arrived_at in _items(answer)), None)


def _uids_after(box: BaseMailBox, last: int, end: int) -> tuple[list[int], int]:
    """Return the UIDs above `last`, in order, of the first window that has any, and the end of the search."""
    upto, ends = last + 1, monotonic() + BATCH_SECONDS
    while upto < end and monotonic() < ends:
        start, upto = upto, min(upto + _WINDOW, end)
        uids = sorted(int(uid) for uid in box.uids(f"UID {start}:{upto - 1}"))
        if uids:
            return uids, upto
    return [], upto


def _sizes(box: BaseMailBox, uids: list[int]) -> list[tuple[int, int, datetime]]:
    if not uids:
        return []
    _, answer = box.client.uid("FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE INTERNALDATE)")
    return sorted(_items(answer))


def _items(answer: Sequence[object]) -> Iterator[tuple[int, int, datetime]]:
    for line in answer:
        if isinstance(line, bytes):
            uid, size, date = (next((m[n] for m in _ITEM.finditer(line) if m[n]), None) for n in (1, 2, 3))
            if uid and size and date:
                yield int(uid), int(size), _instant(date.decode("ascii", "replace"))


def _instant(internal_date: str) -> datetime:
    moment = parsedate_to_datetime(internal_date)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _fetch(box: BaseMailBox, uid: int, what: str) -> bytes | None:
    _, answer = box.client.uid("FETCH", str(uid), f"({what})")
    return next((part[1] for part in answer if isinstance(part, tuple)), None)

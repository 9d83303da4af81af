"""Sends the letters of the dispatch ledger by the city's mailbox, each to its address at most once.

What is sent, and to whom, products know: they register who writes the letters of a kind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import shuffle
from time import monotonic

import structlog
from django.db import DatabaseError

from portevoix.channels.base import installed_channels
from portevoix.channels.letter_session import LetterSession, SendsLetters
from portevoix.exchange.background_call import ENDING, BackgroundCall, with_jitter
from portevoix.exchange.connectors import connector
from portevoix.exchange.result import Ok, attempt
from portevoix.kernel.errors import PortevoixError, Refused, TryLater, Uncertain, internal_error
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.letters import DispatchKind, DispatchToSend, Letter
from portevoix.record.operations import accounts, dispatches
from portevoix.record.queries.city import Account
from portevoix.record.queries.dispatches import due_letters, mailboxes

log = structlog.get_logger("portevoix.letters")
TURN = 0.5
"""Seconds of a turn: replies to citizens go on in between."""
MOST_ATTEMPTS = 12
"""How often a letter is looked for in the Sent folder; one that is only postponed is late at some time."""
LONGEST_PAUSE = timedelta(minutes=15)
_AT_A_TIME = 20
_SLOW_MESSAGE = gettext_noop("The server has begun to answer and does not end.")
_VANISHED_MESSAGE = gettext_noop("The process that was sending it ended before it could say whether it left.")

type LetterWriter = Callable[[DispatchToSend], Letter | None]
_writers: dict[DispatchKind, LetterWriter] = {}


def register_writer(kind: DispatchKind, write: LetterWriter) -> None:
    """Register who writes the letters of a kind: the same each time, from what is stored; None: not to go any more.

    It may use the database. Letters of a kind that nobody writes stay, and are late after a day.
    """
    _writers[kind] = write


def find_mailbox() -> Account | None:
    """Return the mailbox by which letters are sent: the first in service that can; None where there is none."""
    installed = installed_channels()
    able = (row for row in mailboxes() if row.connector in installed)
    return next((row for row in able if issubclass(installed[row.connector], SendsLetters)), None)


@dataclass(slots=True)
class _Attempt:
    """A letter that is being sent, or looked for. `lease`: until when it is this worker's."""

    dispatch: DispatchToSend
    lease: datetime
    call: BackgroundCall[bool]
    account: Account
    is_reported: bool = False  # that the server does not end


class LetterRunner:
    """Sends what is due, one letter at a time through one connection, in the background."""

    def __init__(self) -> None:
        self._under_way: _Attempt | None = None
        self._waiting: list[DispatchToSend] = []
        self._session: LetterSession | None = None
        self._account: Account | None = None
        self._failures = 0
        self._not_before: datetime | None = None

    def turn(self, now: datetime, *, within: float = TURN) -> int:
        """Send letters for a moment; return how many left."""
        ends, count = monotonic() + within, 0
        while self._under_way or self._begin_next(now):
            count += self._settle(now, within=max(0.0, ends - monotonic()))
            if self._under_way or monotonic() >= ends:
                break
        return count

    def finish(self, now: datetime, *, within: float | None = None) -> int:
        """Wait a while for the letter under way; begin nothing. The next worker looks for it in the Sent folder."""
        count = self._settle(now, within=ENDING if within is None else within)
        self._waiting = []
        if self._under_way is None:
            self._close()
        return count

    def _begin_next(self, now: datetime) -> bool:
        """Claim the next letter and begin to send it; return False when there is none, or it is not the time."""
        if self._not_before and self._not_before - LONGEST_PAUSE * 2 < now < self._not_before:
            return False
        while dispatch := self._next(now):
            account = find_mailbox()
            if account is None:
                self._waiting = []
                return False
            letter = None if dispatch.in_doubt else self._write(dispatch)
            if letter is None and not dispatch.in_doubt:
                continue
            if lease := dispatches.claim_letter(dispatch, now=now):
                return self._begin(dispatch, letter, account, lease, now)
        self._close()
        return False

    def _next(self, now: datetime) -> DispatchToSend | None:
        """Return a letter of the first ones that are due, in no order: other workers look at the same ones."""
        if not self._waiting:
            self._waiting = due_letters(kinds=_writers, now=now, limit=_AT_A_TIME)
            shuffle(self._waiting)
        return self._waiting.pop() if self._waiting else None

    def _write(self, dispatch: DispatchToSend) -> Letter | None:
        """Return the letter; None where it does not go any more, or cannot be written, which a person is told."""
        result = attempt(lambda: _writers[dispatch.kind](dispatch))
        match result:
            case Ok(None):
                dispatches.drop_unwritten(dispatch)
            case Ok(letter):
                return letter
            case DatabaseError():
                raise result
            case PortevoixError():
                dispatches.record_letter_refusal(dispatch, result, lease=None)
            case _:
                log.error("letter_failed", letter=dispatch.number, exc_info=result)
                dispatches.record_letter_refusal(dispatch, internal_error(result), lease=None)
        return None

    def _begin(
        self, dispatch: DispatchToSend, letter: Letter | None, account: Account, lease: datetime, now: datetime
    ) -> bool:
        session = attempt(lambda: self._open(account))
        if isinstance(session, Ok):
            channel = session.value
            call = BackgroundCall(
                partial(_send, channel, letter, now) if letter else partial(channel.find, dispatch.key)
            )
            self._under_way = _Attempt(dispatch, lease, call, account)
            return True
        self._store(dispatch, lease, account, session, now)
        return False

    def _open(self, account: Account) -> LetterSession:
        """Return the session of that mailbox, with its present settings."""
        known = (self._account.pk, self._account.settings) if self._account else None
        if self._session is None or known != (account.pk, account.settings):
            self._close()
            channel = connector(account)
            if not isinstance(channel, SendsLetters):
                raise Refused(gettext_noop("This mailbox cannot send letters."))
            self._session, self._account = channel.open_letters(), account
        return self._session

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = self._account = None

    def _settle(self, now: datetime, *, within: float) -> int:
        """Store the result of the letter under way, once it has come; return 1 if it left."""
        if (under_way := self._under_way) is None:
            return 0
        result = under_way.call.result(within=within)
        if result is None:
            if under_way.call.is_slow and not under_way.is_reported:
                under_way.is_reported = True
                again_at = now + dispatches.LEASE
                slow = TryLater(_SLOW_MESSAGE)
                dispatches.record_letter_doubt(under_way.dispatch, slow, lease=under_way.lease, again_at=again_at)
            return 0
        if isinstance(result, DatabaseError):  # of the call's own: there is nothing to store
            self._under_way = None
        has_left = self._store(under_way.dispatch, under_way.lease, under_way.account, result, now)
        self._under_way = None  # not before it is stored: the database may be away
        return has_left

    def _store(
        self, dispatch: DispatchToSend, lease: datetime, account: Account, result: Ok[bool] | Exception, now: datetime
    ) -> bool:
        """Store what came of a letter; return whether it left."""
        match result:
            case Ok():
                dispatches.record_letter_sent(dispatch, now=now)
                self._failures, self._not_before = 0, None
                return True
            case TryLater():
                self._retry(dispatch, lease, result, now)
            case Refused() if result.pause:
                accounts.record_trouble(account=account, error=result, again_at=None, now=now)
                self._retry(dispatch, lease, TryLater(result.text, **result.values), now)
            case Refused() if not dispatch.in_doubt:
                dispatches.record_letter_refusal(dispatch, result, lease=lease)
            case Refused() | Uncertain():
                dispatches.record_letter_uncertainty(dispatch, result, lease=lease)
            case DatabaseError():
                raise result
            case _:
                log.error("letter_failed", letter=dispatch.number, exc_info=result)
                dispatches.record_letter_uncertainty(dispatch, internal_error(result), lease=lease)
        return False

    def _retry(self, dispatch: DispatchToSend, lease: datetime, error: TryLater, now: datetime) -> None:
        """Try again later; from the second failure on, the others wait as well: it is the server's."""
        pause = max(error.after, min(timedelta(seconds=15) * 2 ** min(dispatch.attempts, 10), LONGEST_PAUSE))
        again_at = now + with_jitter(pause)
        if not dispatch.in_doubt:
            dispatches.record_letter_postponement(dispatch, error, lease=lease, again_at=again_at)
        elif dispatch.attempts >= MOST_ATTEMPTS:
            dispatches.record_letter_uncertainty(dispatch, Uncertain(_VANISHED_MESSAGE), lease=lease)
        else:
            dispatches.record_letter_doubt(dispatch, error, lease=lease, again_at=again_at)
        self._failures += 1
        if self._failures > 1:
            self._not_before = now + min(timedelta(seconds=15) * 2 ** min(self._failures - 2, 10), LONGEST_PAUSE)


def _send(session: LetterSession, letter: Letter, now: datetime) -> bool:
    """Send a letter. Raise TryLater and Refused: it did not leave. Uncertain: it may have, and cannot be found."""
    try:
        session.send(letter, at=now)
    except Uncertain as error:
        try:
            return session.find(letter.key)
        except (TryLater, Refused, Uncertain):
            raise error from None
    return True

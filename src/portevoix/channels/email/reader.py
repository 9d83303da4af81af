"""Client of the process that reads mails, which no mail can fill, hold up or bring down for long."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import repeat

from portevoix.channels.email.reading import MOST_SECONDS, READY, SPENT, Answer, Question, read_frames, write_frames
from portevoix.kernel.errors import TryLater
from portevoix.kernel.i18n import gettext_noop

TRIES = 2
"""Somebody else may have ended the process while it read a mail; the second end is the mail's doing."""
PATIENCE = MOST_SECONDS * 15
"""Seconds by the clock on the wall, for a process that gets a part of a processor."""
START = 60.0
"""Seconds until the process is ready, at most."""
TOO_COSTLY = gettext_noop(
    "Reading this mail takes more time or memory than one mail may have. It was stored as it came."
)
_COMMAND = (sys.executable, "-P", "-m", "portevoix.channels.email")
_OUT_OF_MEMORY = frozenset({SPENT, -signal.SIGABRT})
_OUT_OF_TIME = -signal.SIGPROF
"""Exit statuses of a process that a mail has brought to an end."""


class MailReader:
    """One process for all mailboxes, one mail at a time. It begins with the first mail and ends when none comes."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_fresh = True

    def read(self, question: Question, raw: bytes) -> Answer:
        """Read one mail; `fault` says why it could not be. Raise TryLater when no process can be had."""
        with self._turn:
            for _ in repeat(None, TRIES):
                process, is_fresh = self._running(), self._is_fresh
                self._is_fresh = False
                try:
                    return Answer.of(_ask(process, [question.write(), raw], within=PATIENCE))
                except (EOFError, OSError):
                    status = self._end()
                    # What mails before this one left behind may have taken the memory: it has a second try.
                    if status == _OUT_OF_TIME or (status in _OUT_OF_MEMORY and is_fresh):
                        break
        return Answer(fault=TOO_COSTLY)

    def close(self) -> None:
        """End the process; the next mail begins another."""
        with self._turn:
            self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        why = ""
        try:
            self._process = subprocess.Popen(
                _COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            if _ask(self._process, [], within=START) == [READY]:
                self._is_fresh = True
                return self._process
        except (EOFError, OSError) as error:
            why = str(error)
        status = self._end()
        raise TryLater(
            gettext_noop("The process that reads mails does not begin: {why}"), why=why or f"status {status}"
        )

    def _end(self) -> int | None:
        """End the process and return its exit status; None when there is no process."""
        process, self._process = self._process, None
        if process is None:
            return None
        try:
            process.wait(timeout=1)  # its pipe ends a moment before it does
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        return process.returncode


def _ask(process: subprocess.Popen[bytes], frames: list[bytes], *, within: float) -> list[bytes]:
    """Send `frames`, if any, and return the answer. Raise EOFError or OSError when the process ends before it."""
    if process.stdin is None or process.stdout is None:
        raise EOFError
    with _killing(process, within):
        if frames:
            write_frames(process.stdin, frames)
        return read_frames(process.stdout)


@contextmanager
def _killing(process: subprocess.Popen[bytes], after: float) -> Iterator[None]:
    """End the process after so many seconds, unless all is done by then."""
    alarm = threading.Timer(after, process.kill)
    alarm.daemon = True
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()


@cache
def mail_reader() -> MailReader:
    """Return the reader of this process."""
    return MailReader()

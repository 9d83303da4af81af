"""A file in the interchange format as a channel: lines appended to it are read as they come."""

import hashlib
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, ClassVar, cast

from portevoix.channels.base import Knob, Sentence
from portevoix.kernel.errors import BadInput, BadLine, Refused, TryLater
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.interchange import read_lines
from portevoix.kernel.messages import Ability, Batch, Incoming, Outgoing, RawRequest, Receipt, Unreadable
from portevoix.kernel.streams import open_stream

BATCH_LINES = 500
BATCH_BYTES = 30_000_000
MOST_RAW = 100_000
"""Bytes kept of a line that cannot be read."""


@dataclass(frozen=True, slots=True)
class FileSettings:
    """The path of the file, and the channel of the messages to read."""

    path: str = field(
        metadata={
            "knob": Knob(
                gettext_noop("File"),
                help=gettext_noop("One message a line, in the interchange format; may be compressed with gzip."),
            )
        }
    )
    channel: str = field(
        default="",
        metadata={
            "knob": Knob(
                gettext_noop("Channel"),
                help=gettext_noop("Only messages of this channel, as the file names it. Empty: of every channel."),
            )
        },
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """The position up to which the (unpacked) file was read."""

    byte: int = 0
    line: int = 0

    def __str__(self) -> str:
        return f"{self.byte}:{self.line}"

    @classmethod
    def read(cls, cursor: str | None) -> "_Place":
        match = re.fullmatch(r"(\d+):(\d+)", cursor or "")
        return cls(int(match[1]), int(match[2])) if match else cls()


class FileConnector:
    """Reads the lines of one account of the city; a file holds its own channels' names. Nothing can be sent to it.

    The cursor is "byte:line". An unreadable last line without an end is left for the next time; a file that has become
    shorter than the cursor was replaced, and is read from its beginning.
    """

    kind: ClassVar[str] = "importers"
    abilities: ClassVar[frozenset[Ability]] = frozenset({Ability.POLL})
    Settings: ClassVar[type[FileSettings]] = FileSettings

    def __init__(self, account: str, settings: FileSettings) -> None:
        self.account = account
        self.settings = settings

    def receive(self, cursor: str | None) -> Batch:
        place = _Place.read(cursor)
        try:
            with open_stream(Path(self.settings.path)) as stream:
                return self._read(stream, _start(stream, place))
        except BadInput as error:
            raise TryLater(gettext_noop("The file cannot be read: {why}"), why=str(error)) from error
        except (OSError, EOFError, zlib.error) as error:
            raise TryLater(
                gettext_noop("{file} cannot be read on: {why}."), file=self.settings.path, why=str(error)
            ) from error

    def parse(self, request: RawRequest) -> tuple[Incoming, ...]:
        raise Refused(gettext_noop("A file does not send requests."))

    def send(self, message: Outgoing) -> Receipt:
        raise Refused(gettext_noop("These messages came from a file: there is nowhere to send a reply to."))

    def find(self, message: Outgoing) -> Receipt | None:
        """Return None: nothing was ever sent."""
        return None

    def check(self) -> tuple[str, ...]:
        try:
            with open_stream(Path(self.settings.path)) as stream:
                batch = self._read(stream, _Place())
        except BadInput as error:
            raise Refused(gettext_noop("The file cannot be read: {why}"), why=str(error)) from error
        if batch.unreadable and not batch.messages:
            raise Refused(
                gettext_noop("{file} is not in the interchange format: {why}"),
                file=self.settings.path,
                why=batch.unreadable[0].reason,
            )
        return (
            Sentence(
                gettext_noop("{file} can be read. Of its first {most} lines, {count} are messages of {account}."),
                file=self.settings.path,
                most=BATCH_LINES,
                count=len(batch.messages),
                account=self.account,
            ),
        )

    def _read(self, stream: BinaryIO, place: _Place) -> Batch:
        messages: list[Incoming] = []
        unreadable: list[Unreadable] = []
        tape = _Tape(stream)
        for item in read_lines(cast(BinaryIO, tape)):
            if isinstance(item, BadLine):
                if tape.is_unfinished:
                    tape.forget()
                    break
                unreadable.append(_unreadable(item, place.line + (item.line or 0), tape.last))
            elif item.account == self.account and self.settings.channel in {"", item.channel}:
                messages.append(item)
            if len(messages) + len(unreadable) >= BATCH_LINES or tape.read >= BATCH_BYTES:
                break
        end = _Place(place.byte + tape.read, place.line + tape.lines)
        more = len(messages) + len(unreadable) >= BATCH_LINES or tape.read >= BATCH_BYTES
        return Batch(tuple(messages), str(end), more=more, unreadable=tuple(unreadable))


class _Tape:
    """A stream that remembers how much of it was read, and the last line."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._line_start = 0
        self.read = 0
        self.lines = 0
        self.last = b""

    def readline(self, size: int = -1) -> bytes:
        raw = self._stream.readline(size)
        if not raw:
            return raw
        if not self.is_unfinished:
            self._line_start, self.last = self.read, b""
        self.last += raw[: MOST_RAW - len(self.last)]
        self.read += len(raw)
        self._ends = raw.endswith(b"\n")
        self.lines += self._ends
        return raw

    _ends = True

    @property
    def is_unfinished(self) -> bool:
        """Return whether the last line has no end yet."""
        return not self._ends

    def forget(self) -> None:
        """Take the last line back."""
        self.read = self._line_start


def _start(stream: BinaryIO, place: _Place) -> _Place:
    """Go to the place, or to the beginning of a file that has become shorter than that."""
    if place.byte:
        stream.seek(place.byte - 1)
        if stream.read(1):
            return place
    stream.seek(0)
    return _Place()


def _unreadable(bad: BadLine, line: int, raw: bytes) -> Unreadable:
    """Return an Unreadable identified by its content: read again, it is the same; corrected, it is another one."""
    reason = bad.text.format(**bad.values) if bad.values else bad.text
    digest = hashlib.sha256(raw).hexdigest()
    return Unreadable(
        f"line {line} {digest[:32]}", f"{line}: {reason}", raw.decode("utf-8", "replace").replace("\0", "")
    )

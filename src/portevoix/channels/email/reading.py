"""Questions to the process that reads mails, its answers, and their transport in frames of bytes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesHeaderParser
from typing import IO

from portevoix.channels.email.message import MOST_HEAD, Mail
from portevoix.channels.email.parse import BROKEN, is_ours, parse_mail
from portevoix.kernel import envelope_codec as flat
from portevoix.kernel.messages import Incoming

MOST_SECONDS = 2.0
"""Of the processor, for one mail; the largest that are read take less than one."""
READY = b"ready"
"""The process's first frame."""
SPENT = 3
"""The process's exit status after a mail that took more memory than it may."""
_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Question:
    """The mail to read, as for `parse_mail`. `whole`: not its head alone. `ours`: also a mail that we sent."""

    account: str
    received_at: datetime
    server: str = ""
    whole: bool = True
    ours: bool = False

    def write(self) -> bytes:
        return json.dumps([self.account, self.received_at.isoformat(), self.server, self.whole, self.ours]).encode()

    @classmethod
    def read(cls, written: bytes) -> "Question":
        account, received_at, *rest = json.loads(written)
        return cls(account, datetime.fromisoformat(received_at), *rest)


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a mail: a `message`; `ours` when skipped; else the fault, which is "" for a head alone."""

    message: Incoming | None = None
    ours: bool = False
    fault: str = ""

    def frames(self) -> list[bytes]:
        """Return it as JSON, and what each file holds that holds anything."""
        files = self.message.files if self.message else ()
        raw = flat.write_without_contents(self.message) if self.message else None
        holding = [file.content is not None for file in files]
        header = json.dumps([raw, holding, self.ours, self.fault]).encode()
        return [header, *(file.content for file in files if file.content is not None)]

    @classmethod
    def of(cls, frames: Sequence[bytes]) -> "Answer":
        raw, holding, ours, fault = json.loads(frames[0])
        rest = iter(frames[1:])
        contents = [next(rest) if holds else None for holds in holding]
        return cls(flat.read_with_contents(raw, contents) if raw else None, ours, fault)


def write_frames(stream: IO[bytes], frames: Sequence[bytes]) -> None:
    """Write how many frames follow, then each after its length."""
    stream.write(len(frames).to_bytes(_LENGTH))
    for frame in frames:
        stream.write(len(frame).to_bytes(_LENGTH))
        stream.write(frame)
    stream.flush()


def read_frames(stream: IO[bytes]) -> list[bytes]:
    """Return what `write_frames` wrote. Raise EOFError where the stream ends before that."""
    return [_exactly(stream, _number(stream)) for _ in range(_number(stream))]


def read_one(question: Question, raw: bytes) -> Answer:
    """Read one mail. Raise MemoryError where it takes too much."""
    try:
        head = BytesHeaderParser(Mail).parsebytes(raw[:MOST_HEAD])
        if not question.ours and is_ours(head, question.account):
            return Answer(ours=True)
        if not question.whole:
            return Answer()
        account, received_at = question.account, question.received_at
        return Answer(parse_mail(raw, account=account, received_at=received_at, server=question.server))
    except BROKEN as error:
        return Answer(fault=str(error)[:200] or type(error).__name__)


def _number(stream: IO[bytes]) -> int:
    return int.from_bytes(_exactly(stream, _LENGTH))


def _exactly(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise EOFError
    return content

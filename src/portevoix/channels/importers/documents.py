"""JSON files with one value a line, one list, or one object over several lines, and their conversion to items."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from portevoix.channels.importers.values import Values
from portevoix.kernel.errors import BadLine
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.interchange import read_json, read_object
from portevoix.kernel.messages import Incoming
from portevoix.kernel.streams import BOM, BREAKS_OFF, DAMAGED, MOST_LINE_BYTES, lines

MOST_WHOLE = 32_000_000
"""Bytes of a list, or of an object over several lines, which is read at once."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is no message; `what` is its kind in the plural: “reposts”, “likes”."""

    what: str


type Item = Incoming | BadLine | LeftOut


def read_documents[Part](
    stream: BinaryIO,
    parts: Callable[[Values], Iterable[Part]],
    message: Callable[[Part], dict[str, Any] | LeftOut],
) -> Iterator[Item]:
    """Yield the item that `message` makes of each of the `parts` of each JSON value.

    Both may raise BadLine. A refused part has the number of its line, or of its item in a list.
    """
    for result in documents(stream):
        if isinstance(result, BadLine):
            yield result
            continue
        number, value = result
        try:
            inside = list(parts(Values(value)))
        except BadLine as bad:
            yield numbered(bad, number)
            continue
        for part in inside:
            yield made(part, message, number)


def made[Part](part: Part, message: Callable[[Part], dict[str, Any] | LeftOut], number: int) -> Item:
    """Return the message of one part, checked as a line of the interchange format."""
    try:
        document = message(part)
        return document if isinstance(document, LeftOut) else read_object(document, number)
    except BadLine as bad:
        return numbered(bad, number)


def numbered(bad: BadLine, number: int) -> BadLine:
    bad.line = number
    return bad.with_traceback(None)  # a traceback would keep the whole line alive


def documents(stream: BinaryIO) -> Iterator[tuple[int, object] | BadLine]:
    """Yield each value with its number, from 1: of its line, or of its item where one list fills the file."""
    try:
        head = stream.readline(MOST_LINE_BYTES + 1)
        start = head.removeprefix(BOM).strip()
        if start == b"{" or (start.startswith(b"[") and not start.endswith(b"]")):
            yield from _read_at_once(head + stream.read(MOST_WHOLE + 1 - len(head)))
            return
    except DAMAGED:
        yield BadLine(BREAKS_OFF, line=1)
        return
    for result in lines(cast(BinaryIO, Again(head, stream)), lambda raw, number: (number, _line(raw, number))):
        if isinstance(result, BadLine):
            yield result
            continue
        number, value = result
        yield from ((number, item) for item in value) if isinstance(value, list) else [(number, value)]


class Again:
    """A stream whose first bytes were read already, and are read again."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def readline(self, size: int = -1) -> bytes:
        if not self._head:
            return self._stream.readline(size)
        head, self._head = self._head, b""
        return head

    def read(self, size: int) -> bytes:
        head, self._head = self._head, b""
        return head + self._stream.read(size - len(head))


def _read_at_once(raw: bytes) -> Iterator[tuple[int, object] | BadLine]:
    if len(raw) > MOST_WHOLE:
        message = gettext_noop(
            "This is one list or object of more than {most} bytes, which is not read at once. Write one object a "
            "line: jq -c '.[]' FILE."
        )
        yield BadLine(message, line=1, most=MOST_WHOLE)
        return
    try:
        value = read_json(raw)
    except BadLine as bad:
        yield numbered(bad, 1)
        return
    yield from enumerate(value, 1) if isinstance(value, list) else [(1, value)]


def _line(raw: bytes, number: int) -> object:
    try:
        return read_json(raw)
    except BadLine as bad:
        bad.line = number
        raise

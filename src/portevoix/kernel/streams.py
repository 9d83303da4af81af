"""Reading of files line by line in bounded memory, including standard input and gzip."""

import gzip
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import BinaryIO, cast

from portevoix.kernel.errors import BadInput, BadLine
from portevoix.kernel.i18n import gettext_noop

MOST_LINE_BYTES = 8_000_000
BOM = b"\xef\xbb\xbf"
DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error)
"""The exceptions raised where a compressed file is truncated or damaged."""
BREAKS_OFF = gettext_noop("The compressed file breaks off or is damaged here. The lines before it were read.")
CLOSED = gettext_noop("Standard input is closed: there is nothing to read.")
TOO_LONG = gettext_noop("The line is longer than {most} bytes. Write one message a line.")


@contextmanager
def open_stream(source: str | Path) -> Iterator[BinaryIO]:
    """Open a file, or standard input for "-", decompressing gzip whatever the name. Raises BadInput."""
    try:
        raw = Path(source).open("rb") if source != "-" else _standard_input()  # noqa: SIM115
    except OSError as error:
        raise BadInput(
            gettext_noop("{file} cannot be read: {why}."), file=str(source), why=error.strerror or str(error)
        ) from None
    try:
        if raw.peek(2).startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=raw) as gzip_stream:
                yield cast(BinaryIO, gzip_stream)
        else:
            yield raw
    finally:
        if source == "-":
            raw.detach()
        else:
            raw.close()


def _standard_input() -> BufferedReader:
    if sys.stdin is None:  # as Python leaves it where it was closed before
        raise BadInput(CLOSED)
    return BufferedReader(cast(RawIOBase, sys.stdin.buffer))


def next_line(stream: BinaryIO) -> bytes | None:
    """Return the next line with its end; empty at the end of the stream; None for a line too long, which is skipped."""
    raw = stream.readline(MOST_LINE_BYTES + 1)
    if len(raw) <= MOST_LINE_BYTES:
        return raw
    while raw and not raw.endswith(b"\n"):
        raw = stream.readline(MOST_LINE_BYTES)
    return None


def lines[Read](stream: BinaryIO, read: Callable[[bytes, int], Read]) -> Iterator[Read | BadLine]:
    """Yield the result of `read(line, number)` for each line, 1-based, or its BadLine. Blank lines are skipped."""
    number = 0
    while True:
        number += 1
        try:
            raw = next_line(stream)
        except DAMAGED:
            yield BadLine(BREAKS_OFF, line=number)
            return
        if raw is None:
            yield BadLine(TOO_LONG, line=number, most=MOST_LINE_BYTES)
        elif not raw:
            return
        elif raw.removeprefix(BOM).strip():
            try:
                yield read(raw, number)
            except BadLine as bad:
                yield bad.with_traceback(None)  # a traceback would keep the whole line alive

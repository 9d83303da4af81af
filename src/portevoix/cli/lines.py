"""Reads files of messages line by line: yields the good lines and writes the bad ones into reject files."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, BinaryIO

from portevoix.kernel.errors import BadInput, BadLine
from portevoix.kernel.interchange import read_lines
from portevoix.kernel.messages import Incoming
from portevoix.kernel.streams import open_stream

PART_REFUSED = 3

type Read = Callable[[BinaryIO], Iterable[Incoming | BadLine]]


class Lines:
    """The good lines of several files, one after the other; the bad ones go to their reject files."""

    def __init__(self, files: tuple[str, ...], read: Read = read_lines) -> None:
        self.files = files
        self._read = read
        self.read = 0
        self.refused = 0
        self.size = sum(_size(file) for file in files)  # bytes on the disk; 0 when nobody can know
        self._before = 0
        self._stream: BinaryIO | None = None

    def __iter__(self) -> Iterator[Incoming]:
        for file in self.files:
            with ExitStack() as stack:
                yield from self._file(file, stack)
            self._stream = None
            self._before += _size(file)

    def position(self) -> int:
        """Return how many of the bytes on the disk have been read."""
        if self._stream is None or not self.size:
            return self._before
        raw_stream: BinaryIO = getattr(self._stream, "fileobj", None) or self._stream
        return min(self.size, self._before + raw_stream.tell())

    def end(self) -> None:
        """Set the command's exit status. Raises BadInput when nothing could be read."""
        if not self.read:
            raise BadInput("There is no line to read.")
        if self.read == self.refused:
            raise BadInput("Nothing could be read. The reasons are in the .rejected.jsonl files.")
        if self.refused:
            sys.exit(PART_REFUSED)

    def _file(self, file: str, stack: ExitStack) -> Iterator[Incoming]:
        rejects: IO[str] | None = None
        self._stream = stack.enter_context(open_stream(file))
        for line in self._read(self._stream):
            self.read += 1
            if isinstance(line, BadLine):
                self.refused += 1
                rejects = rejects or stack.enter_context(reject_file(file))
                rejects.write(json.dumps({"line": line.line, "reason": line.args[0]}, ensure_ascii=False) + "\n")
            else:
                yield line


def _size(file: str) -> int:
    return Path(file).stat().st_size if Path(file).is_file() else 0


def check_readable(file: str) -> None:
    """Check a file before anything is taken from the others. Raises BadInput."""
    if file != "-" and not Path(file).is_fifo():  # a pipe can be read once only
        with open_stream(file):
            pass


def reject_file(file: str) -> IO[str]:
    """Open the reject file of a file. Raises BadInput when it cannot be written."""
    path = Path("standard-input.rejected.jsonl" if file == "-" else f"{file}.rejected.jsonl")
    try:
        return path.open("w", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise BadInput(
            "A line is refused, and {path} cannot be written to say why: {reason}. Read the lines from -, "
            "in a folder of yours.",
            path=str(path),
            reason=error.strerror or str(error),
        ) from error

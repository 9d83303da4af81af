"""Uploads: few, kept in memory, and only for views that accept them."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from portevoix.web.permissions import View

MOST_FILES = 8
"""Maximum in one request; further files are skipped."""


def takes_files(most: int) -> Callable[[View], View]:
    """Let the view read `request.FILES` of up to `most` bytes each. For all other views files are skipped unread.

    The larger requests that this needs are admitted by `config.request_limits`, which lists the addresses.
    """

    def decorate(view: View) -> View:
        view.takes_files = most  # type: ignore[attr-defined]
        return view

    return decorate


class InMemory(FileUploadHandler):
    """An upload handler that keeps one byte more than the view accepts, so that larger files are noticed.

    The file's `size` is the full size. Nothing is written to a disk.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._count = self._most = 0
        self._buffer: BytesIO | None = None

    def new_file(self, *args: Any, **more: Any) -> None:
        super().new_file(*args, **more)
        match = self.request.resolver_match if self.request else None
        self._most = getattr(match.func, "takes_files", 0) if match else 0
        self._count += 1
        if not self._most or self._count > MOST_FILES or not self.request.user.is_authenticated:
            raise SkipFile
        self._buffer = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._buffer is not None and start <= self._most:
            self._buffer.write(raw_data[: self._most + 1 - start])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile | None:
        buffer, self._buffer = self._buffer, None
        if buffer is None:
            return None
        buffer.seek(0)
        return InMemoryUploadedFile(
            buffer, self.field_name, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra
        )

"""Files that a page takes: in memory, few, and only where a view says that it takes any."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from portevoix.web.permissions import View

MOST_FILES = 8
"""In one request; what comes after is passed over."""


def takes_files(most: int) -> Callable[[View], View]:
    """The view reads `request.FILES`, of up to so many bytes each. Anywhere else files are passed over unread.

    A request that is larger than others by that is let in by `config.gate`, which names the addresses.
    """

    def decorate(view: View) -> View:
        view.takes_files = most  # type: ignore[attr-defined]
        return view

    return decorate


class InMemory(FileUploadHandler):
    """Keeps of each file no more than the view takes, and one byte, so that a larger one is seen to be; its `size` is
    the whole. Nothing is written to a disk."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._count = self._most = 0
        self._held: BytesIO | None = None

    def new_file(self, *args: Any, **more: Any) -> None:
        super().new_file(*args, **more)
        match = self.request.resolver_match if self.request else None
        self._most = getattr(match.func, "takes_files", 0) if match else 0
        self._count += 1
        if not self._most or self._count > MOST_FILES or not self.request.user.is_authenticated:
            raise SkipFile
        self._held = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._held is not None and start <= self._most:
            self._held.write(raw_data[: self._most + 1 - start])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile | None:
        held, self._held = self._held, None
        if held is None:
            return None
        held.seek(0)
        return InMemoryUploadedFile(
            held, self.field_name, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra
        )

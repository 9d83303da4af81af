"""Files that a page takes: in memory, few, and only where a view says that it takes any."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from portevoix.kernel.pictures import MOST_BYTES
from portevoix.web.access import View

MOST_FILES = 8
"""In one request; what comes after is passed over."""


def takes_files(view: View) -> View:
    """The view reads `request.FILES`: pictures. Anywhere else files are passed over unread."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


class InMemory(FileUploadHandler):
    """Keeps of each file no more than a picture may have, and one byte, so that a larger one is seen to be; its `size`
    is the whole. Nothing is written to a disk."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._count = 0
        self._held: BytesIO | None = None

    def new_file(self, *args: Any, **more: Any) -> None:
        super().new_file(*args, **more)
        match = self.request.resolver_match if self.request else None
        taken = match is not None and getattr(match.func, "takes_files", False) and self.request.user.is_authenticated
        self._count += 1
        if not taken or self._count > MOST_FILES:
            raise SkipFile
        self._held = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._held is not None and start <= MOST_BYTES:
            self._held.write(raw_data[: MOST_BYTES + 1 - start])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile | None:
        held, self._held = self._held, None
        if held is None:
            return None
        held.seek(0)
        return InMemoryUploadedFile(
            held, self.field_name, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra
        )

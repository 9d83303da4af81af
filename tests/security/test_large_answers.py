"""An answer that lies on the disk, such as an export with all files of a citizen, is not gathered in memory."""

import tracemalloc
from tempfile import TemporaryFile

import pytest
from django.http import FileResponse

from portevoix.config.bridge import call_wsgi

SIZE = 20_000_000


@pytest.mark.django_db  # the answer ends a request, and its connections
@pytest.mark.xfail(strict=True, reason="every part of an answer is gathered before the first one is sent")
def test_a_file_is_sent_piece_by_piece() -> None:
    with TemporaryFile() as file:
        file.truncate(SIZE)
        response = FileResponse(file)

        def application(environ, start_response):
            start_response("200 OK", [])
            return response

        tracemalloc.start()
        try:
            call_wsgi(application, {})
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < SIZE / 2

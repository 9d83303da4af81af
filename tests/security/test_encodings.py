"""A request that names an encoding nobody can decode is answered like any other."""

import asyncio
import io
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.handlers.asgi import ASGIRequest

from portevoix.config import asgi, utf8, wsgi

UNDECODABLE = (
    "undefined",
    "rot13",
    "zlib",
    "hex",
    "idna",
    "utf-16",
    "unicode_escape",
    '"x',
    "utf-8; charset=undefined",
)
TYPES = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/plain")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("charset", UNDECODABLE)
def test_pages_are_posted_to_in_utf_8_whatever_is_said(city, kind, charset) -> None:
    body = b"email=x&password=%C3%A9"
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/sign-in/",
        "QUERY_STRING": "next=%C3%A9",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": f"{kind}; Charset={charset}",
        "wsgi.input": io.BytesIO(body),
    }
    setup_testing_defaults(environ)
    statuses: list[str] = []
    list(wsgi.application(environ, lambda status, headers: statuses.append(status)))
    assert statuses == ["403 Forbidden"]  # it has no token against forgery


@pytest.mark.parametrize("charset", UNDECODABLE)
def test_live_updates_too(charset) -> None:
    headers = [(b"host", b"localhost"), (b"content-type", b"text/plain; charset=" + charset.encode())]
    scope = {"type": "http", "method": "GET", "path": "/live", "query_string": b"a=%C3%A9", "headers": headers}
    read = []

    async def application(scope, receive, send) -> None:
        read.append(ASGIRequest(scope, io.BytesIO()).GET["a"])

    asyncio.run(utf8.asgi(application)(scope, None, None))
    assert read == ["é"] and asgi.application.__qualname__ == utf8.asgi(application).__qualname__

"""Requests of which two readers may think differently where they end: none is answered as if it were two."""

import re
from contextlib import closing

import pytest

from tests.security.door import received, sent

POST = b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
NEXT = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
"""What comes behind on the same connection. A proxy that reads the first request otherwise takes it for its body."""
BODY = b"abcde"
CLOSED = {
    "length and chunks": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 100\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + BODY,
    "list of lengths": POST + b"Content-Length: 5, 5\r\n\r\n" + BODY,
    "signed length": POST + b"Content-Length: +5\r\n\r\n" + BODY,
    "hexadecimal length": POST + b"Content-Length: 0x5\r\n\r\n" + BODY,
    "negative length": POST + b"Content-Length: -5\r\n\r\n" + BODY,
    "length without end": POST + b"Content-Length: 99999999999999999999999\r\n\r\n" + BODY,
    "length beyond all": POST + b"Content-Length: 999999999999999999\r\n\r\n" + BODY,
    "blank before the colon": POST + b"Content-Length : 5\r\n\r\n" + BODY,
    "folded length": POST + b"Content-Length:\r\n 5\r\n\r\n" + BODY,
    "other coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "identity": POST + b"Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\n" + BODY,
    "coding after chunks": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "two codings": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "blank within": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": CHUNKED.replace(b"/1.1", b"/1.0") + b"0\r\n\r\n",
    "negative chunk": CHUNKED + b"-5\r\nabcde\r\n0\r\n\r\n",
    "chunk beyond all": CHUNKED + b"10000000000000005\r\nabcde\r\n0\r\n\r\n",
    "chunk of bare lines": CHUNKED + b"5\nabcde\n0\n\n",
    "chunk without end": CHUNKED + b"5\r\nabcdeXX0\r\n\r\n",
    "bare returns": b"GET /healthz HTTP/1.1\rHost: localhost\r\r",
    "folded header": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n c\r\n\r\n",
    "null in a header": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: a\0b\r\n\r\n",
    "return in a header": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: a\rb\r\n\r\n",
    "HTTP/0.9": b"GET /healthz\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "too many headers": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + b"X-A: b\r\n" * 101 + b"\r\n",
}
"""After these the connection is closed, whatever the answer is."""
ALIKE = {
    "two equal lengths": POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\n" + BODY,
    "chunks with extension": CHUNKED + b"5;a=b\r\nabcde\r\n0\r\n\r\n",
    "headers behind chunks": CHUNKED + b"0\r\nContent-Length: 50\r\nHost: evil.example\r\n\r\n",
    "no header at all": POST + b"Transfer_Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "GET with a body": b"GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n" + BODY,
    "body that nobody reads": b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(NEXT)
    + NEXT,
    "upgrade to HTTP/2": b"GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
}
"""These end where everybody thinks that they end: the next one is answered too."""


def statuses(port: int, raw: bytes) -> list[bytes]:
    with closing(sent(port, raw)) as connection:
        return re.findall(rb"HTTP/1\.[01] (\d{3})", received(connection))


@pytest.mark.parametrize("name", CLOSED)
def test_after_a_doubtful_request_nothing_is_answered(port: int, name: str) -> None:
    assert len(statuses(port, CLOSED[name] + NEXT)) <= 1


@pytest.mark.parametrize("name", ALIKE)
def test_a_request_that_is_none_to_doubt_ends_where_it_says(port: int, name: str) -> None:
    first, second = statuses(port, ALIKE[name] + NEXT)
    assert first in (b"200", b"403", b"405") and second == b"503"  # no worker runs


EVIL = b"Host: evil.example\r\n"


@pytest.mark.parametrize(
    ("target", "hosts"),
    [
        (b"/sign-in/", b""),
        (b"/sign-in/", EVIL),
        (b"/sign-in/", b"Host: localhost\r\n" + EVIL),
        (b"/sign-in/", EVIL + b"Host: localhost\r\n"),
        (b"http://localhost/sign-in/", EVIL),
        (b"http://evil.example/sign-in/", b""),
    ],
)
def test_a_host_that_is_not_ours_is_refused_wherever_it_stands(port: int, target: bytes, hosts: bytes) -> None:
    assert statuses(port, b"GET " + target + b" HTTP/1.1\r\nConnection: close\r\n" + hosts + b"\r\n") == [b"400"]

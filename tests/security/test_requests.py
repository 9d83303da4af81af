"""What is no request of a browser: other encodings, endless bodies, twisted heads."""

import asyncio
import io
import os
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.asgi import ASGIRequest
from django.urls import URLResolver, get_resolver

from portevoix.config import request_limits, wsgi
from portevoix.web.uploads import InMemory
from tests.conftest import incoming
from tests.kernel.pictures import png
from tests.servers.pages import served
from tests.servers.program import copied

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

    asyncio.run(request_limits.asgi(application)(scope, None, None))
    assert read == ["é"]
    # Importing it would change the settings.
    entry = Path(request_limits.__file__).with_name("asgi.py").read_text(encoding="utf-8")
    assert "application = request_limits.asgi(get_asgi_application())" in entry


@pytest.fixture(scope="module")
def site(migrated_home, tmp_path_factory) -> Iterator[tuple[int, Path]]:
    """The port of the pages, and the folder where the server would keep what is sent to it."""
    folder = tmp_path_factory.mktemp("temporary")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PORTEVOIX_", "DJANGO_"))}
    home = copied(migrated_home, tmp_path_factory.mktemp("site") / "home")
    environment |= {"PORTEVOIX_HOME": str(home), "TMPDIR": str(folder)}
    environment |= {"PORTEVOIX_LOG": "error", "DJANGO_SETTINGS_MODULE": "portevoix.config.settings"}
    with served(environment, "/sign-in/") as address:
        yield int(address.rpartition(":")[2]), folder


def sent(port: int, head: str, body: Iterable[bytes] = ()) -> str:
    """The status line of the answer to these very bytes, however much of them was read."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode("latin-1"))
        with suppress(BrokenPipeError, ConnectionResetError):
            for chunk in body:
                connection.sendall(chunk)
        return connection.recv(4096).decode("latin-1").partition("\r\n")[0]


def test_what_is_longer_than_any_page_takes_is_refused_unread(site) -> None:
    port, _ = site
    for length in ("5000000000", "4000001", "9" * 40):
        head = f"POST /sign-in/ HTTP/1.1\nHost: localhost\nContent-Type: text/plain\nContent-Length: {length}\n\n"
        assert sent(port, head).split()[1] in ("413", "400"), length


def test_the_gate_knows_every_page_that_takes_files() -> None:
    """Where a page takes some, a request may be larger, and nowhere else."""
    taking = {
        f"/{address}"
        for address, view in addresses(get_resolver("portevoix.config.urls"))
        if getattr(view, "takes_files", 0)
    }
    assert taking and all(request_limits.most_at(address) > request_limits.MOST_BYTES for address in taking), taking
    assert len(request_limits.WITH_FILES) == len({address.split("/")[1] for address in taking})
    for other in ("/inbox/1/note/", "/inbox/1/replying/", "/sign-in/", "/inbox/1/pictures/2/", "/x/inbox/1/reply/"):
        assert request_limits.most_at(other) == request_limits.MOST_BYTES


def addresses(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, object]]:
    for each in resolver.url_patterns:
        here = before + re.sub(r"<\w+:\w+>", "1", str(each.pattern))
        if isinstance(each, URLResolver):
            yield from addresses(each, here)
        else:
            yield here, each.callback


@pytest.mark.django_db
@pytest.mark.parametrize("signed", [True, False])
def test_files_reach_a_reply_from_colleagues_alone(client, take, host, signed: bool) -> None:
    (pk,) = take(incoming("1"))
    if signed:
        client.force_login(host)
    seen = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(InMemory, "receive_data_chunk", lambda self, data, start: seen.append(len(data)))
        client.post(f"/inbox/{pk}/pictures/", {"pictures": SimpleUploadedFile("a.png", png())})
    assert bool(seen) == signed


def test_files_that_are_sent_to_a_page_are_kept_nowhere(site) -> None:
    port, folder = site
    part = (
        b'--b\r\nContent-Disposition: form-data; name="a"; filename="f"\r\n\r\n' + b"x" * 3_000_000 + b"\r\n--b--\r\n"
    )
    head = "POST /sign-in/ HTTP/1.1\nHost: localhost\nContent-Type: multipart/form-data; boundary=b\n"
    assert "403" in sent(port, f"{head}Content-Length: {len(part)}\n\n", [part])
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    "head",
    [
        "GET /sign-in/ HTTP/1.1\nHost: localhost\nX: \0\n\n",
        "GET /sign-in/ HTTP/1.1\n\n",
        "GET /sign-in/%00%ff%c0%80 HTTP/1.1\nHost: localhost\n\n",
        "GET //evil.example/ HTTP/1.1\nHost: localhost\n\n",
        "GET /../../../etc/passwd HTTP/1.1\nHost: localhost\n\n",
        "GET /static/../../config/settings.py HTTP/1.1\nHost: localhost\n\n",
        "GET /static/%2e%2e/%2e%2e/config/settings.py HTTP/1.1\nHost: localhost\n\n",
        "GET /static/..%2f..%2fconfig/settings.py HTTP/1.1\nHost: localhost\n\n",
        "GET /sign-in/ HTTP/1.1\nHost: evil.example\n\n",
        "GET http://evil.example/ HTTP/1.1\nHost: localhost\n\n",
        "POST /sign-in/ HTTP/1.1\nHost: localhost\nContent-Length: 3\nTransfer-Encoding: chunked\n\n0\n\n",
        "POST /sign-in/ HTTP/1.1\nHost: localhost\nContent-Length: 3\nContent-Length: 4\n\nabc",
        "TRACE / HTTP/1.1\nHost: localhost\nCookie: portevoix=secret\n\n",
        "nonsense\n\n",
        "GET /" + "a" * 100_000 + " HTTP/1.1\nHost: localhost\n\n",
        "GET /sign-in/ HTTP/1.1\nHost: localhost\n" + "X: y\n" * 5000 + "\n",
    ],
    ids=lambda head: head[:40],
)
def test_broken_and_twisted_requests_are_refused_and_the_server_goes_on(site, head) -> None:
    port, _ = site
    status = sent(port, head)
    assert not status or status.split()[1][0] in "234", status
    assert "200" in sent(port, "GET /sign-in/ HTTP/1.1\nHost: localhost\nConnection: close\n\n")

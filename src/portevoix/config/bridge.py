"""Adapts ASGI, which the server speaks, to WSGI, by which Django's pages are called on a thread."""

import io
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from portevoix.config.refusals import Answer, RequestRefused

MOST_HEADERS = 100

type Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
type Scope = dict[str, Any]


def build_environ(scope: Scope, body: bytes) -> dict[str, Any]:
    """Return the WSGI environment of a request whose body is whole. Raises RequestRefused for too many headers."""
    host, port = scope.get("server") or ("localhost", 80)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    return environ | _headers(scope["headers"])


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    values = defaultdict[str, list[str]](list)
    for count, (name, value) in enumerate(pairs):
        if count >= MOST_HEADERS:
            raise RequestRefused(HTTPStatus.BAD_REQUEST)
        if b"_" in name or name == b"content-length":
            continue  # "X_Forwarded_For" would pass for what the proxy wrote; the length is that of what came
        values[name.decode("latin-1").upper().replace("-", "_")].append(value.decode("latin-1"))
    header_values = {name: ("; " if name == "COOKIE" else ",").join(several) for name, several in values.items()}
    return {name if name == "CONTENT_TYPE" else f"HTTP_{name}": value for name, value in header_values.items()}


def call_wsgi(application: Wsgi, environ: dict[str, Any]) -> Answer:
    """Return the whole answer: no thread ever waits for a client that reads slowly."""
    responses: list[Any] = []
    parts = application(environ, lambda status, headers, exc_info=None: responses.append((status, headers)))
    try:
        body = [part for part in parts if part]
    finally:
        if close := getattr(parts, "close", None):
            close()
    status, headers = responses[-1]
    header_pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return Answer(int(status.split(" ", 1)[0]), header_pairs, body)

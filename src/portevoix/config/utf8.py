"""Every request is read as UTF-8, whatever it says of itself.

Browsers post in the encoding of the page, which is UTF-8. Python knows encodings that cannot be decoded ("undefined",
"rot13"), and Django looks up the one that a request names before it can answer anything.
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

_CHARSET = re.compile(r";\s*charset\s*=[^;]*", re.IGNORECASE)
_HEADER = b"content-type"

type Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
type Asgi = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def wsgi(application: Wsgi) -> Wsgi:
    def read(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if kind := environ.get("CONTENT_TYPE"):
            environ["CONTENT_TYPE"] = _CHARSET.sub("", kind)
        return application(environ, start_response)

    return read


def asgi(application: Asgi) -> Asgi:
    async def read(scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = [header for header in scope.get("headers", ()) if header[0].lower() != _HEADER]  # nothing is posted
        await application({**scope, "headers": headers}, receive, send)

    return read

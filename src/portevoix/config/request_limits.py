"""Limits that apply to a request before Django reads it: its encoding and its size.

Browsers post in the encoding of the page, which is UTF-8. Python has encodings that cannot be decoded ("undefined",
"rot13"), and Django looks up the one that a request names before it can answer anything. Django also writes the files
of a form to the disk before a page can say that it takes none.
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from typing import Any

from portevoix.config.refusals import refusal

MOST_BYTES = 4_000_000
"""Of a request; what a form may hold is less, and said by the page itself."""
MOST_WITH_PICTURES = 60_000_000
"""Of a request with a reply's pictures, as telephones take them: more than is kept, so that a page can say so."""
WITH_FILES = (
    (re.compile(r"/inbox/\d{1,18}/(?:reply|pictures|pictures/\d{1,18}/remove)/"), MOST_WITH_PICTURES),
    (re.compile(r"/barometer/add/"), 21_000_000),
)
"""Where colleagues may send files, and how large a request may be there."""
_CHARSET = re.compile(r";\s*charset\s*=[^;]*", re.IGNORECASE)
_HEADER = b"content-type"

type Message = dict[str, Any]
type Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
type Receive = Callable[[], Awaitable[Message]]
type Asgi = Callable[[Message, Receive, Any], Awaitable[None]]


def wsgi(application: Wsgi) -> Wsgi:
    """Wrap an application so that it reads UTF-8 and refuses too long requests with 413, unread."""

    def read(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not is_length(length) or int(length) > most_at(environ.get("PATH_INFO", "")):
            answer = refusal(HTTPStatus.CONTENT_TOO_LARGE)
            start_response("413 Content Too Large", [(name.decode(), value.decode()) for name, value in answer.headers])
            return answer.parts
        if kind := environ.get("CONTENT_TYPE"):
            environ["CONTENT_TYPE"] = _CHARSET.sub("", kind)
        return application(environ, start_response)

    return read


def is_length(text: str) -> bool:
    """Return whether a header's text is a valid number of bytes."""
    return text.isascii() and text.isdecimal() and len(text) <= 18


def most_at(path: str) -> int:
    """Return the most bytes of a request to that path."""
    return next((most for pattern, most in WITH_FILES if pattern.fullmatch(path)), MOST_BYTES)


def asgi(application: Asgi) -> Asgi:
    """Wrap the application of live updates: nothing is posted to it, so that bodies are dropped."""

    async def read(scope: Message, receive: Receive, send: Any) -> None:
        headers = [header for header in scope.get("headers", ()) if header[0].lower() != _HEADER]
        await application({**scope, "headers": headers}, _without_body(receive), send)

    return read


def _without_body(receive: Receive) -> Receive:
    empty = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive_event() -> Message:
        if empty:
            return empty.pop()
        while (message := await receive())["type"] == "http.request":
            pass
        return message

    return receive_event

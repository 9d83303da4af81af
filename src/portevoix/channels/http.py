"""How a channel speaks HTTP: one request, one answer, in bounded time; what goes wrong has a name.

Reading (`get`) may be repeated: what goes wrong is TryLater. Writing (`post`, `delete`) is tried once: where nothing
can have reached the server it is TryLater, and after that Uncertain, for `find` to decide.
"""

import hashlib
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, Final, Self
from urllib.parse import urlencode, urlsplit

from portevoix.channels import internal_hosts
from portevoix.channels.connection_errors import reaching
from portevoix.kernel.errors import ChannelError, Refused, TryLater, Uncertain
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Attachment

TIMEOUT: Final = 20.0
"""Seconds for a whole answer, however slowly it drips."""
MOST_BYTES: Final = 10_000_000
SECRET: Final = 8
"""Characters from which on a word of `Authorization` is one."""
LONGEST_WAIT: Final = timedelta(hours=1)
LONGEST_REST: Final = timedelta(days=1)
"""No budget of a network lasts longer, whatever a server says of its own."""

_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
"""Half of a character beyond the first 65,536, as JSON writes it: two make one, and one alone nothing that is kept."""
_BUSY = frozenset({408, 425, 429})
_COUNT = re.compile(r"[0-9]{1,11}")
_WAITS: dict[tuple[str, str], datetime] = {}
"""Until when nothing is asked, by host and whose budget it is: the network said so, or it is nearly used up."""

Parameters = Mapping[str, str | int | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` have small letters."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """Raises TryLater when it is none: a page of some server in between, or an answer that was cut."""
        try:
            found = json.loads(self.content)
            if _HALF.search(self.content):
                found = json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
        except (ValueError, RecursionError) as error:
            raise TryLater(gettext_noop("What the network answers cannot be read.")) from error
        return found


class Rejected(Refused):
    """The network says no to this request: `status` and `code` are its own, "" when it gives none.

    `answer` is all that it said, for channels whose errors say more than that.
    """

    def __init__(
        self,
        text: str,
        /,
        *,
        status: int,
        code: str = "",
        pause: bool = False,
        answer: Answer | None = None,
        **values: str | int,
    ) -> None:
        super().__init__(text, pause=pause, status=status, **values)
        self.status, self.code = status, code
        self.answer = answer or Answer(status, {}, b"")


class Watch:
    """Ends a connection when its time is over: a server may send one byte after the other for ever."""

    def __init__(self, connection: HTTPConnection, seconds: float) -> None:
        self._connection, self._over = connection, False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def _cut(self) -> None:
        self._over = True
        if held := self._socket or self._connection.sock:
            with suppress(OSError):  # it ended by itself
                held.shutdown(socket.SHUT_RDWR)

    def connect(self) -> None:
        """Connects, and holds on to the socket: the connection lets go of it once an answer has begun."""
        self._connection.connect()
        self._socket = self._connection.sock

    def check(self) -> None:
        """Raises TimeoutError when what was read ended with the time and not by itself."""
        if self._over:
            raise TimeoutError("too long")

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._timer.cancel()
        self._connection.close()


class Http:
    """A server at `base`, asked with these headers. `budget` names whose rate limit it is: one account's, mostly.

    Raises Refused when `base` is no address that may be asked.
    """

    def __init__(
        self, base: str, *, headers: Mapping[str, str] | None = None, budget: str = "", timeout: float = TIMEOUT
    ) -> None:
        try:
            scheme, self.host, port, path = _split(base)
        except ValueError as error:
            message = gettext_noop("“{base}” is no address of a server: https://…")
            raise Refused(message, pause=True, base=base) from error
        self._https = scheme == "https"
        self._port = port or (443 if self._https else 80)
        self._path, self._timeout = path.rstrip("/"), timeout
        self._headers = {"User-Agent": "Portevoix", "Accept": "application/json", **(headers or {})}
        self._budget = (f"{self.host}:{self._port}", budget)

    def get(self, path: str, parameters: Parameters | None = None) -> Answer:
        try:
            return self._ask("GET", path, parameters, b"", {})
        except _Doubtful as error:
            raise TryLater(error.text, timedelta(minutes=1), **error.values) from error

    def post(
        self, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None, form: bool = False
    ) -> Answer:
        """`body` goes as JSON, or as a form; bytes go as they are."""
        return self._write("POST", path, body, headers or {}, form)

    def delete(self, path: str) -> Answer:
        return self._write("DELETE", path, None, {}, False)

    def upload(self, path: str, content: bytes, kind: str) -> Answer:
        """What is laid there is seen by nobody yet, and may be laid there again: what goes wrong is TryLater."""
        try:
            return self._ask("POST", path, None, content, {"Content-Type": kind})
        except _Doubtful as error:
            raise TryLater(error.text, timedelta(minutes=1), **error.values) from error

    def rest(self, until: datetime) -> None:
        """Asks nothing of this budget until then: the network said in its own way that it is nearly used up."""
        _WAITS[self._budget] = until

    def _write(self, method: str, path: str, body: Any, headers: Mapping[str, str], form: bool) -> Answer:
        if isinstance(body, bytes):
            content, kind = body, "application/octet-stream"
        elif form:
            content, kind = urlencode(body, doseq=True).encode(), "application/x-www-form-urlencoded"
        else:
            content, kind = b"" if body is None else json.dumps(body).encode(), "application/json"
        try:
            return self._ask(method, path, None, content, {"Content-Type": kind, **headers})
        except _Doubtful as error:
            raise Uncertain(error.text, **error.values) from error

    def _ask(
        self, method: str, path: str, parameters: Parameters | None, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        self._await_turn()
        target = self._path + path + (f"?{urlencode(parameters, doseq=True)}" if parameters else "")
        connection = self._connection()
        with Watch(connection, self._timeout) as watch, reaching(self.host, self._port):
            watch.connect()
            answer = self._exchange(connection, watch, method, target, body, {**self._headers, **headers})
        self._note_budget(answer.headers)
        if answer.status < 300:
            return answer
        error = _refusal(self.host, self._without_access(answer))
        if answer.status == 429 and isinstance(error, TryLater):
            _WAITS[self._budget] = datetime.now(UTC) + error.after
        raise error

    def _without_access(self, answer: Answer) -> Answer:
        """What is told to people, and kept, of a refusal: some servers repeat there the access that they refuse."""
        content = answer.content
        for word in self._headers.get("Authorization", "").split():
            if len(word) >= SECRET:
                content = content.replace(word.encode(), b"...")
        return replace(answer, content=content)

    def _exchange(
        self,
        connection: HTTPConnection,
        watch: Watch,
        method: str,
        target: str,
        body: bytes,
        headers: Mapping[str, str],
    ) -> Answer:
        """From here on the server may have read what it was sent."""
        try:
            connection.request(method, target, body or None, dict(headers))
            answer = connection.getresponse()
            content = whole(answer, MOST_BYTES)
            watch.check()
        except (OSError, HTTPException, ValueError) as error:
            message = gettext_noop("The connection to {host} broke off before it answered ({kind}).")
            raise _Doubtful(message, host=self.host, kind=type(error).__name__) from error
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)

    def _connection(self) -> HTTPConnection:
        made = (
            HTTPSConnection(self.host, self._port, timeout=self._timeout, context=ssl.create_default_context())
            if self._https
            else HTTPConnection(self.host, self._port, timeout=self._timeout)
        )
        made._create_connection = _connect  # type: ignore[attr-defined]
        return made

    def _await_turn(self) -> None:
        until = _WAITS.get(self._budget)
        if until is None:
            return
        left = until - datetime.now(UTC)
        if left > timedelta():
            message = gettext_noop("{host} asks us to wait.")
            raise TryLater(message, after=min(left, LONGEST_WAIT), host=self.host)
        _WAITS.pop(self._budget, None)

    def _note_budget(self, headers: Mapping[str, str]) -> None:
        """Stops in time: the last request of a budget is left to whoever must send."""
        left = headers.get("x-ratelimit-remaining") or headers.get("x-rate-limit-remaining")
        left = left or headers.get("ratelimit-remaining", "")
        if _COUNT.fullmatch(left) and int(left) <= 1 and (until := _reset(headers)):
            _WAITS[self._budget] = min(until, datetime.now(UTC) + LONGEST_REST)


def multipart(fields: Mapping[str, str], one: Attachment) -> tuple[bytes, str]:
    """A form with a picture as its `file` (RFC 7578): the body and its content type.

    Its name there is ours, and another for each: some servers know a file by its name.
    """
    boundary = hashlib.sha256(one.content + one.alt.encode()).hexdigest()
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{said}'.encode() for name, said in fields.items()]
    ending = one.type.partition("/")[2]
    head = f'Content-Disposition: form-data; name="file"; filename="{boundary[:16]}.{ending}"\r\n'
    parts.append(f"{head}Content-Type: {one.type}\r\n\r\n".encode() + one.content)
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), part) for part in parts)
    return body + b"--%s--\r\n" % boundary.encode(), f"multipart/form-data; boundary={boundary}"


def _split(base: str) -> tuple[str, str, int | None, str]:
    """Scheme, host, port and path of a server's address. Raises ValueError when it is none."""
    parts = urlsplit(base)
    host = parts.hostname or ""
    plain = host.isprintable() and " " not in host and not (parts.username or parts.query)
    if parts.scheme not in ("http", "https") or not host.encode("idna") or not plain:
        raise ValueError(base)
    return parts.scheme, host, parts.port, parts.path


class _Doubtful(ChannelError):
    """No whole answer came; the request may have been acted upon."""


def forget_waits() -> None:
    """As after a restart."""
    _WAITS.clear()


def _connect(address: tuple[str, int], timeout: float, source: None = None) -> socket.socket:
    """To an address that was looked at before: a name may lead elsewhere when it is asked again."""
    host, port = address
    found = [place[4] for place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    ours = [place for place in found if not internal_hosts.is_outside(str(place[0]))]
    if ours and host not in internal_hosts.internal:
        message = gettext_noop(
            "{host} is inside this network: not asked. The environment may allow it: PORTEVOIX_INTERNAL_HOSTS."
        )
        raise Refused(message, pause=True, host=host)
    ends = time.monotonic() + timeout
    for number, place in enumerate(found):
        try:
            return socket.create_connection((str(place[0]), port), max(0.1, ends - time.monotonic()))
        except OSError:
            if number == len(found) - 1:
                raise
    raise socket.gaierror(host)


def whole(answer: HTTPResponse, most: int) -> bytes:
    """All of the body. Raises ConnectionError when it was cut short or is longer than that."""
    parts: list[bytes] = []
    size = 0
    while part := answer.read1(65_536):
        parts.append(part)
        size += len(part)
        if size > most:
            raise ConnectionError("too long")
    if answer.length:  # what was announced and did not come
        raise ConnectionError("cut short")
    return b"".join(parts)


def _refusal(host: str, answer: Answer) -> ChannelError:
    status, headers = answer.status, answer.headers
    values: dict[str, str | int] = {"host": host, "status": status}
    if status == 429 or (status in _BUSY | {503} and "retry-after" in headers):
        after = min(_after(headers), LONGEST_WAIT)
        return TryLater(gettext_noop("{host} is busy (HTTP {status})."), after=after, **values)
    if status in _BUSY or status >= 500:
        return _Doubtful(gettext_noop("{host} is out of order (HTTP {status})."), **values)
    if status < 400:
        message = gettext_noop("{host} sends us elsewhere (HTTP {status}): check its address.")
        return Refused(message, pause=True, **values)
    code, told = _said(answer.content)
    if status == 401:
        message = gettext_noop("{host} does not accept our access any more (HTTP {status}). Connect the account again.")
        return Rejected(message, status=status, code=code, pause=True, answer=answer, host=host)
    message = gettext_noop("{host} refuses (HTTP {status}): {told}")
    return Rejected(message, status=status, code=code, answer=answer, host=host, told=told or "—")


def _said(content: bytes) -> tuple[str, str]:
    """The network's code for the error and its words, as most of them give these."""
    try:
        read = json.loads(content)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(read, dict):
        return "", ""
    code = next((value for value in (read.get("error"), read.get("type")) if isinstance(value, str)), "")
    told = read.get("message") or read.get("error_description") or read.get("error") or _problem(read)
    return code, told[:300] if isinstance(told, str) else ""


def _problem(read: Mapping[str, Any]) -> str:
    """What a problem document says (RFC 9457), and each of the errors that some networks list in it."""
    errors = read.get("errors")
    listed = (
        [error.get("message") for error in errors[:10] if isinstance(error, dict)] if isinstance(errors, list) else []
    )
    return " ".join(text for text in (read.get("detail") or read.get("title"), *listed) if isinstance(text, str))


def _after(headers: Mapping[str, str]) -> timedelta:
    """How long the network asks us to wait; a minute when it does not say."""
    told = headers.get("retry-after", "")
    if _COUNT.fullmatch(told):
        return timedelta(seconds=int(told))
    if told and (when := _date(told)):
        return max(when - datetime.now(UTC), timedelta())
    until = _reset(headers)
    return max(until - datetime.now(UTC), timedelta()) if until else timedelta(minutes=1)


def _reset(headers: Mapping[str, str]) -> datetime | None:
    """When a budget begins anew: a date, a moment in seconds since 1970, or how many seconds from now."""
    for name in ("x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset"):
        told = headers.get(name, "")
        if _COUNT.fullmatch(told):
            count = int(told)
            return (
                datetime.fromtimestamp(count, UTC)
                if count > 10_000_000
                else datetime.now(UTC) + timedelta(seconds=count)
            )
        if told and (when := _date(told)):
            return when
    return None


def _date(told: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(told) if told[:1].isdecimal() else parsedate_to_datetime(told)
    except (ValueError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)

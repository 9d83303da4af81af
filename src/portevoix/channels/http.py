"""HTTP client of the channels: one request, one answer, in bounded time, with named errors.

Reading (`get`) may be repeated: a failure is TryLater. Writing (`post`, `delete`) is tried once: a failure is TryLater
where nothing can have reached the server, and Uncertain after that, for `find` to decide.
"""

import hashlib
import json
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from portevoix.channels import internal_hosts
from portevoix.channels.connection_errors import translate_errors
from portevoix.channels.deadline import Deadline
from portevoix.channels.http_answers import COUNT, LONGEST_WAIT, Answer, Doubtful, refusal, reset_at
from portevoix.kernel.errors import Refused, TryLater, Uncertain
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Attachment

TIMEOUT: Final = 20.0
"""Seconds for a whole answer, however slowly it drips."""
MOST_BYTES: Final = 10_000_000
SECRET: Final = 8
"""Characters from which on a word of `Authorization` is one."""
LONGEST_REST: Final = timedelta(days=1)
"""No budget of a network lasts longer, whatever a server says of its own."""

_WAITS: dict[tuple[str, str], float] = {}
"""Until when, by a clock that nobody sets, nothing is asked of a host, for a budget that is (nearly) used up."""

Parameters = Mapping[str, str | int | Sequence[str]]


class Http:
    """A server at `base`, asked with these headers. `budget` names the owner of the rate limit, mostly an account.

    `most` bytes of an answer are read. A server that the environment names may be `internal`; those that a page or
    another server names may not. Raises Refused when `base` is not an address that may be asked.
    """

    def __init__(
        self,
        base: str,
        *,
        headers: Mapping[str, str] | None = None,
        budget: str = "",
        timeout: float = TIMEOUT,
        most: int = MOST_BYTES,
        internal: bool = False,
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
        self._most, self._internal = most, internal

    def get(self, path: str, parameters: Parameters | None = None) -> Answer:
        try:
            return self._ask("GET", path, parameters, b"", {})
        except Doubtful as error:
            raise TryLater(error.text, timedelta(minutes=1), **error.values) from error

    def post(
        self, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None, form: bool = False
    ) -> Answer:
        """Post `body` as JSON, or as a form; bytes are sent as they are."""
        return self._write("POST", path, body, headers or {}, form)

    def delete(self, path: str) -> Answer:
        return self._write("DELETE", path, None, {}, False)

    def upload(self, path: str, content: bytes, kind: str) -> Answer:
        """Post what may be posted again, as a file that is not public yet: a failure is TryLater."""
        try:
            return self._ask("POST", path, None, content, {"Content-Type": kind})
        except Doubtful as error:
            raise TryLater(error.text, timedelta(minutes=1), **error.values) from error

    def pause_for(self, pause: timedelta) -> None:
        """Send no request of this budget for so long: the network has said that it is nearly used up."""
        _WAITS[self._budget] = time.monotonic() + min(pause, LONGEST_REST).total_seconds()

    def _write(self, method: str, path: str, body: Any, headers: Mapping[str, str], form: bool) -> Answer:
        if isinstance(body, bytes):
            content, kind = body, "application/octet-stream"
        elif form:
            content, kind = urlencode(body, doseq=True).encode(), "application/x-www-form-urlencoded"
        else:
            content, kind = b"" if body is None else json.dumps(body).encode(), "application/json"
        try:
            return self._ask(method, path, None, content, {"Content-Type": kind, **headers})
        except Doubtful as error:
            raise Uncertain(error.text, **error.values) from error

    def _ask(
        self, method: str, path: str, parameters: Parameters | None, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        self._await_turn()
        target = self._path + path + (f"?{urlencode(parameters, doseq=True)}" if parameters else "")
        connection = self._connection()
        with Deadline(self._timeout) as watch, closing(connection), translate_errors(self.host, self._port):
            watch.watch(connection)
            connection.connect()
            watch.keep_socket()
            answer = self._exchange(connection, watch, method, target, body, {**self._headers, **headers})
        self._note_budget(answer.headers)
        if answer.status < 300:
            return answer
        error = refusal(self.host, self._without_access(answer))
        if answer.status == 429 and isinstance(error, TryLater):
            self.pause_for(error.after)
        raise error

    def _without_access(self, answer: Answer) -> Answer:
        """Remove our credentials from a refusal that is shown and stored: some servers repeat them there."""
        content = answer.content
        for word in self._headers.get("Authorization", "").split():
            if len(word) >= SECRET:
                content = content.replace(word.encode(), b"...")
        return replace(answer, content=content)

    def _exchange(
        self,
        connection: HTTPConnection,
        watch: Deadline,
        method: str,
        target: str,
        body: bytes,
        headers: Mapping[str, str],
    ) -> Answer:
        """Send the request and read the answer. From here on the server may have acted upon it."""
        try:
            connection.request(method, target, body or None, dict(headers))
            answer = connection.getresponse()
            content = _read_body(answer, self._most)
            watch.check()
        except (OSError, HTTPException, ValueError) as error:
            message = gettext_noop("The connection to {host} broke off before it answered ({kind}).")
            raise Doubtful(message, host=self.host, kind=type(error).__name__) from error
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)

    def _connection(self) -> HTTPConnection:
        connection = (
            HTTPSConnection(self.host, self._port, timeout=self._timeout, context=ssl.create_default_context())
            if self._https
            else HTTPConnection(self.host, self._port, timeout=self._timeout)
        )
        connect = partial(_connect, internal=self._internal)
        connection._create_connection = connect  # type: ignore[attr-defined]
        return connection

    def _await_turn(self) -> None:
        until = _WAITS.get(self._budget)
        if until is None:
            return
        left = timedelta(seconds=until - time.monotonic())
        if left > timedelta():
            message = gettext_noop("{host} asks us to wait.")
            raise TryLater(message, after=min(left, LONGEST_WAIT), host=self.host)
        _WAITS.pop(self._budget, None)

    def _note_budget(self, headers: Mapping[str, str]) -> None:
        """Stop before a budget is used up: its last request is left for sending."""
        left = headers.get("x-ratelimit-remaining") or headers.get("x-rate-limit-remaining")
        left = left or headers.get("ratelimit-remaining", "")
        if COUNT.fullmatch(left) and int(left) <= 1 and (until := reset_at(headers)):
            self.pause_for(until - datetime.now(UTC))


def multipart(fields: Mapping[str, str], picture: Attachment) -> tuple[bytes, str]:
    """Return the body of a form with a picture as its `file` (RFC 7578), and its content type.

    The file name is ours, and differs for each picture: some servers identify a file by its name.
    """
    boundary = hashlib.sha256(picture.content + picture.alt.encode()).hexdigest()
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}'.encode() for name, text in fields.items()]
    ending = picture.type.partition("/")[2]
    head = f'Content-Disposition: form-data; name="file"; filename="{boundary[:16]}.{ending}"\r\n'
    parts.append(f"{head}Content-Type: {picture.type}\r\n\r\n".encode() + picture.content)
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), part) for part in parts)
    return body + b"--%s--\r\n" % boundary.encode(), f"multipart/form-data; boundary={boundary}"


def _split(base: str) -> tuple[str, str, int | None, str]:
    """Return scheme, host, port and path of a server's address. Raise ValueError when it is not one."""
    parts = urlsplit(base)
    host = parts.hostname or ""
    plain = host.isprintable() and " " not in host and not (parts.username or parts.query)
    if parts.scheme not in ("http", "https") or not host.encode("idna") or not plain:
        raise ValueError(base)
    return parts.scheme, host, parts.port, parts.path


def forget_waits() -> None:
    """Forget all waiting times, as after a restart."""
    _WAITS.clear()


def _connect(address: tuple[str, int], timeout: float, source: None = None, *, internal: bool = False) -> socket.socket:
    """Connect to an address that was checked before: a name may resolve to another when it is asked again."""
    host, port = address
    addresses = [place[4] for place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    internal_addresses = [place for place in addresses if not internal_hosts.is_outside(str(place[0]))]
    if internal_addresses and not internal and host not in internal_hosts.internal:
        message = gettext_noop(
            "{host} is inside this network: not asked. The environment may allow it: PORTEVOIX_INTERNAL_HOSTS."
        )
        raise Refused(message, pause=True, host=host)
    ends = time.monotonic() + timeout
    for number, place in enumerate(addresses):
        try:
            return socket.create_connection((str(place[0]), port), max(0.1, ends - time.monotonic()))
        except OSError:
            if number == len(addresses) - 1:
                raise
    raise socket.gaierror(host)


def _read_body(answer: HTTPResponse, most: int) -> bytes:
    """Read the whole body. Raise ConnectionError when it was cut short or is longer than `most`."""
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

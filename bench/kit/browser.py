"""A browser reduced to what loads a server: a connection that is kept open, cookies, forms; and open /live streams."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import urlencode

LIMIT = 4_000_000
PATIENCE = 60.0
IDLE = 20.0
"""Seconds after which a connection is not used again: servers close idle ones after thirty."""
_HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|seen)"(?: id="seen")? value="([^"]*)"')
_SET = re.compile(r"^([^=]+)=([^;]*)")


@dataclass(frozen=True, slots=True)
class Answer:
    """`seconds` from the first byte sent to the last one read."""

    status: int
    headers: Mapping[str, str]
    body: str
    seconds: float

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields of the composer's form: its proof, and the version that the page shows."""
        return dict(_HIDDEN.findall(self.body))


@dataclass(slots=True)
class Browser:
    """Speaks HTTP/1.1 with one port of this machine, from the loopback address `source`."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    source: str = "127.0.0.1"
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None
    _used: float = 0.0

    async def get(self, path: str, **headers: str) -> Answer:
        return await asyncio.wait_for(self._ask("GET", path, "", headers), PATIENCE)

    async def post(self, path: str, form: Mapping[str, str], **headers: str) -> Answer:
        return await asyncio.wait_for(self._ask("POST", path, urlencode(form), headers), PATIENCE)

    async def htmx(self, path: str, target: str, form: Mapping[str, str] | None = None) -> Answer:
        """As a part of the page asks; with a form it posts, and goes where it is then sent, as XMLHttpRequest does."""
        headers = {"HX-Request": "true", "HX-Target": target}
        if form is None:
            return await self.get(path, **headers)
        headers["X-CSRFToken"] = form.get("csrfmiddlewaretoken", self.cookies.get("csrftoken", ""))
        answer = await self.post(path, form, **headers)
        if answer.status != 303:
            return answer
        then = await self.get(answer.headers["location"], **headers)
        return Answer(then.status, then.headers, then.body, answer.seconds + then.seconds)

    async def _ask(self, method: str, path: str, body: str, more: Mapping[str, str]) -> Answer:
        if self._writer and time.monotonic() - self._used > IDLE:
            self._writer.close()
        if self._writer is None or self._writer.is_closing():
            self._reader, self._writer = await asyncio.open_connection(
                "127.0.0.1", self.port, limit=LIMIT, local_addr=(self.source, 0)
            )
        assert self._reader is not None
        start = time.perf_counter()
        self._writer.write(self._head(method, path, body, more) + body.encode())
        with ExitStack() as broken_off:
            broken_off.callback(self._writer.close)
            status, headers = await self._read_head(self._reader)
            content = await _read_body(self._reader, headers)
            broken_off.pop_all()  # it is read: the connection serves again
        took, self._used = time.perf_counter() - start, time.monotonic()
        if headers.get("connection", "").lower() == "close":
            self._writer.close()
        return Answer(status, headers, content.decode(), took)

    def _head(self, method: str, path: str, body: str, more: Mapping[str, str]) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Accept-Language: fr"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method == "POST":
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body.encode())}"]
        lines += [f"{name}: {value}" for name, value in more.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    async def _read_head(self, reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "set-cookie" and (pair := _SET.match(value.strip())):
                self.cookies[pair[1]] = pair[2]
            headers[name.lower()] = value.strip()
        return int(lines[0].split()[1]), headers

    async def listen(self) -> AsyncIterator[tuple[str, str]]:
        """The events of /live, as they come: a name and its data. The first is ("open", "")."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(self._head("GET", "/live", "", {"Accept": "text/event-stream"}))
        try:
            status, headers = await self._read_head(reader)
            assert status == 200, status
            yield "open", ""
            name = ""
            async for line in _lines(reader, headers):
                if line.startswith("event:"):
                    name = line[6:].strip()
                elif line.startswith("data:") and name:
                    yield name, line[5:].strip()
                    name = ""
        finally:
            writer.close()

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


async def _read_body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if length := headers.get("content-length"):
        return await reader.readexactly(int(length))
    if headers.get("transfer-encoding") != "chunked":
        return b""
    parts = []
    while size := int(await reader.readuntil(b"\r\n"), 16):
        parts.append((await reader.readexactly(size + 2))[:-2])
    await reader.readexactly(2)
    return b"".join(parts)


async def _lines(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> AsyncIterator[str]:
    rest = b""
    chunked = headers.get("transfer-encoding") == "chunked"
    while True:
        if chunked:
            size = int(await reader.readuntil(b"\r\n"), 16)
            if not size:
                return
            data = (await reader.readexactly(size + 2))[:-2]
        else:
            data = await reader.read(65536)
            if not data:
                return
        *whole, rest = (rest + data).split(b"\n")
        for line in whole:
            yield line.decode()

"""The emulator of X over HTTP: signatures verified, rate limits told, faults on the wire, each exchange kept."""

import base64
import hashlib
import hmac
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from tests.servers.x_emulator import Network, Problem
from tests.servers.x_sign_in import PAGE, SignIn
from tests.servers.x_sign_in import TOKEN as SIGN_IN_TOKEN

KEY, SECRET, TOKEN, TOKEN_SECRET, BEARER = "ck", "c&s secret", "1000-tk", "t%s", "AAAAbearer"
BEFORE: Final = ("reset before", "429", "429 bare", "503")
"""The network never hears of the request."""
AFTER: Final = ("reset after", "cut", "502 after", "drip", "no json")
"""The network has acted upon it, and its answer does not arrive."""


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, whole, as they went over the wire."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    status: int
    told: dict[str, str]
    content: bytes


@dataclass
class Door:
    """`next` are the faults of the next requests, "" for none; then `choose` says one for each.

    `me`, `ana` and `bob` are the ids of the city and of two citizens.

    `revoked`: the keys are no longer taken. `broke`: the credits are used up.
    """

    network: Network
    me: str
    ana: str
    bob: str
    address: str = ""
    revoked: bool = False
    broke: bool = False
    access: str = "read-write"
    next: list[str] = field(default_factory=list)
    choose: Callable[[str], str] = lambda request: ""
    met: dict[str, int] = field(default_factory=dict)
    exchanges: list[Exchange] = field(default_factory=list)
    sign_in: SignIn = field(default_factory=SignIn)
    nonces: set[str] = field(default_factory=set)
    lock: Any = field(default_factory=threading.Lock)

    def fault(self, request: str) -> str:
        with self.lock:
            fault = self.next.pop(0) if self.next else self.choose(request)
            if fault:
                self.met[fault] = self.met.get(fault, 0) + 1
            return fault

    @property
    def asked(self) -> list[str]:
        return [f"{exchange.method} {urlsplit(exchange.url).path}" for exchange in self.exchanges]

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], Any]:
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        told = {"Content-Type": "application/json; charset=utf-8", "x-access-level": self.access}
        try:
            if self.broke:
                raise Problem(402, "Your enrolled account does not have any credits to fulfill this request.")
            if parts.path == PAGE:
                return self._page(method, query, body)
            if parts.path == SIGN_IN_TOKEN:
                with self.lock:
                    return 200, told, self.sign_in.token(headers.get("Authorization", ""), body)
            if parts.path == "/2/usage/tweets":
                return 200, told, self._usage(headers)
            self._authorised(method, parts.path, query, headers.get("Authorization", ""))
            self._limited(f"{method} {parts.path}", told)
            status, found = self.network.answer(method, parts.path, query, json.loads(body or b"null"), self.me)
            return status, told, found
        except Problem as problem:
            return problem.status, told | {"Content-Type": "application/problem+json"}, problem.body

    def _page(self, method: str, query: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        if method == "POST":
            return 302, {"Location": self.sign_in.decided(body)}, b""
        return 200, {"Content-Type": "text/html; charset=utf-8"}, self.sign_in.page(query)

    def _usage(self, headers: dict[str, str]) -> dict[str, Any]:
        if headers.get("Authorization") != f"Bearer {BEARER}":
            raise Problem(401, "Unauthorized")
        used = str(self.network.billed)
        return {"data": {"project_usage": used, "project_cap": "2000000", "cap_reset_day": 1, "project_id": "1"}}

    def _limited(self, request: str, told: dict[str, str]) -> None:
        with self.lock:
            for kind, left in self.network.limits.items():
                if request.startswith(kind):
                    reset = int(time.time()) + 900
                    told |= {"x-rate-limit-limit": "900", "x-rate-limit-reset": str(reset)}
                    told["x-rate-limit-remaining"] = str(max(0, left - 1))
                    self.network.limits[kind] = left - 1
                    if left <= 0:
                        raise Problem(429, "Too Many Requests")

    def _authorised(self, method: str, path: str, query: dict[str, str], header: str) -> None:
        """RFC 5849, written a second time, so that the channel does not agree with itself alone."""
        if header.startswith("Bearer "):
            if self.revoked or not self.sign_in.takes(header):
                raise Problem(401, "Unauthorized")
            return
        given = {name: unquote(value) for name, value in re.findall(r'(oauth_\w+)="([^"]*)"', header)}
        signed = given.pop("oauth_signature", "")
        pairs = sorted((quote(n, safe=""), quote(v, safe="")) for n, v in (given | query).items())
        text = "&".join(f"{name}%3D{value.replace('%', '%25')}" for name, value in pairs).replace("&", "%26")
        base = f"{method}&{quote(self.address + path, safe='')}&{text}"
        key = f"{quote(SECRET, safe='')}&{quote(TOKEN_SECRET, safe='')}"
        right = base64.b64encode(hmac.digest(key.encode(), base.encode(), hashlib.sha1)).decode()
        known = (given.get("oauth_consumer_key"), given.get("oauth_token")) == (KEY, TOKEN)
        fresh = abs(int(given.get("oauth_timestamp", "0")) - time.time()) < 300
        with self.lock:
            used = given.get("oauth_nonce", "") in self.nonces
            self.nonces.add(given.get("oauth_nonce", ""))
        if self.revoked or used or not (header.startswith("OAuth ") and known and fresh and signed == right):
            raise Problem(401, "Unauthorized")


class _Handler(BaseHTTPRequestHandler):
    door: Door

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.door.fault(f"{self.command} {self.path}")
        self.close_connection = True
        if fault == "reset before":
            self._reset()
        elif fault in ("429", "429 bare", "503"):
            reset = {"x-rate-limit-reset": str(int(time.time()) + 1)} if fault == "429" else {}
            self._answer(int(fault[:3]), reset, b'{"title":"Too Many Requests"}')
        else:
            status, told, found = self.door.answer(self.command, self.path, dict(self.headers), body)
            content = found if isinstance(found, bytes) else json.dumps(found).encode()
            url = self.door.address + self.path
            sent = {name.title(): value for name, value in self.headers.items()}
            self.door.exchanges.append(Exchange(self.command, url, sent, body, status, told, content))
            self._after(fault, status, told, content)

    def _after(self, fault: str, status: int, headers: dict[str, str], content: bytes) -> None:
        if fault == "reset after":
            self._reset()
        elif fault == "502 after":
            self._answer(502, {}, b"<html>Bad gateway</html>")
        elif fault == "no json":
            self._answer(status, headers, content[: len(content) // 2])
        elif fault in ("cut", "drip"):
            self._answer(status, headers, content[: len(content) // 2], announced=len(content) + 1)
            with suppress(OSError):
                for _ in range(5 if fault == "drip" else 0):
                    self.wfile.write(b" ")
                    time.sleep(0.02)
        else:
            self._answer(status, headers, content)

    def _answer(self, status: int, headers: dict[str, str], content: bytes, announced: int | None = None) -> None:
        with suppress(OSError):
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(announced or len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    do_GET = do_POST = do_DELETE = _serve

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def emulator(city: str = "VilleDeValmont") -> Iterator[Door]:
    """A network where the city has its account, and the way to it."""
    network = Network()
    door = Door(network, network.user(city), network.user("ana"), network.user("bob"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"door": door}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    door.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield door
    finally:
        server.shutdown()
        server.server_close()

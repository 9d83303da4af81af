"""A proxy between a connector and a real server that does to requests what networks do.

with faulty(server.url) as proxy:
    proxy.next = ["reset after"]     # the next request, and then each passes
    proxy.choose = lambda request: …  # or a fault for each request as it comes; "" lets it pass
"""

import http.client
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

BEFORE: Final = ("reset before", "429", "429 retry", "503", "500", "expired")
"""The server never hears of the request."""
AFTER: Final = ("reset after", "cut", "502 after", "drip")
"""The server has acted upon it, and its answer does not arrive."""

_ANSWERS: Final[dict[str, tuple[int, dict[str, str], dict[str, str]]]] = {
    "429": (429, {}, {"error": "RateLimitExceeded"}),
    "429 retry": (429, {"Retry-After": "0"}, {"error": "RateLimitExceeded"}),
    "503": (503, {}, {}),
    "500": (500, {}, {"error": "InternalServerError"}),
    "expired": (400, {}, {"error": "ExpiredToken", "message": "Token has expired"}),
    "revoked": (401, {}, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"}),
}


@dataclass
class Proxy:
    """`met` counts the faults that requests met, `asked` holds each request's method and path."""

    upstream: str
    address: str = ""
    next: list[str] = field(default_factory=list)
    choose: Callable[[str], str] = lambda request: ""
    met: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    lock: Any = field(default_factory=threading.Lock)

    def fault(self, request: str) -> str:
        with self.lock:
            self.asked.append(request)
            fault = self.next.pop(0) if self.next else self.choose(request)
            if fault:
                self.met[fault] = self.met.get(fault, 0) + 1
            return fault


class _Handler(BaseHTTPRequestHandler):
    proxy: Proxy

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.proxy.fault(f"{self.command} {self.path}")
        self.close_connection = True
        if fault == "reset before":
            self._reset()
        elif fault in _ANSWERS:
            status, headers, told = _ANSWERS[fault]
            self._answer(status, {"Content-Type": "application/json", **headers}, json.dumps(told).encode())
        else:
            self._after(fault, *self._forwarded(body))

    def _after(self, fault: str, status: int, headers: dict[str, str], content: bytes) -> None:
        if fault == "reset after":
            self._reset()
        elif fault == "502 after":
            self._answer(502, {}, b"<html>Bad gateway</html>")
        elif fault in ("cut", "drip"):
            self._answer(status, headers, content[: len(content) // 2], announced=len(content) + 1)
            with suppress(OSError):
                for _ in range(40 if fault == "drip" else 0):
                    self.wfile.write(b" ")
                    time.sleep(0.1)
        else:
            self._answer(status, headers, content)

    def _forwarded(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        place = urlsplit(self.proxy.upstream)
        connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        connection.request(self.command, self.path, body or None, headers)
        answer = connection.getresponse()
        content = answer.read().replace(self.proxy.upstream.encode(), self.proxy.address.encode())
        connection.close()
        kept = ("content-type", "ratelimit-remaining", "ratelimit-reset", "retry-after", "link")
        return answer.status, {name: value for name, value in answer.getheaders() if name.lower() in kept}, content

    def _answer(self, status: int, headers: dict[str, str], content: bytes, announced: int | None = None) -> None:
        with suppress(OSError):
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(announced or len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    do_GET = do_POST = do_PUT = do_DELETE = _pass

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def faulty(upstream: str) -> Iterator[Proxy]:
    """Answers name the proxy where they name the server, so that whoever follows them stays with it."""
    proxy = Proxy(upstream)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": proxy}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    proxy.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()

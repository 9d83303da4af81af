"""What networks do to requests: the one place for all that goes wrong between a connector and a server.

`faulty` is a proxy before a real server, and emulators serve themselves through `serving`, so that all meet the same:

with faulty(server.url) as line:
    line.next = ["reset after"]      # the next request, and then each passes
    line.choose = seeded(5, 0.3)     # or a fault for each request as it comes; "" lets it pass
"""

import http.client
import json
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

BEFORE: Final = ("reset before", "silent before", "429", "429 bare", "503", "500")
"""The server never hears of the request."""
AFTER: Final = ("reset after", "silent after", "cut", "no json", "502 after", "drip")
"""The server has acted upon it, and its answer does not arrive."""
HARMLESS: Final = ("slow", "clock ahead", "clock behind")
"""The answer arrives whole, in pieces or with a Date that is wrong."""
EXPIRED: Final = "expired"
"""What the network says to a token whose time is over: in the midst of pages, or of a thread."""
REVOKED: Final = "revoked"
"""What it says when somebody took the access back: not among `FAULTS`, as only a person mends that."""
FAULTS: Final = (*BEFORE, *AFTER, *HARMLESS, EXPIRED)
SKEW: Final = 600.0
"""Seconds by which a clock is wrong."""

Answer = tuple[int, Mapping[str, str], bytes]
Server = Callable[[str, str, Mapping[str, str], bytes], Answer]
"""Method, path with its query, headers and body of a request."""


def told(status: int, body: Any, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, {"Content-Type": "application/json", **named}, json.dumps(body).encode()


SAID: Final[Mapping[str, Answer]] = {
    "429": told(429, {"error": "RateLimitExceeded"}, Retry_After="0"),
    "429 bare": told(429, {"error": "RateLimitExceeded"}),
    "503": (503, {}, b""),
    "500": told(500, {"error": "InternalServerError"}),
    "502 after": (502, {}, b"<html>Bad gateway</html>"),
    EXPIRED: told(400, {"error": "ExpiredToken", "message": "Token has expired"}),
    REVOKED: told(401, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"}),
}


@dataclass
class Line:
    """`met` counts the faults that requests met, `asked` holds each request's method and path.

    A fault is a word of `FAULTS`, or the answer to give instead. `said` is what this network says where it is not
    `SAID`; `silence` is for how many seconds a request is left alone, or its answer drips.
    """

    address: str = ""
    next: list[str | Answer] = field(default_factory=list)
    choose: Callable[[str], str | Answer] = lambda request: ""
    said: dict[str, Answer] = field(default_factory=dict)
    silence: float = 0.2
    met: Counter[str] = field(default_factory=Counter)
    asked: list[str] = field(default_factory=list)
    lock: Any = field(default_factory=threading.Lock)

    def fault(self, request: str) -> str | Answer:
        with self.lock:
            self.asked.append(request)
            fault = self.next.pop(0) if self.next else self.choose(request)
            if fault:
                self.met[fault if isinstance(fault, str) else str(fault[0])] += 1
            return fault


def seeded(seed: int | str, share: float, kinds: Sequence[str] = FAULTS) -> Callable[[str], str]:
    """A fault in this share of the requests, the same ones for the same seed."""
    dice = random.Random(seed)
    return lambda request: dice.choice(kinds) if dice.random() < share else ""


def pushes[T](entries: Sequence[T], dice: random.Random, *, times: int = 3) -> list[list[T]]:
    """What a network sends to an address here: each entry so often, in any order, some together."""
    left = [entry for entry in entries for _ in range(times)]
    dice.shuffle(left)
    found = []
    while left:
        size = dice.randint(1, 9)
        found.append(left[:size])
        left = left[size:]
    return found


class _Handler(BaseHTTPRequestHandler):
    line: Line
    server_: Server

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.line.fault(f"{self.command} {self.path}")
        self.close_connection = True
        if isinstance(fault, tuple):
            self._answer(*fault)
        elif fault.endswith("before"):
            self._none(fault)
        elif fault in (*BEFORE, EXPIRED, REVOKED):
            self._answer(*(self.line.said.get(fault) or SAID[fault]))
        else:
            self._after(fault, *type(self).server_(self.command, self.path, dict(self.headers), body))

    def _after(self, fault: str, status: int, headers: Mapping[str, str], content: bytes) -> None:
        half = content[: len(content) // 2]
        if fault in ("reset after", "silent after"):
            self._none(fault)
        elif fault == "502 after":
            self._answer(*(self.line.said.get(fault) or SAID[fault]))
        elif fault == "no json":
            self._answer(status, headers, half)
        elif fault in ("cut", "drip"):
            self._answer(status, headers, half, announced=len(content) + 1)
            self._drip(b" " * (20 if fault == "drip" else 0), self.line.silence)
        elif fault == "slow":
            self._answer(status, headers, half, announced=len(content))
            self._drip(content[len(half) :], min(0.05, self.line.silence / 4))
        else:
            ahead = {"clock ahead": SKEW, "clock behind": -SKEW}.get(fault)
            date = {"Date": formatdate(time.time() + ahead, usegmt=True)} if ahead else {}
            self._answer(status, {**headers, **date}, content)

    def _none(self, fault: str) -> None:
        """Reset at once, or after a silence."""
        if fault.startswith("silent"):
            time.sleep(self.line.silence)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _drip(self, content: bytes, seconds: float) -> None:
        size = len(content) // 20 + 1
        with suppress(OSError):  # who asked may have given up
            for start in range(0, len(content), size):
                self.wfile.write(content[start : start + size])
                time.sleep(seconds / 20)

    def _answer(self, status: int, headers: Mapping[str, str], content: bytes, announced: int | None = None) -> None:
        now = {"Date": formatdate(usegmt=True)}
        with suppress(OSError):
            self.send_response_only(status)
            for name, value in {**now, **headers, "Content-Length": str(announced or len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving[L: Line](server: Server, line: L) -> Iterator[L]:
    """On a free port of the loopback, for as long as this lasts."""
    handler = type("Handler", (_Handler,), {"line": line, "server_": staticmethod(server)})
    listening = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    listening.daemon_threads = True
    threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    line.address = f"http://127.0.0.1:{listening.server_address[1]}"
    try:
        yield line
    finally:
        listening.shutdown()
        listening.server_close()


@contextmanager
def faulty(upstream: str, host: str = "", **more: Any) -> Iterator[Line]:
    """Before the server at `upstream`, which is asked as `host`. Answers name the proxy where they name the server, so
    that whoever follows them stays with it.
    """
    line = Line(**more)
    place = urlsplit(upstream)

    def forwarded(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=30)
        kept = {name: value for name, value in headers.items() if name.lower() not in ("host", "connection")}
        connection.request(method, path, body or None, {**kept, "Host": host or place.netloc})
        answer = connection.getresponse()
        content = answer.read().replace(upstream.encode(), line.address.encode())
        connection.close()
        return answer.status, {name.title(): value for name, value in answer.getheaders() if _passes(name)}, content

    with serving(forwarded, line):
        yield line


def _passes(header: str) -> bool:
    return header.lower() not in ("connection", "keep-alive", "transfer-encoding", "content-length")

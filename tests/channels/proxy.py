"""A proxy on the wire between a client and a real server, harmful as told: before the server acts, or after."""

import random
import socket
import socketserver
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HARMS = ("reset before", "reset after", "503", "429", "502 after", "cut after", "drip")
_BUSY = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 2\r\n\r\n{}"
_DOWN = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Proxy:
    """`choose` names the harm for the next request, "" for none; `done` counts them."""

    server: tuple[str, int]
    host: str
    choose: Callable[[], str] = lambda: ""
    address: str = ""
    done: Counter[str] = field(default_factory=Counter)


def seeded(seed: int, share: float) -> Callable[[], str]:
    """A harm in this share of requests, the same ones for the same seed."""
    dice = random.Random(seed)
    return lambda: dice.choice(HARMS) if dice.random() < share else ""


class _Handler(socketserver.BaseRequestHandler):
    proxy: Proxy

    def handle(self) -> None:
        request = _message(self.request)
        if not request:
            return
        harm = self.proxy.choose()
        self.proxy.done[harm or "none"] += 1
        if harm == "reset before":
            self._reset()
        elif harm in ("503", "429"):
            self.request.sendall(_DOWN if harm == "503" else _BUSY)
        else:
            self._after(harm, self._forwarded(request))

    def _after(self, harm: str, answer: bytes) -> None:
        """The server has acted."""
        if harm == "reset after":
            self._reset()
        elif harm == "502 after":
            self.request.sendall(_GATEWAY)
        elif harm == "cut after":
            self.request.sendall(answer[: len(answer) * 2 // 3])
        elif harm == "drip":
            for start in range(0, len(answer), len(answer) // 8 + 1):
                self.request.sendall(answer[start : start + len(answer) // 8 + 1])
                time.sleep(0.002)
        else:
            self.request.sendall(answer)

    def _forwarded(self, request: bytes) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"host:", b"connection:"))]
        lines += [f"Host: {self.proxy.host}".encode(), b"Connection: close"]
        with socket.create_connection(self.proxy.server, 10) as server:
            server.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
            parts = []
            while part := server.recv(65_536):
                parts.append(part)
        return b"".join(parts)

    def _reset(self) -> None:
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _message(taken: socket.socket) -> bytes:
    """A whole request."""
    found = b""
    while b"\r\n\r\n" not in found:
        part = taken.recv(65_536)
        if not part:
            return b""
        found += part
    head, _, body = found.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    missing = int(lengths[0]) - len(body) if lengths else 0
    while missing > 0:
        part = taken.recv(65_536)
        found += part
        missing -= len(part) or missing
    return found


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def proxy(server: tuple[str, int], host: str) -> Iterator[Proxy]:
    """Listens on the loopback and hands on to `server`, which is asked as `host`."""
    told = Proxy(server, host)
    with _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": told})) as listening:
        threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        told.address = f"http://127.0.0.1:{listening.server_address[1]}"
        yield told
        listening.shutdown()

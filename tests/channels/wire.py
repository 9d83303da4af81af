"""A server on the wire that misbehaves as it is told: what a network, or a machine in between, may do to a request."""

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Wire:
    """What was asked, and what the next answers are: (status, headers, body), or one of the words of `_Handler`.

    Each is taken once; with none left every request is answered by 200 and `{}`.
    """

    address: str = ""
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    next: list[tuple[int, dict[str, str], Any] | str] = field(default_factory=list)
    patience: threading.Event = field(default_factory=threading.Event)
    """What is silent hangs up when this is set, or after three seconds."""

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1])


class _Handler(BaseHTTPRequestHandler):
    wire: Wire

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.wire.asked.append((self.command, self.path, dict(self.headers), body))
        told = self.wire.next.pop(0) if self.wire.next else (200, {}, {})
        if told == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif told == "silent":
            self.wire.patience.wait(3)
        elif told == "drip headers":
            self._drip(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 500)
        elif told == "drip":
            self._drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b" " * 1000)
        elif told == "drip without end":
            self._drip(b"HTTP/1.0 200 OK\r\n\r\n" + b" " * 1000)
        elif told == "cut":
            self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"a"')
        else:
            self._whole(*told)
        self.close_connection = True

    def _whole(self, status: int, headers: dict[str, str], body: Any) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _drip(self, content: bytes) -> None:
        with suppress(OSError):
            for byte in content:
                self.wfile.write(bytes([byte]))
                time.sleep(0.05)

    do_GET = do_POST = do_DELETE = do_PUT = _answer

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def wire() -> Iterator[Wire]:
    told = Wire()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"wire": told}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    told.address = f"http://127.0.0.1:{server.server_address[1]}"
    yield told
    server.shutdown()
    server.server_close()

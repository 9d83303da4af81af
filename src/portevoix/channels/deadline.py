"""Time limit of a whole conversation with a server, which may send one byte after the other for ever."""

import socket
import threading
from contextlib import suppress
from typing import Any, Self

AGAIN = 1.0
"""Seconds after which a connection that went on is cut once more: it was just being made, or made anew."""


class Deadline:
    """Cuts a connection after a time limit, so that whoever reads from it gets to its end.

    A timeout of a socket limits the silence between two bytes alone.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds, self._is_over = seconds, False
        self._done = threading.Event()
        self._connection: Any = None
        self._socket: socket.socket | None = None

    def watch(self, connection: Any) -> None:
        """Watch a connection of the standard library, which has its socket, once there is one, as `sock`."""
        self._connection = connection

    def open[T](self, kind: type[T], *arguments: Any, **more: Any) -> T:
        """Create a connection that its constructor opens, and watch it from the server's first byte on."""
        connection = kind.__new__(kind)
        self.watch(connection)
        connection.__init__(*arguments, **more)  # type: ignore[misc]
        # A mail's end is a small packet after large ones, which would wait 40 ms for the server to confirm those.
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # type: ignore[attr-defined]
        return connection

    def keep_socket(self) -> None:
        """Keep the socket of a connection that drops it once an answer has begun, as those of HTTP do."""
        self._socket = self._connection.sock

    def check(self) -> None:
        """Raise TimeoutError when the time is over: what came to its end may have been cut."""
        if self._is_over:
            raise TimeoutError("too long")

    def __enter__(self) -> Self:
        threading.Thread(target=self._wait, name="deadline", daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()

    def _wait(self) -> None:
        pause = self._seconds
        while not self._done.wait(pause):
            self._is_over, pause = True, AGAIN
            if open_socket := self._socket or getattr(self._connection, "sock", None):
                with suppress(OSError):  # it ended by itself
                    open_socket.shutdown(socket.SHUT_RDWR)

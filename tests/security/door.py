"""The server's door, at which bytes are thrown as no browser sends them."""

import socket
from contextlib import closing


def ask(port: int, head: str, body: bytes = b"") -> bytes:
    with closing(opened(port, head, body)) as connection:
        return received(connection)


def opened(port: int, head: str, body: bytes = b"", source: str = "127.0.0.1") -> socket.socket:
    lines = (head + "\nHost: localhost\nConnection: close\n\n").replace("\n", "\r\n")
    return sent(port, lines.encode() + body, source)


def sent(port: int, raw: bytes, source: str = "127.0.0.1") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=15, source_address=(source, 0))
    connection.sendall(raw)
    return connection


def received(connection: socket.socket) -> bytes:
    """All that comes until the server closes the connection."""
    answer = b""
    while part := connection.recv(65536):
        answer += part
    return answer

"""A mail server that writes one byte after the other for ever: a talk with it ends, and says what is certain."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from portevoix.channels.email import EmailConnector, EmailSettings, imap, smtp
from portevoix.kernel.errors import TryLater, Uncertain
from portevoix.kernel.messages import Outgoing, Writer
from tests.conftest import NOW

LIMIT = 0.3
Talk = Callable[[socket.socket], None]
LETTER = Outgoing("k1", "v@ville.example", "", Writer("a@b.example", "a@b.example", "Ana"), "Bonjour.", NOW)


def drip(connection: socket.socket, line: bytes) -> None:
    while True:
        connection.sendall(line)
        time.sleep(0.02)


def take_mail(connection: socket.socket, answer: Talk) -> None:
    """An SMTP server that takes a mail, and answers it in its own way."""
    lines = connection.makefile("rb")
    connection.sendall(b"220 here\r\n")
    while not lines.readline().startswith(b"DATA"):
        connection.sendall(b"250 well\r\n")
    connection.sendall(b"354 go on\r\n")
    while lines.readline() != b".\r\n":
        pass
    answer(connection)


@pytest.fixture
def mailbox(monkeypatch) -> Iterator[Callable[[Talk], EmailConnector]]:
    """Makes a connector whose servers talk in one way."""
    monkeypatch.setattr(smtp, "LONGEST", LIMIT)
    monkeypatch.setattr(imap, "LONGEST", LIMIT)
    listener = socket.create_server(("127.0.0.1", 0))

    def make(talk: Talk) -> EmailConnector:
        def serve() -> None:
            with suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    talk(connection)

        threading.Thread(target=serve, daemon=True).start()
        place = {"host": "127.0.0.1", "port": listener.getsockname()[1], "security": "none"}
        settings = {f"{kind}_{name}": value for kind in ("imap", "smtp") for name, value in place.items()}
        return EmailConnector("v@ville.example", EmailSettings(**settings, imap_user="u", imap_password="p"))

    with listener:
        yield make


def test_a_greeting_without_end_sends_nothing(mailbox) -> None:
    with pytest.raises(TryLater):
        mailbox(lambda connection: drip(connection, b"220-here\r\n")).send(LETTER)


@pytest.mark.parametrize("line", [b"2", b"250-well\r\n"])
def test_of_an_answer_without_end_nobody_knows_whether_it_was_taken(mailbox, line) -> None:
    with pytest.raises(Uncertain):
        mailbox(lambda connection: take_mail(connection, lambda one: drip(one, line))).send(LETTER)


@pytest.mark.parametrize("answer", [b"2", b"25", b"", b"what?\r\n"])
def test_the_beginning_of_an_answer_is_none(mailbox, answer) -> None:
    """It was “not now”, so that the same mail was sent once more."""
    with pytest.raises(Uncertain):
        mailbox(lambda connection: take_mail(connection, lambda one: one.sendall(answer))).send(LETTER)


@pytest.mark.parametrize("line", [b"*", b"* OK here\r\n"])
def test_a_mailbox_that_answers_without_end_is_let_go(mailbox, line) -> None:
    with pytest.raises(TryLater):
        mailbox(lambda connection: drip(connection, line)).receive(None)

"""What leaves the house: to whom it connects, and that nobody who writes to it can add a word to that.

Nothing that a citizen sends is ever fetched: no picture, no article, no preview. The only hosts that are spoken to are
the city's own mail servers and those of its networks, which an administrator names, and the endpoint for vectors, which
the environment may name.
"""

import ast
import email
import socketserver
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import portevoix
from portevoix.channels.email import EmailConnector, EmailSettings
from portevoix.channels.email.compose import compose, recipient
from portevoix.kernel.errors import BadInput, ChannelError, Refused
from portevoix.kernel.messages import Outgoing, Writer
from tests.conftest import NOW
from tests.fuzz.mail import OURS

SOURCES = Path(portevoix.__file__).parent
TALKATIVE = {
    "socket", "ssl", "smtplib", "imaplib", "imap_tools", "urllib.request", "http.client", "http.server", "requests",
    "httpx", "aiohttp", "ftplib", "xmlrpc", "websockets",
}  # fmt: skip
TALKS = {
    "channels/http.py", "channels/connection_errors.py", "channels/deadline.py",
    "channels/email/imap.py", "channels/email/settings.py", "channels/email/smtp.py",
    "channels/email/house_letters.py",  # the city's mailbox, as opened by imap.py
    "cli/servers.py",  # listens, and looks whether a port is free
    "exchange/worker.py",  # asks for the name of its own machine
    "cli/demo.py",  # looks whether its own pages answer
}  # fmt: skip
DANGEROUS = {"pickle", "marshal", "shelve", "xml", "lxml", "yaml", "code", "runpy"}
RUNS = {"eval", "exec", "compile", "__import__"}
INJECTED = (
    "a\r\nBcc: evil@evil.example",
    "a\nBcc: evil@evil.example",
    "a\rBcc: x",
    "a\x0bb\x0cc\x1cd\x85e\u2028f",
    "a\0b",
)


def imported(path: Path) -> set[str]:
    """What a module imports, in full."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def modules() -> Iterator[tuple[str, Path]]:
    yield from ((str(path.relative_to(SOURCES)), path) for path in sorted(SOURCES.rglob("*.py")))


def test_only_the_mail_channel_and_the_endpoint_open_connections() -> None:
    for name, path in modules():
        talks = {each for each in imported(path) if each in TALKATIVE or each.partition(".")[0] in TALKATIVE}
        assert not talks or name in TALKS, (
            f"{name} imports {talks}: say in tests/security/test_outgoing.py to whom it talks"
        )


def test_nothing_that_runs_what_it_reads_is_used() -> None:
    for name, path in modules():
        assert not {each.partition(".")[0] for each in imported(path)} & DANGEROUS, name
        calls = (node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
        assert not {call.id for call in calls if isinstance(call, ast.Name)} & RUNS, name
        assert "shell=True" not in path.read_text(), name


def outgoing(**more) -> Outgoing:
    values = {
        "key": "k1", "account": "mairie@ville.example", "conversation": "abc", "text": "Oui.", "subject": "Piscine",
        "to": Writer("ana@citoyen.example", "ana@citoyen.example", "Ana"), "in_reply_to": "1@citoyen.example",
        "references": ("0@citoyen.example",), "sent_at": NOW,
    }  # fmt: skip
    return Outgoing(**{**values, **more})


@pytest.mark.parametrize("evil", INJECTED)
@pytest.mark.parametrize(
    "field", ["name", "subject", "in_reply_to", "references", "conversation", "key", "text", "from_name"]
)
def test_nobody_adds_a_header_or_a_recipient(field, evil) -> None:
    from_name = evil if field == "from_name" else "Mairie"
    more = {
        "name": {"to": Writer("ana@citoyen.example", "ana@citoyen.example", evil)},
        "references": {"references": (evil, f"<{evil}@b.example>", f"{evil}@b.example")},
        "in_reply_to": {"in_reply_to": f"{evil}@b.example"},
        "from_name": {},
    }.get(field, {field: evil})
    mail = compose(outgoing(**more), sender="mairie@ville.example", from_name=from_name)
    written = email.message_from_bytes(mail.as_bytes())
    names = [name.lower() for name in written]
    assert OURS.issuperset(names) and len(names) == len(set(names))
    assert written["To"].count("@") == 1 and "ana@citoyen.example" in written["To"]


@pytest.mark.parametrize(
    "address",
    ["a@b.example\r\nRCPT TO:<c@d.example>", "a@b.example,c@d.example", "<a@b.example> SIZE=1", "a@b.example\0",
     '"a b"@c', "@x:a@b.example", "a@[127.0.0.1]", "a@b..example", ""],
)  # fmt: skip
def test_a_recipient_is_one_plain_address_or_none(address) -> None:
    with pytest.raises(Refused):
        recipient(outgoing(to=Writer(address, address, "Ana")))


class Listening(socketserver.StreamRequestHandler):
    """A mailbox server that takes everybody and notes each line; `lines` is the class's."""

    lines: list[bytes] = []

    def handle(self) -> None:
        self.wfile.write(b"* OK good day\r\n")
        with suppress(ConnectionResetError):
            while line := self.rfile.readline():
                self.lines.append(line)
                extra = b"* CAPABILITY IMAP4rev1\r\n" if b"CAPABILITY" in line else b""
                self.wfile.write(extra + (line.split() or [b"*"])[0] + b" OK done\r\n")


@pytest.fixture
def mailbox() -> Iterator[int]:
    Listening.lines.clear()
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Listening)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("field", ["mailbox", "imap_user", "imap_password", "imap_host", "smtp_host", "from_name"])
def test_no_setting_adds_a_command_of_its_own(field, mailbox) -> None:
    given = {
        "imap_host": "127.0.0.1", "imap_port": mailbox, "imap_security": "none", "imap_user": "u", "imap_password": "p",
        "smtp_host": "127.0.0.1", "smtp_port": mailbox, "smtp_security": "none",
    }  # fmt: skip
    given[field] = str(given.get(field, "INBOX")) + "\r\nX1 DELETE INBOX"
    with suppress(BadInput, ChannelError):
        connector = EmailConnector("mairie@ville.example", EmailSettings(**given))
        connector.receive(None)
    assert not [line for line in Listening.lines if line.startswith(b"X1")]
    with pytest.raises(BadInput, match="line break"):
        EmailSettings(**given)

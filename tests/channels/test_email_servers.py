"""E-mail over real servers: Dovecot, OpenSMTPD, and an SMTP server that does what is scripted, to see it fail."""

import email
import socket
import socketserver
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.policy import default
from functools import partial
from itertools import count
from typing import Any

import pytest

from portevoix.channels.conformance import CHECKS, Check, Fixtures
from portevoix.channels.email import EmailConnector, EmailSettings
from portevoix.channels.email.compose import compose
from portevoix.channels.email.connector import TOO_LARGE, UNREADABLE
from portevoix.channels.email.imap import BATCH_MAILS, MOST_BYTES
from portevoix.kernel.errors import BadInput, Refused, TryLater, Uncertain
from portevoix.kernel.messages import Outgoing, Writer
from tests.channels.given import mail as letter
from tests.servers.mail import PASSWORD, MailServers

pytestmark = pytest.mark.servers

CITY = "contact@ville.test"
OTHER = "mairie@ville.test"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NUMBERS = count(1)


def outgoing(key: str, to: str = "", **changes: Any) -> Outgoing:
    """To a mailbox of its own, unless `to` says which."""
    to = to or box_of(key)
    message = Outgoing(
        key=key,
        account=CITY,
        conversation="4e1fa9c02b77",
        to=Writer(id=to, handle=to, name="Ana Bél, présidente"),
        text="Bonjour,\n\nnous passons demain à 8 h.\n.\nLa mairie",
        sent_at=NOW,
        subject="Re: re: Lampadaire cassé",
        in_reply_to="m1@citoyen.test",
        references=("m0@citoyen.test",),
    )
    return replace(message, **changes)


def box_of(key: str) -> str:
    return f"{key}@citoyen.test"


def connector(servers: MailServers, account: str = CITY, **changes: Any) -> EmailConnector:
    return EmailConnector(account, EmailSettings(**servers.settings(account, **changes)))


def write(servers: MailServers, how_many: int, to: str = CITY) -> None:
    for _ in range(how_many):
        servers.put(to, letter("Bonjour", Message_ID=f"<n{next(NUMBERS)}@citoyen.test>"))


def copies(servers: MailServers, key: str) -> Sequence[str]:
    """Each mail under that key that lies in its mailbox: its headers as sent, and its text."""
    found = []
    for raw in servers.mailbox(box_of(key)):
        read = email.message_from_bytes(raw, policy=default)
        if read["X-Portevoix-Key"] == key:
            head = raw.replace(b"\r\n", b"\n").split(b"\n\n")[0].decode()
            body = read.get_body(("plain",))
            found.append(f"{head}\n\n{body.get_content() if body else ''}")
    return found


def shown(servers: MailServers, key: str) -> Sequence[Sequence[str]]:
    """What each mail under that key says of its pictures."""
    mails = [email.message_from_bytes(raw, policy=default) for raw in servers.mailbox(box_of(key))]
    return [
        [part["Content-Description"] for part in read.iter_attachments()]
        for read in mails
        if read["X-Portevoix-Key"] == key
    ]


def arrived(servers: MailServers, key: str) -> Sequence[str]:
    """As `copies`, after everything on its way has arrived: a later mail has."""
    mark = f"mark{next(NUMBERS)}"
    servers.deliver(letter(Message_ID=f"<{mark}@x.test>"), sender="x@citoyen.test", to=box_of(key))
    return copies(servers, key)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_the_contract(mail: MailServers, check: Check) -> None:
    settings = EmailSettings(**mail.settings(OTHER))
    gone = replace(settings, imap_port=_closed_port(), smtp_port=_closed_port())
    used = [settings]

    @contextmanager
    def down() -> Iterator[None]:
        used.append(gone)
        yield
        used.pop()

    given = Fixtures(
        settings=settings,
        write=partial(write, mail, to=OTHER),
        outgoing=outgoing,
        read_copies=partial(arrived, mail),
        read_descriptions=partial(shown, mail),
        down=down,
        secrets=(PASSWORD,),
    )
    check(lambda: EmailConnector(OTHER, used[-1]), given)


def test_a_mailbox_is_read_in_batches_and_left_as_it_was(mail: MailServers) -> None:
    box = "vrac@ville.test"
    write(mail, BATCH_MAILS + 2, to=box)
    first = connector(mail, box).receive(None)
    assert len(first.messages) == BATCH_MAILS
    assert first.more
    second = connector(mail, box).receive(first.cursor)
    assert len(second.messages) == 2
    assert not second.more
    with mail._signed_in(box) as imap:
        imap.select("INBOX", readonly=True)
        assert imap.search(None, "SEEN")[1] == [b""]
        assert len(imap.search(None, "ALL")[1][0].split()) == BATCH_MAILS + 2


def test_the_first_reading_goes_thirty_days_back(mail: MailServers) -> None:
    box = "vieux@ville.test"
    for day, month in ((1, "Jan"), (5, "Mar"), (28, "Mar")):
        mail.put(box, letter(Message_ID=f"<{month}{day}@x.test>"), when=f'"{day:02d}-{month}-2026 10:00:00 +0100"')
    batch = connector(mail, box).receive(None)
    assert [message.external_id for message in batch.messages] == ["Mar5@x.test", "Mar28@x.test"]
    assert batch.messages[0].sent_at == datetime(2026, 3, 5, 9, tzinfo=UTC)


def test_an_empty_mailbox_gives_a_cursor_from_which_to_go_on(mail: MailServers) -> None:
    box = "vide@ville.test"
    batch = connector(mail, box).receive(None)
    assert not batch.messages
    write(mail, 1, to=box)
    assert len(connector(mail, box).receive(batch.cursor).messages) == 1


def test_a_renumbered_mailbox_is_read_again_and_nothing_is_missed(mail: MailServers) -> None:
    box = "neuf@ville.test"
    write(mail, 2, to=box)
    batch = connector(mail, box).receive("1:4000000")
    assert len(batch.messages) == 2


def test_a_mailbox_that_was_renumbered_after_a_long_pause_is_read_from_where_it_was(mail: MailServers) -> None:
    """Its account was paused in January, and the mailbox moved to another server meanwhile."""
    box = "pause@ville.test"
    put(mail, box, (1, "Dec", 2025), (5, "Jan", 2026))
    cursor = connector(mail, box).receive(None).cursor
    put(mail, box, (20, "Jan", 2026), (28, "Mar", 2026))
    validity, _, rest = cursor.partition(":")
    batch = connector(mail, box).receive(f"{int(validity) + 1}:{rest}")
    assert [message.external_id for message in batch.messages] == ["Jan5@x.test", "Jan20@x.test", "Mar28@x.test"]
    assert not connector(mail, box).receive(batch.cursor).messages


def put(mail: MailServers, box: str, *days: tuple[int, str, int]) -> None:
    for day, month, year in days:
        when = f'"{day:02d}-{month}-{year} 10:00:00 +0100"'
        mail.put(box, letter(Message_ID=f"<{month}{day}@x.test>"), when=when)


def test_a_giant_mail_and_a_broken_one_hold_nothing_up(mail: MailServers) -> None:
    box = "gros@ville.test"
    mail.put(box, letter(b"x" * 78 + b"\r\n" + (b"y" * 78 + b"\r\n") * (MOST_BYTES // 80), Message_ID="<big@x.test>"))
    mail.put(box, b"\xff no mail at all")
    mail.put(
        box, b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(2000))
    )
    mail.put(box, letter(Message_ID="<after@x.test>"))
    batch = connector(mail, box).receive(None)
    giant, bottomless = batch.unreadable
    assert giant.external_id.startswith("sha256:") and giant.reason == TOO_LARGE
    assert "Subject: Lampadaire" in giant.raw
    assert bottomless.reason == UNREADABLE
    assert batch.messages[-1].external_id == "after@x.test"


def test_a_conversation_by_mail(mail: MailServers) -> None:
    """A citizen writes, is answered, answers: each finds the one before."""
    box = "accueil@ville.test"
    mail.deliver(letter(To=box, Message_ID="<q@citoyen.test>"), sender="ana@citoyen.test", to=box)
    asked = connector(mail, box).receive(None)
    (question,) = asked.messages
    settings = mail.settings(box, smtp_user=CITY)
    city = EmailConnector(box, EmailSettings(**settings, from_name="Ville de Valmont"))
    reply = outgoing("talk", in_reply_to=question.external_id, subject=question.subject)
    receipt = city.send(reply)
    assert city.find(reply) == receipt

    arrived(mail, "talk")
    raw = next(raw for raw in mail.mailbox(box_of("talk")) if b"X-Portevoix-Key: talk" in raw)
    read = email.message_from_bytes(raw, policy=default)
    assert read["From"] == f"Ville de Valmont <{box}>"
    assert read["Subject"] == "Re: Lampadaire"
    assert read["In-Reply-To"] == "<q@citoyen.test>"
    assert read["Message-ID"] == f"<{receipt.external_id}>"
    assert read["Reply-To"].addresses[0].addr_spec == "accueil+4e1fa9c02b77@ville.test"

    back = letter(
        To=read["Reply-To"].addresses[0].addr_spec,
        Message_ID="<q2@citoyen.test>",
        In_Reply_To=read["Message-ID"],
        References=f"{read['References']} {read['Message-ID']}",
    )
    mail.deliver(back, sender="ana@citoyen.test", to="accueil+4e1fa9c02b77@ville.test")
    (answer,) = city.receive(asked.cursor).messages
    assert answer.in_reply_to == receipt.external_id
    assert answer.conversation == "4e1fa9c02b77"
    assert answer.references[0] == "m0@citoyen.test"


def test_what_the_city_sent_is_not_read_as_a_citizens_mail(mail: MailServers) -> None:
    box = "boucle@ville.test"
    mine = compose(outgoing("loop"), sender=box, from_name="")
    mail.put(box, mine.as_bytes())
    assert not connector(mail, box).receive(None).messages


def test_a_copy_is_kept_and_found_and_what_never_left_is_not(mail: MailServers) -> None:
    city = connector(mail)
    receipt = city.send(outgoing("kept"))
    sent = [raw for raw in mail.mailbox(CITY, "Sent") if b"X-Portevoix-Key: kept" in raw]
    assert len(sent) == 1
    assert city.find(outgoing("kept")) == receipt
    with pytest.raises(Uncertain):
        city.find(outgoing("never"))


def test_an_address_that_the_server_does_not_take_is_refused(mail: MailServers) -> None:
    with pytest.raises(Refused, match="localhost refused: 550") as caught:
        connector(mail).send(outgoing("far", to="x@elsewhere.test"))
    assert not caught.value.pause


def test_check_tells_what_works(mail: MailServers) -> None:
    box = OTHER
    told = connector(mail, box).check()
    assert told[0].startswith("Signed in to localhost; the mailbox INBOX holds ")
    assert "Sent" in told[1]


@pytest.mark.parametrize(
    ("changes", "expected", "pause", "words"),
    [
        ({"imap_password": "wrong"}, Refused, True, "does not accept the user"),
        ({"smtp_password": "wrong"}, Refused, True, "does not accept the user"),
        ({"imap_password": "très faux"}, Refused, True, "does not accept the user"),
        ({"smtp_password": "très faux"}, Refused, True, "does not accept the user"),
        ({"mailbox": "Courrier"}, Refused, True, "no mailbox “Courrier” on localhost. There are: "),
        ({"imap_host": "127.0.0.2"}, Refused, True, "certificate of 127.0.0.2 cannot be trusted"),
        ({"ca_file": ""}, Refused, True, "certificate of localhost cannot be trusted"),
        ({"ca_file": "/nowhere.pem"}, Refused, True, "certificates /nowhere.pem cannot be used"),
        ({"imap_host": "no-such-host.invalid"}, TryLater, None, "cannot be found"),
        ({"imap_port": 1}, TryLater, None, "refuses connections on port 1"),
        ({"smtp_port": 1}, TryLater, None, "refuses connections on port 1"),
        ({"smtp_security": "tls"}, Refused, True, "does not speak TLS"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_precisely(
    mail: MailServers, changes: dict[str, Any], expected: type[Exception], pause: bool | None, words: str
) -> None:
    with pytest.raises(expected, match=words) as caught:
        connector(mail, **changes).check()
    assert getattr(caught.value, "pause", None) == pause
    assert "faux" not in str(caught.value)


def test_passwords_cross_no_network_in_the_open() -> None:
    with pytest.raises(BadInput, match="unprotected"):
        EmailSettings(
            imap_host="imap.example.org",
            imap_security="none",
            imap_user="u",
            imap_password="p",
            smtp_host="smtp.example.org",
        )


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ({"RCPT": "450 4.7.1 greylisted"}, TryLater),
        ({"RCPT": "550 5.1.1 no such user"}, Refused),
        ({"MAIL": "421 4.3.2 closing"}, TryLater),
        ({"MAIL": "550 5.7.1 not your address"}, Refused),
        ({"DATA": "452 4.3.1 full"}, TryLater),
        ({"DATA": "drop"}, TryLater),
        ({".": "451 4.3.0 later"}, TryLater),
        ({".": "554 5.6.0 spam"}, Refused),
        ({".": "drop"}, Uncertain),
        ({"HELLO": "drop"}, TryLater),
        ({"HELLO": "554 go away"}, Refused),
    ],
    ids=str,
)
def test_each_moment_of_a_failure_is_told_apart(
    mail: MailServers, script: dict[str, str], expected: type[Exception]
) -> None:
    with scripted(script) as (port, taken):
        city = connector(mail, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", smtp_user="")
        with pytest.raises(expected):
            city.send(outgoing(f"scripted{next(NUMBERS)}"))
    assert len(taken) == (1 if expected is Uncertain or "." in script else 0)


def test_a_dot_on_a_line_of_its_own_does_not_end_the_mail(mail: MailServers) -> None:
    key = f"dot{next(NUMBERS)}"
    with scripted({}) as (port, taken):
        connector(mail, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", smtp_user="").send(outgoing(key))
    assert b"\r\n..\r\n" in taken[0]
    assert taken[0].count(b"La mairie") == 2


class Talk(socketserver.StreamRequestHandler):
    """One SMTP session: 250 to everything, but what the server's script says; "drop" closes the line."""

    server: "Scripted"

    def handle(self) -> None:
        on = self.answer("HELLO", "220 scripted.test")
        while on and (line := self.rfile.readline()):
            verb = line.split()[0].decode().upper().partition(":")[0]
            on = self.answer(verb, "354 go on" if verb == "DATA" else "250 fine") and verb != "QUIT"
            if verb == "DATA" and "DATA" not in self.server.script:
                self.server.taken.append(self.content())
                on = self.answer(".", "250 taken")

    def answer(self, verb: str, usual: str) -> bool:
        told = self.server.script.get(verb, usual)
        if told != "drop":
            self.wfile.write(told.encode() + b"\r\n")
        return told != "drop"

    def content(self) -> bytes:
        found = b""
        while not found.endswith(b"\r\n.\r\n"):
            found += self.rfile.readline()
        return found


class Scripted(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, script: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.script = script
        self.taken: list[bytes] = []


@contextmanager
def scripted(script: dict[str, str]) -> Iterator[tuple[int, list[bytes]]]:
    """The port of such a server on loopback, and the mails that it took."""
    with Scripted(script) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_address[1], server.taken
        finally:
            server.shutdown()
            thread.join()


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port

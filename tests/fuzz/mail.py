"""Mails: read as the mailbox's are, taken in, shown, answered."""

import base64
import email
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from django.test import Client

from portevoix.channels.email import EmailConnector, EmailSettings
from portevoix.channels.email.compose import compose
from portevoix.channels.email.imap import Letter
from portevoix.exchange.inbound import enrich
from portevoix.kernel.errors import Conflict, NotPossible, Refused
from portevoix.kernel.messages import Batch, Incoming, Unreadable
from portevoix.record import operations as do
from portevoix.record.models import Contact, Conversation, Delivery, Message
from portevoix.record.operations import accounts, deliveries, envelopes
from tests.fuzz import nasty
from tests.fuzz.door import QUARANTINED, REFUSED, TAKEN, Fault
from tests.fuzz.house import check_reason, check_standing
from tests.fuzz.interchange import check_envelope

SAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "channels/mails").glob("*.eml"))]
ACCOUNT = "fuzz@ville.example"
SETTINGS = EmailSettings(imap_host="imap.invalid", imap_user="u", imap_password="p", smtp_host="smtp.invalid")
LOOK_EVERY = 25
OURS = frozenset(
    {"from", "to", "subject", "date", "message-id", "reply-to", "in-reply-to", "references", "x-portevoix-key",
     "mime-version", "content-type"}
)  # fmt: skip
"""The headers of a reply: nothing that a citizen wrote may add one."""
CHARSETS = (
    "utf-8", "us-ascii", "iso-8859-1", "windows-1252", "utf-7", "utf-16", "utf-32", "utf-8-sig", "shift_jis",
    "gb18030", "big5", "iso-2022-kr", "koi8-r", "idna", "punycode", "unicode_escape", "raw_unicode_escape",
    "undefined", "rot13", "zlib", "bz2", "hex", "base64", "uu", "mbcs", "oem", "charmap", "x-unknown", "", "\0",
    "a\0b", "utf-8;utf-7", '"', "é", "cp037", "hz", "a" * 5000,
)  # fmt: skip
ENCODINGS = (
    "7bit",
    "8bit",
    "binary",
    "quoted-printable",
    "base64",
    "x-uuencode",
    "uuencode",
    "yenc",
    "",
    "é",
    "base64\r\n X: y",
)
TYPES = (
    "text/plain", "text/html", "multipart/mixed", "multipart/alternative", "multipart/related", "multipart/report",
    "multipart/signed", "message/rfc822", "message/partial", "message/external-body", "message/delivery-status",
    "application/pdf", "application/zip", "application/octet-stream", "image/svg+xml", "text/calendar", "text", "/",
    "text/", "multipart/", "a/b/c", "text/plain; charset", "TEXT/HTML; x=" + "y" * 3000, "application/ms-tnef",
    "image/png\0",
)  # fmt: skip
HEADERS = (
    "From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Reply-To", "Sender",
    "Return-Path", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "MIME-Version",
    "Auto-Submitted", "Precedence", "List-Id", "Delivered-To", "X-Original-To", "X-Portevoix-Key", "Received",
    "Bcc", "X-" + "y" * 200, "From ", ":", "é",
)  # fmt: skip
_HUGE: tuple[Callable[[], bytes], ...] = (
    lambda: b"From: a@b.example\r\n\r\n" + b"piscine " * 3_000_000,
    lambda: b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + b"<p>piscine</p>" * 1_700_000,
    lambda: b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + b"<div>" * 400_000,
    lambda: b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + b"<a href='" * 200_000,
    lambda: b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + b"<!--" * 500_000,
    lambda: b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + b"&#x3c;" * 500_000 + b"<table>" * 10_000,
    lambda: b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(b"piscine\n" * 2_000_000),
    lambda: b"X: y\r\n" * 500_000 + b"\r\nbonjour",
    lambda: b"Subject: " + b"=?utf-8?q?=41?= " * 100_000 + b"\r\n\r\nbonjour",
    lambda: b"References: " + b"<a@b.example> " * 200_000 + b"\r\n\r\nbonjour",
    lambda: b"To: " + b"a@b.example, " * 200_000 + b"\r\n\r\nbonjour",
    lambda: b"From: " + b"(" * 200_000 + b"\r\n\r\nbonjour",
    lambda: b"From: " + b'"a\\' * 100_000 + b"\r\n\r\nbonjour",
    lambda: b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n\r\nx\r\n" * 100_000,
    lambda: b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\nContent-Type: a/b\r\n\r\nx\r\n" * 20_000,
    lambda: b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000)),
    lambda: b"Content-Type: message/rfc822\r\n\r\n" * 3000 + b"bonjour",
    lambda: b"Content-Type: text/plain" + b"; a*0*=x" * 50_000 + b"\r\n\r\nbonjour",
    lambda: b"Subject: x\r\n\r\n" + b"Le lun. 23 nov. 2026 \xc3\xa0 10:20, Mairie\n" * 100_000,
    lambda: b"Subject: x\r\n\r\n" + b">" * 1_000_000 + b"\n" + b"> bonjour\n" * 100_000,
    lambda: b"Subject: x\r\n\r\n" + b"-" * 500_000 + b" Original Message " + b"-" * 500_000,
    lambda: b"Subject: x\r\n\r\n" + b"Cordialement " * 100_000,
    lambda: b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+AAA-" * 500_000,
    lambda: b"Content-Type: application/zip; name=a.zip\r\n\r\n" + b"PK\3\4" * 5_000_000,
)  # fmt: skip


class Mail:
    """Through the connector's reader, `envelopes.store` and the steps; then a host answers."""

    def __init__(self, browser: Client) -> None:
        self.browser = browser
        self.connector = EmailConnector(ACCOUNT, SETTINGS)
        self.account = accounts.get_or_create(channel="email", address=ACCOUNT)
        accounts.connect(
            channel="email", address=ACCOUNT, connector="fake", settings={}, secret=(), by=None, now=datetime.now(UTC)
        )
        self.host = Contact.objects.get(email="fuzz@testville.example")
        self.thrown = 0

    @staticmethod
    def case(random: Random, number: int) -> bytes:
        if random.random() < 0.004:
            return random.choice(_HUGE)()
        kind = random.randrange(4)
        if kind == 0:
            mail = nasty.mangled(random, random.choice(SAMPLES), SAMPLES)
        elif kind == 1:
            mail = _spoilt(random, random.choice(SAMPLES))
        else:
            mail = _head(random) + _part(random, depth=0)
        if random.random() < 0.1:
            mail = nasty.mangled(random, mail, SAMPLES)
        return f"Message-ID: <fuzz-{number}@citoyen.example>\r\n".encode() + mail if random.random() < 0.8 else mail

    def throw(self, case: bytes) -> str:
        self.thrown += 1
        now = datetime.now(UTC)
        read = self.connector._read(Letter(uid=1, arrived_at=now, raw=case, whole=True))
        if read is None:  # one of our own, come back
            return REFUSED
        batch = Batch((read,)) if isinstance(read, Incoming) else Batch(unreadable=(read,))
        enrich.enrich_envelopes(envelopes.store(self.account, batch, now=now).waiting, now=now)
        if isinstance(read, Unreadable):
            check_reason({"text": read.reason, "values": {}})
            return QUARANTINED
        outcome = check_envelope(self.browser, read, look=self.thrown % LOOK_EVERY == 0)
        if outcome == TAKEN:
            self._answer(Message.objects.get(account=self.account, external_id=read.external_id), now)
        return outcome

    def _answer(self, message: Message, now: datetime) -> None:
        """A host's answer, as it would leave."""
        conversation = Conversation.objects.get(messages=message)
        try:
            pk = do.answer(conversation=conversation.pk, text="Bonjour.\r\n.\r\nOui.", by=self.host, now=now, seen=9**9)
        except (NotPossible, Conflict):
            return
        outgoing = deliveries.outgoing(Delivery.objects.get(message=pk))
        Delivery.objects.filter(message=pk).delete()
        try:
            written = compose(outgoing, sender=ACCOUNT, from_name="Mairie").as_bytes()
        except Refused as refused:
            check_reason({"text": refused.text, "values": refused.values})
            return
        names = [name.lower() for name in email.message_from_bytes(written)]
        if len(names) != len(set(names)) or not OURS.issuperset(names):
            raise Fault(f"the reply has the headers {names}")

    def look(self) -> None:
        check_standing(self.browser)


def _part(random: Random, depth: int) -> bytes:
    """A part with its headers, perhaps with parts inside."""
    kind = random.choice(TYPES)
    boundary = random.choice(("b", f"b{depth}", "", "b b", "x" * 80, '"', "--", "é"))
    charset = random.choice(CHARSETS)
    lines = [f'Content-Type: {kind}; charset="{charset}"; boundary="{boundary}"; name="{nasty.text(random, long=0)}"']
    if random.random() < 0.6:
        lines.append(f"Content-Transfer-Encoding: {random.choice(ENCODINGS)}")
    if random.random() < 0.3:
        lines.append(f"Content-Disposition: attachment; filename*={charset}''%E9%00{nasty.text(random, long=0)}")
    head = _bytes("\r\n".join(lines)) + b"\r\n\r\n"
    if kind.startswith(("multipart", "message")) and depth < 6:
        inner = [_part(random, depth + 1) for _ in range(random.randrange(4))]
        mark = boundary.encode("utf-8", "replace")
        ends = b"--" + mark + random.choice((b"--\r\n", b"\r\n", b"-", b""))
        return head + b"".join(b"--" + mark + b"\r\n" + each + b"\r\n" for each in inner) + ends
    return head + _body(random, charset)


def _body(random: Random, charset: str) -> bytes:
    text = nasty.text(random)
    kind = random.randrange(5)
    if kind == 0:
        return base64.encodebytes(_bytes(text))[: random.choice((10, 10**6))]
    if kind == 1:
        return b"=C3=A9=\r\n=ZZ=0=" + _bytes(text)
    if kind == 2:
        return _bytes(f"<p onclick=alert(1)>{text}</p><a href='javascript:alert(1)'>{text}</a><style>{text}</style>")
    try:
        return text.encode(charset)
    except (LookupError, ValueError, TypeError):
        return _bytes(text)


def _head(random: Random) -> bytes:
    return b"".join(_header(random, random.choice(HEADERS)) for _ in range(random.randrange(8)))


def _header(random: Random, name: str) -> bytes:
    value = random.choice(_VALUES)(random)
    return _bytes(f"{name}: {value}") + random.choice((b"\r\n", b"\n", b"\r\n ", b"\r"))


def _encoded(random: Random) -> str:
    charset, text = random.choice(CHARSETS), nasty.text(random, long=0)
    coded = base64.b64encode(_bytes(text)).decode()[: random.choice((3, 60))]
    return f"=?{charset}?b?{coded}?= =?{charset}?q?=0D=0ABcc:=20x=40evil.example?= =?utf-8?b?!!!?= =?x?z?a?="


_VALUES: Sequence[Callable[[Random], str]] = (
    lambda random: nasty.text(random),
    _encoded,
    lambda random: f"{nasty.text(random, long=0)} <a{random.randrange(99)}@b.example>",
    lambda random: f"<{nasty.text(random, long=0)}@b.example>, (c(d)) e@f.example, g:h@i;",
    lambda random: f"{ACCOUNT}, fuzz+{nasty.text(random, long=0)}@ville.example",
    lambda random: f"{_encoded(random)} <a@b.example>",
    lambda random: random.choice(nasty.MOMENTS),
    lambda random: random.choice(TYPES),
)


def _spoilt(random: Random, mail: bytes) -> bytes:
    """A real mail, one of whose headers is replaced or doubled."""
    head, _, body = mail.partition(b"\n\n")
    lines = head.split(b"\n")
    lines.insert(random.randrange(len(lines)), _header(random, random.choice(HEADERS)).rstrip(b"\r\n "))
    return b"\n".join(lines) + b"\n\n" + body


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")

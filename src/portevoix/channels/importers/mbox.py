"""Mails of an mbox file, as mail programs and Google's export write them (RFC 4155, with mboxrd's quoting)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import BinaryIO

from portevoix.channels.email.imap import MOST_BYTES
from portevoix.channels.email.message import MOST_HEAD
from portevoix.channels.email.reader import mail_reader
from portevoix.channels.email.reading import Question
from portevoix.channels.importers.city_accounts import City
from portevoix.channels.importers.documents import Item, with_line_number
from portevoix.channels.importers.values import paragraphs
from portevoix.kernel.errors import BadLine
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.interchange import read_line, write_line
from portevoix.kernel.messages import Incoming
from portevoix.kernel.streams import BREAKS_OFF, DAMAGE_ERRORS, next_line

_START = re.compile(rb"From .*\d\d:\d\d")  # a sender and a date: sentences begin with “From ” too
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_HEADERS = ("From", "To", "Cc", "Delivered-To", "X-Original-To")
_MOST_HEADER = 20_000


def read(stream: BinaryIO, city: City) -> Iterator[Item]:
    """Yield the mails of a file, in its order; a refused one has the number of its “From ” line."""
    for result in mails(stream):
        if isinstance(result, BadLine):
            yield result
            continue
        number, raw = result
        try:
            yield read_line(write_line(_mail(raw, city)), number)
        except BadLine as bad:
            yield with_line_number(bad, number)


def mails(stream: BinaryIO) -> Iterator[tuple[int, bytes] | BadLine]:
    """Yield each mail with the number, from 1, of the “From ” line before it, on which a mail begins."""
    number, start, size, blank = 0, 0, 0, True
    content = bytearray()
    while True:
        number += 1
        try:
            line = next_line(stream)
        except DAMAGE_ERRORS:
            yield BadLine(BREAKS_OFF, line=number)
            return
        begins = blank and bool(line and _START.match(line[:200]))
        if (begins or line == b"") and start:
            yield _mail_content(start, size, content)
        if line == b"":
            return
        if begins:
            start, size, content = number, 0, bytearray()
        elif not start and (line is None or line.strip()):
            yield BadLine(
                gettext_noop("This is no mbox file: its first line does not begin with “From ”."), line=number
            )
            return
        else:
            size += MOST_BYTES + 1 if line is None else len(line)
            if line and size <= MOST_BYTES:
                content += line
        blank = line is not None and not line.strip()


def _mail_content(start: int, size: int, content: bytearray) -> tuple[int, bytes] | BadLine:
    if size > MOST_BYTES:
        return BadLine(gettext_noop("The mail is larger than {most} bytes."), line=start, most=MOST_BYTES)
    return start, _QUOTED_FROM.sub(rb"\1", bytes(content))


def _mail(raw: bytes, city: City) -> Incoming:
    """Return the mail as the mail channel reads it, with its subject before its text where it begins a thread."""
    ends = _END_OF_HEAD.search(raw)
    head = message_from_bytes(raw[: min(ends.end() if ends else len(raw), MOST_HEAD)])
    answer = mail_reader().read(Question(_account(head, city), _received_at(head), ours=True), raw)
    mail = answer.message
    if mail is None:
        raise BadLine(gettext_noop("The mail cannot be read: {why}"), why=answer.fault)
    text = paragraphs("" if mail.in_reply_to else mail.subject, mail.text)
    return replace(mail, text=text, thread=mail.thread or mail.external_id)


def _account(head: Message, city: City) -> str:
    """Return the city's address that the mail names first, its sender before its recipients."""
    for name in _HEADERS:
        header = " ".join(str(value)[:_MOST_HEADER] for value in head.get_all(name, [])).lower()
        for account in city.accounts:
            local, _, domain = account.lower().rpartition("@")
            if re.search(rf"(?<![\w.+-]){re.escape(local)}(\+[^@\s]{{0,64}})?@{re.escape(domain)}(?![\w.-])", header):
                return account
    return city.accounts[0]


def _received_at(head: Message) -> datetime:
    """Return when the city's server received it, else the sender's date. Raise BadLine when both are missing."""
    server_dates = (str(value).rpartition(";")[2] for value in head.get_all("Received", [])[:1])
    for date in (*server_dates, str(head.get("Date", ""))):
        try:
            moment = parsedate_to_datetime(date.strip())
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    raise BadLine(gettext_noop("The mail does not tell when it was sent: it has neither “Received” nor “Date”."))

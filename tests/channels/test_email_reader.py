"""Mails are read in a process of their own: what one of them does to it, the next one does not notice."""

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest

from portevoix.channels.email import imap, reader
from portevoix.channels.email.connector import UNREADABLE, EmailConnector
from portevoix.channels.email.imap import Letter, Position
from portevoix.channels.email.parse import digest, parse_mail
from portevoix.channels.email.reader import TOO_COSTLY, MailReader, mail_reader
from portevoix.channels.email.reading import Answer, Question
from portevoix.channels.email.settings import EmailSettings
from portevoix.kernel.errors import TryLater
from portevoix.kernel.messages import Incoming, Unreadable
from tests.channels.given import ACCOUNT, MAILS, NOW, mail, parts

QUESTION = Question(ACCOUNT, NOW)
COSTLY = b"From: a@b.example\r\n\r\n" + b"\n" * 24_000_000
SETTINGS = EmailSettings(imap_host="imap.invalid", imap_user="u", imap_password="p", smtp_host="smtp.invalid")


@pytest.fixture(scope="module")
def mails() -> Iterator[MailReader]:
    found = MailReader()
    yield found
    found.close()


def test_a_mail_is_read_there_as_it_would_be_here(mails: MailReader) -> None:
    empty = "Content-Type: application/pdf; name=vide.pdf\r\n\r\n"
    refused = "Content-Type: application/zip; name=a.zip\r\n\r\nPK"
    files = parts("Content-Type: text/plain\r\n\r\nVoici", empty, refused, b"Content-Type: image/png\r\n\r\n\x89PNG")
    for raw in (*(path.read_bytes() for path in sorted(MAILS.glob("*.eml"))), files):
        assert mails.read(QUESTION, raw).message == parse_mail(raw, account=ACCOUNT, received_at=NOW)


def test_a_mail_that_takes_too_much_ends_its_process_and_the_next_one_is_read(mails: MailReader) -> None:
    assert mails.read(QUESTION, COSTLY) == Answer(fault=TOO_COSTLY)
    read = mails.read(QUESTION, mail("Bonjour")).message
    assert read is not None and read.text == "Bonjour"


def test_a_process_that_somebody_ends_is_begun_again(mails: MailReader) -> None:
    assert mails.read(QUESTION, mail("Bonjour")).message
    assert mails._process is not None
    mails._process.kill()
    read = mails.read(QUESTION, mail("Encore")).message
    assert read is not None and read.text == "Encore"


def test_where_no_process_begins_the_mailbox_is_read_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_COMMAND", ("false",))
    with pytest.raises(TryLater, match="does not begin"):
        MailReader().read(QUESTION, mail("Bonjour"))


def test_what_cannot_be_read_is_stored_whole_and_what_comes_after_it_is_read() -> None:
    connector = EmailConnector(ACCOUNT, SETTINGS)
    broken = b"X: y\r\n" * 20_001 + b"\r\nbonjour"
    at = datetime(2026, 3, 2, tzinfo=UTC)
    found = [connector._read(Letter(uid, at, raw, whole=True)) for uid, raw in enumerate((broken, COSTLY, mail("Oui")))]
    mail_reader().close()
    assert [type(one) for one in found] == [Unreadable, Unreadable, Incoming]
    for one, raw, reason in zip(found, (broken, COSTLY), (UNREADABLE, TOO_COSTLY), strict=False):
        assert isinstance(one, Unreadable)
        assert (one.whole, one.external_id, one.reason) == (raw, digest(raw), reason)


FORGETFUL = """
import sys
from portevoix.channels.email.reading import OUT_OF_MEMORY, READY, Answer, read_frames, write_frames
write_frames(sys.stdout.buffer, [READY])
read_frames(sys.stdin.buffer)
write_frames(sys.stdout.buffer, Answer(fault="read").frames())
read_frames(sys.stdin.buffer)
sys.exit(OUT_OF_MEMORY)
"""


def test_a_mail_that_finds_no_memory_after_others_has_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_COMMAND", (sys.executable, "-c", FORGETFUL))
    mails = MailReader()
    assert [mails.read(QUESTION, mail("Bonjour")).fault for _ in range(3)] == ["read"] * 3
    mails.close()


def test_a_batch_ends_in_time_and_the_next_one_goes_on_where_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "BATCH_SECONDS", -1.0)
    connector = EmailConnector(ACCOUNT, SETTINGS)
    box = [Letter(uid, NOW, mail(f"Bonjour {uid}", Message_ID=f"<{uid}@x>"), whole=True) for uid in (3, 5, 8)]

    def next_letters(_: object, __: object, position: Position | None) -> tuple[list[Letter], Position, bool]:
        read = position.uid if position else 0
        return [letter for letter in box if letter.uid > read], Position(7, 9), False

    monkeypatch.setattr(imap, "open_mailbox", lambda _: nullcontext())
    monkeypatch.setattr(imap, "select", lambda *_: {})
    monkeypatch.setattr(imap, "next_letters", next_letters)
    batches, cursor = [], None
    for _ in box:
        batches.append(connector.receive(cursor))
        cursor = batches[-1].cursor
    mail_reader().close()
    assert [(batch.messages[0].external_id, batch.cursor, batch.more) for batch in batches] == [
        ("3@x", "7:3", True),
        ("5@x", "7:5", True),
        ("8@x", "7:9", False),
    ]

"""Mails made to take much: a sample of what `bench/mails.py` has read, the same on every machine."""

from contextlib import closing
from datetime import UTC, datetime
from random import Random

from portevoix.channels.email.reader import TOO_COSTLY, MailReader
from portevoix.channels.email.reading import Question
from portevoix.kernel.bounds import MOST_TEXT
from tests.fuzz.markup import make_mail

MAILS = 500
MOST = 30_000
"""Bytes; larger ones take their time, and are the bench's."""
QUESTION = Question("fuzz@ville.example", datetime(2026, 3, 2, tzinfo=UTC))


def test_no_mail_becomes_more_than_may_be_stored() -> None:
    read, costly = 0, 0
    with closing(MailReader()) as reader:
        for number in range(MAILS):
            answer = reader.read(QUESTION, make_mail(Random(f"tests {number}"), MOST))
            costly += answer.fault == TOO_COSTLY
            if answer.message is not None:
                read += 1
                longest = max(len(answer.message.text), len(answer.message.quoted), len(answer.message.html))
                assert longest <= MOST_TEXT, number
    assert read > MAILS * 0.8, "the mails are too wild to be read"
    assert not costly, "small mails take too much"

"""A mail whose headers are found by their names says what the standard library's own says."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.channels.email.message import MOST_HEADERS, Mail, read_mail
from portevoix.channels.email.parse import parse_mail

SAMPLES = sorted((Path(__file__).parent / "mails").glob("*.eml"))
ASKED = ("From", "TO", "subject", "Content-Type", "content-disposition", "Received", "X-Nobody-Wrote-This")
lines = st.builds(
    lambda name, value: f"{name}: {value}".encode("utf-8", "replace"),
    st.sampled_from(("From", "from", "FROM", "Subject", "Content-Type", "Content-type", "X", "Received", " X", "")),
    st.text(st.characters(exclude_characters="\r\n"), max_size=40)
    | st.sampled_from(
        ("text/html; charset=utf-8", "multipart/mixed; boundary=b", "multipart/digest; boundary=b", "x/y/z")
    ),
)
mails = st.builds(
    lambda head, body: b"\r\n".join(head) + b"\r\n\r\n" + body,
    st.lists(lines, max_size=12),
    st.sampled_from(
        (b"", b"Bonjour", b"--b\r\n\r\nBonjour\r\n--b\r\nSubject: \xe9\r\n\r\nSalut\r\n--b--\r\n", b"\xff\0")
    ),
)


def same(ours: Mail, theirs: Message) -> None:
    for name in ASKED:
        assert str(ours.get(name)) == str(theirs.get(name))
        assert list(map(str, ours.get_all(name, []))) == list(map(str, theirs.get_all(name, [])))
    assert ours.names == {name.lower() for name in theirs.keys()}  # noqa: SIM118 -- a mail's `in` is another one
    assert ours.get_content_type() == theirs.get_content_type()
    inside, expected = ours.get_payload(), theirs.get_payload()
    if isinstance(expected, list):
        for part, other in zip(inside, expected, strict=True):
            same(part, other)
    else:
        assert inside == expected


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_of_samples(sample):
    raw = sample.read_bytes()
    ours, theirs = read_mail(raw), message_from_bytes(raw)
    same(ours, theirs)
    assert ours.as_bytes() == theirs.as_bytes()  # a mail within a mail is kept as a file


@given(mails)
def test_of_any_mail(raw):
    same(read_mail(raw), message_from_bytes(raw))


def with_part(head: bytes) -> bytes:
    return (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nBonjour\r\n--b\r\n" + head + b"\r\n\r\nx\r\n--b--"
    )


SLOW = {
    "kind": b"Content-Type: " + b";" * 900_000 + b"\r\n\r\nBonjour",
    "brackets": b"From: " + b"[" * 19_000 + b"\r\n\r\nBonjour",
    "nulls": b"From: " + b"\0" * 19_000 + b"\r\n\r\nBonjour",
    "lists": b"".join(b"To: %d%s\r\n" % (n, b"[" * 19_000) for n in range(20)) + b"\r\nBonjour",
    "quoted name": with_part(b'Content-Disposition: attachment; filename="' + b";" * 200_000 + b'"'),
    "quoted groups": with_part(b'Content-Disposition: attachment; filename="' + b"a:;" * 60_000 + b'"'),
    "name of a kind": with_part(b"Content-Type: application/pdf; name=" + b";" * 200_000),
}


@pytest.mark.parametrize("raw", SLOW.values(), ids=SLOW)
def test_headers_that_are_made_to_be_slow_are_read_at_once(raw: bytes) -> None:
    start = process_time()
    assert parse_mail(raw, account="mairie@ville.example", received_at=datetime.now(UTC)).text == "Bonjour"
    assert process_time() - start < 3  # seconds; each took up to a hundred and fifty


def test_of_very_many_headers_the_first_ones_count() -> None:
    read = read_mail(b"From: ana@mail.example\r\n" + b"X: y\r\n" * 5_000 + b"Subject: Piscine\r\n\r\nBonjour")
    assert (len(read.items()), read.get("From"), read.get("Subject")) == (MOST_HEADERS, "ana@mail.example", None)

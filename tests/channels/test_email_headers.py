"""A mail whose headers are found by their names says what the standard library's own says."""

from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.channels.email.mail import Mail, read_mail

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

"""A reply as a mail: it threads, it reads everywhere, and nothing that a citizen wrote adds a header."""

import email
from email.message import EmailMessage
from email.policy import default

import pytest

from portevoix.channels.email.compose import compose, message_id, recipient, reply_subject
from portevoix.kernel.errors import Refused
from portevoix.kernel.messages import Outgoing, Writer
from tests.channels.given import ACCOUNT, NOW, read

LONG = "x" * 200 + "@citoyen.test"


def outgoing(**changes: object) -> Outgoing:
    values: dict[str, object] = {
        "key": "k1",
        "account": ACCOUNT,
        "conversation": "4e1fa9c02b77",
        "to": Writer(id="ana@citoyen.test", name="Ana Bél"),
        "text": "Bonjour,\n\nnous passons <demain> & après.\nLa mairie",
        "sent_at": NOW,
        "subject": "Lampadaire",
        "lang": "fr",
    }
    return Outgoing(**(values | changes))  # type: ignore[arg-type]


def written(message: Outgoing) -> EmailMessage:
    """As it crosses the network, read back."""
    raw = compose(message, sender=ACCOUNT, from_name="Ville de Valmont").as_bytes()
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    return email.message_from_bytes(raw, policy=default)


def test_a_reply_reads_as_text_and_as_html() -> None:
    sent = written(outgoing())
    plain, html = sent.get_body(("plain",)), sent.get_body(("html",))
    assert plain
    assert html
    assert plain.get_content().replace("\r\n", "\n").strip() == outgoing().text
    assert "nous passons &lt;demain&gt; &amp; après.<br>" in html.get_content()
    assert '<html lang="fr">' in html.get_content()


def test_who_writes_to_whom_and_when() -> None:
    sent = written(outgoing())
    assert str(sent["From"]) == f"Ville de Valmont <{ACCOUNT}>"
    assert sent["To"].addresses[0].display_name == "Ana Bél"
    assert sent["Date"].datetime == NOW
    assert sent["Reply-To"].addresses[0].addr_spec == "contact+4e1fa9c02b77@ville.test"
    assert sent["X-Portevoix-Key"] == "k1"


def test_an_answer_goes_to_the_reply_to_address_when_there_is_one() -> None:
    assert recipient(outgoing(to=Writer("ana@citoyen.test", "famille@citoyen.test"))) == "famille@citoyen.test"
    assert recipient(outgoing(to=Writer("ana@citoyen.test", "@ana"))) == "ana@citoyen.test"
    with pytest.raises(Refused, match="not an address"):
        recipient(outgoing(to=Writer("unknown")))


def test_long_ids_stay_whole_so_that_threads_hold() -> None:
    ids = [f"{number}{LONG}" for number in range(40)]
    raw = compose(outgoing(in_reply_to=LONG, references=tuple(ids)), sender=ACCOUNT, from_name="").as_bytes()
    back = read(raw.replace(b"\r\nFrom: contact@", b"\r\nFrom: other@"))
    assert back.in_reply_to == LONG
    assert back.references[0] == ids[0]
    assert back.references[-1] == LONG
    assert len(back.references) == 20


def test_an_id_that_was_never_a_message_id_is_not_named() -> None:
    sent = written(outgoing(in_reply_to="sha256:abc", references=("sha256:abc", "m1@citoyen.test")))
    assert sent["In-Reply-To"] is None
    assert sent["References"] == "<m1@citoyen.test>"


def test_the_message_id_has_the_form_of_those_that_come_in() -> None:
    raw = compose(outgoing(), sender=ACCOUNT, from_name="").as_bytes()
    assert read(raw).external_id == message_id("k1", ACCOUNT) == "k1@ville.test"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Lampadaire", "Re: Lampadaire"),
        ("Re: Lampadaire", "Re: Lampadaire"),
        ("RE : Re[2]: AW: Lampadaire", "Re: Lampadaire"),
        ("Rénovation", "Re: Rénovation"),
        ("", "Re:"),
    ],
)
def test_one_re_is_enough(before: str, after: str) -> None:
    assert reply_subject(before) == after


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x85", "\u2028", "\x0b", "\x00"])
def test_no_header_is_added(end: str) -> None:
    evil = f"a@b.test>{end}Bcc: victime@citoyen.test{end}{end}corps"
    usual = set(written(outgoing(in_reply_to="m@x.test", references=("m@x.test",))))
    message = outgoing(
        subject=evil,
        key=evil,
        conversation=evil,
        to=Writer("ana@citoyen.test", evil, evil),
        in_reply_to=evil,
        references=(evil, "m@x.test"),
        text=evil,
        lang=evil,
    )
    sent = written(message)
    assert set(sent) <= usual
    assert sent["To"].addresses[0].addr_spec == "ana@citoyen.test"
    assert sent["Reply-To"].addresses[0].addr_spec.endswith("@ville.test")

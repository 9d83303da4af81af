"""Mails of ours that come back, and what a mail server found of senders."""

import email
from email.message import EmailMessage

import pytest

from portevoix.channels.email import EmailConnector, EmailSettings
from portevoix.channels.email.parse import parse_mail
from portevoix.channels.email.sender_checks import dmarc, servers
from portevoix.kernel.messages import Bounce, Incoming, Outgoing, Writer
from tests.channels.given import NOW, parts, read, shelf
from tests.channels.given import mail as letter
from tests.servers.mail import MailServers, wait_for

MAIL = "Content-Type: message/rfc822\r\n\r\n"
HEADERS = "Content-Type: text/rfc822-headers\r\n\r\n"
OURS = "From: contact@ville.test\r\nMessage-ID: <k9@ville.test>\r\nX-Portevoix-Key: k9\r\nSubject: Re: x\r\n\r\nDemain."
FULL = "smtp; 552 5.2.2 <ana@citoyen.test>: Mailbox\r\n full"


def told(action: str = "failed", why: str = FULL) -> str:
    """A report about one recipient."""
    about = f"Final-Recipient: rfc822; ana@citoyen.test\r\nAction: {action}\r\nStatus: 5.2.2\r\n"
    about += f"Diagnostic-Code: {why}\r\n" if why else ""
    return f"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n{about}"


def report(*inside: str, **headers: str) -> Incoming:
    first = "Content-Type: text/plain\r\n\r\nYour mail could not be delivered."
    return read(parts(first, *inside, kind="report", Return_Path="<>", From="MAILER-DAEMON@mx.test", **headers))


def test_a_report_says_what_came_back_and_answers_it() -> None:
    found = shelf("bounce")
    assert found.bounce == Bounce("k9", "ana@citoyen.test", "5.1.1", "5.1.1")
    assert found.in_reply_to == "k9@ville.test" and found.automatic


@pytest.mark.parametrize("back", [MAIL + OURS, HEADERS + OURS], ids=["whole", "headers"])
def test_the_reason_is_the_servers_own_words(back: str) -> None:
    found = report(told(), back)
    assert found.bounce == Bounce("k9", "ana@citoyen.test", "552 5.2.2 <ana@citoyen.test>: Mailbox full", "5.2.2")
    assert found.in_reply_to == "k9@ville.test"


def test_servers_that_write_no_report_name_the_recipient_in_a_header() -> None:
    found = report(MAIL + OURS, X_Failed_Recipients="ana@citoyen.test", Subject="Mail delivery failed")
    assert found.bounce == Bounce("k9", "ana@citoyen.test", "Mail delivery failed")


@pytest.mark.parametrize(
    "inside",
    [
        (told("delayed"), MAIL + OURS),
        (told("delivered"), MAIL + OURS),
        (told(), MAIL + OURS.replace("X-Portevoix-Key", "X-Key")),
        (told(),),
        (MAIL + OURS,),
        ("Content-Type: message/delivery-status\r\n\r\nnothing", MAIL + OURS),
        (told(), MAIL),
    ],
    ids=["delayed", "delivered", "not ours", "of nothing", "forwarded", "empty report", "empty mail"],
)
def test_nothing_else_came_back(inside: tuple[str, ...]) -> None:
    assert report(*inside).bounce is None


def test_a_citizen_who_sends_our_mail_along_returns_nothing() -> None:
    assert read(parts("Content-Type: text/plain\r\n\r\nVoyez.", MAIL + OURS)).bounce is None


def checked(*headers: str) -> EmailMessage:
    raw = "".join(f"Authentication-Results: {header}\r\n" for header in headers)
    return email.message_from_string(raw + "\r\nBonjour")  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("headers", "result"),
    [
        (("mx.ville.test; spf=pass smtp.mailfrom=citoyen.test; dmarc=pass header.from=citoyen.test",), "pass"),
        (("mx.ville.test;\r\n dkim=none;\r\n dmarc=fail (p=REJECT; dis=none) header.from=banque.test",), "fail"),
        (("MX.Ville.Test 1; DMARC=None",), "none"),
        (("mx.ville.test; dmarc=fail", "mx.ville.test; dmarc=pass"), "fail"),
        (("mx.citoyen.test; dmarc=pass", "mx.ville.test; dmarc=temperror"), "temperror"),
        (("mx.citoyen.test; dmarc=pass",), ""),
        (("mx.ville.test.evil.test; dmarc=pass",), ""),
        (('evil.test; x="mx.ville.test; dmarc=pass"',), ""),
        (("mx.ville.test (dmarc=pass); spf=pass",), ""),
        (("mx.ville.test; none",), ""),
        (('mx.ville.test; spf=pass smtp.mailfrom="a; dmarc=pass "@evil.test; dmarc=fail',), "fail"),
        (('mx.ville.test; spf=pass smtp.mailfrom="a\\"; dmarc=pass "@evil.test; dmarc=fail',), "fail"),
        (("mx.ville.test; spf=pass (said (so) ; dmarc=pass) smtp.helo=x; dmarc=fail",), "fail"),
        (('mx.ville.test; spf=pass smtp.mailfrom="a; dmarc=pass',), ""),
        (('"mx.ville.test"; dmarc=pass',), "pass"),
        (("mx.ville.test; dmarc=bestguess",), ""),
        (("", ";;", "()"), ""),
        ((), ""),
    ],
)
def test_only_the_citys_own_server_is_believed(headers: tuple[str, ...], result: str) -> None:
    assert dmarc(checked(*headers), "mx.ville.test", sender="ana@citoyen.test") == result
    assert dmarc(checked(*headers), "", sender="ana@citoyen.test") == ""


@pytest.mark.parametrize(
    ("sender", "author", "result"),
    [
        ("Ana <ana@citoyen.test>", "ana@citoyen.test", "pass"),
        ("ana@citoyen.test", "ana@citoyen.test", "pass"),
        ("ana@citoyen.test <eve@autre.test>", "eve@autre.test", ""),
        ('"ana@citoyen.test" <eve@autre.test>', "eve@autre.test", ""),
        ("Ana ana@citoyen.test <eve@autre.test>", "eve@autre.test", ""),
        ("<eve@autre.test> ana@citoyen.test", None, ""),
        ("ana@citoyen.test, eve@autre.test", None, ""),
        ("g: ana@citoyen.test; <eve@autre.test>", None, ""),
        ("Eve <eve@autre.test>", "eve@autre.test", ""),
    ],
)
def test_a_confirmed_domain_is_that_of_the_sender_who_is_shown(sender: str, author: str | None, result: str) -> None:
    """The server found citizen.test confirmed; whoever writes from elsewhere, or in two names, is not."""
    told = "mx.ville.test; dmarc=pass (p=NONE) header.from=citoyen.test"
    raw = f"Authentication-Results: {told}\r\nFrom: {sender}\r\nMessage-ID: <1@x>\r\n\r\nBonjour".encode()
    message = parse_mail(raw, account="contact@ville.test", received_at=NOW, server="mx.ville.test")
    assert message.dmarc == result
    assert author is None or message.author.id == author


def test_two_senders_are_nobody_for_certain() -> None:
    told = "mx.ville.test; dmarc=pass header.from=citoyen.test"
    raw = f"Authentication-Results: {told}\r\nFrom: a@citoyen.test\r\nFrom: b@citoyen.test\r\n\r\nBonjour".encode()
    assert not parse_mail(raw, account="contact@ville.test", received_at=NOW, server="mx.ville.test").dmarc


def test_the_servers_that_say_something_are_named_once() -> None:
    message = checked(
        "mx.ville.test; dmarc=pass", "mx.ville.test; dmarc=pass", "mx.a.test; spf=pass", "b.test; dmarc=x"
    )
    assert servers(message) == ["mx.ville.test", "b.test"]


@pytest.mark.servers
def test_what_a_real_server_gives_back_is_known_by_its_key(mail: MailServers) -> None:
    city = "rendu@ville.test"
    connector = EmailConnector(city, EmailSettings(**mail.settings(city, smtp_user="contact@ville.test")))
    start = connector.receive(None).cursor
    gone = Outgoing(
        "rendu-1", city, "4e1f", Writer("ana@parti.test"), "Bonjour", sent_at=NOW, in_reply_to="m1@parti.test"
    )
    sent = connector.send(gone)
    wait_for(lambda: bool(mail.mailbox(city)), "The mail did not come back.")
    (back,) = connector.receive(start).messages
    assert back.bounce and (back.bounce.key, back.bounce.to) == ("rendu-1", "ana@parti.test") and back.bounce.why
    assert back.automatic and back.in_reply_to == sent.external_id


@pytest.mark.servers
def test_the_check_of_a_mailbox_names_who_checks_senders(mail: MailServers) -> None:
    city = "temoin@ville.test"

    def check(believed: str) -> str:
        given = mail.settings(city, smtp_user="contact@ville.test", sender_checks=believed)
        return " ".join(map(str, EmailConnector(city, EmailSettings(**given)).check()))

    assert "DMARC" not in check("")
    mail.put(city, letter(Authentication_Results="mx.ville.test; dmarc=fail", Message_ID="<t1@citoyen.test>"))
    assert "mx.ville.test" in check("") and "write its name" in check("")
    assert "says nothing of what mx.autre.test found" in check("mx.autre.test")
    assert "What mx.ville.test finds" in check("mx.ville.test")
    given = mail.settings(city, sender_checks="mx.ville.test")
    (told_of,) = EmailConnector(city, EmailSettings(**given)).receive(None).messages
    assert told_of.dmarc == "fail"

"""The form under each article: what it takes, what it turns away, and how its replies leave."""

import base64
import email
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from functools import cache
from typing import Any
from urllib.parse import urlencode

import altcha
import pytest

from portevoix.channels import proof_of_work
from portevoix.channels.conformance import CHECKS, Check, Fixtures, check_injection, check_pictures, check_sending
from portevoix.channels.email import EmailSettings
from portevoix.channels.webform import WebformConnector, WebformSettings
from portevoix.kernel.errors import Refused, Uncertain
from portevoix.kernel.messages import About, Direction, Outgoing, RawRequest, Visibility, Writer
from tests.servers.mail import PASSWORD, MailServers

SITE = "www.ville.test"
SECRET = "a long secret, for tests alone"
TOKEN = "tok_0123456789abcdef"
NOW = datetime.now(UTC)  # the library that checks the proof looks at the real clock


@cache
def solved(secret: str = SECRET) -> str:
    """The payload of a puzzle that was really solved."""
    return solve(proof_of_work.new_challenge(secret, NOW))


def solve(challenge: dict[str, Any]) -> str:
    puzzle = altcha.Challenge.from_dict(challenge)
    solution = altcha.solve_challenge(puzzle)
    assert solution
    return str(altcha.Payload(puzzle, solution).to_base64())


def post(**fields: str) -> RawRequest:
    """A form as a browser sends it; `fields` add to, replace or (with "") empty the usual ones."""
    usual = {
        "message": "Le lampadaire de la rue Haute est cassé.\r\nMerci !",
        "name": "Ana Bél",
        "email": "Ana@citoyen.test",
        "about_url": "https://www.ville.test/travaux?page=2",
        "about_title": "Travaux rue Haute",
        "website": "",
        "form_token": TOKEN,
        "altcha": solved(),
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    return RawRequest("POST", "/form/", headers, urlencode(usual | fields).encode(), NOW)


def connector(**changes: Any) -> WebformConnector:
    return WebformConnector(SITE, replace(WebformSettings(secret=SECRET), **changes))


def forged() -> tuple[RawRequest, ...]:
    payload = json.loads(base64.b64decode(solved()))
    easier = {**payload, "challenge": {**payload["challenge"], "parameters": {**payload["challenge"]["parameters"]}}}
    easier["challenge"]["parameters"]["cost"] = 1
    guessed = {**payload, "solution": {**payload["solution"], "counter": payload["solution"]["counter"] + 1}}
    bare = {**payload, "challenge": {"parameters": payload["challenge"]["parameters"]}}
    written = [base64.b64encode(json.dumps(each).encode()).decode() for each in (easier, guessed, bare, [], "x", {})]
    return tuple(post(altcha=each) for each in (*written, "no base64 at all", "A" * 50_000, solved("another secret")))


def outgoing(key: str) -> Outgoing:
    box = f"form-{key}@citoyen.test"
    to = Writer(id=f"mailto:{box}", handle=box, name="Ana Bél")
    text = "Bonjour,\n\nnous passons demain."
    return Outgoing(
        key=key, account=SITE, conversation="4e1fa9c02b77", to=to, text=text, sent_at=NOW, subject="[AB-CD]"
    )


@pytest.mark.parametrize(
    "check",
    [check for check in CHECKS if check not in (check_sending, check_pictures, check_injection)],
    ids=lambda each: each.__name__,
)
def test_it_keeps_the_contract(check: Check) -> None:
    given = Fixtures(settings=WebformSettings(secret=SECRET), request=post(), forgeries=forged(), secrets=(SECRET,))
    check(connector, given)


@pytest.mark.servers
def test_its_replies_leave_by_the_citys_mailbox_and_keep_the_contract(mail: MailServers) -> None:
    city = "contact@ville.test"
    settings = WebformSettings(secret=SECRET, mail_address=city, mail=EmailSettings(**mail.settings(city)))

    def arrived(key: str) -> list[EmailMessage]:
        box = f"form-{key}@citoyen.test"
        mail.deliver(b"Subject: everything before this has arrived\r\n\r\n", sender="x@citoyen.test", to=box)
        mails = [email.message_from_bytes(raw, policy=default) for raw in mail.mailbox(box)]
        return [read for read in mails if read["X-Portevoix-Key"] == key]

    def texts(key: str) -> Sequence[str]:
        bodies = [read.get_body(("plain",)) for read in arrived(key)]
        return [f"\n\n{body.get_content()}" for body in bodies if body]

    def shown(key: str) -> Sequence[Sequence[str]]:
        return [[part["Content-Description"] for part in read.iter_attachments()] for read in arrived(key)]

    secrets = (SECRET, PASSWORD)
    given = Fixtures(settings=settings, outgoing=outgoing, read_copies=texts, read_descriptions=shown, secrets=secrets)
    for check in (check_sending, check_pictures):
        check(lambda: WebformConnector(SITE, settings), given)


def test_the_fields_of_a_message() -> None:
    (message,) = connector().parse(post())
    assert (message.channel, message.account, message.external_id) == ("webform", SITE, TOKEN)
    assert message.direction is Direction.IN
    assert message.author == Writer(id="mailto:ana@citoyen.test", handle="ana@citoyen.test", name="Ana Bél")
    assert message.text == "Le lampadaire de la rue Haute est cassé.\nMerci !"
    assert message.about == About("https://www.ville.test/travaux?page=2", "Travaux rue Haute")
    assert message.visibility is Visibility.PRIVATE
    assert message.sent_at == NOW
    assert not message.held


def test_without_javascript_a_host_admits_it_first() -> None:
    (message,) = connector().parse(post(altcha=""))
    assert "JavaScript" in message.held


def test_who_leaves_no_address_is_somebody_new_each_time() -> None:
    (one,) = connector().parse(post(email="", name=""))
    (two,) = connector().parse(post(email="", name="", form_token="another_0123456789"))
    assert one.author != two.author
    reply = replace(outgoing("k"), to=one.author)
    with pytest.raises(Refused, match="no e-mail address"):
        connector().send(reply)


@pytest.mark.parametrize(
    "fields",
    [
        {"message": " \r\n "},
        {"message": "é" * 5001},
        {"website": "https://spam.test"},
        {"form_token": ""},
        {"form_token": "short"},
        {"form_token": "has spaces in it, and more"},
        {"email": "ana@citoyen"},
        {"email": "ana@citoyen.test\nBcc: x@y.test"},
        {"email": "ana@citoyen.test, x@y.test"},
        {"email": "<ana@citoyen.test>"},
    ],
    ids=str,
)
def test_what_is_incomplete_or_dangerous_is_turned_away(fields: dict[str, str]) -> None:
    with pytest.raises(Refused):
        connector().parse(post(**fields))


@pytest.mark.parametrize("text", ["é" * 5000, "😀" * 5000, "a\r\n" * 2500], ids=["letters", "faces", "lines"])
def test_the_longest_message_is_taken_whole(text: str) -> None:
    (message,) = connector().parse(post(message=text))
    assert message.text == text.replace("\r\n", "\n").strip()


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "//ville.test/a", "http://[", "https://", "https://a b"])
def test_an_address_that_is_none_is_left_out_and_not_held_against_the_citizen(url: str) -> None:
    (message,) = connector().parse(post(about_url=url))
    assert message.about is None


@pytest.mark.parametrize(
    "change",
    [
        {"headers": {"Content-Type": "application/json"}},
        {"headers": {}},
        {"body": b"a=1&" * 200},
        {"body": b"message=" + b"x" * 200_000},
        {"body": b"\xff\xfe"},
    ],
    ids=["json", "no type", "many fields", "huge", "no text"],
)
def test_what_is_no_form_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        connector().parse(replace(post(), **change))


@pytest.mark.parametrize("name", ["Content-Type", "content-type", "CONTENT-TYPE"])
def test_headers_are_known_whatever_their_case(name: str) -> None:
    request = replace(post(), headers={name: "application/x-www-form-urlencoded"})
    assert connector().parse(request)


def test_null_characters_do_not_reach_the_record() -> None:
    (message,) = connector().parse(post(message="Bon\x00jour", name="A\x00na"))
    assert (message.text, message.author.name) == ("Bonjour", "Ana")


def test_an_old_puzzle_is_refused() -> None:
    old = solve(proof_of_work.new_challenge(SECRET, NOW - timedelta(days=1)))
    with pytest.raises(Refused):
        connector().parse(post(altcha=old))


def test_a_form_without_a_secret_believes_nobody() -> None:
    empty = replace(post(), body=post(altcha=solved()).body)
    with pytest.raises(Refused):
        connector(secret="").parse(empty)


def test_without_a_mailbox_of_the_city_a_reply_is_refused_and_not_lost_in_silence() -> None:
    with pytest.raises(Refused, match="No e-mail account"):
        connector().send(outgoing("k"))
    with pytest.raises((Refused, Uncertain)):
        connector().find(outgoing("k"))

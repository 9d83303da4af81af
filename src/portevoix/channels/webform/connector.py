"""The web form channel: a form post becomes an `Incoming`; the reply goes by e-mail to writers who left an address."""

import re
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from portevoix.channels import proof_of_work
from portevoix.channels.base import Knob, Pictures
from portevoix.channels.email import EmailConnector, EmailSettings
from portevoix.channels.email.compose import PICTURES, is_address
from portevoix.kernel.errors import Refused
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import (
    Ability,
    About,
    Batch,
    Direction,
    Incoming,
    Outgoing,
    RawRequest,
    Receipt,
    Visibility,
    Writer,
)

MOST_MESSAGE = 5000
MOST_NAME = 100
MOST_TITLE = 300
MOST_URL = 2000
PROOF = "altcha"
"""The field with the proof of work. When it is sent several times, the first one counts."""
MOST_BODY = 120_000  # a character takes up to twelve bytes in a form post
HELD = gettext_noop("Sent without JavaScript, so that nothing shows that a person wrote it. Read it, then let it in.")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class WebformSettings:
    """Settings: `secret` signs the puzzles; replies are sent from the city's own e-mail account."""

    secret: str = field(default="", repr=False, metadata={"knob": Knob(gettext_noop("Secret"), secret=True)})
    mail_address: str = field(
        default="",
        metadata={
            "knob": Knob(
                gettext_noop("Replies are sent from"),
                gettext_noop("The city's e-mail address: the answer to a form goes out from there."),
            )
        },
    )
    mail: EmailSettings | None = field(default=None, repr=False, metadata={"settings_of": ("email", "mail_address")})


class WebformConnector:
    """Connector that takes form posts; `account` is the host name of the site that shows the form."""

    kind: ClassVar[str] = "webform"
    label: ClassVar[str] = gettext_noop("Form of the website")
    icon: ClassVar[str] = "M4 3h12v14H4Z M7 6.5h6 M7 9.5h6v4H7Z"
    abilities: ClassVar[frozenset[Ability]] = frozenset({Ability.PUSH, Ability.REPLY, Ability.PRIVATE, Ability.MEDIA})
    Settings: ClassVar[type[WebformSettings]] = WebformSettings
    pictures: ClassVar[Pictures] = PICTURES

    def __init__(self, account: str, settings: WebformSettings) -> None:
        self.account = account
        self.settings = settings

    def receive(self, cursor: str | None) -> Batch:
        """Return an empty batch: a form is never asked, it posts."""
        return Batch(cursor=cursor)

    def parse(self, request: RawRequest) -> tuple[Incoming, ...]:
        """Parse one message; it is `held` without proof of work. Raise Refused, with what to correct."""
        fields = _fields(request)
        if fields.get("website"):
            raise Refused(gettext_noop("This message looks like an automatic one, so that it was not taken."))
        payload = fields.get(PROOF, "")
        if payload and not proof_of_work.proven(payload, self.settings.secret):
            raise Refused(gettext_noop("The check against robots has expired. Send the form again."))
        email = _email(fields.get("email", ""))
        token = _token(fields.get("form_token", ""))
        return (
            Incoming(
                channel="webform",
                account=self.account,
                external_id=token,
                direction=Direction.IN,
                author=Writer(
                    id=f"mailto:{email}" if email else f"form:{token}",
                    handle=email,
                    name=fields.get("name", "")[:MOST_NAME],
                ),
                sent_at=request.received_at,
                text=_message(fields.get("message", "")),
                visibility=Visibility.PRIVATE,
                about=_about(fields.get("about_url", ""), fields.get("about_title", "")),
                held="" if payload else HELD,
            ),
        )

    def send(self, message: Outgoing) -> Receipt:
        """Send by e-mail. Raise Refused when the citizen left no address, or the city has no mailbox."""
        return self._mail(message).send(message)

    def find(self, message: Outgoing) -> Receipt | None:
        return self._mail(message).find(message)

    def _mail(self, message: Outgoing) -> EmailConnector:
        if not message.to.handle:
            raise Refused(gettext_noop("This person left no e-mail address: there is nowhere to send a reply."))
        if self.settings.mail is None or not self.settings.mail_address:
            raise Refused(gettext_noop("No e-mail account is connected: connect one, then send again."))
        return EmailConnector(self.settings.mail_address, self.settings.mail)

    def check(self) -> tuple[str, ...]:
        if not self.settings.secret:
            raise Refused(gettext_noop("The form has no secret yet. Save its settings once."))
        return (gettext_noop("The form is ready."),)


def payload_of(request: RawRequest) -> str:
    """Return the proof of work of a post; "" without JavaScript. Raise Refused as `parse` does."""
    return _fields(request).get(PROOF, "")


def _fields(request: RawRequest) -> dict[str, str]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Refused(gettext_noop("A form post is expected."))
    if len(request.body) > MOST_BODY:
        raise Refused(gettext_noop("This message is too long. Shorten it to {most} characters."), most=MOST_MESSAGE)
    try:
        form = parse_qs(request.body.decode("utf-8"), keep_blank_values=True, max_num_fields=20)
    except ValueError as error:
        raise Refused(gettext_noop("The form could not be read. Send it again.")) from error
    return {name: _BAD.sub("", values[0]).strip() for name, values in form.items()}


def _message(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text:
        raise Refused(gettext_noop("Your message is empty. Write it, then send it."))
    if len(text) > MOST_MESSAGE:
        raise Refused(gettext_noop("This message is too long. Shorten it to {most} characters."), most=MOST_MESSAGE)
    return text


def _email(text: str) -> str:
    if text and not (is_address(text) and "." in text.rpartition("@")[2]):
        raise Refused(gettext_noop("This e-mail address cannot be right. Correct it, or leave it out."))
    return text.lower()


def _token(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise Refused(gettext_noop("The form could not be read. Load the page again, then send it."))
    return text


def _about(url: str, title: str) -> About | None:
    """Return the article; None for a bad address, which is not refused because the citizen did not write it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > MOST_URL or re.search(r"\s", url):
        return None
    return About(url, " ".join(title.split())[:MOST_TITLE])

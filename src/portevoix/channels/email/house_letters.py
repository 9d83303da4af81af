"""Letters of the house's own as e-mails: many through one connection, each with a copy in the Sent folder."""

from contextlib import ExitStack
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from email.utils import format_datetime
from time import monotonic

import structlog
from imap_tools import BaseMailBox

from portevoix.channels.connection_errors import LONGEST
from portevoix.channels.email import imap
from portevoix.channels.email.body import clean, one_line
from portevoix.channels.email.bounces import OUR_MARK
from portevoix.channels.email.compose import POLICY, is_address, mail_address, message_id
from portevoix.channels.email.settings import EmailSettings
from portevoix.channels.email.smtp import SmtpSession
from portevoix.kernel.errors import Refused, TryLater, Uncertain
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.letters import InlinePicture, Letter

log = structlog.get_logger("portevoix.email")
_COPIED = frozenset({"from", "to", "subject", "date", "message-id", "in-reply-to", "references", OUR_MARK.lower()})
_COPY_TEXT = """This letter was sent by Portevoix, which has its content.
Cette lettre a été envoyée par Portevoix, qui en a le contenu.
"""


def compose_letter(letter: Letter, *, sender: str, from_name: str, at: datetime) -> EmailMessage:
    """Compose the e-mail of a letter. Raise Refused when its address cannot be written to."""
    mail = EmailMessage(policy=POLICY)
    mail["From"] = mail_address(from_name, sender)
    mail["To"] = mail_address(letter.to.name, letter_address(letter))
    mail["Subject"] = one_line(clean(letter.subject))[:300]
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message_id(letter.key, sender)}>"
    if letter.thread:
        earlier = [f"<{message_id(key, sender)}>" for key in letter.thread]
        mail["In-Reply-To"] = earlier[-1]
        mail["References"] = " ".join(earlier)
    mail[OUR_MARK] = letter.key
    mail["Auto-Submitted"] = "auto-generated"  # no absence notice is wanted (RFC 3834)
    if letter.lang:
        mail["Content-Language"] = one_line(letter.lang)
    if letter.stop_address:
        mail["List-Unsubscribe"] = f"<{one_line(letter.stop_address)}>"
        if letter.stop_address.startswith("https://"):
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(_lines(clean(letter.text)), charset="utf-8", cte="quoted-printable")
    mail.add_alternative(letter.html, subtype="html", charset="utf-8", cte="quoted-printable")
    html = mail.get_payload(1)
    if letter.pictures and isinstance(html, MIMEPart):
        for picture in letter.pictures:
            _embed(html, picture)
    return mail


def letter_address(letter: Letter) -> str:
    """Return the address that a letter goes to. Raise Refused where mail cannot be sent to it."""
    if is_address(letter.to.id):
        return letter.to.id
    raise Refused(gettext_noop("“{address}” is not an address that mail can be sent to."), address=letter.to.id[:100])


class LetterMailer:
    """Sends letters by a mailbox, and keeps a copy without content of each in its Sent folder, where it is found."""

    def __init__(self, account: str, settings: EmailSettings) -> None:
        self._account, self._settings = account, settings
        self._smtp = SmtpSession(settings)
        self._stack = ExitStack()
        self._box: BaseMailBox | None = None
        self._folder: str | None = None
        self._server_copies: bool | None = None
        self._since = 0.0

    def send(self, letter: Letter, *, at: datetime) -> None:
        """Send a letter, then store the copy; one that cannot be stored is only logged: the letter has left."""
        mail = compose_letter(letter, sender=self._account, from_name=self._settings.from_name, at=at)
        self._smtp.submit(mail, sender=self._account, to=letter_address(letter))
        try:
            with imap.translating(self._settings):
                self._keep_copy(mail, message_id(letter.key, self._account))
        except (Refused, TryLater) as error:
            self._close_box()
            log.warning("sent_copy_missing", message_id=message_id(letter.key, self._account), why=str(error))

    def find(self, letter_key: str) -> bool:
        """Return True where the Sent folder has a copy. Raise Uncertain: nothing else is proof."""
        key = message_id(letter_key, self._account)
        try:
            with imap.translating(self._settings):
                box = self._open_box()
                if self._folder and imap.holds(box, self._folder, key):
                    return True
        except (Refused, TryLater):
            self._close_box()
            raise
        raise Uncertain(
            gettext_noop("There is no copy of this mail in the Sent folder; whether it left cannot be known from here.")
        )

    def close(self) -> None:
        self._smtp.close()
        self._close_box()

    def _keep_copy(self, mail: EmailMessage, key: str) -> None:
        """Store the copy, unless the server makes copies of its own, which the first letter tells."""
        box = self._open_box()
        if self._folder is None:
            return
        if self._server_copies is None:
            self._server_copies = imap.holds(box, self._folder, key)
        if not self._server_copies:
            box.append(_without_content(mail), self._folder, dt=None, flag_set=["\\Seen"])

    def _open_box(self) -> BaseMailBox:
        if self._box is not None and monotonic() - self._since > LONGEST / 2:
            self._close_box()
        if self._box is None:
            self._since = monotonic()
            self._box = self._stack.enter_context(imap.open_mailbox(self._settings))
            self._folder = imap.sent_folder(self._box)
        return self._box

    def _close_box(self) -> None:
        self._box = None
        stack, self._stack = self._stack, ExitStack()
        stack.close()


def _without_content(mail: EmailMessage) -> bytes:
    copy = EmailMessage(policy=POLICY)
    for name, value in mail.items():
        if name.lower() in _COPIED:
            copy[name] = value
    copy.set_content(_COPY_TEXT, charset="utf-8", cte="quoted-printable")
    return copy.as_bytes()


def _embed(html: MIMEPart, picture: InlinePicture) -> None:
    main, _, sub = picture.type.partition("/")
    html.add_related(picture.content, maintype=main, subtype=sub, cid=f"<{picture.id}>", disposition="inline")
    part = html.get_payload(-1)
    if isinstance(part, MIMEPart):
        part["Content-Description"] = one_line(clean(picture.alt))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip() + "\n"

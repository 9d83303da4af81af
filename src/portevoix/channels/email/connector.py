"""The e-mail connector: IMAP in, SMTP out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from email.parser import BytesHeaderParser
from time import monotonic
from typing import ClassVar

from portevoix.channels.base import Pictures, Sentence
from portevoix.channels.email import imap, smtp
from portevoix.channels.email.compose import PICTURES, compose, is_address, message_id, recipient
from portevoix.channels.email.house_letters import LetterMailer
from portevoix.channels.email.imap import Letter, Position
from portevoix.channels.email.message import Mail
from portevoix.channels.email.parse import digest
from portevoix.channels.email.reader import TOO_COSTLY, mail_reader
from portevoix.channels.email.reading import Question
from portevoix.channels.email.sender_checks import servers
from portevoix.channels.email.settings import EmailSettings
from portevoix.kernel.bounds import MOST_UNREADABLE
from portevoix.kernel.errors import BadInput, Refused, Uncertain
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Ability, Batch, Incoming, Outgoing, RawRequest, Receipt, Unreadable

TOO_LARGE = gettext_noop("The mail is larger than 25 MB: only its headers were read. Open it in the mailbox.")
UNREADABLE = gettext_noop("The mail could not be read. It was stored as it came; it also lies in the mailbox.")


class EmailConnector:
    """A mailbox of the city; `account` is its address."""

    kind: ClassVar[str] = "email"
    label: ClassVar[str] = gettext_noop("E-mail")
    icon: ClassVar[str] = "M2.5 4.5h15v11h-15Z M2.5 5.5 10 11l7.5-5.5"
    abilities: ClassVar[frozenset[Ability]] = frozenset({Ability.POLL, Ability.REPLY, Ability.PRIVATE, Ability.MEDIA})
    Settings: ClassVar[type[EmailSettings]] = EmailSettings
    pictures: ClassVar[Pictures] = PICTURES

    def __init__(self, account: str, settings: EmailSettings) -> None:
        if not is_address(account):
            raise BadInput(gettext_noop("“{account}” is not an e-mail address."), account=account)
        self.account = account
        self.settings = settings

    def receive(self, cursor: str | None) -> Batch:
        """Return the next mails. The cursor is a Position; None begins thirty days before the newest mail.

        When the server has renumbered its mailbox (another UIDVALIDITY), it is read as if for the first time, and from
        the newest mail on that was read before; mails already stored are recognised by their Message-ID. Mails that
        Portevoix sent are skipped.
        """
        with imap.open_mailbox(self.settings) as box:
            status = imap.select(box, self.settings)
            letters, position, more = imap.next_letters(box, status, Position.read(cursor))
        items = self._read_in_time(letters)
        if len(items) < len(letters):  # the others come again with the next batch
            last = letters[len(items) - 1]
            seconds = min(position.seconds, int(last.arrived_at.timestamp()))
            position, more = replace(position, uid=last.uid, seconds=seconds), True
        return Batch(
            messages=tuple(item for item in items if isinstance(item, Incoming)),
            unreadable=tuple(item for item in items if isinstance(item, Unreadable)),
            cursor=str(position),
            more=more,
        )

    def parse(self, request: RawRequest) -> tuple[Incoming, ...]:
        raise Refused(gettext_noop("E-mail is fetched from the mailbox; it does not come in through the web."))

    def send(self, message: Outgoing) -> Receipt:
        """Send, then store a copy in the Sent folder, where `find` looks."""
        PICTURES.admit(message)
        mail = compose(message, sender=self.account, from_name=self.settings.from_name)
        key = message_id(message.key, self.account)
        smtp.submit(mail, sender=self.account, to=recipient(message), settings=self.settings)
        imap.keep_copy(self.settings, mail.as_bytes(), key)
        return Receipt(external_id=key)

    def find(self, message: Outgoing) -> Receipt | None:
        """Find the Message-ID in the Sent folder or in the mailbox. Raise Uncertain: nothing else is proof."""
        key = message_id(message.key, self.account)
        with imap.open_mailbox(self.settings) as box:
            for folder in (imap.sent_folder(box), self.settings.mailbox):
                if folder and imap.holds(box, folder, key):
                    return Receipt(external_id=key)
        raise Uncertain(
            gettext_noop("There is no copy of this mail in the Sent folder; whether it left cannot be known from here.")
        )

    def open_letters(self) -> LetterMailer:
        return LetterMailer(self.account, self.settings)

    def check(self) -> tuple[str, ...]:
        settings = self.settings
        with imap.open_mailbox(settings) as box:
            status = imap.select(box, settings)
            check_sentences = _checks(imap.newest_headers(box, status), settings.sender_checks.strip())
            folder = imap.sent_folder(box)
        with smtp.open_connection(settings):
            pass
        return (
            Sentence(
                gettext_noop("Signed in to {host}; the mailbox {mailbox} holds {count} messages."),
                host=settings.imap_host,
                mailbox=settings.mailbox,
                count=status["MESSAGES"],
            ),
            *check_sentences,
            Sentence(gettext_noop("Copies of what is sent go into the folder {folder}."), folder=folder)
            if folder
            else Sentence(gettext_noop("There is no Sent folder: copies of what is sent are not kept in the mailbox.")),
            Sentence(gettext_noop("{host} is ready to send."), host=settings.smtp_host),
        )

    def _read_in_time(self, letters: Sequence[Letter]) -> list[Incoming | Unreadable | None]:
        """Read letters until the time of a batch is over, at least one."""
        ends = monotonic() + imap.BATCH_SECONDS
        items: list[Incoming | Unreadable | None] = []
        for letter in letters:
            if items and monotonic() > ends:
                break
            items.append(self._read(letter))
        return items

    def _read(self, letter: Letter) -> Incoming | Unreadable | None:
        """Read a mail; None for one of our own."""
        question = Question(self.account, letter.arrived_at, self.settings.sender_checks.strip(), letter.whole)
        answer = mail_reader().read(question, letter.raw)
        if answer.message is not None or answer.ours:
            return answer.message
        excerpt = letter.raw[:MOST_UNREADABLE].decode("utf-8", "replace").replace("\0", "")
        if not letter.whole and not answer.fault:
            return Unreadable(digest(letter.raw), TOO_LARGE, excerpt)
        whole = letter.raw if letter.whole else None
        reason = TOO_COSTLY if answer.fault == TOO_COSTLY else UNREADABLE
        return Unreadable(digest(letter.raw), reason, excerpt, whole)


def _checks(headers: bytes, trusted_server: str) -> Iterator[str]:
    """Yield what the newest mail says about the server that checks senders."""
    server_names = servers(BytesHeaderParser(Mail).parsebytes(headers))
    names = ", ".join(server_names)
    if trusted_server and trusted_server.lower() in server_names:
        yield Sentence(
            gettext_noop("What {server} finds of senders is shown with their mails (DMARC)."), server=trusted_server
        )
    elif trusted_server:
        nothing = gettext_noop(
            "The newest mail says nothing of what {server} found of its sender (DMARC). It names: {names}."
        )
        yield Sentence(nothing, server=trusted_server, names=names or "—")
    elif server_names:
        hint = gettext_noop(
            "The newest mail says what these servers found of its sender (DMARC): {names}. If one of them is your own, "
            "write its name under “Server that checks senders”."
        )
        yield Sentence(hint, names=names)

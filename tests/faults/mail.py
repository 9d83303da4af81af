"""E-mail both ways, with real servers: letters come into a mailbox, are answered, and the answers leave."""

import email
import imaplib
import random
import smtplib
import time
from collections import Counter
from datetime import UTC, datetime
from email.message import EmailMessage

from portevoix.record import operations
from portevoix.record.models import Contact, Delivery, Message
from portevoix.record.operations import accounts, deliveries
from tests.faults.envelopes import ended, work
from tests.faults.figures import Figures
from tests.faults.given import HOSTS
from tests.faults.lives import Lives
from tests.faults.points import points
from tests.faults.rounds import rounds
from tests.servers.mail import MailServers, mail_servers

CITY, CITIZEN = "contact@ville.test", "ana@citoyen.test"
LETTERS = 2
ON_ITS_WAY = 3.0
"""Seconds that a mail may take from the server that took it to the citizen's mailbox."""


class Letters:
    """Some letters a round."""

    def __init__(self, servers: MailServers) -> None:
        self.servers = servers
        self.host = Contact.objects.get(name=HOSTS[0])
        secret = {"imap_password", "smtp_password"}
        accounts.connect(
            channel="email", address=CITY, connector="email", settings=servers.settings(CITY), secret=secret, by=None,
            now=datetime.now(UTC),
        )  # fmt: skip
        for owner, name in ((smtplib.SMTP, "send"), (smtplib.SMTP, "getreply")):
            points.around(owner, name, lambda *args, name=name: f"SMTP {name}")
        points.around(imaplib.IMAP4, "_command", lambda box, name, *args: f"IMAP {name}")

    def begin(self, number: int, chance: random.Random) -> None:
        self.ids = {f"letter-{number}-{n}@citoyen.test" for n in range(LETTERS)}
        self.waited = 0
        for key in sorted(self.ids):
            letter = EmailMessage()
            letter["From"], letter["To"], letter["Message-ID"] = CITIZEN, CITY, f"<{key}>"
            letter["Subject"] = f"Piscine {key}"
            letter.set_content("Est-elle ouverte ?\n")
            self.servers.put(CITY, bytes(letter))

    def work(self) -> None:
        work()

    def left(self) -> int:
        rows = Message.objects.filter(external_id__in=self.ids, direction="in")
        for row in rows.exclude(conversation__messages__direction="out").select_related("conversation"):
            operations.answer(
                conversation=row.conversation_id, text="Oui.", by=self.host, now=datetime.now(UTC),
                seen=row.conversation.version,
            )  # fmt: skip
        mine = self._deliveries()
        if not mine.filter(state__in=["due", "sending"]).exists():
            for delivery in mine.filter(state="uncertain"):
                deliveries.decide(
                    delivery=delivery.pk, arrived=self._arrives(delivery), by=self.host, now=datetime.now(UTC)
                )
                self.waited += 1
        return len(self.ids) - mine.filter(state="sent").count()

    def _deliveries(self):
        return Delivery.objects.filter(message__in_reply_to__in=self.ids)

    def _arrives(self, delivery: Delivery) -> bool:
        """The host asks the citizen, who waits a moment for the mail."""
        end = time.monotonic() + ON_ITS_WAY
        while time.monotonic() < end:
            if self._arrived()[delivery.message.in_reply_to]:
                return True
            time.sleep(0.1)
        return False

    def _arrived(self) -> Counter[str]:
        """How many answers to each letter lie in the citizen's mailbox."""
        mails = (email.message_from_bytes(raw) for raw in self.servers.mailbox(CITIZEN))
        return Counter(str(mail["In-Reply-To"]).strip("<> ") for mail in mails)

    def told(self) -> Figures:
        figures = ended({(key, 0) for key in self.ids})
        for delivery in self._deliveries():
            self._arrives(delivery)
        arrived = self._arrived()
        figures += Figures(
            given=len(self.ids),
            done=sum(arrived[key] > 0 for key in self.ids),
            lost=sum(not arrived[key] for key in self.ids),
            twice=sum(max(0, arrived[key] - 1) for key in self.ids),
            waiting=self.waited,
        )
        return figures


def run(lives: Lives, kills: int) -> Figures:
    with mail_servers() as servers:
        return rounds(Letters(servers), lives, kills)

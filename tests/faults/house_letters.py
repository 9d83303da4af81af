"""The dispatch ledger with a real mail server: letters to many addresses, sent by workers that are killed."""

import imaplib
import random
import secrets
import smtplib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from portevoix.exchange.outbound.letter_delivery import LetterRunner, register_writer
from portevoix.kernel.letters import DispatchKind, DispatchState, DispatchToSend, Letter, Recipient
from portevoix.kernel.messages import Writer
from portevoix.record.models import Contact, Dispatch
from portevoix.record.operations import accounts, city
from portevoix.record.operations.dispatches import plan_letters
from portevoix.record.operations.letter_decisions import confirm_letters, send_late_letters
from tests.faults.figures import Figures
from tests.faults.lives import BESIDE, Life, Lives
from tests.faults.mail import CITY, ON_ITS_WAY
from tests.faults.points import points
from tests.faults.rounds import rounds
from tests.servers.mail import MailServers, mail_servers

OPEN = (DispatchState.DUE, DispatchState.SENDING)
IN_A_LIFE = 600.0
"""Seconds that a life may send, which is all that there is."""


def write(dispatch: DispatchToSend) -> Letter:
    """Write the letter of a dispatch; where the test counts, only its address matters."""
    return Letter(
        key=dispatch.key, to=Writer(dispatch.address), subject="Le journal de l’usager", text="Bonjour.",
        html="<p>Bonjour.</p>", lang="fr",
    )  # fmt: skip


class LongLives(Lives):
    """Lives that end within so many places, however few those before them passed."""

    def __init__(self, seed: int, log: Path, *, span: int) -> None:
        super().__init__(seed, log)
        self.span, self.number = span, 0

    def start(self, work: Callable[[], None], *, within: int) -> Life:
        self.number += 1
        return super().start(work, within=within)

    def one(self, work: Callable[[], None], *, spared: bool = False) -> bool:
        """Whether it came to its end by itself; another one that works beside it dies with it."""
        life = self.start(work, within=0 if spared else self.span)
        beside = self._life(work, None) if not spared and self.random.random() < BESIDE else None
        whole = life.ended()
        if beside:
            beside.kill()
            self.kills += not beside.ended()
        self.over(life, whole=whole)
        self.pass_time()
        return whole


class HouseLetters:
    """Letters to so many addresses a round."""

    def __init__(self, servers: MailServers, *, count: int = 30) -> None:
        self.servers, self.count, self.waited = servers, count, 0
        register_writer(DispatchKind.EDITION, write)
        city.save_contact(email="redac@ville.test", name="Rédac", role="editor", by=None)
        self.editor = Contact.objects.get(email="redac@ville.test")
        accounts.connect(
            channel="email", address=CITY, connector="email", settings=servers.settings(CITY),
            secret={"imap_password", "smtp_password"}, by=None, now=datetime.now(UTC),
        )  # fmt: skip
        for owner, name in ((smtplib.SMTP, "send"), (smtplib.SMTP, "getreply")):
            points.around(owner, name, lambda *args, name=name: f"SMTP {name}")
        points.around(imaplib.IMAP4, "_command", lambda box, name, *args: f"IMAP {name}")

    def begin(self, number: int, chance: random.Random) -> None:
        self.what, self.waited = f"edition {number}", 0
        run = secrets.token_hex(4)  # the queue may hold letters of a run that was cut off
        names = [f"lecteur-{run}-{number}-{n}@citoyen.test" for n in range(self.count)]
        self.plan = [Recipient(f"contact {number}-{n}", None, name) for n, name in enumerate(names)]

    def work(self) -> None:
        """Approve once more, as whoever was cut off would, and send."""
        now = datetime.now(UTC)
        plan_letters(kind=DispatchKind.EDITION, what=self.what, about={}, recipients=self.plan, due_at=now, now=now)
        runner = LetterRunner()
        while runner.turn(datetime.now(UTC), within=IN_A_LIFE):
            pass
        runner.finish(datetime.now(UTC))

    def undecided(self) -> bool:
        """Whether anything is still to leave; before the first approval, everything is."""
        rows = Dispatch.objects.filter(what=self.what)
        return rows.count() < self.count or rows.filter(state__in=OPEN).exists()

    def left(self) -> int:
        rows = Dispatch.objects.filter(what=self.what)
        for row in rows.filter(state=DispatchState.UNCERTAIN):
            decide = confirm_letters if self.arrives(row.address) else send_late_letters
            decide(numbers=[row.pk], by=self.editor, now=datetime.now(UTC))
            self.waited += 1
        return self.count - rows.filter(state=DispatchState.SENT).count()

    def arrives(self, address: str) -> bool:
        """The editor asks the colleague, who waits a moment for the mail."""
        end = time.monotonic() + ON_ITS_WAY
        while not self.arrived(address) and time.monotonic() < end:
            time.sleep(0.1)
        return bool(self.arrived(address))

    def arrived(self, address: str) -> int:
        """How many mails lie in a mailbox."""
        name, _, domain = address.partition("@")
        folder = self.servers.folder / "boxes" / domain / name / "Maildir" / "new"
        return len(list(folder.iterdir())) if folder.is_dir() else 0

    def told(self) -> Figures:
        self.arrives(self.plan[-1].address)
        for each in self.plan:
            self.arrives(each.address)
        counts = [self.arrived(each.address) for each in self.plan]
        return Figures(
            given=self.count,
            done=sum(count > 0 for count in counts),
            lost=sum(count == 0 for count in counts),
            twice=sum(max(0, count - 1) for count in counts),
            waiting=self.waited,
        )


def run(lives: Lives, kills: int) -> Figures:
    with mail_servers() as servers:
        return rounds(HouseLetters(servers), lives, kills)

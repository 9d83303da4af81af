"""The doors in: `portevoix intake` and the worker that polls; and the steps of what they brought."""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db.models import Count

from portevoix.cli import intake
from portevoix.exchange.inbound import poller
from portevoix.exchange.worker import Worker
from portevoix.kernel.interchange import write_line
from portevoix.kernel.messages import Batch, Change, Direction, Incoming, Writer
from portevoix.record.models import Envelope, Event, Message
from portevoix.record.operations import accounts, envelopes
from tests.faults.far_end import FarEnd
from tests.faults.figures import Figures
from tests.faults.given import ACCOUNT

TEXTS = ("La piscine est-elle ouverte ?", "Lampadaire cassé rue des Tilleuls.", "Merci à l'équipe du stade !")
SMALL_BATCH = 5


def said(name: str, chance: random.Random, count: int) -> list[Incoming]:
    """A day's messages: questions, what follows them, the city's replies elsewhere; parents may come last."""
    now = datetime.now(UTC) - timedelta(hours=1)
    messages = []
    for n in range(count):
        parent = f"{name}-{chance.randrange(count)}" if chance.random() < 0.4 else ""
        out = chance.random() < 0.2
        messages.append(
            Incoming(
                channel=ACCOUNT[0],
                account=ACCOUNT[1],
                external_id=f"{name}-{n}",
                direction=Direction.OUT if out else Direction.IN,
                author=Writer(ACCOUNT[1] if out else f"citizen-{chance.randrange(50)}"),
                sent_at=now + timedelta(seconds=n),
                text=f"{chance.choice(TEXTS)} ({name}-{n})",
                in_reply_to="" if parent == f"{name}-{n}" else parent,
            )
        )
    return messages


def questions(name: str, count: int) -> list[Incoming]:
    """So many of different citizens, about nothing but themselves."""
    asked = said(name, random.Random(name), count)
    return [replace(m, direction=Direction.IN, in_reply_to="", author=Writer(m.external_id)) for m in asked]


def work() -> None:
    """A worker, until nothing is left to do at this moment."""
    worker = Worker()
    while worker.once():
        pass


def told(messages: Iterable[Incoming]) -> Figures:
    return ended({(message.external_id, message.revision) for message in messages})


def ended(wanted: set[tuple[str, int]]) -> Figures:
    """Where the envelopes of these ids and revisions have ended."""
    keys = {key for key, _ in wanted}
    rows = list(Envelope.objects.filter(external_id__in=keys).select_related("message"))
    found = Counter((row.external_id, row.revision) for row in rows)
    done = [row for row in rows if row.state == "taken" and row.message and row.message.external_id == row.external_id]
    aside = [row for row in rows if row.state in ("quarantined", "held") and row.reason]
    written = Message.objects.filter(external_id__in=keys).values_list("external_id").annotate(n=Count("pk"))
    events = Event.objects.filter(message__external_id__in=keys, what__in=["received", "answered"])
    told = events.values_list("message").annotate(n=Count("pk"))
    twice = sum(n - 1 for n in found.values()) + sum(n - 1 for _, n in written) + sum(n - 1 for _, n in told)
    orphans = len({key for key, _ in written} - {row.external_id for row in done})
    return Figures(
        given=len(wanted),
        done=len(done),
        lost=len(wanted) - len(done) - len(aside) + orphans,
        twice=twice,
        waiting=len(aside),
    )


class Intake:
    """Half comes by a file that `portevoix intake` reads, half is asked for at the network; all of it again and again.

    One message edits what never came: it is right that it waits for a person.
    """

    def __init__(self, folder: Path, far_end: FarEnd) -> None:
        self.file, self.far_end = folder / "messages.jsonl", far_end
        intake.set_up_django = lambda: None  # this process is
        poller.BATCH = SMALL_BATCH

    def begin(self, number: int, chance: random.Random) -> None:
        mine, theirs = (said(f"{way}{number}", chance, chance.randint(8, 20)) for way in ("file", "net"))
        stray = said(f"stray{number}", chance, 1)[0]
        edit = replace(stray, direction=Direction.IN, revision=1, change=Change.AMEND)
        self.given = [*mine, *theirs, edit]
        self.file.write_text("".join(f"{write_line(message)}\n" for message in mine), encoding="utf-8")
        self.far_end.write(*theirs, edit)

    def work(self) -> None:
        intake.intake.main([str(self.file)], standalone_mode=False)
        work()

    def left(self) -> int:
        account = accounts.get_or_create(channel=ACCOUNT[0], address=ACCOUNT[1])
        unread = self.far_end.end() - int(account.cursor or 0)
        return unread + Envelope.objects.filter(state="waiting").count()

    def told(self) -> Figures:
        figures = told(self.given)
        figures.meant = 1
        return figures


class Steps:
    """Envelopes that whoever stored them left behind."""

    def begin(self, number: int, chance: random.Random) -> None:
        self.given = said(f"left{number}", chance, chance.randint(6, 20))
        account = accounts.get_or_create(channel=ACCOUNT[0], address=ACCOUNT[1])
        envelopes.free(envelopes.store(account, Batch(tuple(self.given)), now=datetime.now(UTC)).waiting)

    def work(self) -> None:
        work()

    def left(self) -> int:
        return Envelope.objects.filter(state="waiting").count()

    def told(self) -> Figures:
        return told(self.given)

"""A network's door, both ways: citizens write, the worker takes it in and sends what hosts answer, and dies at it.

What came in is looked up in the record, what went out at the network: what stands there is what the citizen sees.
"""

import hashlib
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from portevoix.channels import http, internal_hosts
from portevoix.exchange.inbound import webhooks
from portevoix.exchange.worker import Worker
from portevoix.kernel.messages import RawRequest
from portevoix.record import operations
from portevoix.record.models import Account, Contact, Delivery, Envelope, Message
from portevoix.record.operations import accounts, deliveries
from tests.faults.envelopes import ended
from tests.faults.figures import Figures
from tests.faults.given import HOSTS
from tests.faults.lives import Lives
from tests.faults.networks import NETWORKS, Network
from tests.faults.points import points
from tests.faults.rounds import rounds

TIMEOUT = 2.0
"""Seconds for an answer, of which networks usually get twenty."""
ROUND = 25
LONG = 5
"""Of so many answers one is a thread."""
FILLER = "Nous avons bien reçu votre message n{mark}{part} et une équipe passera cette semaine, au plus tard vendredi."
UNDECIDED = ("due", "sending")


class Talks:
    """Some questions a round, each answered once it is there. `why` counts for what reasons a person was asked."""

    def __init__(self, network: Network, folder: Path, *, questions: int, seed: int) -> None:
        self.network, self.questions, self.seed = network, questions, seed
        self.host = Contact.objects.get(name=HOSTS[0])
        self.account = accounts.connect(
            channel=network.channel, address=network.address, connector=network.channel, settings=network.settings,
            secret=network.secret, by=None, now=datetime.now(UTC),
        )  # fmt: skip
        self.acknowledged = folder / "acknowledged"
        self.acknowledged.touch()
        self.pushes: dict[str, RawRequest] = {}
        self.why: Counter[str] = Counter()

    def begin(self, number: int, chance: random.Random) -> None:
        self.ids = self.network.write(f"tour {number}", self.questions)
        self.waited = 0
        self.network.spoil(f"{self.seed} {number}")
        several = self.network.pushed(chance)
        self.pushes = {f"{number}.{count}": push for count, push in enumerate(several)}

    def work(self) -> None:
        """The server takes what the network sends, which it sends until that is acknowledged; then the worker works."""
        for name in self._unacknowledged():
            webhooks.take_request(
                self.network.channel, self.account.pk, self.pushes[name], client="127.0.0.1", now=datetime.now(UTC)
            )
            points.reached("before acknowledging")
            with self.acknowledged.open("a") as file:
                file.write(f"{name}\n")
        worker, idle = Worker(), 0
        while idle < 2:
            idle = 0 if worker.once() else idle + 1
        worker.finish()

    def _unacknowledged(self) -> list[str]:
        done = set(self.acknowledged.read_text().split())
        return [name for name in self.pushes if name not in done]

    def left(self) -> int:
        rows = Message.objects.filter(account=self.account, external_id__in=self.ids, direction="in")
        for row in rows.exclude(conversation__messages__direction="out").select_related("conversation"):
            operations.answer(
                conversation=row.conversation_id, text=answer_to(row.external_id), by=self.host, now=datetime.now(UTC),
                seen=row.conversation.version,
            )  # fmt: skip
        mine = self._deliveries()
        if not mine.filter(state__in=UNDECIDED).exists():
            self._decide(mine.exclude(state="sent"))
        aside = Envelope.objects.filter(external_id__in=self.ids, state__in=["quarantined", "held"]).count()
        return len(self._unacknowledged()) + len(self.ids) - aside - mine.filter(state="sent").count()

    def _decide(self, waiting) -> None:
        """The host looks at the network, and says of each whether all of it is there."""
        said = self.network.said() if waiting else []
        for row in waiting.select_related("message"):
            self.why[f"{row.state}: {(row.reason or {}).get('text', '')}"] += 1
            there = min(copies(said, row.message.in_reply_to)) > 0
            deliveries.decide(delivery=row.pk, arrived=there, by=self.host, now=datetime.now(UTC))
            self.waited += row.state == "uncertain"

    def _deliveries(self):
        return Delivery.objects.filter(message__account=self.account, message__in_reply_to__in=self.ids)

    def told(self) -> Figures:
        figures = ended({(key, 0) for key in self.ids})
        for reason in Envelope.objects.filter(external_id__in=self.ids, state="quarantined").values_list("reason"):
            self.why[f"quarantined: {reason[0]['text']}"] += 1
        said = self.network.said()
        found = [copies(said, key) for key in self.ids]
        figures += Figures(
            given=len(self.ids),
            done=sum(min(each) > 0 for each in found),
            lost=sum(min(each) == 0 for each in found),
            twice=sum(max(0, max(each) - 1) for each in found),
            waiting=self.waited,
        )
        return figures


def answer_to(key: str) -> str:
    """Its beginning and its end are marked; one in `LONG` is longer than a post may be."""
    mark = _mark(key)
    parts = range(12 if int(mark, 16) % LONG == 0 else 1)  # no two alike: X takes the same text once
    return f"Début{mark}. {' '.join(FILLER.format(mark=mark, part=part) for part in parts)} Fin{mark}."


def copies(said: list[str], key: str) -> tuple[int, int]:
    """How often the beginning and the end of the answer to this message stand there."""
    mark = _mark(key)
    return sum(f"Début{mark}." in text for text in said), sum(f"Fin{mark}." in text for text in said)


def _mark(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:12]


class Lasting(Lives):
    """Networks have a clock of their own, so that ours does not run ahead: what waits becomes due instead, what is
    leased is given back, and an account that is paused is taken into service again, as an administrator would.
    """

    def pass_time(self) -> None:
        self.now = now = datetime.now(UTC)
        Account.objects.filter(state="active").update(next_poll_at=now, leased_until=None)
        for row in Account.objects.filter(state="paused"):
            accounts.resume(account=row.pk, by=None, now=now)
        Envelope.objects.exclude(leased_until=None).update(leased_until=now)
        Delivery.objects.filter(state="due").update(next_attempt_at=now)
        Delivery.objects.filter(state="sending").update(leased_until=now)


def run(name: str, folder: Path, lives: Lives, *, messages: int, seed: int) -> tuple[Figures, dict[str, object]]:
    """Until so many messages came in and were answered; the figures of both, and what was met on the way."""
    assert http.Http.__init__.__kwdefaults__
    http.Http.__init__.__kwdefaults__["timeout"] = TIMEOUT
    internal_hosts.internal.update(("127.0.0.1", "localhost"))
    points.around(http.Http, "_exchange", lambda one, connection, watch, method, target, *_: _place(method, target))
    with NETWORKS[name]() as network:
        door = Talks(network, folder, questions=min(ROUND, messages), seed=seed)
        figures = rounds(door, lives, given=2 * messages)
        return figures, {"faults": network.met(), "why": dict(door.why.most_common())}


def _place(method: str, target: str) -> str:
    """Without what stands for somebody."""
    parts = target.partition("?")[0].split("/")
    return f"{method} {'/'.join('…' if len(part) > 3 and any(map(str.isdigit, part)) else part for part in parts)}"

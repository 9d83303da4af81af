"""The door out: a worker sends what hosts wrote; a host looks after what it leaves in doubt."""

import random
from collections import Counter
from datetime import UTC, datetime

from bs4 import BeautifulSoup
from django.test import Client

from portevoix.exchange.inbound import poller
from portevoix.kernel.messages import Incoming
from portevoix.record import operations
from portevoix.record.models import Contact, Conversation, Delivery
from tests.faults.envelopes import questions, work
from tests.faults.far_end import FarEnd
from tests.faults.figures import Figures
from tests.faults.given import HOSTS

UNDECIDED = ("due", "sending")


class Replies:
    """Answers to new questions. Every other day the network cannot tell what arrived; and some of its calls fail."""

    def __init__(self, far_end: FarEnd) -> None:
        self.far_end = far_end
        self.host = Contact.objects.get(name=HOSTS[0])
        self.browser = Client(headers={"accept-language": "en", "host": "localhost"})
        self.browser.force_login(self.host)
        self.deaths = 0

    def begin(self, number: int, chance: random.Random) -> None:
        self.far_end.tells = number % 2 == 0
        self.far_end.trouble = chance.choice((0.0, 0.3))
        self.seed, self.waited = chance.random(), 0
        asked = questions(f"out{number}", chance.randint(3, 8))
        for _ in poller.take_messages(asked, now=datetime.now(UTC)):
            pass
        self.keys = set(self._answer(asked))

    def _answer(self, asked: list[Incoming]) -> list[str]:
        names = [message.external_id for message in asked]
        for row in Conversation.objects.filter(messages__external_id__in=names).distinct():
            operations.answer(
                conversation=row.pk, text=f"Réponse à {row.reference}.", by=self.host, now=datetime.now(UTC),
                seen=row.version,
            )  # fmt: skip
        return list(Delivery.objects.filter(state="due").values_list("key", flat=True))

    def work(self) -> None:
        self.far_end.random = random.Random(f"{self.seed} {datetime.now(UTC)}")
        work()

    def left(self) -> int:
        rows = Delivery.objects.filter(key__in=self.keys)
        if not rows.filter(state__in=UNDECIDED).exists() and rows.filter(state="uncertain").exists():
            self._decide()
        return rows.exclude(state="sent").count()

    def _decide(self) -> None:
        """The host sees each on the page, looks at the network whether the citizen has it, and says so."""
        arrived = set(self.far_end.keys())
        self.browser.force_login(self.host)  # hours have passed: a session has ended by now
        page = BeautifulSoup(self.browser.get("/inbox/aside/").content, "html.parser")
        shown = page.select("[aria-labelledby=stuck-title] article")
        rows = {str(row.pk): row for row in Delivery.objects.filter(key__in=self.keys, state="uncertain")}
        assert len(shown) == len(rows), f"{len(rows)} wait, {len(shown)} are shown"
        for article in shown:
            assert "Nobody knows whether it arrived." in article.get_text(" ")
            told = {verb: article.select_one(f"form[action$='/{verb}/']")["action"] for verb in ("arrived", "again")}
            number = next(part for part in told["again"].split("/") if part.isdigit())
            done = self.browser.post(told["arrived" if rows[number].key in arrived else "again"])
            assert done.status_code == 303
        self.waited += len(rows)

    def told(self) -> Figures:
        sent = Counter(self.far_end.keys())
        done = Delivery.objects.filter(key__in=[key for key in self.keys if sent[key]], state="sent").count()
        return Figures(
            given=len(self.keys),
            done=done,
            lost=len(self.keys) - done,
            twice=sum(max(0, sent[key] - 1) for key in self.keys),
            waiting=self.waited,
        )

"""What messages mean: read by the worker, by an encoder of one number that finds each of them to be about sports."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from django.db.models import Count

from portevoix.exchange.inbound import poller
from portevoix.exchange.prediction import message_vectors
from portevoix.record.models import Conversation, Event, Message, Vector
from portevoix.record.queries.embeddings import waiting
from portevoix.text.labels.embedding_model import CachingEncoder, Vectors
from portevoix.text.labels.predictor import Suggestion
from tests.faults.envelopes import questions
from tests.faults.figures import Figures

BATCH = 5


class One:
    """An encoder that says the same of everything."""

    name, version, slow, remote = "one", "1", False, False

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.ones((len(texts), 1), np.float32)


class Sports:
    """A labeller that is always sure."""

    def predict(self, texts: Sequence[str]) -> list[list[Suggestion]]:
        return [[Suggestion("sports", 0.99, ("one",))] for _ in texts]


class Meanings:
    """Citizens' questions, each of which opened a conversation that nobody has decided on."""

    def __init__(self) -> None:
        readers, labellers = (CachingEncoder(One()),), {"department": Sports()}
        message_vectors.encoders = lambda: readers  # type: ignore[assignment]
        message_vectors._labellers = lambda readers, now: labellers  # type: ignore[assignment]
        message_vectors.BATCH = message_vectors._pace.most = BATCH
        while message_vectors.read_batch(now=datetime.now(UTC)):  # what other doors have left
            pass

    def begin(self, number: int, chance: random.Random) -> None:
        given = questions(f"meant{number}", chance.randint(6, 20))
        for _ in poller.take_messages(given, now=datetime.now(UTC)):
            pass
        ids = [message.external_id for message in given]
        self.given = list(Message.objects.filter(external_id__in=ids).values_list("pk", flat=True))
        homes = Conversation.objects.filter(messages__in=self.given)
        Event.objects.filter(conversation__in=homes, what="routed").delete()  # where words were sure
        homes.update(department=None)

    def work(self) -> None:
        while message_vectors.read_batch(now=datetime.now(UTC)):
            pass

    def left(self) -> int:
        return waiting(["one 1"]).count()

    def told(self) -> Figures:
        read = set(Vector.objects.filter(message__in=self.given).values_list("message", flat=True))
        homes = Conversation.objects.filter(messages__in=self.given)
        routed = dict(
            Event.objects.filter(conversation__in=homes, what="routed")
            .values_list("conversation")
            .annotate(n=Count("pk"))
        )
        right = homes.filter(department__slug="sports", messages__in=read, pk__in=routed).count()
        return Figures(
            given=len(self.given),
            done=right,
            lost=len(self.given) - right,
            twice=sum(n - 1 for n in routed.values()),
        )

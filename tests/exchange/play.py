"""What one process of several does in `test_together`: run as `python -m tests.exchange.play PART …`.

It writes a line when it is ready, waits for one, and then writes what it did as JSON.
"""

import json
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from portevoix.cli.django_setup import ready

ready()

from portevoix.channels.fake import FakeConnector  # noqa: E402 -- Django is ready only now
from portevoix.exchange.inbound import poller  # noqa: E402
from portevoix.exchange.prediction.embedding_config import source  # noqa: E402
from portevoix.exchange.worker import Worker  # noqa: E402
from portevoix.kernel.errors import Conflict  # noqa: E402
from portevoix.kernel.messages import Batch, Receipt  # noqa: E402
from portevoix.record import operations as do  # noqa: E402
from portevoix.record.models import Contact, Conversation, Delivery, Envelope, Message  # noqa: E402
from portevoix.record.operations import accounts, city, envelopes  # noqa: E402
from portevoix.record.queries.embeddings import waiting  # noqa: E402
from tests.conftest import incoming  # noqa: E402
from tests.exchange.jobs import run_job  # noqa: E402
from tests.exchange.test_together import CONVERSATIONS, HOSTS, WAITING  # noqa: E402

ONE_EVENT = 1  # the version of a conversation that has just come in


def prepare() -> None:
    """A city, two hosts, conversations to answer, and messages that an intake left behind."""
    now = datetime.now(UTC)
    city.found(name="Testville", timezone="Europe/Paris", language="fr", now=now)
    account = accounts.connect(
        channel="x", address="@testville", connector="fake", settings={}, secret=(), by=None, now=now
    )
    for name in HOSTS:
        email = f"{name.lower()}@testville.example"
        city.save_contact(email=email, name=name, role="host", password="gabare-tuile-heron", by=None)
    for _ in poller.take((incoming(f"q{n}", f"Question {n} ?") for n in range(CONVERSATIONS)), now=now):
        pass
    for n in range(WAITING):  # two of them in each thread
        message = incoming(f"w{n}", in_reply_to=f"absent-{n // 2}")
        envelopes.free(envelopes.store(account, Batch((message,)), now=now).waiting)


def reply(name: str) -> dict[str, int]:
    """Answers every conversation as a page shows it before anybody has replied."""
    host = Contact.objects.get(name=name)
    done = {"sent": 0, "told": 0}
    rows = Conversation.objects.filter(messages__external_id__startswith="q")
    for pk, seen in sorted((row.pk, ONE_EVENT) for row in rows):
        try:
            do.answer(conversation=pk, text=f"Oui, dit {name}.", by=host, now=datetime.now(UTC), seen=seen)
            done["sent"] += 1
        except Conflict as told:
            done["told"] += any(other in str(told) for other in HOSTS)
    return done


def work(log: Path, seed: int) -> dict[str, int]:
    """A worker, until nothing is left; what it sends takes a while, and is written down."""
    pause = random.Random(seed)

    def send(connector: FakeConnector, message) -> Receipt:
        time.sleep(pause.uniform(0.001, 0.01))
        with log.open("a") as file:
            file.write(f"{message.key}\n")
        return Receipt(message.key)

    FakeConnector.send = send
    worker = Worker()
    while Delivery.objects.exclude(state="sent").exists() or Envelope.objects.filter(state="waiting").exists():
        worker.once()
    return tell()


def read() -> dict[str, int]:
    """A worker, until what messages mean has been read."""
    worker, done = Worker(), 0
    while waiting(source().encoders).exists():
        done += run_job(worker, "read_latest", datetime.now(UTC))
    return {"read": done}


def tell() -> dict[str, int]:
    """How many there are of each thing after all that."""
    waited = Message.objects.filter(external_id__startswith="w")
    return {
        "replies": Message.objects.filter(direction="out").count(),
        "deliveries": Delivery.objects.filter(state="sent").count(),
        "messages": waited.count(),
        "conversations": waited.values("conversation").distinct().count(),
        "taken": Envelope.objects.filter(state="taken").count(),
        "envelopes": Envelope.objects.count(),
    }


def main(part: str, *more: str) -> None:
    parts = {"prepare": prepare, "reply": reply, "read": read, "work": lambda log, seed: work(Path(log), int(seed))}
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(parts[part](*more)))


if __name__ == "__main__":
    main(*sys.argv[1:])

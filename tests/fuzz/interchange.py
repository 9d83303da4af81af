"""Lines of the interchange format: read, taken in, shown, written out again."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

from django.test import Client

import portevoix.demo
from portevoix.exchange.inbound import poller
from portevoix.kernel.errors import BadLine
from portevoix.kernel.interchange import read_line, read_lines, write_line
from portevoix.kernel.messages import Incoming
from portevoix.record.export import export
from portevoix.record.models import Conversation, Envelope
from tests.fuzz import nasty
from tests.fuzz.door import QUARANTINED, REFUSED, TAKEN, Fault
from tests.fuzz.house import check_reason, check_standing

SAMPLES = (Path(portevoix.demo.__file__).parent / "messages.jsonl").read_bytes().splitlines()
FIELDS = (
    "channel", "account", "external_id", "thread", "in_reply_to", "direction", "author", "sent_at", "text", "lang",
    "url", "media", "place", "addressed", "visibility", "about", "automatic", "reply_kind", "promised_at", "counts",
    "labels",
)  # fmt: skip
OPEN = ("text", "text", "text", "thread", "account", "in_reply_to", "lang")
_HUGE: tuple[Callable[[], bytes], ...] = (
    lambda: b"[" * 1_000_000,
    lambda: b"9" * 1_000_000,
    lambda: b'{"a":' * 100_000,
    lambda: b"x" * 8_000_001,
    lambda: b"{" + b" " * 5_000_000 + b"}",
)
LOOK_EVERY = 25


class Interchange:
    """Through `read_lines`, `exchange.inbound.poller.take_messages` and the steps, into a real database."""

    def __init__(self, browser: Client) -> None:
        self.browser = browser
        self.thrown = 0

    @staticmethod
    def case(random: Random, number: int) -> bytes:
        if random.random() < 0.002:
            return random.choice(_HUGE)()
        data = json.loads(random.choice(SAMPLES))
        data["external_id"] = f"fuzz-{number}"
        if data.get("in_reply_to") and random.random() < 0.8:
            data["in_reply_to"] = f"fuzz-{random.randrange(number + 1)}"
        if random.random() < 0.15:
            data["direction"] = "out"
        for _ in range(random.choice((0, 1, 1, 1, 2))):
            _spoil(random, data)
        written = nasty.as_json(random, data).encode()
        if random.random() < 0.2:
            return nasty.mangled(random, written, SAMPLES)
        return written + random.choice((b"", b"\n", b"\r\n", b"\n\n"))

    def throw(self, case: bytes) -> str:
        self.thrown += 1
        outcomes = {self._line(item) for item in read_lines(BytesIO(case))}
        return next((each for each in (QUARANTINED, TAKEN) if each in outcomes), REFUSED)

    def _line(self, item: Incoming | BadLine) -> str:
        if isinstance(item, BadLine):
            check_reason({"text": item.text, "values": item.values})
            if item.line is None:
                raise Fault("a refused line has no number")
            return REFUSED
        again = read_line(write_line(item), 1)
        if again != item:
            raise Fault(f"written out it reads differently: {again}")
        for _ in poller.take_messages([item], now=datetime.now(UTC)):
            pass
        return check_envelope(self.browser, item, look=self.thrown % LOOK_EVERY == 0)

    def look(self) -> None:
        for message in export(since=None, until=None):
            if read_line(write_line(message), 1).external_id != message.external_id:
                raise Fault(f"exported, it reads differently: {message.external_id}")
        check_standing(self.browser)


def _spoil(random: Random, data: dict[str, Any]) -> None:
    """Makes one field wrong, or only strange."""
    name = random.choice((*FIELDS, nasty.text(random, long=0)))
    kind = random.randrange(8)
    if kind == 0:
        data.pop(name, None)
    elif kind == 1:
        data[name] = nasty.value(random)
    elif kind == 2:
        data[random.choice(("sent_at", "promised_at"))] = random.choice(nasty.MOMENTS)
    elif kind == 3 and isinstance(data.get(name), dict):
        data[name] = {
            **data[name],
            random.choice(("id", "name", "handle", "url", "title", "x")): nasty.value(random),
        }
    elif kind == 4:
        data |= random.choice(_SPECIAL)
    else:
        data[random.choice(OPEN)] = nasty.text(random)


def check_envelope(browser: Client, item: Incoming, *, look: bool) -> str:
    """What became of a message that was stored. Raises Fault when it is neither taken nor set aside with a reason."""
    envelope = Envelope.objects.filter(
        account__channel=item.channel, account__address=item.account, external_id=item.external_id
    ).first()
    if envelope is None:
        raise Fault("its envelope was not kept")
    if envelope.state == Envelope.State.TAKEN:
        row = Conversation.objects.filter(messages=envelope.message_id).first()
        if row is None:
            raise Fault("it was taken and is nowhere")
        if look and browser.get(f"/inbox/{row.pk}/").status_code != 200:
            raise Fault("its page does not open")
        return TAKEN
    if envelope.state in (Envelope.State.QUARANTINED, Envelope.State.HELD):
        check_reason(envelope.reason)
        return QUARANTINED
    raise Fault(f"it is {envelope.state} after its steps")


_SPECIAL: tuple[dict[str, Any], ...] = (
    {"direction": "out", "reply_kind": "holding", "promised_at": "9999-12-31T23:59:59Z"},
    {"direction": "out", "reply_kind": "holding", "promised_at": "0001-01-01T00:00:00+14:00"},
    {"direction": "out", "automatic": True, "reply_kind": "answer"},
    {"labels": {"department": {"a": 1}, "kind": ["x"], "valence": "v" * 600}},
    {"labels": {"department": "\0", "kind": "k\ud800"}},
    {"labels": {"department": "voirie" * 100}},
    {"counts": {"likes": 2**60, "reposts": -1}},
    {"place": {"lat": 90, "lon": "x"}},
    {"author": {"id": "i" * 500, "name": "n" * 500, "handle": "h" * 500}},
    {"author": {"id": "\u202e", "name": "\u202e<b>"}},
    {"media": [{"url": "javascript:alert(1)"}] * 3},
    {"media": [{"url": "https://a.example/", "alt": "x" * 100_000}] * 90},
    {"thread": "t" * 500, "in_reply_to": "p" * 500},
    {"lang": "fr-" + "-".join(["abcdefgh"] * 5)},
    {"sent_at": "0001-01-01T00:00:00+23:59"},
    {"sent_at": "9999-12-31T23:59:59-23:59"},
    {"thread": "loop", "in_reply_to": "loop", "external_id": "loop"},
)

"""What a bad line does to the X channel: nothing is lost, nothing comes or goes twice."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from portevoix.channels import http
from portevoix.exchange.outbound.delivery import MOST_ATTEMPTS
from portevoix.kernel.errors import TryLater, Uncertain
from portevoix.kernel.messages import Direction
from tests.channels.x_given import connector, mention, reply, served
from tests.servers.faulty import AFTER, BEFORE, HARMLESS, seeded
from tests.servers.x_door import Door

pytestmark = pytest.mark.servers


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    with served(monkeypatch) as network:
        yield network


def test_nothing_is_lost_and_nothing_doubled_whatever_the_wire_does(door: Door) -> None:
    """A seeded sample: two of five requests meet a fault."""
    kinds = (*BEFORE, *AFTER, *HARMLESS)
    written = [mention(door, f"n{n}", timedelta(minutes=400 - n)) for n in range(230)]
    door.choose = seeded(5, 0.4, kinds)
    taken, cursor = set[str](), None
    for _ in range(200):
        http.forget_waits()
        try:
            batch = connector(door).receive(cursor)
        except TryLater:
            continue
        taken |= {m.external_id for m in batch.messages if m.direction is Direction.IN}
        cursor = batch.cursor
        if not batch.more:
            break
    assert taken == set(written)
    came = Counter(_sent(door, number) for number in range(80))
    door.choose = lambda request: ""
    arrived = Counter(post.text.rsplit(" ", 1)[1] for post in door.network.of(door.me))
    assert set(arrived.values()) == {1}, "none doubled"
    assert len(arrived) >= came["sent"], "none lost"
    assert came["sent"] + came["uncertain"] == 80 and came["uncertain"] <= 4
    assert sum(door.met.values()) > 80 and set(door.met) == set(kinds)


def _sent(door: Door, number: int) -> str:
    """As the worker does: an uncertain send is looked for, and sent again when it did not arrive."""
    message = reply(mention(door, f"question {number}"), f"Réponse n{number}", f"k{number}")
    doubt = False
    for _ in range(MOST_ATTEMPTS):
        http.forget_waits()
        try:
            if doubt and connector(door).find(message):
                return "sent"
            doubt = False
            connector(door).send(message)
            return "sent"
        except Uncertain:
            doubt = True
        except TryLater:
            continue
    return "uncertain" if doubt else "given up"

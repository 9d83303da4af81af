"""What X bills is counted, shown, and stopped before a limit is exceeded, whichever access is used."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from portevoix.channels.base import Billed
from portevoix.channels.x import XConnector, XSettings, budget
from portevoix.channels.x.cursor import Cursor
from portevoix.channels.x.receive import USAGE_EVERY
from portevoix.kernel.errors import TryLater
from tests.channels.test_x_access import BACK, connected
from tests.channels.x_given import AGO, CITY, connector, mention, read_all, reply, served
from tests.servers.x_door import BEARER, Door

pytestmark = pytest.mark.servers


@pytest.fixture
def door(monkeypatch) -> Iterator[Door]:
    with served(monkeypatch) as door:
        door.sign_in.back = {BACK}
        yield door


def until_spent(door: Door, most: int) -> str | None:
    """Reads until the limit is met, and all that X says goes on being said; the cursor then."""
    cursor = None
    with pytest.raises(TryLater, match="used up"):
        for _ in range(100):
            cursor = connector(door, most_read=most).receive(cursor).cursor
    return cursor


@pytest.mark.parametrize("most", [15, 40, 61, 100])
def test_a_limit_is_never_exceeded_by_what_comes_along_with_posts(most, door: Door) -> None:
    for n in range(50):
        ago = timedelta(minutes=600 - n)
        above, quoted = (door.network.write(door.bob, f"{word} {n}", ago=ago).id for word in ("above", "quoted"))
        mention(door, f"n{n}", ago, parent=above, quoted=quoted)
    cursor = until_spent(door, most)
    assert most - 15 < door.network.billed <= most
    bill = connector(door, most_read=most).bill(cursor, datetime.now(UTC))
    assert bill.uses[0].used == door.network.billed and bill.uses[0].remaining == most - door.network.billed


def test_what_is_read_to_find_a_reply_counts_too(door: Door) -> None:
    _, cursor = read_all(door)
    asked = mention(door, ago=AGO)
    for n in range(30):
        door.network.write(door.me, f"Annonce {n}")
    before = door.network.billed
    assert connector(door).find(reply(asked)) is None
    counted = door.network.billed - before
    assert counted >= 30
    bill = connector(door).bill(cursor, datetime.now(UTC))
    assert bill.uses[0].used == door.network.billed, "though no cursor has it yet"
    with pytest.raises(TryLater, match="used up"):
        connector(door, most_read=counted + 10).receive(cursor)
    _, cursor = read_all(door, cursor)
    assert budget.extra_reads(CITY, datetime.now(UTC)) == 0
    assert connector(door).bill(cursor, datetime.now(UTC)).uses[0].used == door.network.billed


def test_the_bill_tells_what_is_left_what_it_costs_and_what_happens_then(door: Door) -> None:
    for n in range(4):
        mention(door, f"n{n}", AGO)
    door.network.write(door.me, "Annonce", ago=AGO)
    _, cursor = read_all(door)
    december = datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert [use.used for use in connector(door).bill(cursor, december + timedelta(days=40)).uses] == [0, 0]
    now = datetime.now(UTC)
    bill = connector(door, most_read=1000, most_written=0, price_read=5, price_written=200).bill(cursor, now)
    read, written = bill.uses
    assert (read.used, read.remaining, read.cost) == (
        door.network.billed,
        1000 - door.network.billed,
        read.used * 0.005,
    )
    assert written.used == sum(budget.month_of(post.made) == budget.month_of(now) for post in door.network.of(door.me))
    assert written.most == 0 and written.cost == pytest.approx(written.used * 0.2)
    assert bill.since.day == bill.until.day == 1 and bill.since <= now.date() < bill.until
    assert bill.until.isoformat() in bill.then[0] and "waits on X" in bill.then[0] and "replies wait" in bill.then[1]
    assert isinstance(connector(door), Billed)


def test_x_s_own_count_is_asked_once_an_hour_where_a_bearer_token_allows(door: Door) -> None:
    mention(door, ago=AGO)
    _, cursor = read_all(door)
    assert door.reached().count("GET /2/usage/tweets") == 1
    told = connector(door).bill(cursor, datetime.now(UTC)).told
    assert "of 2000000 posts" in told and BEARER not in told + str(cursor)
    read_all(door, cursor)
    assert door.reached().count("GET /2/usage/tweets") == 1
    at = Cursor.read(cursor)
    at.usage_at = (datetime.now(UTC) - USAGE_EVERY).isoformat()
    read_all(door, str(at))
    assert door.reached().count("GET /2/usage/tweets") == 2
    door.exchanges.clear()
    _, cursor = read_all(door, bearer_token="")
    assert "GET /2/usage/tweets" not in door.reached() and not connector(door).bill(cursor, datetime.now(UTC)).told


def test_a_bearer_token_that_is_refused_holds_up_nothing(door: Door) -> None:
    asked = mention(door, ago=AGO)
    found, cursor = read_all(door, bearer_token="wrong")
    assert [message.external_id for message in found] == [asked]
    assert not connector(door).bill(cursor, datetime.now(UTC)).told
    read_all(door, cursor, bearer_token="wrong")
    assert door.reached().count("GET /2/usage/tweets") == 1


def test_who_signed_in_is_counted_and_stopped_in_the_same_way(door: Door) -> None:
    for n in range(30):
        mention(door, f"n{n}", timedelta(minutes=300 - n))
    city = XConnector(CITY, XSettings(**connected(door), most_read=20))
    cursor = city.receive(None).cursor
    with pytest.raises(TryLater, match="used up"):
        for _ in range(20):
            cursor = city.receive(cursor).cursor
    assert city.bill(cursor, datetime.now(UTC)).uses[0].used == door.network.billed <= 20

"""Much that waits on a network is read page after page, taken a batch at a time, and no other account waits for it."""

import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError

from portevoix.channels.fake import FakeConnector
from portevoix.exchange.inbound import batches
from portevoix.exchange.inbound import poller as receive
from portevoix.exchange.worker import take_waiting
from portevoix.kernel.errors import Refused, TryLater
from portevoix.kernel.messages import Batch, Change, File, Unreadable
from portevoix.record.models import Account, Envelope, Message
from portevoix.record.operations import accounts, envelopes
from tests.conftest import NOW, incoming
from tests.exchange.polled import poll

pytestmark = pytest.mark.django_db
CITY = "@testville"


class Shelf:
    """A network with so many mentions, some a page; `fails`, once, at the cursors it names."""

    def __init__(self, monkeypatch, count: int, page: int = 10) -> None:
        self.asked: list[int] = []
        self.count, self.page = count, page
        self.fails: dict[int, Exception] = {}
        monkeypatch.setattr(FakeConnector, "receive", lambda connector, cursor: self._page(connector, cursor))

    def _page(self, connector, cursor: str | None) -> Batch:
        start = int(cursor or 0)
        if connector.account != CITY:
            return Batch((), cursor=cursor)
        self.asked.append(start)
        if start in self.fails:
            raise self.fails.pop(start)
        end = min(start + self.page, self.count)
        told = tuple(incoming(f"m{n}") for n in range(start, end))
        return Batch(told, cursor=str(end), more=end < self.count)


@pytest.fixture
def account(city) -> Account:
    return Account.objects.get(address=CITY)


def drained(poller: receive.Poller, *, rounds: int = 50) -> list[int]:
    """How many came with each turn, until nothing is asked for any more."""
    came = []
    for _ in range(rounds):
        poller.begin(NOW)
        came.append(poller.take(NOW).new)
        if not came[-1]:
            break
    return came


def test_a_batch_holds_several_pages(account, monkeypatch) -> None:
    shelf = Shelf(monkeypatch, 35)
    assert poll(account, now=NOW).new == 35 == Message.objects.count()
    account.refresh_from_db()
    assert shelf.asked == [0, 10, 20, 30] and account.cursor == "35"
    assert account.next_poll_at > NOW and account.leased_until is None


def test_full_batches_follow_each_other_and_the_next_is_asked_for_while_one_is_taken(account, monkeypatch) -> None:
    shelf, taken = Shelf(monkeypatch, 100), []
    monkeypatch.setattr(batches, "BATCH", 20)
    run = receive.enrich.enrich_envelopes

    def slowly(ids, *, now, fresh):
        taken.append(len(ids))
        pages_taken = sum(taken) // 10
        ends = time.monotonic() + 5
        while len(shelf.asked) == pages_taken < 10 and time.monotonic() < ends:
            time.sleep(0.005)
        assert len(shelf.asked) > pages_taken or pages_taken == 10, "the next batch is asked for meanwhile"
        return run(ids, now=now, fresh=fresh)

    monkeypatch.setattr(receive.enrich, "enrich_envelopes", slowly)
    assert drained(receive.Poller())[:5] == [20] * 5
    assert Message.objects.count() == 100 and len(shelf.asked) == 10, "no page is asked for twice"
    assert Account.objects.get(pk=account.pk).leased_until is None


@pytest.mark.parametrize(
    ("error", "state"),
    [(TryLater("Busy.", after=timedelta(minutes=2)), "active"), (Refused("The token has expired."), "paused")],
)
def test_what_came_before_the_trouble_is_taken_and_the_trouble_is_kept(account, monkeypatch, error, state) -> None:
    shelf = Shelf(monkeypatch, 50)
    shelf.fails = {20: error}
    assert poll(account, now=NOW).new == 20
    account.refresh_from_db()
    assert (account.state, account.cursor, account.trouble["text"]) == (state, "20", error.text)
    accounts.resume(account=account.pk, by=None, now=NOW)
    account.refresh_from_db()
    assert poll(account, now=NOW).new == 30 and shelf.asked == [0, 10, 20, 20, 30, 40]


def test_after_a_run_others_have_their_turn(account, monkeypatch) -> None:
    Shelf(monkeypatch, 100)
    monkeypatch.setattr(batches, "BATCH", 10)
    monkeypatch.setattr(receive, "RUN", 3)
    poller = receive.Poller()
    for _ in range(3):
        poller.begin(NOW)
        poller.take(NOW)
    kept = Account.objects.get(pk=account.pk)
    assert kept.cursor == "30" and kept.leased_until is None and kept.next_poll_at == NOW


def test_an_account_that_is_paused_meanwhile_is_not_asked_again(account, monkeypatch) -> None:
    shelf = Shelf(monkeypatch, 100)
    monkeypatch.setattr(batches, "BATCH", 10)
    poller = receive.Poller()
    poller.begin(NOW)
    accounts.pause(account=account.pk, by=None, now=NOW)
    assert poller.take(NOW).new == 10
    poller.begin(NOW)
    assert poller.take(NOW).new == 0 and shelf.asked == [0]
    kept = Account.objects.get(pk=account.pk)
    assert (kept.state, kept.leased_until) == ("paused", None)


def test_a_worker_that_stops_asks_for_nothing_more(account, monkeypatch) -> None:
    shelf = Shelf(monkeypatch, 100)
    monkeypatch.setattr(batches, "BATCH", 10)
    poller = receive.Poller()
    poller.begin(NOW)
    assert poller.finish(NOW).new == 10 and shelf.asked == [0]
    kept = Account.objects.get(pk=account.pk)
    assert kept.leased_until is None and kept.next_poll_at == NOW, "another worker goes on at once"


def test_large_files_make_small_batches(account, monkeypatch) -> None:
    shelf, page = Shelf(monkeypatch, 60), FakeConnector.receive
    content = b"x" * (batches.BATCH_CHARACTERS // 15)

    def with_files(connector, cursor):
        batch = page(connector, cursor)
        file = File(name="a.txt", type="text/plain", size=len(content), content=content)
        return replace(batch, messages=tuple(replace(m, files=(file,)) for m in batch.messages))

    monkeypatch.setattr(FakeConnector, "receive", with_files)
    assert poll(account, now=NOW).new == 20 and shelf.asked == [0, 10]


class Deleted:
    """A network on which a message is deleted by what its next page brings."""

    def __init__(self, monkeypatch) -> None:
        self.gone = replace(incoming("m0"), change=Change.RETRACT, revision=1, text="")
        monkeypatch.setattr(FakeConnector, "receive", lambda connector, cursor: self._page(connector, cursor))

    def _page(self, connector, cursor: str | None) -> Batch:
        told = [(incoming("m0"), incoming("m1")), (self.gone,)]
        number = int(cursor or 0)
        here = connector.account == CITY and number < len(told)
        return Batch(told[number] if here else (), cursor=str(number + 1) if here else cursor)


def taken_by_another(now) -> None:
    other = receive.Poller()
    other.begin(now)
    other.finish(now)
    take_waiting(now)


def test_another_worker_never_takes_a_deletion_before_what_it_deletes(account, monkeypatch) -> None:
    Deleted(monkeypatch)
    run, later = receive.enrich.enrich_envelopes, NOW + timedelta(seconds=11)

    def slowly(ids, *, now, fresh):
        monkeypatch.setattr(receive.enrich, "enrich_envelopes", run)
        taken_by_another(later)
        return run(ids, now=now, fresh=fresh)

    monkeypatch.setattr(receive.enrich, "enrich_envelopes", slowly)
    first = receive.Poller()
    first.begin(NOW)
    assert first.finish(NOW).new == 2
    taken_by_another(later)
    assert Message.objects.get(external_id="m0").retracted_at is not None


def test_a_deletion_waits_for_what_it_deletes_when_the_worker_that_had_it_died(account, monkeypatch) -> None:
    Deleted(monkeypatch)

    def die(ids, *, now, fresh):
        raise SystemExit

    with monkeypatch.context() as dying, suppress(SystemExit):
        dying.setattr(receive.enrich, "enrich_envelopes", die)
        poll(account, now=NOW)
    accounts.free([account])
    taken_by_another(NOW + timedelta(seconds=11))
    assert set(Envelope.objects.values_list("external_id", "state")) == {("m0", "waiting"), ("m1", "waiting")}
    for minutes in (6, 8):
        take_waiting(NOW + timedelta(minutes=minutes))
    assert Message.objects.get(external_id="m0").retracted_at is not None
    assert not Envelope.objects.exclude(state="taken").exists()


def test_what_edits_something_that_never_came_is_set_aside_all_the_same(account) -> None:
    stored = envelopes.store(account, Batch((replace(incoming("m7"), change=Change.RETRACT, revision=1),)), now=NOW)
    assert receive.enrich.enrich_envelopes(stored.waiting, now=NOW).aside == 1


def test_what_came_is_taken_though_the_database_fails_when_more_is_asked_for(account, monkeypatch) -> None:
    Shelf(monkeypatch, 40)
    monkeypatch.setattr(batches, "BATCH", 10)

    def fail(**given):
        raise OperationalError("database is locked")

    monkeypatch.setattr(accounts, "extend_lease", fail)
    poller = receive.Poller()
    poller.begin(NOW)
    with pytest.raises(OperationalError):
        poller.take(NOW)
    assert Message.objects.count() == 10


def test_a_worker_that_is_told_to_stop_while_it_takes_asks_for_nothing_more(account, monkeypatch) -> None:
    shelf, stopping = Shelf(monkeypatch, 100), []
    monkeypatch.setattr(batches, "BATCH", 10)
    poller = receive.Poller()
    poller.begin(NOW, going_on=lambda: not stopping)
    stopping.append(True)
    assert poller.take(NOW).new == 10 and shelf.asked == [0]


def test_whose_lease_is_over_goes_on_no_more(account, monkeypatch) -> None:
    shelf = Shelf(monkeypatch, 100)
    monkeypatch.setattr(batches, "BATCH", 10)
    slow, other = receive.Poller(), receive.Poller()
    slow.begin(NOW)
    late = NOW + timedelta(minutes=6)
    other.begin(late)
    assert slow.take(late).new == 10
    asked = len(shelf.asked)
    slow.begin(late)
    assert slow.take(late).new == 0 and len(shelf.asked) == asked, "the other one has it"
    for _ in range(15):
        other.begin(late)
        other.take(late)
    assert Message.objects.count() == 100 and shelf.asked[-10:] == [*range(0, 100, 10)][-10:]


def test_a_network_that_always_has_more_of_nothing_is_asked_once_a_turn(account, monkeypatch) -> None:
    asked = []

    def nothing(connector, cursor):
        if connector.account == CITY:
            asked.append(cursor)
            time.sleep(0.01)
        return Batch((), cursor="b" if cursor == "a" else "a", more=connector.account == CITY)

    monkeypatch.setattr(FakeConnector, "receive", nothing)
    monkeypatch.setattr(batches, "PATIENCE", 0.05)
    poller = receive.Poller()
    poller.begin(NOW)
    poller.take(NOW)
    assert len(asked) < 10 and Account.objects.get(pk=account.pk).leased_until is None


def test_html_and_what_cannot_be_read_fill_a_batch_too(account, monkeypatch) -> None:
    html, raw = "x" * (batches.BATCH_CHARACTERS // 15), "y" * (batches.BATCH_CHARACTERS // 15)
    shelf, page = Shelf(monkeypatch, 60), FakeConnector.receive

    def heavy(connector, cursor):
        batch = page(connector, cursor)
        unreadable = tuple(Unreadable(m.external_id, "No.", raw) for m in batch.messages[5:])
        return replace(batch, messages=tuple(replace(m, html=html) for m in batch.messages[:5]), unreadable=unreadable)

    monkeypatch.setattr(FakeConnector, "receive", heavy)
    assert poll(account, now=NOW).new == 20 and shelf.asked == [0, 10]


def test_the_same_message_twice_in_a_batch_is_itself_and_its_edit(account) -> None:
    told = (incoming("a"), replace(incoming("a"), revision=1, text="Après"), incoming("b"))
    stored = envelopes.store(account, Batch(told), now=NOW)
    assert receive.enrich.enrich_envelopes(stored.waiting, now=NOW).taken_count == 3
    assert Message.objects.get(external_id="a").text == "Après"

"""`/live`: who is told, what, and when it is over."""

import asyncio
import threading
import time
from contextlib import aclosing
from datetime import UTC, datetime

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections
from django.test import AsyncClient
from django.urls import reverse

from portevoix.desk.push import colleague_presence, notifications, sse
from portevoix.desk.push.notifications import Hub, News, Position, parse
from portevoix.desk.push.sse import spread, stream
from portevoix.record import operations
from portevoix.record.models import Contact
from portevoix.record.operations import city
from portevoix.record.queries import live as queries
from portevoix.record.queries.live import Listener, visible_to
from tests.conftest import NOW, house_now, incoming


@pytest.fixture
def at_ten():
    """Here time passes."""


class Source:
    """News that a test gives by hand; `watchers` counts who watches."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[News | Exception] = asyncio.Queue()
        self.watchers = 0

    async def __call__(self):
        self.watchers += 1
        try:
            while True:
                news = await self.queue.get()
                if isinstance(news, Exception):
                    raise news
                yield news
        finally:
            self.watchers -= 1


def told(lines) -> list[str]:
    return [line.decode().replace("\n", " ").strip() for line in lines]


async def read(lines, number: int) -> list[str]:
    return told([await asyncio.wait_for(anext(lines), 5) for _ in range(number)])


def run(test) -> None:
    asyncio.run(asyncio.wait_for(test(), 20))


def test_all_pages_are_told_by_one_watcher_which_stops_with_the_last():
    async def scene():
        source = Source()
        hub = Hub(source)
        first, second = stream(hub), stream(hub)
        for lines in (first, second):
            assert await read(lines, 1) == ["retry: 3000 id: 1"]
        source.queue.put_nowait(News(updates=frozenset({12, 5})))
        for lines in (first, second):
            assert await read(lines, 1) == ["event: changed data: 5,12"]
        assert source.watchers == 1
        await first.aclose()
        source.queue.put_nowait(News(presence=frozenset({7})))
        assert await read(second, 1) == ["event: presence data: 7"]
        await second.aclose()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert source.watchers == 0

    run(scene)


def test_a_slow_page_is_told_once_of_all_that_it_missed():
    async def scene():
        source = Source()
        async with aclosing(stream(Hub(source))) as lines:
            await read(lines, 1)
            for number in (1, 2, 3):
                source.queue.put_nowait(News(updates=frozenset({number})))
            await asyncio.sleep(0.05)
            assert await read(lines, 1) == ["event: changed data: 1,2,3"]

    run(scene)


def test_a_quiet_stream_beats_and_ends_so_that_the_browser_is_asked_anew_who_it_is():
    async def scene():
        lines = [line async for line in stream(Hub(Source()), beat=0.02, longest=0.1)]
        assert told(lines[1:3]) == [": here", ": here"]

    run(scene)


def test_a_stream_ends_soon_after_its_colleague_has_signed_out(monkeypatch):
    monkeypatch.setattr(notifications, "CHECK_EVERY", 0.01)
    here, gone = Listener(1, "one", "", False), Listener(2, "two", "", False)
    monkeypatch.setattr(queries, "still_listening", lambda listeners: set(listeners) - {gone})

    async def scene():
        source = Source()
        hub = Hub(source)
        async with aclosing(stream(hub, listener=here)) as stays, aclosing(stream(hub, listener=gone)) as ends:
            await read(stays, 1)
            assert len(told([line async for line in ends])) == 1
            source.queue.put_nowait(News(updates=frozenset({3})))
            assert await read(stays, 1) == ["event: changed data: 3"]

    run(scene)


@pytest.mark.parametrize("how", ["nothing", "signed out", "dismissed", "other password", "fewer rights"])
def test_who_still_listens(client, host, how, monkeypatch):
    monkeypatch.setattr(queries.connections, "close_all", lambda: None)  # the test's own transaction
    client.force_login(host)
    listener = Listener.of(host, client.session.session_key)
    if how == "signed out":
        client.post(reverse("web:sign-out"))
    elif how == "dismissed":
        Contact.objects.update(is_active=False)
    elif how == "other password":
        Contact.objects.update(password="other")
    elif how == "fewer rights":
        Contact.objects.update(role="contact")
    assert queries.still_listening({listener}) == ({listener} if how == "nothing" else set())


def test_who_comes_back_looks_at_everything_again():
    async def scene():
        async with aclosing(stream(Hub(Source()), again=True)) as lines:
            assert (await read(lines, 2))[1] == "event: changed data:"

    run(scene)


def test_after_trouble_with_the_database_pages_look_at_everything_again(monkeypatch):
    monkeypatch.setattr(notifications, "RETRY_AFTER", 0.01)

    async def scene():
        from django.db import OperationalError  # noqa: PLC0415 -- beside its only use

        source = Source()
        async with aclosing(stream(Hub(source))) as lines:
            await read(lines, 1)
            source.queue.put_nowait(OperationalError("gone"))
            assert await read(lines, 1) == ["event: changed data:"]
            source.queue.put_nowait(News(updates=frozenset({3})))
            assert await read(lines, 1) == ["event: changed data: 3"]

    run(scene)


def test_what_is_announced_is_understood():
    assert parse("12,13") == News(updates=frozenset({12, 13}))
    assert parse("presence:12") == News(presence=frozenset({12}))
    assert not parse("")


def test_looking_finds_events_and_presences_once(take, host):
    (pk,) = take(incoming("1"))
    seen = Position.now()
    assert not seen.look()[1]
    operations.note(conversation=pk, text="Vu.", by=host, now=NOW)
    seen, news = seen.look()
    assert news == News(updates=frozenset({pk}))
    colleague_presence.arrive(host, pk, house=house_now(), now=datetime.now(UTC))
    seen, news = seen.look()
    assert news == News(presence=frozenset({pk}))
    colleague_presence.arrive(host, pk, house=house_now(), now=datetime.now(UTC))
    assert not seen.look()[1]


def test_the_record_says_what_came_after_an_event(take, host):
    before = queries.latest_event()
    (pk,) = take(incoming("1"))
    assert queries.events_since(before) == (queries.latest_event(), frozenset({pk}))
    assert queries.events_since(queries.latest_event()) == (queries.latest_event(), frozenset())


def ask(contact, **headers):
    async def asked():
        client = AsyncClient()
        if contact is not None:
            await client.aforce_login(contact)
        return await client.get("/live", headers=headers)

    return asyncio.run(asked())


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the connection of the test would be closed")
@pytest.mark.filterwarnings("ignore:StreamingHttpResponse")
def test_pages_of_the_same_host_are_told_and_no_others(host):
    answered = ask(host, origin="http://testserver:8000")
    assert answered.status_code == 200
    assert answered["Content-Type"] == "text/event-stream"
    assert answered["Access-Control-Allow-Origin"] == "http://testserver:8000"
    assert answered["Access-Control-Allow-Credentials"] == "true"
    assert "Origin" in answered["Vary"]
    for origin in ("http://evil.example", "http://testserver.evil.example", "null", "file://testserver"):
        refused = ask(host, origin=origin)
        assert refused.status_code == 403, origin
        assert "Access-Control-Allow-Origin" not in refused
    assert "Access-Control-Allow-Origin" not in ask(host)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the connection of the test would be closed")
@pytest.mark.filterwarnings("ignore:StreamingHttpResponse")
def test_who_is_not_signed_in_or_gone_is_told_nothing(host, editor, administrator, contact_of):
    assert ask(None).status_code == 401
    assert {ask(who).status_code for who in (host, editor, administrator, contact_of("sports"))} == {200}
    host.is_active = False
    host.save()
    assert ask(host).status_code == 401


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the connection of the test would be closed")
def test_a_contact_is_told_of_what_is_or_was_the_departments_and_of_nothing_else(take, host, contact_of):
    (mine,), (gone,) = (take(incoming(key), department="sports") for key in ("1", "2"))
    (theirs,) = take(incoming("3"), department="voirie")
    operations.route(conversation=gone, department="voirie", by=host, now=NOW)
    contact = contact_of("sports")

    async def scene():
        source = Source()
        async with aclosing(stream(Hub(source), confinee=contact.pk)) as lines:
            await read(lines, 1)
            source.queue.put_nowait(News(presence=frozenset({theirs})))
            source.queue.put_nowait(News(updates=frozenset({theirs})))
            await asyncio.sleep(0.05)
            source.queue.put_nowait(News(updates=frozenset({mine, gone, theirs}), presence=frozenset({theirs})))
            assert await read(lines, 1) == [f"event: changed data: {mine},{gone}"]

    run(scene)
    contact.is_active = False
    contact.save()
    assert visible_to({contact.pk}, frozenset({mine})) == {contact.pk: frozenset()}


@pytest.mark.parametrize("contacts", [1, 12])
def test_what_contacts_may_know_is_asked_once_for_all_of_them(
    take, contact_of, django_assert_num_queries, contacts, monkeypatch
):
    monkeypatch.setattr(queries.connections, "close_all", lambda: None)  # the test's own transaction
    (mine,), (theirs,) = (take(incoming(slug), department=slug) for slug in ("sports", "voirie"))
    colleagues = [contact_of(slug) for slug in ("sports", "voirie")]
    colleagues += [
        city.save_contact(email=f"{n}@v.example", name="N", role="contact", by=None) for n in range(contacts)
    ]
    with django_assert_num_queries(5):
        known = visible_to({colleague.pk for colleague in colleagues}, frozenset({mine, theirs}))
    assert known[colleagues[0].pk] == {mine} and known[colleagues[1].pk] == {theirs}
    assert all(known[colleague.pk] == frozenset() for colleague in colleagues[2:])


def test_the_more_pages_are_open_the_longer_each_may_wait_with_its_list():
    async def scene():
        source = Source()
        hub = Hub(source)
        several = [stream(hub) for _ in range(23)]
        for lines in several:
            await read(lines, 1)
        source.queue.put_nowait(News(updates=frozenset({1})))
        assert await read(several[-1], 2) == ["event: spread data: 9", "event: changed data: 1"]
        source.queue.put_nowait(News(updates=frozenset({2})))
        assert await read(several[-1], 1) == ["event: changed data: 2"]
        for lines in several:
            await lines.aclose()

    run(scene)
    assert spread(1) == 0 and spread(10_000) <= 60  # which is how often a page asks anyway


@pytest.mark.django_db
def test_however_many_pages_come_at_once_few_are_asked_who_they_are_at_a_time(monkeypatch):
    """Each question takes a connection to the database, of which there are not many."""
    lock, asking, most = threading.Lock(), [], []

    def who(request):
        with lock:
            asking.append(request)
            most.append(len(asking))
        time.sleep(0.01)
        with lock:
            asking.remove(request)

    monkeypatch.setattr(sse, "_find_listener", who)

    async def scene():
        answers = await asyncio.gather(*(AsyncClient().get("/live") for _ in range(40)))
        assert {answer.status_code for answer in answers} == {401}

    run(scene)
    assert len(most) == 40 and max(most) <= 4


def test_the_pages_process_says_that_it_does_not_serve_it(desk):
    response = desk.get("/live")
    assert response.status_code == 503
    assert "portevoix serve" in response.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL announces")
def test_postgresql_announces_events_and_presences(take, host):
    (pk,) = take(incoming("1"))

    async def scene():
        async with aclosing(notifications.watch_database()) as news:
            first = asyncio.ensure_future(anext(news))
            await asyncio.sleep(0.3)
            await sync_to_async(operations.note)(conversation=pk, text="Vu.", by=host, now=NOW)
            assert await asyncio.wait_for(first, 5) == News(updates=frozenset({pk}))
            house = await sync_to_async(house_now)()
            await sync_to_async(colleague_presence.arrive)(host, pk, house=house, now=datetime.now(UTC))
            assert await asyncio.wait_for(anext(news), 5) == News(presence=frozenset({pk}))
        await sync_to_async(connections.close_all)()

    run(scene)

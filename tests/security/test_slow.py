"""Whatever is slow or too much at the server's door: nobody's connection keeps a page from somebody else."""

import asyncio
from contextlib import ExitStack, closing
from http import HTTPStatus

import pytest
from django.core import signing

from portevoix.config import lanes, pages
from portevoix.config import request_body as module
from portevoix.config.bridge import build_environ
from portevoix.config.lanes import (
    MOST_SIGN_INS_A_MINUTE,
    MOST_SIGN_INS_OF_LINE,
    MOST_WAITING_OF_LINE,
    Lane,
    Visitor,
    make_lanes,
)
from portevoix.config.refusals import RequestRefused, refusal
from portevoix.config.request_body import MOST_AWAITED_OF_LINE, MOST_OF_LINE, BodyReader, Disconnected
from portevoix.kernel.visitor_addresses import SITE_FACTOR
from tests.security.door import ask, opened, received

HERE_AND_NOW = {"line": "192.0.2.1", "most": 1000}


POST = "POST {} HTTP/1.1\nContent-Type: application/x-www-form-urlencoded"
LENGTH = POST + "\nContent-Length: 100000"
CHUNKED = POST + "\nTransfer-Encoding: chunked"


@pytest.mark.parametrize("path", ["/form/", "/sign-in/", "/inbox/1/reply/", "/hooks/x/1/", "/healthz"])
@pytest.mark.parametrize(("head", "begun"), [(LENGTH, b"message=a"), (CHUNKED, b"9\r\nmessage=a\r\n")])
def test_bodies_that_never_end_leave_the_pages_to_others(port: int, path: str, head: str, begun: bytes) -> None:
    with ExitStack() as open_connections:
        for n in range(40):
            slow = opened(port, head.format(path), begun, source=f"127.0.0.{n % 5 + 2}")
            open_connections.enter_context(closing(slow))
        assert b" 200 " in ask(port, "GET /accessibility/ HTTP/1.1")[:20]
        assert b" 503 " in ask(port, "GET /healthz HTTP/1.1")[:20]  # no worker runs
        assert b" 403 " in ask(port, POST.format("/sign-in/") + "\nContent-Length: 3", b"a=b")[:20]


def test_a_body_in_chunks_is_read_whole(port: int) -> None:
    answer = ask(port, CHUNKED.format("/sign-in/"), b"3\r\na=b\r\n5\r\n&c=de\r\n0\r\n\r\n")
    assert b" 403 " in answer[:20]  # read, and found to have no token against forgery
    large = b"100000\r\n" + b"a" * 0x100000 + b"\r\n"
    assert b" 413 " in ask(port, CHUNKED.format("/sign-in/"), large * 4 + b"0\r\n\r\n")[:20]


@pytest.mark.parametrize("method", ["POST", "post"])
def test_many_wrong_passwords_at_once_are_refused_not_queued(port: int, method: str) -> None:
    page = ask(port, "GET /sign-in/ HTTP/1.1").decode()
    cookie = page.partition("set-cookie: ")[2].partition(";")[0]
    form = f"csrfmiddlewaretoken={cookie.partition('=')[2]}&email=a%40b.example&password=wrong".encode()
    head = POST.replace("POST", method).format("/sign-in/") + f"\nCookie: {cookie}\nContent-Length: {len(form)}"
    with ExitStack() as stack:
        tries = [stack.enter_context(closing(opened(port, head, form, source=f"127.0.1.{n + 1}"))) for n in range(40)]
        assert b" 200 " in ask(port, "GET /accessibility/ HTTP/1.1")[:20]
        statuses = [one.recv(20).split()[1] for one in tries]
    assert statuses.count(b"429") > 10 and set(statuses) <= {b"429", b"422"}, statuses


def test_monitoring_is_told_how_it_is_however_many_ask(port: int) -> None:
    with ExitStack() as stack:
        asked = [stack.enter_context(closing(opened(port, "GET /healthz HTTP/1.1"))) for _ in range(60)]
        assert all(b'"worker": false' in received(one) for one in asked)


def test_only_colleagues_send_large_files(port: int) -> None:
    head = "POST /inbox/1/reply/ HTTP/1.1\nContent-Length: {}"
    assert b" 413 " in ask(port, head.format(4_000_001))[:20]
    assert b" 403 " in ask(port, head.format(3), b"a=b")[:20]


def messages(*parts: bytes, ends: bool = True, wait: float = 0.0):
    """What a server receives: these parts, each after `wait` seconds; then nothing for ever, unless it `ends`."""
    waiting = [
        {"type": "http.request", "body": part, "more_body": not ends or n < len(parts) - 1}
        for n, part in enumerate(parts)
    ]

    async def receive():
        await asyncio.sleep(wait)
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    return receive


async def read(reader: BodyReader, receive, **more) -> bytes:
    async with reader.body(receive, **{**HERE_AND_NOW, **more}) as body:
        return body


def refused(reader: BodyReader, receive, **more) -> HTTPStatus:
    with pytest.raises(RequestRefused) as error:
        asyncio.run(read(reader, receive, **more))
    return error.value.status


def test_a_body_has_a_deadline_that_grows_with_what_has_come(monkeypatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.5)
    monkeypatch.setattr(module, "BYTES_A_SECOND", 100)
    assert refused(BodyReader(), messages(b"a", ends=False)) == 408
    assert refused(BodyReader(), messages(ends=False)) == 408  # not a byte came
    assert refused(BodyReader(), messages(*[b"a"] * 30, wait=0.05)) == 408  # drop by drop
    assert refused(BodyReader(), messages(b"a" * 900, ends=False)) == 408  # much at once, then silence
    assert asyncio.run(read(BodyReader(), messages(*[b"a" * 30] * 10, wait=0.05))) == b"a" * 300


def test_a_body_is_refused_as_soon_as_it_is_too_large() -> None:
    assert refused(BodyReader(), messages(b"a" * 600, b"a" * 600, ends=False)) == 413
    assert refused(BodyReader(), messages(b"a" * 1001)) == 413


def test_all_bodies_together_have_so_much_memory_and_small_ones_always_find_room(monkeypatch) -> None:
    monkeypatch.setattr(module, "SMALL", 100)

    async def several() -> None:
        reader = BodyReader(1500)
        async with reader.body(messages(b"a" * 900, b"a" * 100), **HERE_AND_NOW):
            with pytest.raises(RequestRefused) as error:
                await read(reader, messages(b"a" * 900, b"a" * 100))
            assert error.value.status == 503
            assert await read(reader, messages(b"a" * 50, b"a" * 50)) == b"a" * 100
        assert await read(reader, messages(b"a" * 900, b"a" * 100)) == b"a" * 1000
        assert not reader.bytes_used and not reader.reading

    asyncio.run(several())


def test_one_visitor_sends_few_bodies_at_a_time_and_others_do_not_wait(monkeypatch) -> None:
    async def several() -> None:
        reader = BodyReader()
        slow = [asyncio.create_task(read(reader, messages(b"a", ends=False))) for _ in range(MOST_OF_LINE)]
        await asyncio.sleep(0)
        waiting = asyncio.create_task(read(reader, messages(b"a", b"b")))
        assert await read(reader, messages(b"a", b"b"), line="198.51.100.1") == b"ab"
        assert await read(reader, messages(b"ab")) == b"ab"  # it came at once
        assert not waiting.done()
        slow[0].cancel()
        assert await waiting == b"ab"
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        assert not reader.reading

    asyncio.run(several())


def test_a_client_that_goes_away_leaves_nothing_behind() -> None:
    gone = [{"type": "http.request", "body": b"a", "more_body": True}, {"type": "http.disconnect"}]

    async def receive():
        return gone.pop(0)

    reader = BodyReader()
    with pytest.raises(Disconnected):
        asyncio.run(read(reader, receive))
    assert not reader.reading and not reader.bytes_used


def test_no_visitor_alone_keeps_all_others_from_sending() -> None:
    async def several() -> None:
        reader = BodyReader()
        awaited = [asyncio.create_task(read(reader, messages(ends=False))) for _ in range(MOST_AWAITED_OF_LINE)]
        await asyncio.sleep(0)
        with pytest.raises(RequestRefused):
            await read(reader, messages(b"a"))
        assert await read(reader, messages(b"a"), line="198.51.100.1") == b"a"
        for task in awaited:
            task.cancel()
        await asyncio.gather(*awaited, return_exceptions=True)
        assert not reader.reading and await read(reader, messages(b"a")) == b"a"

    asyncio.run(several())


def test_each_request_has_its_lane() -> None:
    lanes = make_lanes(4)
    for known in (True, False):
        assert lanes.lane_of("POST", "/sign-in/", known=known) is lanes.sign_in
        assert lanes.lane_of("GET", "/healthz", known=known) is lanes.lane_of("GET", "/metrics", known=known)
        assert lanes.lane_of("GET", "/metrics", known=known) is lanes.machines
        for path in ("/form/", "/hooks/x/1/"):
            assert lanes.lane_of("POST", path, known=known) is lanes.public
        for path in ("/inbox/", "/formation/", "/sign-in/", "/accessibility/", "/static/web/portevoix.css"):
            assert lanes.lane_of("GET", path, known=known) is (lanes.pages if known else lanes.public)


HOST, CITIZEN = Visitor("192.0.2.1", known=True), Visitor("192.0.2.1")


def test_a_full_lane_refuses_and_has_room_again() -> None:
    async def fill() -> None:
        lane = Lane("test", threads=1, most_waiting=2, most_known_waiting=3)
        loop, go = asyncio.get_running_loop(), asyncio.Event()
        work = [lambda: asyncio.run_coroutine_threadsafe(go.wait(), loop).result(), lambda: None, lambda: None]
        tasks = [asyncio.create_task(lane.run(each, CITIZEN)) for each in work]
        await asyncio.sleep(0)
        with pytest.raises(RequestRefused):
            lane.check_room(CITIZEN)
        lane.check_room(HOST)
        go.set()
        await asyncio.gather(*tasks)
        lane.check_room(CITIZEN)

    asyncio.run(fill())


def test_who_asks_for_very_much_keeps_no_other_waiting() -> None:
    async def fill() -> None:
        lane = Lane("test", threads=1, most_waiting=1000, most_known_waiting=1000)
        asked = [asyncio.create_task(lane.run(lambda: None, CITIZEN)) for _ in range(MOST_WAITING_OF_LINE)]
        await asyncio.sleep(0)
        with pytest.raises(RequestRefused):
            lane.check_room(CITIZEN)
        lane.check_room(HOST)
        lane.check_room(Visitor("198.51.100.1"))
        await asyncio.gather(*asked)
        lane.check_room(CITIZEN)

    asyncio.run(fill())


SCOPE = {"method": "GET", "path": "/é", "query_string": b"a=%C3%A9", "http_version": "1.1", "headers": []}


def test_a_header_cannot_pass_for_what_the_proxy_wrote() -> None:
    headers = [(b"x_forwarded_for", b"1.2.3.4"), (b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"content-length", b"9")]
    environ = build_environ({**SCOPE, "headers": headers}, b"abc")
    assert "HTTP_X_FORWARDED_FOR" not in environ and environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["CONTENT_LENGTH"] == "3" and environ["wsgi.input"].read() == b"abc"
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/é"
    with pytest.raises(RequestRefused):
        build_environ({**SCOPE, "headers": [(b"x", b"y")] * 200}, b"")


@pytest.mark.parametrize("status", [400, 408, 413, 429, 503])
def test_each_refusal_is_a_page_in_both_languages_that_no_cache_keeps(status: int) -> None:
    answer = refusal(HTTPStatus(status))
    page, headers = b"".join(answer.parts).decode(), dict(answer.headers)
    assert 'lang="fr"' in page and 'lang="en"' in page and len(page.encode()) == int(headers[b"content-length"])
    assert headers[b"cache-control"] == b"no-store"
    assert (b"retry-after" in headers) == (status in (429, 503))


def test_who_asks_to_sign_in_without_end_keeps_no_other_stranger_out() -> None:
    async def fill() -> None:
        lane = make_lanes(2).sign_in
        loop, go = asyncio.get_running_loop(), asyncio.Event()
        waits = lambda: asyncio.run_coroutine_threadsafe(go.wait(), loop).result()  # noqa: E731
        tasks = [asyncio.create_task(lane.run(waits, CITIZEN)) for _ in range(MOST_SIGN_INS_OF_LINE)]
        await asyncio.sleep(0)
        with pytest.raises(RequestRefused):
            lane.check_room(CITIZEN)
        lane.check_room(Visitor("198.51.100.1"))
        go.set()
        await asyncio.gather(*tasks)

    asyncio.run(fill())


def test_who_asks_to_sign_in_again_and_again_waits_for_the_next_minute(monkeypatch) -> None:
    moments = [100.0]
    monkeypatch.setattr(lanes, "monotonic", lambda: moments[0])

    async def ask() -> None:
        lane = make_lanes(2).sign_in
        for _ in range(MOST_SIGN_INS_A_MINUTE):
            await lane.run(lambda: None, CITIZEN)
        with pytest.raises(RequestRefused):
            lane.check_room(CITIZEN)
        lane.check_room(Visitor(CITIZEN.line, known=True))
        lane.check_room(Visitor("198.51.100.1"))
        moments[0] += 61.0
        lane.check_room(CITIZEN)

    asyncio.run(ask())


def test_the_lines_of_one_site_count_together() -> None:
    async def ask() -> None:
        lane = make_lanes(2).sign_in
        for n in range(MOST_SIGN_INS_A_MINUTE * SITE_FACTOR):
            await lane.run(lambda: None, Visitor(f"2001:db8:0:{n:x}::/64", site="2001:db8::/48"))
        with pytest.raises(RequestRefused):
            lane.check_room(Visitor("2001:db8:0:ffff::/64", site="2001:db8::/48"))
        lane.check_room(Visitor("198.51.100.1"))

    asyncio.run(ask())


def test_cookies_without_end_are_refused_before_they_are_read(port: int) -> None:
    head = "GET /sign-in/ HTTP/1.1\nCookie: "
    assert b" 431 " in ask(port, head + "a=b;" * 15_000)[:20]
    assert b" 200 " in ask(port, head + "a=b;" * 2_000)[:20]


@pytest.mark.parametrize("cookie", [b"%s", b"a=b; %s", b"a=b;%s; c=d", b'a="x"; %s'])
def test_a_device_is_known_among_other_cookies(cookie: bytes, settings) -> None:
    name = settings.DEVICE_COOKIE_NAME.encode()
    ours = name + b"=" + signing.dumps(["device"], salt="portevoix.web.devices").encode()
    assert pages._is_known({b"cookie": cookie % ours})
    assert not pages._is_known({b"cookie": cookie % (b"x" + ours)})

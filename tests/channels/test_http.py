"""What a channel makes of what happens on the wire: each kind of trouble has its name, and nothing takes for ever."""

import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace

import pytest

from portevoix.channels import http, internal_hosts
from portevoix.channels.connection_errors import translate_errors
from portevoix.channels.http import Http
from portevoix.channels.http_answers import Answer, Rejected
from portevoix.kernel.errors import Refused, TryLater, Uncertain
from tests.channels.wire import Wire, wire


@pytest.fixture
def server(monkeypatch) -> Iterator[Wire]:
    monkeypatch.setattr(internal_hosts, "internal", {"127.0.0.1", "localhost"})
    http.forget_waits()
    with wire() as told:
        yield told


def test_what_is_asked_arrives_as_it_was_meant(server) -> None:
    client = Http(f"{server.address}/api", headers={"Authorization": "Bearer t"})
    server.next = [(200, {"X-More": "1"}, {"é": [1]})]
    answer = client.get("/v1/things", {"limit": 2, "id": ["a", "b&c"]})
    assert answer.json() == {"é": [1]} and answer.headers["x-more"] == "1"
    client.post("/v1/new", {"text": "été"}, headers={"Idempotency-Key": "k"})
    client.post("/v1/form", {"a": "b c"}, form=True)
    client.post("/v1/file", b"\x00\xff", headers={"Content-Type": "image/png"})
    client.delete("/v1/new/1")
    said = [(method, path, headers.get("Content-Type"), body) for method, path, headers, body in server.asked]
    assert said == [
        ("GET", "/api/v1/things?limit=2&id=a&id=b%26c", None, b""),
        ("POST", "/api/v1/new", "application/json", b'{"text": "\\u00e9t\\u00e9"}'),
        ("POST", "/api/v1/form", "application/x-www-form-urlencoded", b"a=b+c"),
        ("POST", "/api/v1/file", "image/png", b"\x00\xff"),
        ("DELETE", "/api/v1/new/1", "application/json", b""),
    ]
    assert all(headers["Authorization"] == "Bearer t" for _, _, headers, _ in server.asked)
    assert server.asked[1][2]["Idempotency-Key"] == "k"


@pytest.mark.parametrize(
    "trouble", ["reset", "cut", "silent", "drip", "drip headers", (500, {}, {}), (502, {}, b"<p>")]
)
def test_a_write_without_an_answer_is_uncertain_and_a_read_may_be_repeated(trouble, server) -> None:
    server.next = [trouble, trouble]
    client, began = Http(server.address, timeout=0.25), time.monotonic()
    with pytest.raises(Uncertain):
        client.post("/", {})
    with pytest.raises(TryLater):
        client.get("/")
    assert time.monotonic() - began < 2 and len(server.asked) == 2


def test_what_never_reached_anybody_may_be_sent_again(server) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(TryLater, match="refuses connections"):
            Http(f"http://127.0.0.1:{closed.getsockname()[1]}").post("/", {})
    with pytest.raises(TryLater, match="cannot be found"):
        Http("http://nowhere.invalid").post("/", {})


def test_a_network_that_asks_to_wait_is_left_alone_until_then(server) -> None:
    client, other = Http(server.address, budget="a"), Http(server.address, budget="b")
    server.next = [(429, {"Retry-After": "30"}, {})]
    with pytest.raises(TryLater) as busy:
        client.post("/", {})
    assert busy.value.after == timedelta(seconds=30)
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    server.next = [(503, {"Retry-After": later}, {}), (429, {}, {})]
    for least, most in ((95, 101), (60, 60)):
        http.forget_waits()
        with pytest.raises(TryLater) as busy:
            client.post("/", {})
        assert least <= busy.value.after.total_seconds() <= most
    asked = len(server.asked)
    with pytest.raises(TryLater, match="asks us to wait"):
        client.get("/")
    assert len(server.asked) == asked, "it is not asked again before its time"
    http.forget_waits()
    reset = (datetime.now(UTC) + timedelta(seconds=200)).isoformat()
    server.next = [(200, {"X-RateLimit-Remaining": "1", "X-RateLimit-Reset": reset}, {})]
    client.get("/")
    asked = len(server.asked)
    with pytest.raises(TryLater) as spared:
        client.post("/", {})
    assert len(server.asked) == asked and 190 < spared.value.after.total_seconds() <= 200
    other.get("/")
    assert len(server.asked) == asked + 1, "one account's budget holds nobody else up"
    other.pause_for(timedelta(seconds=100))
    with pytest.raises(TryLater):
        other.get("/")
    assert len(server.asked) == asked + 1


def test_a_network_that_asked_to_wait_while_the_clock_was_ahead_is_asked_again(server, monkeypatch) -> None:
    client = Http(server.address)
    server.next = [(429, {"Retry-After": "30"}, {})]
    with monkeypatch.context() as clock:
        years = datetime.now(UTC) + timedelta(days=365 * 5)
        clock.setattr(http, "datetime", SimpleNamespace(now=lambda zone: years))
        with pytest.raises(TryLater):
            client.get("/")
    now = time.monotonic
    monkeypatch.setattr(http.time, "monotonic", lambda: now() + 31)
    assert client.get("/").status == 200


@pytest.mark.parametrize(("code", "expected"), [(9, TryLater), (10, Refused), (18, Refused)])
def test_a_certificate_that_is_not_valid_yet_is_waited_for(code: int, expected: type[Exception]) -> None:
    """By a clock that is behind, which is set when the machine has found a server of time."""
    error = ssl.SSLCertVerificationError("certificate verify failed")
    error.verify_code, error.verify_message = code, "why"
    with pytest.raises(expected), translate_errors("mail.ville.example", 993):
        raise error


def test_the_network_s_no_is_told_in_its_own_words_and_an_expired_access_pauses(server) -> None:
    server.next = [
        (400, {}, {"error": "InvalidRequest", "message": "Text is too long"}),
        (401, {}, {"error": "ExpiredToken"}),
        (403, {}, b"<html>"),
        (400, {}, {"type": "about:x", "detail": "Invalid.", "errors": [{"message": "No [a]"}, {}, 1]}),
        (302, {"Location": "http://127.0.0.1/"}, b""),
    ]
    client = Http(server.address)
    with pytest.raises(Rejected, match="Text is too long") as said:
        client.post("/", {})
    assert (said.value.status, said.value.code, said.value.pause) == (400, "InvalidRequest", False)
    with pytest.raises(Rejected) as expired:
        client.post("/", {})
    assert expired.value.pause and expired.value.code == "ExpiredToken"
    assert expired.value.answer.json() == {"error": "ExpiredToken"}
    with pytest.raises(Rejected):
        client.get("/")
    with pytest.raises(Rejected, match=r"Invalid\. No \[a\]") as problem:
        client.get("/")
    assert problem.value.code == "about:x"
    with pytest.raises(Refused) as moved:
        client.get("/")
    assert moved.value.pause


@pytest.mark.parametrize("base", ["ftp://a.example", "file:///etc/passwd", "https://u:p@a.example", "https:///x", "a"])
def test_what_is_no_address_is_refused(base) -> None:
    with pytest.raises(Refused):
        Http(base)


INSIDE = """
127.0.0.1 10.1.2.3 169.254.169.254 100.64.0.1 224.0.0.1 ::1 fe80::1%eth0 fec0::1 fd00::1 ff0e::1 2001:db8::1 ::127.0.0.1
::8.8.8.8 ::ffff:127.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::127.0.0.1 64:ff9b::a01:203 64:ff9b:1::808:808 2002:7f00:1::
2002:a01:203::1 2001:0:a01:203::80ff:fffe 2001:0:808:808::80ff:fffe 2001:0:808:808::f5fe:fdfc
"""
"""Local, special, or an IPv4 address of the inside as IPv6 writes it."""


@pytest.mark.parametrize("address", INSIDE.split())
def test_what_lies_inside_is_known_however_it_is_written(address) -> None:
    assert not internal_hosts.is_outside(address)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "10.1.2.3", "169.254.169.254", "[fe80::1]", "[::127.0.0.1]", "[fec0::1]"],
)
def test_nothing_inside_the_house_is_asked(host) -> None:
    with pytest.raises(Refused, match="PORTEVOIX_INTERNAL_HOSTS") as refused:
        Http(f"http://{host}:1").get("/")
    assert refused.value.pause


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4007::1", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"])
def test_the_internet_is_outside_also_from_a_network_that_knows_ipv6_only(address) -> None:
    assert internal_hosts.is_outside(address)


def test_an_answer_without_end_is_cut(server) -> None:
    server.next = [(200, {}, b" " * 2000), (200, {}, b"<html>")]
    with pytest.raises(TryLater):
        Http(server.address, most=1000).get("/")
    with pytest.raises(TryLater, match="cannot be read"):
        Http(server.address).get("/").json()


def test_a_network_that_repeats_the_access_it_refuses_tells_it_to_nobody(server) -> None:
    access = "Bearer acces-tulipe-noire"
    server.next = [(400, {}, {"error": "no", "error_description": f"you said {access}"})]
    with pytest.raises(Rejected) as refused:
        Http(server.address, headers={"Authorization": access}).get("/x")
    assert "you said Bearer ..." in str(refused.value)
    assert "tulipe" not in f"{refused.value!r} {refused.value.values} {refused.value.answer}"


FAR = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "99999999999"}


@pytest.mark.parametrize(
    "headers",
    [
        {"X-RateLimit-Remaining": "0" * 5_000, "X-RateLimit-Reset": "5"},
        {"X-RateLimit-Remaining": "\u00b2"},
        FAR,
        {**FAR, "X-RateLimit-Reset": "9999-12-31T23:59:59-23:59"},
        {**FAR, "X-RateLimit-Reset": "0001-01-01T00:00:00+23:59"},
        {**FAR, "X-RateLimit-Reset": "Mon, 99 Foo 99999999999999999999 00:00:00 +99999999"},
        {**FAR, "X-RateLimit-Reset": "Fri, 31 Dec 2026 23:59:59 +999999999999999999"},
        {"Date": "Mon, 01 Jan 99999999999999 00:00:00 +9999999999"},
    ],
)
def test_whatever_a_server_says_of_its_budget_what_it_did_is_done(headers, server) -> None:
    server.next = [(200, headers, {}), (429, {"Retry-After": headers.get("X-RateLimit-Reset", "")}, {})]
    client = Http(server.address)
    assert client.post("/", {}).status == 200
    assert all(until < time.monotonic() + 2 * 86_400 for until in http._WAITS.values())
    http.forget_waits()
    with pytest.raises(TryLater) as error:
        client.get("/")
    assert timedelta() <= error.value.after <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (b'"a\\ud800b"', "a?b"),
        (b'["\\udfff\\ud800", "\\ud83d\\ude00"]', ["??", "😀"]),
        (b'{"\\udc00": 1e999}', {"?": float("inf")}),
        ('"é\\\\ud800"'.encode(), "é\\ud800"),
    ],
)
def test_half_a_character_is_never_read(said: bytes, read: object) -> None:
    assert Answer(200, {}, said).json() == read


NO_ADDRESSES = (
    "//a",
    "ftp://a",
    "http://a:99999",
    "http://a:x",
    "http://[::1",
    "http://a b",
    "http://a\0b",
    "http://.",
)
NO_ADDRESSES += ("http://a..b", "http://é..b", "http://" + "a" * 70, "http://\ud800", "http://u@a", "http://a?b")


@pytest.mark.parametrize("base", NO_ADDRESSES)
def test_what_is_no_address_of_a_server_is_refused(base: str) -> None:
    with pytest.raises(Refused):
        Http(base)

"""Servers and workers stop when they are told to: what is in hand is finished, what is not is given back."""

import signal
import socket
import subprocess
import sys
import time

import pytest

from tests.operate.conftest import line
from tests.servers.ports import two_ports

pytestmark = pytest.mark.servers

BACKLOG = 2500
SOON = 15.0
CONNECT = """
from datetime import UTC, datetime
from portevoix.record.operations import accounts
accounts.connect(channel="x", address="@petiteville", connector="fake", settings={}, secret=(), by=None,
    now=datetime.now(UTC))
"""
ANSWER = """
from datetime import UTC, datetime
from portevoix.record import operations as do
from portevoix.record.models import Contact, Conversation
row, host = Conversation.objects.get(), Contact.objects.get()
do.answer(conversation=row.pk, text="Oui.", by=host, now=datetime.now(UTC), seen=row.version)
"""
SLOW_NETWORK = """
import sys, time
from portevoix.channels.fake import FakeConnector
from portevoix.cli.work import work
from portevoix.kernel.messages import Receipt

seconds = float(sys.argv.pop())

def send(connector, message):
    print("sending", flush=True)
    time.sleep(seconds)
    print("sent", flush=True)
    return Receipt(message.key)

FakeConnector.send = send
work(standalone_mode=False)
"""


@pytest.fixture
def replied(house):
    """One reply waits to leave, over a slow network."""
    one = house("one", made=True)
    one.python(CONNECT)
    one.do("intake", "-", stdin=line(1))
    one.python(ANSWER)
    return one


def sending(one, seconds: float = 3) -> subprocess.Popen:
    """A worker that is sending the reply at this moment, which takes so long."""
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW_NETWORK, str(seconds)], env=one.environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "sending\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_finishes_what_it_has_in_hand(replied, number) -> None:
    with sending(replied) as process:
        process.send_signal(number)
        assert process.wait(SOON) == 0
        assert process.stdout.read() == "sent\n"
    assert replied.ask("SELECT state, leased_until FROM record_delivery") == [("sent", None)]


def test_a_second_signal_ends_a_worker_at_once(replied) -> None:
    with sending(replied, 4 * SOON) as process:
        end = time.monotonic() + SOON
        while process.poll() is None and time.monotonic() < end:  # two that come before the first is seen are one
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
        assert process.wait(1) == -signal.SIGTERM
        assert process.stdout.read() == ""
    [[state, leased]] = replied.ask("SELECT state, leased_until FROM record_delivery")
    assert state == "sending" and leased, "another worker looks it up when the lease is over"


def test_a_worker_that_stops_among_many_messages_leaves_none_leased(house) -> None:
    one = house("one", made=True)
    one.do("intake", "-", stdin=line(0))
    one.python(f"""
from datetime import UTC, datetime
from portevoix.kernel.interchange import read_line
from portevoix.kernel.messages import Batch
from portevoix.record.operations import accounts, envelopes
from tests.operate.conftest import line
account = accounts.get_or_create(channel="x", address="@petiteville")
messages = tuple(read_line(line(n), n) for n in range(1, {BACKLOG}))
envelopes.free(envelopes.store(account, Batch(messages), now=datetime.now(UTC)).waiting)
""")
    worker = one.start("work")
    end = time.monotonic() + 60
    while one.ask("SELECT count(*) FROM record_message") == [(1,)]:
        assert time.monotonic() < end
        time.sleep(0.05)
    worker.send_signal(signal.SIGTERM)
    began = time.monotonic()
    assert worker.wait(60) == 0 and time.monotonic() - began < SOON
    leased = "SELECT count(*) FROM record_envelope WHERE state = 'waiting' AND leased_until IS NOT NULL"
    assert one.ask(leased) == [(0,)]
    [[taken]] = one.ask("SELECT count(*) FROM record_envelope WHERE state = 'taken'")
    assert one.ask("SELECT count(*) FROM record_message") == [(taken,)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_finishes_the_answer_in_hand(house, number) -> None:
    one, port = house("one"), two_ports()
    with one.started("serve", "--port", str(port)) as server:
        with half_asked(port) as asked:
            server.send_signal(number)
            time.sleep(1)
            asked.sendall(b"y" * 500)
            assert asked.recv(12) == b"HTTP/1.1 403", "it comes without a proof, and is answered nevertheless"
        assert server.wait(SOON) == 0


def test_a_second_signal_ends_a_server_at_once(house) -> None:
    one, port = house("one"), two_ports()
    with one.started("serve", "--port", str(port)) as server:
        with half_asked(port):
            for _ in range(2):
                server.send_signal(signal.SIGTERM)
                time.sleep(0.5)
            began = time.monotonic()
            server.wait(SOON)
        assert time.monotonic() - began < 5, "it would have waited for what is being asked: eight seconds"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def half_asked(port: int) -> socket.socket:
    """A form of which half has arrived: the server is at work on it."""
    end = time.monotonic() + 60
    while True:
        try:
            asked = socket.create_connection(("127.0.0.1", port), timeout=20)
            break
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.1)
    head = "POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    asked.sendall(f"{head}Content-Length: 1000\r\n\r\n".encode() + b"y" * 500)
    time.sleep(1)
    return asked

"""`/live` as it runs: a server process, a session, an event, a stop."""

import http.client
import os
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.db import connection

from tests.servers.ports import free_port
from tests.servers.program import copied

pytestmark = pytest.mark.servers

SLOW = 60.0
FOUND = """
import sys
from portevoix.cli.django_setup import set_up_django
set_up_django()
from datetime import UTC, datetime
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from portevoix.web.session_store import SessionStore
from portevoix.kernel.messages import Direction, Incoming, Writer
from portevoix.kernel.messages import Batch
from portevoix.record.operations import Labelled, accounts, city, envelopes, receive
now = datetime.now(UTC)
city.found_city(name="Testville", now=now)
host = city.save_contact(email="a@b.example", name="A", role="host", password="gabare-tuile-heron", by=None)
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(host.pk), host.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = "portevoix.web.auth_backends.Backend"
session.create()
print(session.session_key, flush=True)
for number, line in enumerate(sys.stdin):
    message = Incoming("x", "@v", str(number), Direction.IN, Writer("c"), now, line)
    stored = envelopes.store(accounts.get_or_create(channel="x", address="@v"), Batch((message,)), now=now)
    receive([Labelled(i, m) for i, m in envelopes.read(stored.waiting)], now=now)
    print("taken", flush=True)
"""


@pytest.fixture
def house(migrated_home, tmp_path):
    """A process that writes; answers with a session's key, then takes each line as a message."""
    home = copied(migrated_home, tmp_path / "home")
    environment = {**os.environ, "PORTEVOIX_HOME": str(home), "DJANGO_SETTINGS_MODULE": "portevoix.config.settings"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment}
    with subprocess.Popen([sys.executable, "-c", FOUND], **pipes) as writer:
        yield writer, environment
        writer.stdin.close()
        writer.wait(SLOW)


@pytest.fixture
def server(house):
    """The process that serves /live; its port."""
    _, environment = house
    port = free_port()
    granian = str(Path(sys.executable).with_name("granian"))
    command = [granian, "--interface", "asgi", "--port", str(port), "--no-ws", "--workers-kill-timeout", "2"]
    command.append("portevoix.config.asgi:application")
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        yield process, port
        process.terminate()  # a process that is killed leaves its worker behind
        try:
            process.wait(SLOW)
        except subprocess.TimeoutExpired:
            process.kill()


@contextmanager
def listen(port: int, session: str):
    """The answer of /live to a page on the neighbouring port; waits for the server to be there."""
    headers = {"Cookie": f"portevoix={session}", "Origin": "http://127.0.0.1:8000"}
    until = time.monotonic() + SLOW
    while True:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=SLOW)) as asking:
            try:
                asking.request("GET", "/live", headers=headers)
            except ConnectionRefusedError:
                assert time.monotonic() < until, "the server did not start"
                time.sleep(0.1)
                continue
            with asking.getresponse() as answer:
                yield answer
            return


def event(stream: http.client.HTTPResponse) -> str:
    while not (line := stream.readline().decode()).startswith("event:"):
        assert line, "the stream ended"
    return line.strip() + " " + stream.readline().decode().strip()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="brings a database of its own")
def test_an_open_page_is_told_within_seconds_and_the_server_stops_all_the_same(house, server):
    writer, _ = house
    process, port = server
    session = writer.stdout.readline().strip()
    with listen(port, session) as stream:
        assert stream.status == 200
        assert stream.headers["Access-Control-Allow-Origin"] == "http://127.0.0.1:8000"
        assert stream.readline() == b"retry: 3000\n"
        time.sleep(1.5)  # the watcher has begun
        writer.stdin.write("Bonjour\n")
        writer.stdin.flush()
        assert writer.stdout.readline() == "taken\n"
        assert event(stream) == "event: changed data: 1"
        with listen(port, "no-such-session") as refused:
            assert refused.status == 401
        process.terminate()
        process.wait(15)


HOSTS = (
    ({"Host": "127.0.0.1"}, 401),
    ({"Host": "127.0.0.1:8001"}, 401),
    ({"Host": "evil.example"}, 400),
    ({"Host": "evil.example", "Origin": "http://evil.example"}, 400),
    ({"Host": "127.0.0.1", "X-Forwarded-Host": "evil.example"}, 401),
    ({"Host": "127.0.0.1", "Origin": "http://["}, 403),
)


def test_only_our_own_host_is_answered(server) -> None:
    _, port = server
    with listen(port, "none"):  # until it is up
        pass
    for headers, status in HOSTS:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=SLOW)) as asking:
            asking.request("GET", "/live", headers=headers)
            assert asking.getresponse().status == status, headers

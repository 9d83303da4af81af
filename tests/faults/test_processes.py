"""The commands themselves, as a city runs them, killed with SIGKILL together with all that they have started."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.cli.test_serve import answers
from tests.faults.given import HOSTS, PASSWORD
from tests.faults.served import Post
from tests.operate.conftest import House, house, line, petiteville  # noqa: F401 -- two are fixtures
from tests.servers.ports import two_ports

pytestmark = pytest.mark.servers

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = 900
QUESTIONS = 4
PATIENCE = 60.0


def kill(process: subprocess.Popen) -> None:
    """It and its family; they are stopped first, so that none starts another one meanwhile."""
    family = [process.pid, *_children(process.pid)]
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in family:
            os.kill(pid, number)
    process.wait(PATIENCE)


def _children(pid: int) -> list[int]:
    direct = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [one for child in direct for one in (child, *_children(child))]


def soon(found: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def test_an_intake_that_is_killed_is_finished_by_the_next(house, tmp_path) -> None:  # noqa: F811
    city: House = house("intake", made=True)
    file = tmp_path / "messages.jsonl"
    file.write_bytes(b"".join(map(line, range(MESSAGES))))

    def there(table: str = "record_envelope", which: str = "1 = 1") -> int:
        return city.ask(f"SELECT count(*) FROM {table} WHERE {which}")[0][0]

    for least in (0, 300):
        process = city.start("intake", str(file), stdout=subprocess.DEVNULL)
        soon(lambda least=least: there() > least, "no message came in")
        kill(process)
        assert there() < MESSAGES, "it was killed too late"
    city.do("intake", str(file))
    assert there() == there(which="state = 'taken'") == there("record_message") == MESSAGES
    assert city.ask("SELECT count(DISTINCT external_id) FROM record_message") == [(MESSAGES,)]


@pytest.fixture
def city(house, tmp_path) -> House:  # noqa: F811
    """Where some citizens have asked something."""
    city = house("served")
    with later(city, tmp_path, 0, "prepare", str(QUESTIONS)) as process:
        assert process.wait(PATIENCE) == 0
    return city


@contextmanager
def later(city: House, folder: Path, minutes: int, *arguments: str) -> Iterator[subprocess.Popen]:
    """A command some minutes later, on the network of files."""
    command = [sys.executable, "-m", "tests.faults.process", str(folder), str(minutes), *arguments]
    with ended(subprocess.Popen(command, cwd=ROOT, env=city.environment, stdout=subprocess.DEVNULL)) as process:
        yield process


@contextmanager
def served(city: House, port: int) -> Iterator[subprocess.Popen]:
    with ended(city.start("serve", "--port", str(port), stdout=subprocess.DEVNULL)) as process:
        soon(lambda: answers(port), "the server")
        yield process


@contextmanager
def ended(process: subprocess.Popen) -> Iterator[subprocess.Popen]:
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def test_a_server_and_a_worker_that_are_killed_send_each_reply_once(city, tmp_path) -> None:
    posts = _replies_to_all(city, two_ports())
    assert city.ask("SELECT count(*) FROM record_delivery") == [(len(posts),)] == [(QUESTIONS,)]
    arrived = tmp_path / "arrived"
    with later(city, tmp_path, 6, "work") as worker:
        soon(lambda: arrived.exists() and arrived.read_text(), "the first reply at the network")
        kill(worker)
    with later(city, tmp_path, 12, "work"):
        soon(lambda: not city.ask("SELECT key FROM record_delivery WHERE state <> 'sent'"), "the rest at the network")
    keys = [key for (key,) in city.ask("SELECT key FROM record_delivery")]
    assert sorted(arrived.read_text().split()) == sorted(keys)


def _replies_to_all(city: House, port: int) -> list[Post]:
    """All at once; the server is killed meanwhile, and all are sent again, also those that got their answer."""
    with served(city, port) as process:
        browser = _signed_in(port)
        posts = [
            Post(browser, f"http://127.0.0.1:{port}/inbox/{pk}/reply/", text=f"Oui ({pk}).", reply="answer", seen=seen)
            for pk, seen in city.ask("SELECT id, version FROM record_conversation")
        ]
        threads = [one.start() for one in posts]
        soon(lambda: city.ask("SELECT key FROM record_delivery"), "the first reply")
        kill(process)
        for thread in threads:
            thread.join()
    with served(city, port):
        for one in posts:
            one.answer = None
            one.go()
            assert one.answer is not None and one.answer.status_code == 303
    return posts


def _signed_in(port: int) -> requests.Session:
    browser = requests.Session()
    address = f"http://127.0.0.1:{port}/sign-in/"
    browser.get(address, timeout=PATIENCE)
    typed = {"email": f"{HOSTS[0].lower()}@testville.example", "password": PASSWORD}
    typed["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
    assert browser.post(address, data=typed, timeout=PATIENCE).ok
    return browser

"""Several processes on one record: two hosts send one reply, two workers do each thing once.

Real processes, on PostgreSQL where the tests run there, else on the embedded database in a folder.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.exchange.vectors import serving
from tests.servers.program import copied

pytestmark = pytest.mark.servers

ROOT = Path(__file__).resolve().parents[2]
HOSTS = ("Claire", "Mehdi")
CONVERSATIONS = 12
WAITING = 60


@pytest.fixture
def play(transactional_db, migrated_home, tmp_path):
    """Runs parts of `play` at the same time; returns what each told."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO_")}
    environment |= {"PORTEVOIX_HOME": str(copied(migrated_home, tmp_path / "home")), "PORTEVOIX_LOG": "warning"}
    if connection.vendor == "postgresql":
        given = connection.settings_dict
        environment["PORTEVOIX_DATABASE_URL"] = (
            f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
        )

    def parts(*several: tuple[str, ...]) -> list[dict[str, int]]:
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.exchange.play", *part],
                cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
            for part in several
        ]  # fmt: skip
        for process in running:
            assert process.stdout.readline() == "ready\n"
        for process in running:
            process.stdin.write("go\n")
            process.stdin.flush()
        return [json.loads(process.communicate(timeout=90)[0]) for process in running]

    parts(("prepare",))
    return parts


@pytest.fixture
def far(monkeypatch):
    """An endpoint that the processes are told of."""
    with serving() as told:
        for name, value in (("", told.address), ("_MODEL", "small")):
            monkeypatch.setenv(f"PORTEVOIX_EMBEDDINGS{name}", value)
        yield told


def test_two_workers_read_each_message_once(far, play) -> None:
    told = play(*[("read",)] * 2)
    assert sum(one["read"] for one in told) == CONVERSATIONS
    asked = [text for texts in far.asked for text in texts]
    assert sorted(asked) == sorted(f"Question {n} ?" for n in range(CONVERSATIONS))


def test_two_hosts_send_one_reply_and_two_workers_do_everything_once(play, tmp_path) -> None:
    one, other = play(*(("reply", name) for name in HOSTS))
    assert one["sent"] + other["sent"] == one["told"] + other["told"] == CONVERSATIONS, (
        "the second is told who was first"
    )
    log = tmp_path / "sent"
    told = play(("work", str(log), "1"), ("work", str(log), "2"))[-1]
    sent = log.read_text().split()
    assert len(sent) == len(set(sent)) == CONVERSATIONS
    assert told["replies"] == told["deliveries"] == CONVERSATIONS
    assert told["messages"] == WAITING and told["conversations"] == WAITING // 2
    assert told["taken"] == told["envelopes"] == WAITING + CONVERSATIONS

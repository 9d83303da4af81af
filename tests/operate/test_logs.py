"""What an operator reads: one form for everything, each event explained, nobody named."""

import json
import re
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.operate.conftest import line
from tests.servers import forking
from tests.servers.ports import two_ports

ROOT = Path(__file__).resolve().parents[2]
CALL = re.compile(r"\b_?log\.(?:debug|info|warning|error|exception)\(\s*\"([^\"]*)\"")
FAULT = """
import structlog
def stumble():
    raise ValueError("Bonjour, je suis Ana, 06 12 34 56 78")
try:
    stumble()
except ValueError:
    structlog.get_logger("portevoix.work").exception("step_failed", step="x", why="550 <ana.c@citoyen.example>\\nno")
"""
WORK = """
import threading
from datetime import UTC, datetime
from portevoix.channels.fake import FakeConnector
from portevoix.exchange.worker import Worker
from portevoix.kernel.errors import Refused, TryLater
from portevoix.record import operations as do
from portevoix.record.models import Account, Contact, Conversation, Delivery
from portevoix.record.operations import accounts
now, host = datetime.now(UTC), Contact.objects.get()
accounts.connect(channel="x", address="@petiteville", connector="fake", settings={}, secret=(), by=None, now=now)

def answer(error):
    def do_it(*_):
        if error:
            raise error
    return do_it

def turn(send=None, receive=None):
    for name, error in (("send", send), ("receive", receive)):
        if error:
            setattr(FakeConnector, name, answer(error))
    Account.objects.update(next_poll_at=now, leased_until=None)
    if send:
        Delivery.objects.update(next_attempt_at=now)
    Worker().once()

row = Conversation.objects.get()
do.answer(conversation=row.pk, text="Oui, chez vous, rue des Lilas.", by=host, now=now, seen=row.version)
turn(send=TryLater("Busy: {why}", why="451 <ana.c@citoyen.example> later"))
turn(receive=TryLater("Gone."))
turn()
turn(send=Refused("{why}", why="550 <ana.c@citoyen.example> unknown"))
turn(receive=ValueError("Bonjour, je suis Ana"))
turn(receive=Refused("Wrong password.", pause=True))
"""
NAMING = ("Bonjour", "Ana", "ana.c", "06 12", "Lilas", "piscine", "gabare", "Ada", "ada@")


def run(house, script: str, **more: str) -> str:
    """What a script inside an installation says on standard error."""
    command = ["-c", f"from portevoix.cli.django_setup import set_up_django; set_up_django()\n{script}"]
    environment = {**house.environment, "PORTEVOIX_LOG": "info", **more}
    done = forking.run(command, env=environment)
    assert done.returncode == 0, done.stderr.decode()
    return done.stderr.decode()


def test_an_error_is_told_by_kind_and_place_and_by_its_words_at_debug_only(house) -> None:
    one = house("one")
    [told] = run(one, FAULT).splitlines()
    assert 'level=error event=step_failed logger=portevoix.work step=x why="550 <…@citoyen.example>\\nno"' in told
    assert 'error=ValueError where="<string>:5 stumble"' in told
    more = run(one, FAULT, PORTEVOIX_LOG="debug")
    assert "    ValueError: Bonjour, je suis Ana" in more


def test_each_line_is_an_object_where_that_is_asked_for(house) -> None:
    one = house("one")
    told = json.loads(run(one, FAULT, PORTEVOIX_LOG_FORMAT="json"))
    assert {"event": "step_failed", "level": "error", "error": "ValueError", "step": "x"}.items() <= told.items()
    one.more["PORTEVOIX_LOG_FORMAT"] = "xml"
    assert "PORTEVOIX_LOG_FORMAT" in one.told("export", status=2)


def test_what_happens_in_the_exchange_is_told_and_names_nobody(house) -> None:
    one = house("one", made=True)
    one.do("intake", "-", stdin=line(1))
    told = [json.loads(text) for text in run(one, WORK, PORTEVOIX_LOG_FORMAT="json").splitlines()]
    events = [(row["level"], row["event"]) for row in told]
    assert events == [
        ("warning", "delivery_postponed"), ("warning", "account_troubled"), ("error", "delivery_refused"),
        ("error", "account_failed"), ("warning", "account_troubled"), ("error", "account_paused"),
    ], told  # fmt: skip
    assert told[0]["why"] == "Busy: 451 <…@citoyen.example> later"
    text = json.dumps(told, ensure_ascii=False)
    assert not [word for word in NAMING if word in text]


def test_servers_write_in_the_same_form(house) -> None:
    """A page that fails, and a server that is killed in the middle of a request, each as one object."""
    one = house("one", made=True, PORTEVOIX_LOG_FORMAT="json")
    port = two_ports()
    with one.started("serve", "--port", str(port), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as server:
        try:
            until = time.monotonic() + 60
            while (status := asked(port)) != 200:
                assert time.monotonic() < until
                time.sleep(0.1)
            break_database(one)
            while (status := asked(port)) != 503:
                assert time.monotonic() < until, status
                time.sleep(0.1)
        finally:
            server.terminate()
        told = [json.loads(text) for text in server.communicate(timeout=60)[1].decode().splitlines()]
    failed = next(row for row in told if row["event"].startswith("Service Unavailable"))
    assert failed["level"] == "error" and failed["error"].endswith("Error") and "portevoix/" in failed["where"]
    assert failed["why"] in ("no connection OperationalError", "57P01 AdminShutdown", "file is not a database")


def asked(port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/", timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def break_database(one) -> None:
    if one.address:
        one.hide()
    else:
        for path in one.home.glob("portevoix.sqlite3*"):  # what was written last may stand beside it, in its log
            path.write_bytes(b"no database at all" * (path.stat().st_size // 18 + 1))


def named() -> set[str]:
    """Every event that the code tells."""
    found = set()
    for path in (ROOT / "src").rglob("*.py"):
        found |= set(CALL.findall(path.read_text(encoding="utf-8")))
    return found


def test_every_event_is_explained_and_no_other_is() -> None:
    page = (ROOT / "docs/en/how-to/operate.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(\w+)` \| (?:info|warning|error)", page, re.MULTILINE))
    assert told == named()


@pytest.mark.parametrize("name", sorted(named()))
def test_an_event_says_what_happened_to_what(name) -> None:
    kinds = "started stopped done failed interrupted missing recovered paused troubled opened closed changed sent"
    kinds += " postponed doubtful refused returned uncertain quarantined answered"
    assert re.fullmatch(rf"[a-z]+(_[a-z]+)*_({kinds.replace(' ', '|')})", name)


def test_no_token_is_written_even_at_debug(house) -> None:
    script = """
from portevoix.channels.x import oauth1
oauth1.header("GET", "https://api.x.com/2/x", {}, oauth1.Keys("ck", "cs", "token-of-ana", "as"), nonce="n", seconds=5)
"""
    assert "token-of-ana" not in run(house("one"), script, PORTEVOIX_LOG="debug")

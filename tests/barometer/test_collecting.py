"""Collecting is stopped at any moment, and goes on: nothing is lost, and nothing is there twice."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portevoix.barometer.collect import collector
from portevoix.barometer.collect.collector import accounts_to_collect, collect, estimate
from portevoix.barometer.collect.coverage import HIDDEN_REASONS, read_coverage
from portevoix.barometer.collect.retrying_client import (
    END_STEP,
    Page,
    Place,
    RetryingClient,
    Window,
    count_missing_replies,
)
from portevoix.barometer.collect.store import AccountStore, lock_collection, read_collected
from portevoix.barometer.studies.loader import Study, read_study
from portevoix.channels.http import Http
from portevoix.channels.http_answers import Answer
from portevoix.kernel.errors import BadInput, Refused, TryLater
from portevoix.kernel.messages import Incoming
from tests.barometer.given import TODAY, said, study

AT = datetime(2026, 9, 10, 8, 0, tzinfo=UTC)
UNTIL = datetime(2026, 11, 23, tzinfo=UTC)
PAGES = 9


class Canned:
    """Nine pages of three messages, each of which shows the last one of the page before again."""

    def __init__(self, pages: int = PAGES) -> None:
        self.pages = pages

    def read(self, place: Place, window: Window) -> Page:
        number = place.get("number", 0)
        last = number + 1 == self.pages
        page = Page({"step": END_STEP} if last else {"step": "feed", "number": number + 1})
        page.messages = [said(f"m{n:02}", at=AT + timedelta(hours=n)) for n in range(2 * number, 2 * number + 3)]
        page.hidden["deleted"] += 1
        return page


CHILD = """
import os, signal, sys
from pathlib import Path
from portevoix.barometer.collect import collector as observe, store as shelf
from portevoix.barometer.studies import atomic_write as register
from portevoix.barometer.studies.loader import read_study
from tests.barometer import test_collecting as given

place, when, after = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
calls = 0

def killed(do, name):
    def one(*arguments, **more):
        global calls
        calls += name == when
        if name == when and calls == after:
            os.kill(os.getpid(), signal.SIGKILL)
        return do(*arguments, **more)
    return one

observe._reader = lambda *_: given.Canned()
given.Canned.read = killed(given.Canned.read, "asking")
shelf.write_atomically = killed(shelf.write_atomically, "state")
os.fsync = killed(os.fsync, "half")
study = read_study(place, today=given.TODAY)
observe.collect(study, study.accounts[:1], until=given.UNTIL, tell=lambda _: None)
"""


def child(place: Path, when: str, after: int) -> int:
    """Collects in a process of its own, which is killed at that call; its exit status."""
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": f"{root / 'src'}:{root}"}
    return subprocess.run([sys.executable, "-c", CHILD, str(place), when, str(after)], env=environment).returncode


@pytest.mark.servers
@pytest.mark.parametrize("when", ["asking", "half", "state"])
def test_killed_at_any_moment(tmp_path: Path, when: str) -> None:
    """`half`: while a page is written, and what stands in the file is known to no state."""
    place = tmp_path / "study"
    study(place)
    for after in (2, 3, 4):
        assert child(place, when, after) == -signal.SIGKILL
    assert child(place, "never", 0) == 0
    shelf = AccountStore(place, "bluesky", "bourg.test")
    names = [one.external_id for one in shelf.messages()]
    assert names == [f"m{n:02}" for n in range(2 * PAGES + 1)]
    assert shelf.path.stat().st_size == shelf.state.size
    assert shelf.state.read == len(names) and shelf.state.asked == PAGES


def collected(study: Study, monkeypatch: pytest.MonkeyPatch, until: datetime = UNTIL) -> bool:
    monkeypatch.setattr(collector, "_reader", lambda *_: Canned())
    return collect(study, accounts_to_collect(study, study.networks, until), until=until, tell=lambda _: None)


def test_what_is_done_is_not_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = study(tmp_path / "study")
    assert collected(one, monkeypatch, UNTIL - timedelta(days=9))
    assert accounts_to_collect(one, one.networks, UNTIL - timedelta(days=9)) == ()
    again = accounts_to_collect(one, one.networks, UNTIL)
    assert [account.network for account in again] == ["bluesky", "mastodon"]
    assert collected(one, monkeypatch)
    assert accounts_to_collect(one, one.networks, UNTIL + timedelta(days=9)) == (), "the study has ended"
    assert [coverage.read for coverage in read_coverage(one)] == [2 * PAGES + 1] * 2, "and nothing is there twice"


def test_what_one_network_refuses_does_not_hold_up_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        def read(self, place: Place, window: Window) -> Page:
            raise Refused("It says no.")

    def reader(account: object, *_: object) -> object:
        return Refusing() if account.network == "bluesky" else Canned()  # type: ignore[attr-defined]

    one = study(tmp_path / "study")
    monkeypatch.setattr(collector, "_reader", reader)
    assert not collect(one, accounts_to_collect(one, one.networks, UNTIL), until=UNTIL, tell=lambda _: None)
    refused, whole = read_coverage(one)
    assert (refused.error, refused.read) == ("It says no.", 0)
    assert (whole.error, whole.read, whole.asked) == ("", 2 * PAGES + 1, PAGES)
    assert whole.hidden == {"deleted": PAGES} and whole.hidden.keys() <= HIDDEN_REASONS.keys()


def test_a_thread_that_never_comes_holds_up_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stubborn:
        def read(self, place: Place, window: Window) -> Page:
            queue = place.get("threads", ["a", "never", "b"])
            if queue[:1] == ["never"]:
                raise TryLater("It does not come.")
            page = Page({"step": "threads" if queue[1:] else END_STEP, "threads": queue[1:]})
            page.messages = [said(queue[0], at=AT)]
            return page

    one = study(tmp_path / "study")
    monkeypatch.setattr(collector, "_reader", lambda *_: Stubborn())
    for _ in range(3):
        assert not collect(one, one.accounts[:1], until=UNTIL, tell=lambda _: None)
    shelf = AccountStore(one.directory, "bluesky", "bourg.test")
    assert [message.external_id for message in shelf.messages()] == ["a", "b"]
    assert shelf.state.error == "It does not come." and shelf.state.place["threads"] == ["never"]


def test_citizens_are_known_by_a_keyed_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = study(tmp_path / "study")
    collected(one, monkeypatch)
    message = next(read_collected(one))
    assert message.author.id.startswith("citizen:") and not message.author.handle and not message.author.name
    key = tmp_path / "study" / "collected" / "key"
    assert key.stat().st_mode & 0o777 == 0o600

    other = study(tmp_path / "other")
    collected(other, monkeypatch)
    assert next(read_collected(other)).author.id != message.author.id, "two studies cannot be set side by side"


def test_one_status_by_two_instances_is_one_message(tmp_path: Path) -> None:
    one = study(tmp_path / "study")

    def status(name: str, url: str, to: str = "") -> Incoming:
        message = said(name, at=AT + timedelta(minutes=len(name)), to=to, url=url)
        object.__setattr__(message, "channel", "mastodon")
        return message

    shelf = AccountStore(one.directory, "mastodon", "dijon@social.test")
    shelf.add(
        [status("a", "https://s.test/1"), status("aa", "https://s.test/1"), status("aaa", "https://s.test/2", "aa")]
    )
    assert [(m.external_id, m.in_reply_to) for m in read_collected(one)] == [("a", ""), ("aaa", "a")]


def test_a_shelf_that_something_else_wrote_to_is_told(tmp_path: Path) -> None:
    one = study(tmp_path / "study")
    shelf = AccountStore(one.directory, "bluesky", "bourg.test")
    shelf.add([said("m", at=AT)])
    shelf.path.write_bytes(b"")
    with pytest.raises(BadInput, match="shorter than it was"):
        list(read_collected(one))
    shelf.path.with_name("bourg.test.state.json").write_text("{}")
    with pytest.raises(BadInput, match="Delete it"):
        list(read_collected(one))


def test_two_collections_do_not_run_at_once(tmp_path: Path) -> None:
    one = study(tmp_path / "study")
    with lock_collection(one.directory), pytest.raises(BadInput, match="already"), lock_collection(one.directory):
        pass


def test_what_collecting_will_take(tmp_path: Path) -> None:
    accounts = "city,network,handle\n01053,bluesky,bourg.test\n01053,x,bourg\n21231,x,dijon\n"
    one = study(tmp_path / "study", accounts=accounts)
    bluesky, x = estimate(one, one.accounts[:1], UNTIL)[0], estimate(one, one.accounts[:1], UNTIL)[-1]
    days = 77
    assert (bluesky.accounts, bluesky.calls) == (1, 2 + 4 + days * 2)  # a search, a feed of four pages, half the posts
    assert (x.network, x.accounts, x.calls) == ("x", 2, 0)
    assert x.dollars == pytest.approx(2 * days * 4 * 2 * 0.005)


class Busy(Http):
    """Asks to be left alone, so many times."""

    def __init__(self, times: int) -> None:
        super().__init__("https://busy.test")
        self.left = times

    def get(self, path: str, parameters: object = None) -> Answer:
        if self.left:
            self.left -= 1
            raise TryLater("busy", timedelta(hours=2))
        return Answer(200, {}, b"{}")


def test_who_asks_to_wait_is_waited_for() -> None:
    slept: list[float] = []
    assert RetryingClient(Busy(3), slept.append, lambda _: None).get("/").status == 200
    assert slept == [900.0] * 3, "a quarter of an hour at most"
    with pytest.raises(TryLater):
        RetryingClient(Busy(9), slept.append, lambda _: None).get("/")


def test_replies_that_are_counted_and_not_shown() -> None:
    question = said("q", at=AT, counts={"replies": 3})
    assert count_missing_replies([question, said("r", at=AT, to="q"), said("s", at=AT, to="r")]) == 2


def test_a_study_that_was_read_again_keeps_its_shelves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collected(study(tmp_path / "study"), monkeypatch)
    again = read_study(tmp_path / "study", today=TODAY)
    assert len(list(read_collected(again))) == 2 * (2 * PAGES + 1)

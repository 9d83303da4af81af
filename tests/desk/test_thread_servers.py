"""A reply that is too long for one post, written in a browser, on real servers: it arrives whole, in order, once.

The worker is killed between two posts, after the network took one and before it could say so.
"""

import re
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.servers import forking
from tests.servers.bluesky import Bluesky, bluesky
from tests.servers.faulty import Line, faulty
from tests.servers.living import ADMINISTRATOR, PASSWORD, House, living, soon
from tests.servers.mastodon_mock import Server, mastodon
from tests.servers.pages import IN_A_BROWSER, browsing, violations
from tests.servers.program import PORTEVOIX, copied

__all__ = ["bluesky", "mastodon"]  # fixtures
pytestmark = [*IN_A_BROWSER, pytest.mark.servers]
REPLY = "Bonjour Ana,\n\n" + " ".join(
    f"Étape {number} : la rue Haute est barrée au {number}, prenez la rue Basse et suivez les flèches jaunes."
    for number in range(1, 21)
)
QUESTION = "par où passer ce matin ?"


@dataclass(frozen=True)
class Town:
    """An account of the city behind `line`; `ask` has a citizen write to it, `said` is what the city posted, in order,
    each with the text of what it answers.
    """

    kind: str
    address: str
    settings: dict[str, str]
    line: Line
    creates: str
    ask: Callable[[], object]
    said: Callable[[], list[tuple[str, str]]]


@contextmanager
def on_bluesky(servers: Bluesky) -> Iterator[Town]:
    city, ana = servers.person("ville"), servers.person("ana")
    at = f"@{city.handle}"
    with faulty(servers.url, silence=60.0) as line:

        def said() -> list[tuple[str, str]]:
            records = {one["uri"]: one["value"] for one in (*ana.records(), *city.records())}
            mine = [one["value"] for one in city.records()]
            return [(one["text"], records[one["reply"]["parent"]["uri"]]["text"]) for one in mine]

        yield Town(
            kind="bluesky",
            address=city.handle,
            settings={"service": line.address, "app_password": servers.app_password(city)},
            line=line,
            creates="POST /xrpc/com.atproto.repo.createRecord",
            ask=lambda: ana.post(f"{at} {QUESTION}", mentions={at: city.did}),
            said=said,
        )


@contextmanager
def on_mastodon(server: Server) -> Iterator[Town]:
    city = server.ask("ville", "/api/v1/accounts/verify_credentials")["id"]
    with faulty(server.base, silence=60.0) as line:

        def said() -> list[tuple[str, str]]:
            mine = server.ask("ana", f"/api/v1/accounts/{city}/statuses?limit=40")
            above = {one["id"]: server.ask("ana", f"/api/v1/statuses/{one['in_reply_to_id']}") for one in mine}
            return [(plain(one), plain(above[one["id"]])) for one in reversed(mine)]

        yield Town(
            kind="mastodon",
            address="@ville@ville.test",
            settings={"instance": line.address, "access_token": "tok-ville"},
            line=line,
            creates="POST /api/v1/statuses",
            ask=lambda: server.post("ana", f"@ville {QUESTION}"),
            said=said,
        )


def plain(status: dict) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", status["content"]).split())


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(params=["bluesky", "mastodon"])
def town(request: pytest.FixtureRequest) -> Iterator[Town]:
    on = {"bluesky": on_bluesky, "mastodon": on_mastodon}[request.param]
    with on(request.getfixturevalue(request.param)) as town:
        yield town


@pytest.fixture
def house(town: Town, migrated_home: Path, tmp_path: Path) -> Iterator[House]:
    """A city that has connected the account, and in which nobody works yet."""
    home = copied(migrated_home, tmp_path / "home")
    with living(home, work=False, PORTEVOIX_INTERNAL_HOSTS="127.0.0.1") as house:
        settings = []
        for name, value in town.settings.items():
            (tmp_path / name).write_text(value)
            secret = name in ("app_password", "access_token")
            settings += ["--set", f"{name}=@{tmp_path / name}" if secret else f"{name}={value}"]
        add = [PORTEVOIX, "channels", "add", town.kind, town.address, *settings]
        assert forking.run(add, env=house.environment).returncode == 0
        yield house


@contextmanager
def worker(house: House) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen([PORTEVOIX, "work"], env=house.environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def page(house: House) -> Iterator[Page]:
    """An administrator, signed in, in Chromium."""
    with browsing() as browser:
        page = browser.new_context(locale="en-GB", base_url=house.address).new_page()
        page.goto("/sign-in/")
        page.fill("[type=email]", ADMINISTRATOR)
        page.fill("[type=password]", PASSWORD)
        page.press("[type=password]", "Enter")
        page.wait_for_url(re.compile("/inbox/"))
        yield page


def asked(house: House, statement: str) -> list[tuple]:
    with closing(sqlite3.connect(Path(house.environment["PORTEVOIX_HOME"]) / "portevoix.sqlite3", timeout=20)) as base:
        found = base.execute(statement).fetchall()
        base.commit()
        return found


def test_it_arrives_whole_in_order_and_once_though_the_worker_is_killed(town: Town, house: House, page: Page) -> None:
    with worker(house) as process:
        town.ask()
        where = soon(lambda: house.row(QUESTION), "The question")
        page.goto(str(where))
        page.fill("#reply-text", REPLY)
        page.dispatch_event("#reply-text", "change")
        expect(page.locator("#posts-list li").nth(2)).to_be_visible()
        shown = [one_line(post) for post in page.locator("#posts-list li").all_text_contents()]
        expect(page.locator("#posts-number")).to_have_text(f"{len(shown)} posts, as they will be sent")
        assert not violations(page)
        third = town.line.asked.count
        town.line.choose = lambda request: "silent after" if request == town.creates and third(request) == 3 else ""
        page.click("#composer .button--primary")
        expect(page.locator(".notice--good")).to_contain_text(f"as {len(shown)} posts")
        soon(lambda: len(town.said()) == 3, "The third post")
        assert town.line.met == {"silent after": 1}
        process.send_signal(signal.SIGKILL)
    asked(house, "UPDATE record_delivery SET leased_until = '2026-01-01 00:00:00'")  # as if five minutes had passed
    with worker(house):
        soon(lambda: asked(house, "SELECT 1 FROM record_delivery WHERE state = 'sent'"), "The rest of the thread")
    said = [(one_line(text), one_line(above)) for text, above in town.said()]
    texts = [text for text, _ in said]
    assert texts == shown and len(shown) >= 3
    assert [above for _, above in said[1:]] == texts[:-1] and QUESTION in said[0][1]
    assert one_line(REPLY) in " ".join(text.removeprefix("@ana@ville.test ") for text in texts)

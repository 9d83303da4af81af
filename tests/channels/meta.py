"""Page and account as the tests of both connectors have them, on the emulator."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portevoix.channels import http, internal_hosts
from portevoix.channels.facebook import (
    FacebookConnector,
    FacebookSettings,
    InstagramConnector,
    InstagramSettings,
    pending_sends,
    poll,
)
from portevoix.kernel.errors import Refused, TryLater
from portevoix.kernel.messages import Incoming, Outgoing, Visibility, Writer
from tests.servers.meta_emulator import INSTAGRAM_ID, PAGE_ID, SECRET, TOKEN, VERIFY, Meta, Said, serving

ACCOUNT = "valmont"
both = pytest.mark.parametrize("on", ["facebook", "instagram"])


@pytest.fixture
def meta(on, monkeypatch) -> Iterator[Meta]:
    monkeypatch.setattr(internal_hosts, "internal", {"127.0.0.1"})
    monkeypatch.setitem(http.Http.__init__.__kwdefaults__, "timeout", 0.3)
    monkeypatch.setattr(poll, "EVERY", timedelta())
    monkeypatch.setattr(pending_sends, "SETTLES", timedelta())
    http.forget_waits()
    with serving(on) as emulated:
        emulated.line.silence = 0.5
        yield emulated
    http.forget_waits()


def read_all(meta: Meta, cursor: str | None = None) -> tuple[list[Incoming], str | None]:
    """Page by page, each through a new connector."""
    found: list[Incoming] = []
    while True:
        batch = connector(meta, meta.on).receive(cursor)
        found += batch.messages
        assert not batch.unreadable
        cursor = batch.cursor
        if not batch.more:
            return found, cursor


def connector(meta: Meta | None = None, on: str = "facebook", **more: Any) -> FacebookConnector | InstagramConnector:
    """`meta` None: one that is never asked."""
    given: dict[str, Any] = {"access_token": TOKEN, "app_secret": SECRET, "verify_token": VERIFY}
    if meta:
        given["graph_base"] = meta.base
    if on == "instagram":
        return InstagramConnector(ACCOUNT, InstagramSettings(**{"me": INSTAGRAM_ID, **given, **more}))
    return FacebookConnector(ACCOUNT, FacebookSettings(**{"me": PAGE_ID, **given, **more}))


def reply(to: Said, key: str = "k", text: str = "", **more: Any) -> Outgoing:
    """As the record makes it from the citizen's last message, `to`."""
    private = to.kind == "letter"
    values: dict[str, Any] = {
        "key": key,
        "account": ACCOUNT,
        "conversation": "c",
        "to": Writer(to.by),
        "text": text or f"Merci de votre message, nous l'avons lu. ({key})",
        "sent_at": datetime.now(UTC),
        "in_reply_to": to.id,
        "references": (to.id,) if private or to.under in (to.root, "") else (to.under, to.id),
        "thread": f"with:{to.by}" if private else to.id if to.under in (to.root, "") else to.under,
        "visibility": Visibility.PRIVATE if private else Visibility.PUBLIC,
    }
    return Outgoing(**values | more)


def tried[T](call: Callable[[], T]) -> T:
    """As often as it takes: an account that is paused is mended and asked again."""
    for _ in range(60):
        http.forget_waits()
        try:
            return call()
        except (TryLater, Refused):
            continue
    raise AssertionError("it never worked")

"""What the tests of the X channel share: an account on an emulated network, and messages to send."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portevoix.channels import http, internal_hosts
from portevoix.channels.x import XConnector, XSettings, budget, client, send
from portevoix.kernel.messages import Incoming, Outgoing, Writer
from tests.servers.x_door import BEARER, KEY, SECRET, TOKEN, TOKEN_SECRET, Door, emulator

CITY = "@VilleDeValmont"
AGO = timedelta(minutes=10)


def settings(door: Door, **more: Any) -> XSettings:
    keys = {"api_key": KEY, "api_secret": SECRET, "access_token": TOKEN, "access_secret": TOKEN_SECRET}
    return XSettings(**{**keys, "bearer_token": BEARER, "base": door.address, **more})


def connector(door: Door, **more: Any) -> XConnector:
    return XConnector(CITY, settings(door, **more))


def reply(parent: str, text: str = "Nous envoyons une équipe.", key: str = "k") -> Outgoing:
    return Outgoing(
        key=key,
        account=CITY,
        conversation="c",
        to=Writer("1001", "ana"),
        text=text,
        sent_at=datetime.now(UTC),
        in_reply_to=parent,
    )


def read_all(door: Door, cursor: str | None = None, **more: Any) -> tuple[list[Incoming], str | None]:
    """Every message from `cursor` on, each batch through a new connector."""
    found: list[Incoming] = []
    for _ in range(200):
        batch = connector(door, **more).receive(cursor)
        assert not batch.unreadable
        found += batch.messages
        cursor = batch.cursor
        if not batch.more:
            return found, cursor
    raise AssertionError("it asks to be called again and again")


@contextmanager
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """An emulated network; the channel has just been started, and waits for nothing."""
    monkeypatch.setattr(internal_hosts, "internal", {"127.0.0.1"})
    monkeypatch.setattr(send, "SETTLING", 0.0)
    http.forget_waits()
    budget.forget()
    client.forget_names()
    with emulator() as door:
        yield door
    http.forget_waits()
    budget.forget()
    client.forget_names()


def mention(door: Door, text: str = "la lampe", ago: timedelta = timedelta(), **more: str) -> str:
    """Ana names the city; the id of what she wrote."""
    return door.network.write(door.ana, f"{CITY} {text}", ago=ago, **more).id

"""Mentions that wait on a network, taken in: `python -m tests.faults.throughput --network x --mentions 10000`.

Prints one line of JSON: how many requests that took, how many its page size requires, how fast it was, and how fast the
intake takes the very same messages from a file, in the same run.
"""

import argparse
import importlib
import json
import math
import tempfile
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portevoix.channels import inside
from portevoix.cli.setup import ready
from tests.faults.database import database

PAGES = {"bluesky": ("listNotifications", 100), "mastodon": ("/notifications", 80), "x": ("/mentions", 100)}
"""By what a request for mentions is known, and how many come with one."""
SHOWN = {"x": 800}
"""More are not shown at once: there they come in waves."""


def taken(name: str, network: Any, count: int) -> dict[str, Any]:
    """Django is ready, and the network runs."""
    do = importlib.import_module("portevoix.record.operations.accounts")
    Account = importlib.import_module("portevoix.record.models").Account
    account = do.connect(
        channel=network.channel, address=network.address, connector=network.channel, settings=network.settings,
        secret=network.secret, by=None, now=datetime.now(UTC),
    )  # fmt: skip
    _polled(Account, account.pk)
    (word, page), shown = PAGES[name], SHOWN.get(name, count)
    waves = [shown] * (count // shown) + [count % shown] * bool(count % shown)
    before, new, took = Counter(network.asked()), 0, 0.0
    for wave in waves:
        network.crowd(wave)
        began = time.monotonic()
        new += _polled(Account, account.pk)
        took += time.monotonic() - began
    asked = Counter(network.asked()) - before
    intake = _intake(account.pk)
    return {
        "network": name,
        "mentions": count,
        "taken": new,
        "requests": sum(times for path, times in asked.items() if word in path),
        "required": sum(math.ceil(wave / page) for wave in waves),
        "waves": len(waves),
        "others": sum(times for path, times in asked.items() if word not in path),
        "per_s": round(new / took),
        "intake_per_s": round(intake),
        "ratio": round(new / took / intake, 3),
    }


def _polled(model: Any, account: int) -> int:
    """As the worker does it, until the network has nothing more to give; how many came."""
    poller = importlib.import_module("portevoix.exchange.receive").Poller()
    model.objects.filter(pk=account).update(next_poll_at=datetime.now(UTC))
    new = 0
    while (row := model.objects.get(pk=account)).next_poll_at <= datetime.now(UTC):
        poller.begin(datetime.now(UTC))
        new += poller.take(datetime.now(UTC)).new
    assert row.trouble is None, row.trouble
    return new


def _intake(account: int) -> float:
    """Messages per second, of the same messages as somebody else's."""
    receive = importlib.import_module("portevoix.exchange.receive")
    models, raw = (importlib.import_module(f"portevoix.record.{name}") for name in ("models", "raw"))
    messages = [
        replace(
            message, account="again", external_id=f"again-{message.external_id}", thread=f"again-{message.thread}",
            author=replace(message.author, id=f"again-{message.author.id}"),
        )
        for message in map(raw.read, models.Envelope.objects.filter(account=account).values_list("raw", flat=True))
    ]  # fmt: skip
    began = time.monotonic()
    new = sum(each.new for each in receive.take(messages, now=datetime.now(UTC)))
    assert new == len(messages)
    return new / (time.monotonic() - began)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--network", choices=tuple(PAGES), required=True)
    asked.add_argument("--mentions", type=int, default=1000)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="portevoix-waiting-") as name, database(Path(name)):
        ready()
        importlib.import_module("tests.faults.doors").settle()
        inside.internal.update(("127.0.0.1", "localhost"))
        networks = importlib.import_module("tests.faults.networks")
        on = {"bluesky": networks.on_bluesky, "mastodon": networks.on_shelf, "x": networks.on_x}
        with on[given.network]() as network:
            print(json.dumps(taken(given.network, network, given.mentions)), flush=True)


if __name__ == "__main__":
    main()

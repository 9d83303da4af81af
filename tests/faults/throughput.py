"""Mentions that wait on a network, taken in: `python -m tests.faults.throughput --network x --mentions 10000`.

Prints one line of JSON: how many requests that took, how many its page size requires, how fast it was, and the two
limits of the same run: how fast the network gives the same messages to who does nothing but read them, and how fast the
intake takes them from a file of the interchange format.
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

from portevoix.channels import internal_hosts
from portevoix.cli.django_setup import set_up_django
from portevoix.cli.lines import Lines
from portevoix.kernel.interchange import write_line
from tests.faults.database import database

PAGES = {"bluesky": ("listNotifications", 100), "mastodon": ("/notifications", 80), "x": ("/mentions", 100)}
"""By what a request for mentions is known, and how many come with one."""
SHOWN = {"x": 800}
"""More are not shown at once: there they come in waves."""


def taken(name: str, network: Any, count: int, home: Path) -> dict[str, Any]:
    """Django is ready, and the network runs; `home` is a folder to write to."""
    do = importlib.import_module("portevoix.record.operations.accounts")
    Account = importlib.import_module("portevoix.record.models").Account
    account = do.connect(
        channel=network.channel, address=network.address, connector=network.channel, settings=network.settings,
        secret=network.secret, by=None, now=datetime.now(UTC),
    )  # fmt: skip
    _polled(Account, account.pk)
    (word, page), shown = PAGES[name], SHOWN.get(name, count)
    waves = [shown] * (count // shown) + [count % shown] * bool(count % shown)
    before, new, took, cursor = Counter(network.asked()), 0, 0.0, None
    for wave in waves:
        network.crowd(wave)
        cursor = Account.objects.get(pk=account.pk).cursor
        began = time.monotonic()
        new += _polled(Account, account.pk)
        took += time.monotonic() - began
    asked = Counter(network.asked()) - before
    given, intake = _given(account, cursor), _intake(account.pk, home)
    return {
        "network": name,
        "mentions": count,
        "taken": new,
        "requests": sum(times for path, times in asked.items() if word in path),
        "required": sum(math.ceil(wave / page) for wave in waves),
        "waves": len(waves),
        "others": sum(times for path, times in asked.items() if word not in path),
        "per_s": round(new / took),
        "network_per_s": round(given),
        "intake_per_s": round(intake),
        "ratio": round(new / took / min(given, intake), 3),
    }


def _polled(model: Any, account: int) -> int:
    """As the worker does it, until the network has nothing more to give; how many came."""
    poller = importlib.import_module("portevoix.exchange.inbound.poller").Poller()
    model.objects.filter(pk=account).update(next_poll_at=datetime.now(UTC))
    new = 0
    while (row := model.objects.get(pk=account)).next_poll_at <= datetime.now(UTC):
        poller.begin(datetime.now(UTC))
        new += poller.take(datetime.now(UTC)).new
    assert row.trouble is None, row.trouble
    return new


def _given(account: Any, cursor: str | None) -> float:
    """Messages per second of all that came after `cursor`, read once more and thrown away."""
    connector = importlib.import_module("portevoix.exchange.connectors").connector(account)
    read, more, began = 0, True, time.monotonic()
    while more:
        batch = connector.receive(cursor)
        read, more, cursor = read + len(batch.messages), batch.more, batch.cursor
    return read / (time.monotonic() - began)


def _intake(account: int, home: Path) -> float:
    """Messages per second of the same messages as somebody else's, from a file as `portevoix intake` takes them."""
    receive = importlib.import_module("portevoix.exchange.inbound.poller")
    models, raw = map(importlib.import_module, ("portevoix.record.models", "portevoix.kernel.envelope_codec"))
    file = home / "again.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for kept in models.Envelope.objects.filter(account=account).values_list("raw", flat=True):
            message = raw.read(kept)
            again = replace(
                message, account="again", external_id=f"again-{message.external_id}",
                thread=f"again-{message.thread}", author=replace(message.author, id=f"again-{message.author.id}"),
            )  # fmt: skip
            lines.write(write_line(again) + "\n")
    began = time.monotonic()
    new = sum(each.new for each in receive.take_messages(Lines((str(file),)), now=datetime.now(UTC)))
    return float(new / (time.monotonic() - began))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--network", choices=tuple(PAGES), required=True)
    asked.add_argument("--mentions", type=int, default=1000)
    asked.add_argument("--made", type=Path, help="a home whose tables are made")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="portevoix-waiting-") as name, database(Path(name), made=given.made):
        set_up_django()
        importlib.import_module("tests.faults.doors").settle(made=given.made)
        internal_hosts.internal.update(("127.0.0.1", "localhost"))
        networks = importlib.import_module("tests.faults.networks")
        on = {"bluesky": networks.on_bluesky, "mastodon": networks.on_shelf, "x": networks.on_x}
        with on[given.network]() as network:
            print(json.dumps(taken(given.network, network, given.mentions, Path(name))), flush=True)


if __name__ == "__main__":
    main()

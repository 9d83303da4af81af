"""A city to try the doors of, and a series of kills at each."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from portevoix.exchange.inbound import poller
from portevoix.exchange.prediction import predictors
from portevoix.record.operations import accounts, city
from tests.faults import deliveries, envelopes, house_letters, learnt, mail, meanings, points, served, talks
from tests.faults.far_end import FarEnd
from tests.faults.figures import Figures
from tests.faults.given import ACCOUNT, HOSTS, PASSWORD, SECRET, SITE
from tests.faults.lives import Lives
from tests.faults.networks import NETWORKS
from tests.faults.rounds import rounds


def settle(*, questions: int = 0, made: Path | None = None) -> None:
    """Two hosts, an account on the fake network, the citizens' form, so many questions already asked.

    What the steps suggest with is learnt once; beside a home whose tables were `made`, for all who begin with that one.
    """
    if made:
        learnt.remember(made.parent)
    points.install()
    now = datetime.now(UTC)
    city.found_city(name="Testville", now=now)
    city.save_department(slug="sports", name="Sports", description="Piscines et stades", by=None)
    city.save_department(slug="voirie", name="Voirie", description="Rues, trottoirs, lampadaires", by=None)
    for name in HOSTS:
        email = f"{name.lower()}@testville.example"
        city.save_contact(email=email, name=name, role="host", password=PASSWORD, by=None)
    for channel, address, connector, settings in (
        (*ACCOUNT, "fake", {}),
        ("webform", SITE, "webform", {"secret": SECRET}),
    ):
        accounts.connect(
            channel=channel,
            address=address,
            connector=connector,
            settings=settings,
            secret={"secret"},
            by=None,
            now=now,
        )
    predictors.labellers()
    for _ in poller.take_messages(envelopes.questions("asked", questions), now=now):
        pass


def series(name: str, home: Path, *, kills: int, seed: int) -> dict[str, Any]:
    """What came of so many kills at one door; at a network's, of so many messages. Raises AssertionError when a process
    failed instead of being killed.
    """
    began = time.monotonic()
    folder = home / name
    folder.mkdir()
    more: dict[str, Any] = {}
    if name in NETWORKS:
        lives: Lives = talks.Lasting(seed, folder / "log")
        figures, more = talks.run(name, folder, lives, messages=kills, seed=seed)
    else:
        lives = Lives(seed, folder / "log")
        figures = _DOORS[name](folder, lives, kills)
    log = lives.log.read_text(encoding="utf-8") if lives.log.exists() else ""
    assert "event=fault" not in log and "Traceback" not in log, log[-5000:]
    return {
        "database": connection.vendor,
        "door": name,
        "kills": lives.kills,
        **vars(figures),
        "seconds": round(time.monotonic() - began, 1),
        "places": dict(lives.places.most_common()),
        **more,
    }


def _far_end(folder: Path) -> FarEnd:
    far_end = FarEnd(folder)
    far_end.install()
    return far_end


_DOORS: dict[str, Callable[[Path, Lives, int], Figures]] = {
    "intake": lambda folder, lives, kills: rounds(envelopes.Intake(folder, _far_end(folder)), lives, kills),
    "steps": lambda folder, lives, kills: rounds(envelopes.Steps(), lives, kills),
    "delivery": lambda folder, lives, kills: rounds(deliveries.Replies(_far_end(folder)), lives, kills),
    "meaning": lambda folder, lives, kills: rounds(meanings.Meanings(), lives, kills),
    "reply": lambda folder, lives, kills: served.Replies(lives).run(kills),
    "form": lambda folder, lives, kills: served.Forms(lives).run(kills),
    "mail": lambda folder, lives, kills: mail.run(lives, kills),
    "letters": lambda folder, lives, kills: house_letters.run(lives, kills),
}

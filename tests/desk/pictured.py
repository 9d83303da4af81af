"""Founds a small city with one question in its inbox, in the home folder that the environment names: for browsers."""

import os

import django
from django.core.management import call_command
from django.utils import timezone

HOST, PASSWORD = "claire@testville.example", "gabare-tuile-heron"


def found() -> None:
    from portevoix.kernel.words import Batch, Direction, Incoming, Writer  # noqa: PLC0415 -- once Django is ready
    from portevoix.record import operations  # noqa: PLC0415
    from portevoix.record.operations import accounts, envelopes  # noqa: PLC0415
    from portevoix.record.operations import city as founding  # noqa: PLC0415

    now = timezone.now()
    founding.found(name="Testville", now=now)
    founding.save_contact(email=HOST, name="Claire Aubry", role="host", password=PASSWORD, by=None)
    account = accounts.connect(
        channel="bluesky", address="testville.example", connector="fake", settings={}, secret=(), by=None, now=now
    )
    asked = Incoming(
        channel="bluesky",
        account="testville.example",
        external_id="m1",
        direction=Direction.IN,
        author=Writer("ana", "ana.example", "Ana Bél"),
        sent_at=now,
        text="Par où passer pendant les travaux de la rue Haute ?",
    )
    stored = envelopes.store(account, Batch((asked,)), now=now)
    operations.receive([operations.Labelled(i, m, lang="fr") for i, m in envelopes.read(stored.waiting)], now=now)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portevoix.config.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    found()

"""Founds a small city in the home folder that the environment names, with questions in its inbox and one answered."""

import os
from dataclasses import replace

import django
from django.core.management import call_command
from django.utils import timezone

HOST, PASSWORD = "claire@testville.example", "gabare-tuile-heron"
MORE = ("Le marché de samedi a-t-il lieu ?", "Quand passe la benne verte ?", "La patinoire ouvre-t-elle en octobre ?")


def found() -> None:
    from portevoix.exchange.outbound.delivery import deliver_due  # noqa: PLC0415 -- once Django is ready
    from portevoix.kernel.messages import Batch, Direction, Incoming, Writer  # noqa: PLC0415
    from portevoix.record import operations  # noqa: PLC0415
    from portevoix.record.operations import accounts, envelopes  # noqa: PLC0415
    from portevoix.record.operations import city as founding  # noqa: PLC0415

    now = timezone.now()
    founding.found_city(name="Testville", now=now)
    claire = founding.save_contact(email=HOST, name="Claire Aubry", role="host", password=PASSWORD, by=None)
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
    other = replace(asked, external_id="m2", author=Writer("bob", "bob.example", "Bob Roy"), text="Et la piscine ?")
    more = (
        replace(asked, external_id=f"m{number}", author=Writer(f"citizen-{number}"), text=text)
        for number, text in enumerate(MORE, 3)
    )
    stored = envelopes.store(account, Batch((asked, other, *more)), now=now)
    operations.receive([operations.Labelled(i, m, lang="fr") for i, m in envelopes.read(stored.waiting)], now=now)
    operations.answer(conversation=2, text="Elle rouvre lundi à 12 h.", by=claire, now=now, seen=1)
    deliver_due(now=now)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portevoix.config.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    found()

"""Founds a small city with an open form, in the home folder that the environment names: for the tests in a browser."""

import os
import sys

import django
from django.core.management import call_command
from django.utils import timezone

ADMINISTRATOR, PASSWORD = "helene@testville.example", "gabare-tuile-heron"


def found(site: str) -> None:
    """`site` is the host and port of the pages that frame the form."""
    from portevoix.record.operations import accounts  # noqa: PLC0415 -- only once Django is ready
    from portevoix.record.operations import city as operations  # noqa: PLC0415

    now = timezone.now()
    operations.found_city(name="Testville", now=now)
    operations.save_department(slug="sports", name="Sports", competences=["piscines", "stades"], by=None)
    helene = operations.save_contact(
        email=ADMINISTRATOR, name="Hélène Marchand", role="administrator", password=PASSWORD, by=None
    )
    operations.change_city(
        name="Testville",
        timezone="Europe/Paris",
        language="fr",
        languages=["fr"],
        accent="#ffe000",
        site=site,
        by=helene,
    )
    settings = {"secret": "a secret of the tests, long enough"}
    accounts.connect(
        channel="webform",
        address="testville.example",
        connector="webform",
        settings=settings,
        secret=settings,
        by=None,
        now=now,
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portevoix.config.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    found(sys.argv[1])

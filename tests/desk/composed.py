"""Founds the city of `pictured` in the home folder that the environment names, with departments and a colleague."""

import os

import django
from django.core.management import call_command

from tests.desk import pictured


def found() -> None:
    from portevoix.record.operations import city  # noqa: PLC0415 -- once Django is ready

    pictured.found()
    for slug, name in (("voirie", "Voirie"), ("etat-civil", "État civil")):
        city.save_department(slug=slug, name=name, by=None)
    city.save_contact(email="mehdi@testville.example", name="Mehdi Roy", role="host", password=None, by=None)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portevoix.config.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    found()

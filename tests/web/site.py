"""Settings of the shell on a real server, for the tests in a browser; `python -m tests.web.site` fills its home."""

from datetime import UTC, datetime

from portevoix.config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.web.urls"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
PASSWORD = "une phrase que moi seule écrirais"
EMAIL = "claire@valmont.example"


def prepare() -> None:
    """A city whose X account is paused, and one host."""
    from portevoix.cli.django_setup import set_up_django  # noqa: PLC0415

    set_up_django()
    from portevoix.kernel.errors import Refused  # noqa: PLC0415
    from portevoix.record.operations import accounts, city  # noqa: PLC0415

    now = datetime.now(UTC)
    city.found_city(name="Valmont-sur-Loire", now=now)
    city.save_contact(email=EMAIL, name="Claire Aubry", role="host", password=PASSWORD, by=None)
    account = accounts.connect(
        channel="email", address="contact@valmont.example", connector="fake", settings={}, secret=(), by=None, now=now
    )
    accounts.record_trouble(account=account, error=Refused("The password was refused."), again_at=None, now=now)


if __name__ == "__main__":
    prepare()

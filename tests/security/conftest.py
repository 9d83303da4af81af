"""What several tests of security start."""

from collections.abc import Iterator

import pytest

from tests.journal import conftest as journal
from tests.servers.pages import served
from tests.servers.program import HERE, copied

say, strike = journal.say, journal.strike
"""Fixtures of the journal: a city's messages at known hours."""


@pytest.fixture(scope="module")
def port(migrated_home, tmp_path_factory) -> Iterator[int]:
    """That of a server of pages, whose city is not founded yet."""
    home = copied(migrated_home, tmp_path_factory.mktemp("door") / "home")
    environment = {**HERE, "PORTEVOIX_HOME": str(home), "PORTEVOIX_LOG": "error"}
    environment["DJANGO_SETTINGS_MODULE"] = "portevoix.config.settings"
    with served(environment, "/sign-in/") as address:
        yield int(address.rpartition(":")[2])

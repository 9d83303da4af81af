"""A clock that is years ahead on the first evening of an installation deletes nothing either."""

from datetime import timedelta

import pytest

from portevoix.record.models import Message
from portevoix.record.operations import close
from portevoix.record.operations.apply_retention import run_retention
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db


def test_the_first_run_of_all_empties_nothing_by_a_clock_that_is_years_ahead(take, host) -> None:
    [conversation] = take(incoming())
    close(conversation=conversation, by=host, now=NOW, why="")
    for hour in range(3):
        while run_retention(now=NOW + timedelta(days=1_100, hours=hour)) is not None:
            pass
    assert Message.objects.exclude(text="").exists()

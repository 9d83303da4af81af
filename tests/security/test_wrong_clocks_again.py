"""What a clock that was ahead leaves behind: nothing deleted on the first evening, no alert that waits."""

from datetime import timedelta

import pytest

from portevoix.kernel.errors import Refused
from portevoix.record.models import Account, Message
from portevoix.record.operations import accounts, close
from portevoix.record.operations.apply_retention import run_retention
from portevoix.record.operations.clock import pull_back
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db


def test_the_first_run_of_all_empties_nothing_by_a_clock_that_is_years_ahead(take, host) -> None:
    [conversation] = take(incoming())
    close(conversation=conversation, by=host, now=NOW, why="")
    for hour in range(3):
        while run_retention(now=NOW + timedelta(days=1_100, hours=hour)) is not None:
            pass
    assert Message.objects.exclude(text="").exists()


def test_an_alert_that_was_claimed_by_a_clock_that_was_ahead_is_sent(administrator) -> None:
    account = Account.objects.get(channel="x")
    accounts.record_trouble(account=account, error=Refused("Over.", pause=True), again_at=None, now=NOW)
    account.refresh_from_db()
    assert accounts.claim_alert(account=account, reader=administrator, now=NOW + timedelta(days=400))
    pull_back(now=NOW + timedelta(minutes=10))
    assert accounts.claim_alert(account=account, reader=administrator, now=NOW + timedelta(minutes=10))

"""What a clock that was ahead leaves behind: nothing deleted on the first evening, no alert that waits."""

from datetime import UTC, datetime, timedelta

import pytest

from portevoix.journal.storage.stored_editions import compose_and_store, read_or_compose, store_editions
from portevoix.kernel.errors import Refused
from portevoix.record.models import Account, Message
from portevoix.record.operations import accounts, close
from portevoix.record.operations.apply_retention import run_retention
from portevoix.record.operations.pull_back import pull_back
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


def test_an_edition_that_was_stored_before_its_week_was_over_is_stored_again(say) -> None:
    def read(now: datetime) -> int:
        edition = read_or_compose(week="2026-W46", department="sports", now=now)
        return int(edition.section("volume").total.now)

    ahead, right = datetime(2026, 11, 16, 9, 30, tzinfo=UTC), datetime(2026, 11, 16, 7, 10, tzinfo=UTC)
    say("2026-11-10 10:00")
    compose_and_store(week="2026-W46", department="sports", now=ahead)  # on the Thursday
    say("2026-11-13 10:00")
    assert read(right - timedelta(days=2)) == 2
    assert store_editions(right) == 2
    assert read(ahead) == 2 and store_editions(ahead) is None

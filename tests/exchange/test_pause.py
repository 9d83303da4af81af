"""Accounts are asked often while somebody works or something comes, and seldom in a quiet night."""

from datetime import timedelta

import pytest

from portevoix.exchange.inbound.poller import POLL_EVERY, POLL_SELDOM, pause
from portevoix.record.operations import access_log
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_where_nothing_ever_happened_accounts_are_asked_often(city) -> None:
    assert pause(NOW) == POLL_EVERY


@pytest.mark.parametrize(("silence", "waits"), [(1, 10), (10, 10), (60, 60), (240, 240), (600, 300)])
def test_the_longer_nothing_came_the_later_an_account_is_asked_again(take, silence, waits) -> None:
    take(incoming())
    assert pause(NOW + silence * MINUTE) == timedelta(seconds=waits)
    assert POLL_EVERY <= pause(NOW + silence * MINUTE) <= POLL_SELDOM


def test_a_colleague_at_work_has_accounts_asked_often(take, host) -> None:
    [pk] = take(incoming())
    later = NOW + 300 * MINUTE
    access_log.log(access_log.What.READ, by=host, now=later, conversation=pk)
    assert pause(later + MINUTE) == POLL_EVERY

"""Who had a conversation open while the clock was ahead is not there for ever once it is right."""

from datetime import timedelta

import pytest

from portevoix.desk.push import presence
from portevoix.record.operations.clock import pull_back
from tests.conftest import NOW, house_now, incoming

pytestmark = pytest.mark.django_db
AHEAD = NOW + timedelta(days=30)
RIGHT = NOW + timedelta(hours=1)


def others(conversation: int, contact) -> list[presence.Other]:
    return presence.arrive(contact, conversation, house=house_now(), now=RIGHT).others


def test_who_left_is_gone(take, host, other_host) -> None:
    [conversation] = take(incoming())
    presence.arrive(other_host, conversation, house=house_now(), now=NOW, typing=True)
    assert others(conversation, host) == []


@pytest.mark.xfail(strict=True, reason="moments ahead count as present until the clock gets there")
def test_who_was_there_by_a_clock_that_was_ahead_is_gone(take, host, other_host) -> None:
    [conversation] = take(incoming())
    presence.arrive(other_host, conversation, house=house_now(), now=AHEAD, typing=True)
    pull_back(now=RIGHT)
    assert others(conversation, host) == []


@pytest.mark.xfail(strict=True, reason="what is ahead is the newest for ever, so that nothing later is newer")
def test_who_comes_later_is_announced(take, host, other_host) -> None:
    one, other = take(incoming("m1"), incoming("m2"))
    presence.arrive(other_host, one, house=house_now(), now=AHEAD)
    pull_back(now=RIGHT)
    moment, _ = presence.changed_since(NOW)
    presence.arrive(host, other, house=house_now(), now=RIGHT + timedelta(minutes=1))
    assert other in presence.changed_since(moment)[1]

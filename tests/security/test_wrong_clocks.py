"""A clock that was years ahead for some minutes, and is right again: nothing waits for a moment that is far away."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.urls import reverse

from portevoix.kernel.errors import Refused, TryLater
from portevoix.record import ratelimit
from portevoix.record.models import Message
from portevoix.record.operations import accounts, close, deliveries, feeds
from portevoix.record.operations.apply_retention import run_retention
from portevoix.record.operations.pull_back import pull_back
from tests.conftest import NOW, PASSWORD, incoming

pytestmark = pytest.mark.django_db
AHEAD = NOW + timedelta(days=400)
RIGHT = NOW + timedelta(hours=1)
"""When the clock was set right, and a worker looks at it."""


def test_an_account_in_trouble_is_polled_again(city) -> None:
    for account in accounts.claim_due(now=AHEAD):
        later = AHEAD + timedelta(minutes=5)
        accounts.record_trouble(account=account, error=TryLater("shut"), again_at=later, now=AHEAD)
    pull_back(now=RIGHT)
    assert accounts.claim_due(now=RIGHT)


def test_an_account_whose_certificate_seemed_over_is_polled_again(city) -> None:
    for account in accounts.claim_due(now=AHEAD):
        error = Refused("The certificate of {host} cannot be trusted.", pause=True, host="imap.example")
        accounts.record_trouble(account=account, error=error, again_at=None, now=AHEAD)
    pull_back(now=RIGHT)
    assert accounts.claim_due(now=RIGHT)


def test_the_news_feed_is_read_again(administrator) -> None:
    feeds.set_address(address="https://ville.example/rss", by=administrator, now=NOW)
    feed = feeds.claim(now=AHEAD)
    feeds.record_trouble(feed=feed, error=TryLater("shut"), now=AHEAD)
    pull_back(now=RIGHT)
    assert feeds.claim(now=RIGHT + timedelta(hours=1))


def test_nobody_is_refused_for_tries_that_lie_ahead(city) -> None:
    limits = ratelimit.limits_of_place("192.0.2.7", 10)
    for _ in range(10):
        ratelimit.note("form", limits, now=AHEAD)
    pull_back(now=RIGHT)
    assert not ratelimit.is_exceeded("form", limits, within=timedelta(hours=1), now=RIGHT + timedelta(hours=2))


def test_a_session_of_that_time_ends_after_twelve_hours(host, client) -> None:
    with time_machine.travel(AHEAD, tick=False):
        client.post(reverse("web:sign-in"), {"email": host.email, "password": PASSWORD})
    assert Session.objects.exists()
    pull_back(now=RIGHT)
    with time_machine.travel(RIGHT + timedelta(hours=13), tick=False):
        assert client.get(reverse("desk:inbox")).status_code == 302


def test_a_clock_that_was_behind_delays_nothing(city) -> None:
    behind = NOW - timedelta(days=20_000)
    assert not accounts.claim_due(now=behind) and not deliveries.claim(now=behind)
    pull_back(now=behind)
    pull_back(now=RIGHT)
    assert accounts.claim_due(now=RIGHT)


def test_a_clock_that_is_years_ahead_empties_nothing(take, host) -> None:
    [conversation] = take(incoming())
    close(conversation=conversation, by=host, now=NOW, why="")
    while run_retention(now=NOW + timedelta(days=1)) is not None:
        pass
    for hour in range(3):  # and the worker has been at work for so long
        while run_retention(now=NOW + timedelta(days=1_100, hours=hour)) is not None:
            pass
    assert Message.objects.exclude(text="").exists()

"""What a machine published, found by behaviour, on simulated accounts."""

import random
from dataclasses import replace

import pytest

from bench.kit.accounts import KINDS, START, Account
from portevoix.measures.automation import Trace, find_automatic

ACCOUNTS = 6


def accounts(kind: str) -> list[Account]:
    return [KINDS[kind](random.Random(f"test {kind} {n}")) for n in range(ACCOUNTS)]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.startswith("people") and "feed" not in kind])
def test_people_are_no_machines(kind: str) -> None:
    for account in accounts(kind):
        found = find_automatic(post for post, _ in account)
        assert found.share <= 0.02 and found.agreeing_signs == ()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.startswith(("feed", "clockwork"))])
def test_feeds_are(kind: str) -> None:
    for account in accounts(kind):
        found = find_automatic(post for post, _ in account)
        assert found.share >= 0.95 and len(found.agreeing_signs) >= 2


def test_of_people_with_a_feed_the_feed_s_posts_are_found() -> None:
    for account in accounts("people and a feed"):
        called = find_automatic(post for post, _ in account).ids
        machine = {post.id for post, by_machine in account if by_machine}
        assert len(called & machine) >= 0.9 * len(machine)
        assert len(called - machine) <= 0.02 * (len(account) - len(machine))


def test_one_who_schedules_at_full_hours_shows_one_sign() -> None:
    for account in accounts("people who schedule"):
        found = find_automatic(post for post, _ in account)
        assert found.signs["minute"] > 0.9 and not found.ids


def test_what_declares_itself_counts_always() -> None:
    posts = [Trace(id="a", sent_at=START, is_declared=True, reply=True), Trace(id="b", sent_at=START)]
    found = find_automatic(posts)
    assert found.ids == {"a"} and found.share == 0.5 and found.agreeing_signs == ()


def test_order_never_matters() -> None:
    for kind in KINDS:
        posts = [post for post, _ in accounts(kind)[0]]
        shuffled = random.Random(1).sample(posts, len(posts))
        assert find_automatic(posts) == find_automatic(shuffled)


def test_a_few_posts_prove_nothing() -> None:
    posts = [post for post, _ in accounts("feed")[0]][:7]
    assert find_automatic(posts).ids == frozenset()
    assert find_automatic([]).share == 0 and find_automatic([]).signs["silent"] == 0


def test_the_lag_must_hardly_vary() -> None:
    rng = random.Random(3)
    posts = [
        replace(post, lag_s=rng.lognormvariate(9, 1.5)) for post, _ in accounts("feed")[0]
    ]  # the same posts, hours after their articles
    found = find_automatic(posts)
    assert found.signs["feed"] == 1 and not found.ids

"""What holds whatever happens: replay says the same, what was missed stays missed, and only replies answer."""

import random
from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portevoix.measures.engine import measure
from portevoix.measures.metrics import METRICS
from portevoix.measures.schema import frame
from portevoix.record.facts import facts
from portevoix.record.models import Conversation, Fact, Promise
from portevoix.record.replay_differences import differences
from tests.conftest import NOW
from tests.record.histories import LATE, REPLIES, SILENT, SPOKEN, STEPS, History

pytestmark = pytest.mark.django_db
YEARS = timedelta(days=900)
steps = st.lists(st.sampled_from(sorted(STEPS)), min_size=4, max_size=25)
EXAMPLES = 40 if connection.vendor == "sqlite" else 10  # what histories there are is no matter of the database
many = settings(
    max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def waits() -> dict[tuple[int, int], tuple]:
    """Of each wait what no later event may change, and when it was replied to."""
    return {
        (f.conversation_id, f.ordinal): (f.opened_at, f.first_due_at, f.substance_due_at, f.first_reply_at, f.answer_at)
        for f in Fact.objects.all()
    }


def missed(now) -> set[tuple[int, int]]:
    """The waits whose first contact came too late, or has not come and is late."""
    return {
        (f.conversation_id, f.ordinal)
        for f in Fact.objects.all()
        if f.addressed == "direct" and (f.first_reply_at or now) > f.first_due_at
    }


def broken(now) -> set[int]:
    """The promises whose date passed in silence."""
    rows = Promise.objects.filter(promised_at__lt=now)
    return {row.message_id for row in rows if row.answered_at is None or row.answered_at > row.promised_at}


def everybody() -> list[int]:
    return list(Conversation.objects.values_list("pk", flat=True))


@given(steps, st.integers(0, 2**32))
@many
def test_replaying_the_events_gives_what_is_stored(host, names: list[str], seed: int) -> None:
    with transaction.atomic():
        history = History(host, random.Random(seed))
        for name in names:
            history.wait()
            history.step(name)
            assert differences(everybody()) == [], name
        transaction.set_rollback(True)


@given(steps, st.integers(0, 2**32))
@many
def test_what_was_missed_stays_missed(host, names: list[str], seed: int) -> None:
    with transaction.atomic():
        history = History(host, random.Random(seed))
        for name in names:
            history.wait()
            before, late, unkept = waits(), missed(history.now), broken(history.now)
            known = {key for key, (opened, *_) in before.items() if opened <= history.now}
            history.step(name)
            after = waits()
            if name in SILENT:
                assert after == before, name
            elif name in SPOKEN:
                assert {key: after.get(key) for key in known} == {key: before[key] for key in known}, name
            elif name in REPLIES:
                assert {key: value[:3] for key, value in after.items()} == {k: v[:3] for k, v in before.items()}
                replies = {
                    (a, b) for key in before for a, b in zip(before[key][3:], after[key][3:], strict=True) if a != b
                }
                assert replies <= {(None, history.now)}, "a reply counts from when it was given"
            if name not in LATE:
                assert late <= missed(history.now), name
                assert unkept <= broken(history.now), name
        transaction.set_rollback(True)


@given(
    steps,
    st.lists(st.sampled_from(["close", "merge", "reopen", "route", "assign", "label"]), max_size=8),
    st.integers(0, 2**32),
)
@many
def test_measures_never_improve_when_nobody_replies(host, names: list[str], idle: list[str], seed: int) -> None:
    with transaction.atomic():
        history = History(host, random.Random(seed))
        for name in names:
            history.wait()
            history.step(name)
        cut_off = history.now + 100 * timedelta(hours=1)
        before = measured(cut_off)
        for name in idle:
            history.wait()
            history.step(name)
        assert measured(cut_off) == before
        transaction.set_rollback(True)


def measured(cut_off) -> dict[str, tuple]:
    told = facts(since=NOW - YEARS, until=NOW + YEARS, cut_off=cut_off)
    found = measure(frame(told), METRICS.values())
    return {code: (one.value, one.n) for code, one in found.items()}

"""Waits read from messages."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.messages import Addressed, Incoming
from portevoix.kernel.policy import ServicePolicy
from portevoix.kernel.promises import Outcome
from portevoix.measures.engine import report
from portevoix.measures.schema import Fact, frame
from portevoix.measures.waits import observe_waits
from tests.measures.given import START, at, by_definition, holding, message

UNTIL = at(10_000)


def observed(*messages: Incoming, until: datetime = UNTIL, clock: ServiceClock | None = None) -> list[Fact]:
    return observe_waits(messages, account="Valmont", until=until, clock=clock)


def first_replies(*messages: Incoming) -> list[int | None]:
    """Seconds to the first reply, wait by wait."""
    return [fact.first_elapsed_s for fact in observed(*messages)]


ASKED = message("1", thread="t")


@pytest.mark.parametrize(
    ("messages", "told"),
    [
        ([ASKED], [None]),
        ([ASKED, message("2", minutes=5, out=True, thread="t")], [300]),
        ([ASKED, message("2", minutes=5, thread="t"), message("3", minutes=9, out=True, thread="t")], [540]),
        ([ASKED, message("2", minutes=5, out=True, thread="t", automatic=True)], [None]),
        ([ASKED, message("2", minutes=5, out=True, thread="u")], [None]),
        ([ASKED, message("2", out=True, thread="t", in_reply_to="1")], [0]),
        ([ASKED, message("0", out=True, thread="t")], [0]),
        ([message("2", out=True, thread="t"), message("1", thread="t", in_reply_to="2")], []),
        ([message("0", minutes=-5, out=True, thread="t"), ASKED, message("2", minutes=5, out=True, thread="t")], []),
        ([message("0", minutes=-5, out=True, thread="t", automatic=True), ASKED], []),
        ([message("1", thread="t", addressed=Addressed.COPY), message("2", minutes=1, out=True, thread="t")], []),
        ([ASKED, message("2", minutes=1, thread="t", addressed=Addressed.COPY)], [None]),
        ([message("1"), message("2", minutes=5, out=True, in_reply_to="1")], [300]),
        ([message("1"), message("2", in_reply_to="1"), message("3", minutes=5, out=True, in_reply_to="2")], [300]),
        ([message("1"), message("2", minutes=5, out=True)], [None]),
        ([message("2", in_reply_to="gone"), message("3", minutes=5, out=True, in_reply_to="gone")], [300]),
        ([message("1", thread="t"), message("2", minutes=5, out=True, in_reply_to="1")], [300]),
        ([message("1", thread="t"), message("2", minutes=5, out=True, thread="u", in_reply_to="1")], [None]),
        ([message("1", in_reply_to="2"), message("2", minutes=5, out=True, in_reply_to="1")], [300]),
        ([message("1"), message("2", minutes=5, out=True, in_reply_to="1", channel="facebook")], [None]),
        ([message("1", account="Other"), message("2", minutes=5, account="valmont")], []),
        ([ASKED, message("1", minutes=-5, out=True, thread="t")], [None]),
        ([ASKED, message("2", minutes=10_001, out=True, thread="t"), message("3", minutes=10_001)], [None]),
        ([ASKED, message("2", minutes=10_000, out=True, thread="t")], [600_000]),
    ],
    ids=[
        "unanswered",
        "answered",
        "asked twice",
        "an automatic message is no reply",
        "another thread",
        "a reply within the same second",
        "the citizen goes first within a second",
        "a comment within the second of the city's post",
        "the city began",
        "the city began, automatically",
        "named in copy",
        "named in copy later",
        "by parent",
        "by parent's parent",
        "unrelated",
        "by the same absent parent",
        "the parent's thread",
        "the network's thread beats the parent",
        "a circle of parents",
        "another channel",
        "another account",
        "the same message again",
        "after the cut-off",
        "at the cut-off",
    ],
)
def test_first_replies(messages: list[Incoming], told: list[int | None]) -> None:
    assert first_replies(*messages) == told


def promises(fact: Fact) -> dict[str, int]:
    counted = {outcome.value: getattr(fact, f"promises_{outcome}") for outcome in Outcome}
    return {outcome: count for outcome, count in counted.items() if count}


def test_a_fact_tells_when_and_nothing_of_who_or_what() -> None:
    replies = (
        holding("2", minutes=10, promised=500, thread="t"),
        holding("3", minutes=20, promised=700, thread="t"),
        message("4", minutes=600, out=True, thread="t"),
        holding("5", minutes=800, promised=900, thread="t"),
    )
    (fact,) = observed(*replies, ASKED)
    assert (fact.source, fact.channel, fact.account, fact.thread, fact.ordinal) == ("observed", "x", "Valmont", "t", 1)
    assert (fact.opened_at, fact.censored_at, fact.week) == (START, UNTIL, "2026-W47")
    assert (fact.first_reply_at, fact.holding_at, fact.answer_at) == (at(10), at(10), at(600))
    assert promises(fact) == {"kept": 1}, "by the date given last, and what was promised after the answer is none"
    assert (fact.first_elapsed_s, fact.answer_elapsed_s, fact.censored_elapsed_s) == (600, 36_000, 600_000)


def test_holding_replies_leave_the_answer_open() -> None:
    (fact,) = observed(ASKED, holding("2", minutes=10, promised=500, thread="t"), holding("3", minutes=9, thread="t"))
    assert (fact.first_reply_at, fact.answer_at, fact.answer_elapsed_s) == (at(9), None, None)
    assert promises(fact) == {"broken": 1}


def test_another_date_does_not_mend_a_promise_that_was_broken() -> None:
    again = holding("3", minutes=200, promised=900, thread="t")
    answered = message("4", minutes=850, out=True, thread="t")
    for first, outcome in ((100, "late"), (200, "kept")):
        (fact,) = observed(ASKED, holding("2", minutes=10, promised=first, thread="t"), again, answered)
        assert promises(fact) == {outcome: 1}


def test_opening_hours_are_counted_where_they_are_known() -> None:
    nine_to_ten = ServiceClock(ServicePolicy(timezone="UTC", hours={0: ((9 * 3600, 10 * 3600),)}))
    reply = message("2", minutes=300, out=True, thread="t")
    (known,) = observed(ASKED, reply, clock=nine_to_ten)
    (unknown,) = observed(ASKED, reply)
    assert (known.first_elapsed_s, known.first_service_s, known.censored_service_s) == (18_000, 3_600, 3_600)
    assert (unknown.first_service_s, unknown.censored_service_s) == (18_000, 600_000)


def test_both_clocks_cut_fractions_of_a_second() -> None:
    nearly = timedelta(microseconds=900_000)
    reply = message("2", out=True, thread="t", sent_at=at(60) + timedelta(microseconds=100_000))
    always = ServiceClock(ServicePolicy(timezone="UTC"))
    (fact,) = observed(message("1", thread="t", sent_at=START + nearly), reply, clock=always)
    assert (fact.first_elapsed_s, fact.first_service_s) == (3600, 3600)


def test_instants_are_told_in_utc_and_weeks_in_the_citys_zone() -> None:
    paris = timezone(timedelta(hours=1))
    monday = datetime(2026, 11, 23, 0, 30, tzinfo=paris)
    (fact,) = observe_waits(
        [message("1", sent_at=monday)], account=None, until=UNTIL, clock=None, timezone="Europe/Paris"
    )
    assert fact.opened_at.isoformat() == "2026-11-22T23:30:00+00:00"
    assert fact.week == "2026-W48"


def agree(facts: list[Fact], messages: Iterable[Incoming], until: datetime) -> None:
    told = {fact.wait.removeprefix(f"{fact.channel}:{fact.account}:"): fact.first_elapsed_s for fact in facts}
    assert told == by_definition(messages, until)


@st.composite
def correspondence(draw: st.DrawFn) -> list[Incoming]:
    size = draw(st.integers(1, 20))
    return [
        message(
            str(number),
            minutes=draw(st.integers(0, 8)),
            out=draw(st.booleans()),
            thread=draw(st.sampled_from("abc")),
            automatic=draw(st.booleans()),
            addressed=draw(st.sampled_from(Addressed)),
        )
        for number in range(size)
    ]


@settings(deadline=None)
@given(messages=correspondence(), minutes=st.integers(0, 9))
def test_observation_follows_the_definition(messages: list[Incoming], minutes: int) -> None:
    agree(observe_waits(messages, account=None, until=at(minutes), clock=None), messages, at(minutes))


@st.composite
def reply_trees(draw: st.DrawFn) -> tuple[list[Incoming], list[Incoming]]:
    """Messages that name parents, some absent from the file; and the same with each one's tree told as its thread."""
    size = draw(st.integers(1, 15))
    parents = {number: draw(st.integers(-2, number - 1)) for number in range(size)}
    bare, told = [], []
    for number, parent in parents.items():
        # -1: replies to nothing; -2: replies to one that is not in the file.
        named = {"in_reply_to": str(parent)} if parent != -1 else {}
        when, out = draw(st.integers(0, 8)), draw(st.booleans())
        bare.append(message(str(number), minutes=when, out=out, **named))
        top = number
        while parents.get(top, -1) >= 0:
            top = parents[top]
        thread = "absent" if parents[top] == -2 else f"from {top}"
        told.append(message(str(number), minutes=when, out=out, thread=thread, **named))
    return bare, told


@settings(deadline=None)
@given(both=reply_trees(), seed=st.randoms(use_true_random=False))
def test_parents_lead_to_the_same_threads_in_any_order(
    both: tuple[list[Incoming], list[Incoming]], seed: random.Random
) -> None:
    bare, told = both
    shuffled = seed.sample(bare, len(bare))
    agree(observe_waits(shuffled, account=None, until=UNTIL, clock=None), told, UNTIL)


@settings(deadline=None, max_examples=50)
@given(messages=correspondence(), which=st.integers(0, 19))
def test_a_dropped_reply_never_improves_a_measure(messages: list[Incoming], which: int) -> None:
    # What the citizens wrote first, so that dropping a message of the city never makes a thread theirs.
    opened = [message(f"q{thread}", minutes=-1, thread=thread) for thread in "abc"]
    replies = [each for each in messages if each.direction == "out"]
    kept = [each for place, each in enumerate(replies) if place != which]
    told, worse = (
        report(frame(observe_waits([*opened, *some], account=None, until=at(9), clock=None)))
        for some in (replies, kept)
    )
    assert (worse.n, worse.answered <= told.answered) == (told.n, True)
    assert all((worse.F[horizon] or 0) <= (told.F[horizon] or 0) + 1e-12 for horizon in told.F)

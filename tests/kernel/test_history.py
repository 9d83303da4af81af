"""The fold of events into state, waits and deadlines: what holds whatever happens."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.history import NEVER, ConversationState, HistoryEvent, replay
from portevoix.kernel.policy import ServicePolicy
from portevoix.kernel.promises import read_promise
from portevoix.kernel.states import EventType, State

START = datetime(2026, 11, 18, 9, tzinfo=UTC)
CLOCK = ServiceClock(ServicePolicy(timezone="UTC", first_contact=8 * 3600, substance=40 * 3600))
STRICT = ServiceClock(ServicePolicy(timezone="UTC", first_contact=2 * 3600, substance=8 * 3600))
HOUR = timedelta(hours=1)


def clock(version: int) -> ServiceClock:
    return CLOCK if version == 1 else STRICT


def story(*steps: tuple[EventType, float] | tuple[EventType, float, dict], strand: int = 0) -> list[HistoryEvent]:
    """Happenings from (what, hours after the start, more)."""
    told = []
    for number, (what, hours, *more) in enumerate(steps, 1 + 100 * strand):
        policy = 1 if what is EventType.RECEIVED else None
        values = {"message": number, "policy": policy, "strand": strand, **(more or [{}])[0]}
        told.append(HistoryEvent(id=number, what=what, at=START + hours * HOUR, **values))
    return told


def test_a_message_is_due_in_eight_hours() -> None:
    standing = replay(story((EventType.RECEIVED, 0)), clock)
    assert (standing.state, standing.due_at) == (State.OPEN, START + 8 * HOUR)


def test_a_holding_reply_stops_the_first_clock_only_and_the_promise_is_due() -> None:
    promised = START + 50 * HOUR
    standing = replay(
        story((EventType.RECEIVED, 0), (EventType.HELD, 2, {"promised_at": promised, "assigned": True})), clock
    )
    [wait] = standing.waits
    assert (standing.state, standing.due_at) == (State.ASSIGNED, promised)
    assert wait.first_reply_at == START + 2 * HOUR and wait.answer_at is None
    assert standing.promises[0].outcome(promised) == "open"
    assert standing.promises[0].outcome(promised + HOUR) == "broken"


def test_a_promise_is_kept_late_or_given_another_date() -> None:
    promised = START + 5 * HOUR
    held = (EventType.HELD, 2, {"promised_at": promised})
    again = (EventType.HELD, 4, {"promised_at": START + 9 * HOUR})
    assert (
        replay(story((EventType.RECEIVED, 0), held, (EventType.ANSWERED, 5)), clock).promises[0].outcome(promised)
        == "kept"
    )
    [late] = replay(story((EventType.RECEIVED, 0), held, (EventType.ANSWERED, 6)), clock).promises
    assert [late.outcome(START + hours * HOUR) for hours in (5, 5.5, 9)] == ["open", "broken", "late"]
    [moved] = replay(story((EventType.RECEIVED, 0), held, again), clock).promises
    assert (moved.made_at, moved.promised_at) == (START + 2 * HOUR, START + 9 * HOUR)
    assert [moved.outcome(START + hours * HOUR) for hours in (6, 10)] == ["open", "broken"]


def test_a_promise_is_made_once_to_whoever_has_waited_longest() -> None:
    """Who writes again after a holding reply opens a second wait; the next holding reply renews the one promise."""
    dates = [{"promised_at": START + hours * HOUR} for hours in (8, 9, 20)]
    held, again, later = ((EventType.HELD, hour, date) for hour, date in zip((1, 3, 12), dates, strict=True))
    told = story(
        (EventType.RECEIVED, 0),
        held,
        (EventType.RECEIVED, 2),
        again,
        (EventType.ANSWERED, 10),
        (EventType.RECEIVED, 11),
        later,
    )
    standing = replay(told, clock)
    assert [(p.ordinal, p.promised_at, p.answered_at) for p in standing.promises] == [
        (1, START + 9 * HOUR, START + 10 * HOUR),
        (3, START + 20 * HOUR, None),
    ]
    assert [p.outcome(START + 15 * HOUR) for p in standing.promises] == ["late", "open"]


def test_dates_alone_tell_the_same_promise() -> None:
    dates = [(START + 4 * HOUR, START + 9 * HOUR), (START, START + 5 * HOUR), (START + 10 * HOUR, START + 12 * HOUR)]
    promise = read_promise(dates)
    assert (promise.made_at, promise.promised_at, promise.latest_at) == (START, START + 9 * HOUR, START + 12 * HOUR)
    assert read_promise(dates, answered_at=START + 2 * HOUR).outcome(START + 8 * HOUR) == "kept"
    assert read_promise([(START + HOUR, START + 2 * HOUR)], answered_at=START) is None, "made after the answer"


def test_another_date_does_not_mend_a_promise_that_was_broken() -> None:
    """What is due is the new date; what is measured is the one that passed in silence."""
    first, again = START + 5 * HOUR, START + 20 * HOUR
    held = (EventType.HELD, 2, {"promised_at": first})
    [in_time] = replay(story((EventType.RECEIVED, 0), held, (EventType.HELD, 4, {"promised_at": again})), clock).waits
    assert (in_time.promised_at, in_time.due_at) == (again, again)
    late = replay(story((EventType.RECEIVED, 0), held, (EventType.HELD, 6, {"promised_at": again})), clock)
    assert (late.promised_at, late.waits[0].due_at) == (again, again)
    assert [(p.promised_at, p.outcome(again)) for p in late.promises] == [(first, "broken")]
    answered = story(
        (EventType.RECEIVED, 0), held, (EventType.HELD, 6, {"promised_at": again}), (EventType.ANSWERED, 7)
    )
    assert [p.outcome(again) for p in replay(answered, clock).promises] == ["late"]


def test_a_promise_after_the_answer_is_due_too() -> None:
    promised = START + 30 * HOUR
    told = story((EventType.RECEIVED, 0), (EventType.ANSWERED, 1), (EventType.HELD, 2, {"promised_at": promised}))
    standing = replay(told, clock)
    assert (standing.state, standing.due_at, standing.promised_at) == (State.OPEN, promised, promised)
    assert len(standing.waits) == 1


def test_a_further_message_before_the_reply_opens_no_new_wait_and_after_it_does() -> None:
    standing = replay(
        story((EventType.RECEIVED, 0), (EventType.RECEIVED, 1), (EventType.ANSWERED, 2), (EventType.RECEIVED, 3)), clock
    )
    assert [wait.opened_at for wait in standing.waits] == [START, START + 3 * HOUR]
    assert standing.state is State.OPEN and standing.due_at == START + 11 * HOUR


def test_a_copy_is_never_due_until_the_citizen_speaks_to_the_city() -> None:
    copied = story((EventType.RECEIVED, 0, {"copy": True}))
    assert replay(copied, clock).due_at is None and replay(copied, clock).queue_at == NEVER
    spoken = replay(story((EventType.RECEIVED, 0, {"copy": True}), (EventType.RECEIVED, 1)), clock)
    assert [wait.copy for wait in spoken.waits] == [True, False] and spoken.due_at == START + 9 * HOUR


def test_automatic_messages_change_nothing() -> None:
    plain = replay(story((EventType.RECEIVED, 0)), clock)
    noisy = story((EventType.RECEIVED, 0), (EventType.ACKNOWLEDGED, 0.1), (EventType.RECEIVED, 1, {"automatic": True}))
    assert replay(noisy, clock) == plain


def test_closing_answers_nobody_and_reopening_keeps_the_deadline_missed() -> None:
    closed = replay(story((EventType.RECEIVED, 0), (EventType.CLOSED, 9)), clock)
    assert closed.due_at is None and closed.waits[0].first_reply_at is None
    reopened = replay(story((EventType.RECEIVED, 0), (EventType.CLOSED, 9), (EventType.REOPENED, 30)), clock)
    assert reopened.due_at == START + 8 * HOUR


def test_a_policy_that_changes_changes_no_wait_that_is_open() -> None:
    """Each wait keeps the policy it opened under, whatever comes later, and in whichever order one learns of it."""
    told = story(
        (EventType.RECEIVED, 0),
        (EventType.RECEIVED, 1, {"policy": 2}),
        (EventType.ANSWERED, 3),
        (EventType.RECEIVED, 4, {"policy": 2}),
    )
    waits = replay(told, clock).waits
    assert [(wait.policy, wait.first_due_at) for wait in waits] == [(1, START + 8 * HOUR), (2, START + 6 * HOUR)]
    assert replay(reversed(told), clock).waits == waits


def test_an_inquiry_is_answered_by_its_own_answer_alone() -> None:
    """A department's late answer to an earlier question is none to a later one."""
    told = story(
        (EventType.RECEIVED, 0),
        (EventType.INQUIRED, 1, {"inquiry": 1}),
        (EventType.ANSWERED, 2),
        (EventType.INQUIRED, 3, {"inquiry": 2}),
    )
    late = HistoryEvent(id=9, what=EventType.INFORMED, at=START + 4 * HOUR, inquiry=1)
    standing = replay([*told, late], clock)
    assert standing.inquiries == {2} and standing.state is State.AWAITING_DEPARTMENT


anything = st.sampled_from([what for what in EventType if what is not EventType.MERGED])
stories = st.lists(st.tuples(anything, st.floats(0, 200)), max_size=12).map(lambda steps: story(*steps))


@given(stories, st.randoms())
def test_replay_in_any_order_says_the_same(told: list[HistoryEvent], random) -> None:
    shuffled = list(told)
    random.shuffle(shuffled)
    assert replay(shuffled, clock) == replay(told, clock)


@given(stories)
def test_only_a_reply_stops_a_clock(told: list[HistoryEvent]) -> None:
    """Whatever is routed, closed, noted: first replies are those that a person sent, and never before the message."""
    replies = {h.at for h in told if h.what in (EventType.ANSWERED, EventType.HELD)}
    for wait in replay(told, clock).waits:
        assert wait.first_reply_at is None or wait.first_reply_at in replies
        assert wait.first_reply_at is None or wait.first_reply_at >= wait.opened_at
        assert wait.first_due_at == wait.opened_at.replace(microsecond=0) + 8 * HOUR


@given(
    stories,
    st.sampled_from(
        [
            EventType.CLOSED,
            EventType.REOPENED,
            EventType.ROUTED,
            EventType.ASSIGNED,
            EventType.NOTED,
            EventType.INQUIRED,
        ]
    ),
)
def test_no_other_event_improves_a_measure(told: list[HistoryEvent], what: EventType) -> None:
    extra = HistoryEvent(id=99, what=what, at=START + 300 * HOUR)
    before, later = replay(told, clock).waits, replay([*told, extra], clock).waits
    assert [(w.opened_at, w.first_reply_at, w.answer_at) for w in before] == [
        (w.opened_at, w.first_reply_at, w.answer_at) for w in later
    ]


@given(stories)
def test_waits_never_overlap_before_their_reply(told: list[HistoryEvent]) -> None:
    for earlier, later in pairwise(replay(told, clock).waits):
        ends = [at for at in (earlier.first_reply_at, earlier.closed_at) if at]
        assert earlier.opened_at <= later.opened_at
        assert earlier.copy or not ends or min(ends) <= later.opened_at


def joining(strand: int, *, into: int = 0, hours: float = 200, always: bool = False) -> HistoryEvent:
    at = START + hours * HOUR
    return HistoryEvent(id=5000 + strand, what=EventType.MERGED, at=at, strand=into, joins=strand, always=always)


def strands(number: int) -> st.SearchStrategy[list[HistoryEvent]]:
    return st.lists(st.tuples(anything, st.floats(0, 200)), max_size=8).map(lambda told: story(*told, strand=number))


def test_two_questions_that_become_one_are_both_late_and_both_answered() -> None:
    first = story((EventType.RECEIVED, 0), (EventType.CLOSED, 9))
    second = story((EventType.RECEIVED, 1), strand=1)
    joined = [*first, *second, joining(1, hours=20)]
    standing = replay(joined, clock)
    assert standing.state is State.OPEN and standing.due_at == START + 9 * HOUR
    answered = replay([*joined, HistoryEvent(id=9000, what=EventType.ANSWERED, at=START + 21 * HOUR)], clock)
    assert answered.state is State.ANSWERED and answered.due_at is None
    assert [(w.strand, w.ordinal, w.opened_at, w.first_reply_at) for w in answered.waits] == [
        (0, 1, START, START + 21 * HOUR),
        (1, 1, START + HOUR, START + 21 * HOUR),
    ]


def test_the_reply_to_one_is_none_to_the_other_until_they_are_joined() -> None:
    told = [
        *story((EventType.RECEIVED, 0), (EventType.ANSWERED, 2)),
        *story((EventType.RECEIVED, 1), strand=1),
        joining(1, hours=3),
    ]
    first, second = replay(told, clock).waits
    assert first.answer_at == START + 2 * HOUR and second.first_reply_at is None
    assert replay(told, clock).state is State.OPEN


def test_what_comes_to_either_after_they_are_joined_opens_one_wait() -> None:
    told = [
        *story((EventType.RECEIVED, 0), (EventType.ANSWERED, 1)),
        *story((EventType.RECEIVED, 0), (EventType.ANSWERED, 1), strand=1),
    ]
    later = [
        HistoryEvent(id=8000 + strand, what=EventType.RECEIVED, at=START + (5 - strand) * HOUR, policy=1, strand=strand)
        for strand in (0, 1)
    ]
    waits = replay([*told, joining(1, hours=2), *later], clock).waits
    assert [(w.strand, w.ordinal) for w in waits] == [(0, 1), (1, 1), (1, 2)]


@given(strands(0), strands(1), st.randoms())
def test_joining_two_conversations_drops_and_answers_nothing(one: list, other: list, random) -> None:
    apart = [*replay(one, clock).waits, *replay(other, clock).waits]
    told = [*one, *other, joining(1)]
    random.shuffle(told)
    standing = replay(told, clock)
    assert sorted(apart, key=repr) == sorted(standing.waits, key=repr)
    dues = [due for due in (replay(one, clock).due_at, replay(other, clock).due_at) if due]
    assert standing.due_at == min(dues, default=None)


@given(strands(0), strands(1), strands(2), st.floats(0, 200), st.floats(0, 200))
def test_a_chain_of_joins_keeps_every_first_question(a: list, b: list, c: list, early: float, late: float) -> None:
    """Whatever was joined when, each conversation's first question is still one, and is late as it was."""
    told = [*a, *b, *c, joining(2, into=1, hours=min(early, late)), joining(1, hours=max(early, late))]
    firsts = {(w.strand, w.opened_at, w.first_due_at) for w in replay(told, clock).waits if w.ordinal == 1}
    alone = [replay(strand, clock).waits for strand in (a, b, c)]
    for waits in alone:
        known = [w for w in waits[:1] if w.opened_at < START + min(early, late) * HOUR]
        assert {(w.strand, w.opened_at, w.first_due_at) for w in known} <= firsts


@given(strands(0), strands(1), st.floats(0, 200))
def test_what_was_always_one_is_as_if_it_had_never_looked_apart(one: list, other: list, hours: float) -> None:
    told = [*one, *other]
    apart = replay([*told, joining(1, hours=hours, always=True)], clock)
    whole = replay([replace(h, strand=0) for h in told], clock)
    assert (apart.waits, apart.promises, apart.due_at) == (whole.waits, whole.promises, whole.due_at)


def test_nothing_happened_yet() -> None:
    assert replay([], clock) == ConversationState()

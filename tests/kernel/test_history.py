"""The fold of events into state, waits and deadlines: what holds whatever happens."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.history import NEVER, Happening, Standing, stand
from portevoix.kernel.policy import ServicePolicy
from portevoix.kernel.states import State, What

START = datetime(2026, 11, 18, 9, tzinfo=UTC)
CLOCK = ServiceClock(ServicePolicy(timezone="UTC", first_contact=8 * 3600, substance=40 * 3600))
HOUR = timedelta(hours=1)


def clock(version: int) -> ServiceClock:
    return CLOCK


def story(*steps: tuple[What, float] | tuple[What, float, dict]) -> list[Happening]:
    """Happenings from (what, hours after the start, more)."""
    told = []
    for number, (what, hours, *more) in enumerate(steps, 1):
        policy = 1 if what is What.RECEIVED else None
        told.append(
            Happening(id=number, what=what, at=START + hours * HOUR, message=number, policy=policy, **(more or [{}])[0])
        )
    return told


def test_a_message_is_due_in_eight_hours() -> None:
    standing = stand(story((What.RECEIVED, 0)), clock)
    assert (standing.state, standing.due_at) == (State.OPEN, START + 8 * HOUR)


def test_a_holding_reply_stops_the_first_clock_only_and_the_promise_is_due() -> None:
    promised = START + 50 * HOUR
    standing = stand(story((What.RECEIVED, 0), (What.HELD, 2, {"promised_at": promised, "assigned": True})), clock)
    [wait] = standing.waits
    assert (standing.state, standing.due_at) == (State.ASSIGNED, promised)
    assert wait.first_reply_at == START + 2 * HOUR and wait.answer_at is None
    assert standing.pledges[0].outcome(promised) == "due"
    assert standing.pledges[0].outcome(promised + HOUR) == "broken"


def test_a_promise_is_kept_late_or_renewed() -> None:
    promised = START + 5 * HOUR
    held = (What.HELD, 2, {"promised_at": promised})
    again = (What.HELD, 4, {"promised_at": START + 9 * HOUR})
    assert stand(story((What.RECEIVED, 0), held, (What.ANSWERED, 5)), clock).pledges[0].outcome(promised) == "kept"
    late = stand(story((What.RECEIVED, 0), held, (What.ANSWERED, 6)), clock)
    assert late.pledges[0].outcome(START + 9 * HOUR) == "late"
    renewed = stand(story((What.RECEIVED, 0), held, again), clock)
    assert [p.outcome(START + 6 * HOUR) for p in renewed.pledges] == ["renewed", "due"]


def test_a_promise_after_the_answer_is_due_too() -> None:
    promised = START + 30 * HOUR
    told = story((What.RECEIVED, 0), (What.ANSWERED, 1), (What.HELD, 2, {"promised_at": promised}))
    standing = stand(told, clock)
    assert (standing.state, standing.due_at, standing.promised_at) == (State.OPEN, promised, promised)
    assert len(standing.waits) == 1


def test_a_further_message_before_the_reply_opens_no_new_wait_and_after_it_does() -> None:
    standing = stand(story((What.RECEIVED, 0), (What.RECEIVED, 1), (What.ANSWERED, 2), (What.RECEIVED, 3)), clock)
    assert [wait.opened_at for wait in standing.waits] == [START, START + 3 * HOUR]
    assert standing.state is State.OPEN and standing.due_at == START + 11 * HOUR


def test_a_copy_is_never_due_until_the_citizen_speaks_to_the_city() -> None:
    copied = story((What.RECEIVED, 0, {"copy": True}))
    assert stand(copied, clock).due_at is None and stand(copied, clock).queue_at == NEVER
    spoken = stand(story((What.RECEIVED, 0, {"copy": True}), (What.RECEIVED, 1)), clock)
    assert [wait.copy for wait in spoken.waits] == [True, False] and spoken.due_at == START + 9 * HOUR


def test_automatic_messages_change_nothing() -> None:
    plain = stand(story((What.RECEIVED, 0)), clock)
    noisy = story((What.RECEIVED, 0), (What.ACKNOWLEDGED, 0.1), (What.RECEIVED, 1, {"automatic": True}))
    assert stand(noisy, clock) == plain


def test_closing_answers_nobody_and_reopening_keeps_the_deadline_missed() -> None:
    closed = stand(story((What.RECEIVED, 0), (What.CLOSED, 9)), clock)
    assert closed.due_at is None and closed.waits[0].first_reply_at is None
    reopened = stand(story((What.RECEIVED, 0), (What.CLOSED, 9), (What.REOPENED, 30)), clock)
    assert reopened.due_at == START + 8 * HOUR


anything = st.sampled_from(What)
stories = st.lists(st.tuples(anything, st.floats(0, 200)), max_size=12).map(lambda steps: story(*steps))


@given(stories, st.randoms())
def test_replay_in_any_order_says_the_same(told: list[Happening], random) -> None:
    shuffled = list(told)
    random.shuffle(shuffled)
    assert stand(shuffled, clock) == stand(told, clock)


@given(stories)
def test_only_a_reply_stops_a_clock(told: list[Happening]) -> None:
    """Whatever is routed, closed, noted: first replies are those that a person sent, and never before the message."""
    replies = {h.at for h in told if h.what in (What.ANSWERED, What.HELD)}
    for wait in stand(told, clock).waits:
        assert wait.first_reply_at is None or wait.first_reply_at in replies
        assert wait.first_reply_at is None or wait.first_reply_at >= wait.opened_at
        assert wait.first_due_at == wait.opened_at.replace(microsecond=0) + 8 * HOUR


@given(stories, st.sampled_from([What.CLOSED, What.REOPENED, What.ROUTED, What.ASSIGNED, What.NOTED, What.INQUIRED]))
def test_no_other_event_improves_a_measure(told: list[Happening], what: What) -> None:
    extra = Happening(id=99, what=what, at=START + 300 * HOUR)
    before, later = stand(told, clock).waits, stand([*told, extra], clock).waits
    assert [(w.opened_at, w.first_reply_at, w.answer_at) for w in before] == [
        (w.opened_at, w.first_reply_at, w.answer_at) for w in later
    ]


@given(stories)
def test_waits_never_overlap_before_their_reply(told: list[Happening]) -> None:
    for earlier, later in pairwise(stand(told, clock).waits):
        ends = [at for at in (earlier.first_reply_at, earlier.closed_at) if at]
        assert earlier.opened_at <= later.opened_at
        assert earlier.copy or not ends or min(ends) <= later.opened_at


def test_nothing_happened_yet() -> None:
    assert stand([], clock) == Standing()

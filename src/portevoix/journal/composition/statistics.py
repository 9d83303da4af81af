"""The figures of an edition, from facts and messages."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import narwhals as nw

from portevoix.journal.editions.sections import Count, EarlierWeek, Replies, Reply, Share, Step, Tally, Waits
from portevoix.journal.editions.weeks import MOST_COMPARED
from portevoix.kernel.messages import Addressed
from portevoix.measures.metrics import HORIZONS, MINIMUM_SAMPLE, Clock, wait_times
from portevoix.measures.metrics import Reply as Ending
from portevoix.measures.schema import Fact, frame
from portevoix.measures.survival import Curve
from portevoix.record.queries.journal import CitizenMessage

LONGEST_S = max(HORIZONS.values())
"""Length of the reply curve in seconds."""
SOON = ("1h", "8h")
"""Horizons whose shares are always those of the week itself."""
WEEKS_READ = MOST_COMPARED + 2
"""Number of weeks read before the edition's own: 72 opening hours are two working weeks."""
type Measure = tuple[Ending, Clock]
KINDS: tuple[Measure, ...] = (
    ("first", "elapsed"),
    ("first", "service"),
    ("answer", "elapsed"),
    ("answer", "service"),
)
ELAPSED = tuple(measure for measure in KINDS if measure[1] == "elapsed")
"""Those of messages whose city's opening hours are not known."""


@dataclass(frozen=True)
class WeekOfFacts:
    """The waits that began in a week."""

    week: str
    facts: Sequence[Fact]
    _curves: dict[tuple[Clock, Ending], Curve] = field(default_factory=dict, init=False, repr=False, compare=False)

    def curve(self, clock: Clock, reply: Ending) -> Curve:
        """Return 1 − Kaplan–Meier of the week's first waits."""
        if (clock, reply) not in self._curves:
            waits = wait_times(self._frame.lazy(), clock=clock, reply=reply, waits="first")
            rows = waits.collect(backend="polars")
            self._curves[clock, reply] = Curve.of({name: rows[name].to_numpy() for name in rows.columns})
        return self._curves[clock, reply]

    def is_complete(self, clock: Clock, seconds: int) -> bool:
        """Return whether all waits have been observed for so long."""
        return all(getattr(fact, f"censored_{clock}_s") >= seconds for fact in self.facts)

    @cached_property
    def _frame(self) -> nw.DataFrame[Any]:
        return frame(self.facts)


def count(
    now: Iterable[CitizenMessage],
    past: Iterable[Iterable[CitizenMessage]],
    is_counted: Callable[[CitizenMessage], bool],
) -> Count:
    """Return the number of messages for which `is_counted` is true, this week and in each week before."""
    return Count(_number(now, is_counted), tuple(_number(week, is_counted) for week in past))


def _number(messages: Iterable[CitizenMessage], is_counted: Callable[[CitizenMessage], bool]) -> int:
    return sum(1 for message in messages if is_counted(message))


def tallies(
    now: Sequence[CitizenMessage], past: Sequence[Sequence[CitizenMessage]], code: Callable[[CitizenMessage], str]
) -> tuple[Tally, ...]:
    """Return one row per code that occurs, this week's most frequent first, then the past's."""
    here, before = Counter(map(code, now)), [Counter(map(code, week)) for week in past]
    rows = [Tally(each, Count(here[each], tuple(week[each] for week in before))) for each in set(here).union(*before)]
    return tuple(sorted(rows, key=lambda row: (-row.count.now, -sum(row.count.past), row.code)))


def replies(now: WeekOfFacts, before: Sequence[WeekOfFacts], measures: Sequence[Measure] = KINDS) -> Replies:
    """Return the reply measures of this week and of the weeks before, the latest first, as they are known now."""
    complete = _last_complete(before, "elapsed", LONGEST_S)
    return Replies(
        minimum=MINIMUM_SAMPLE,
        copies=sum(fact.addressed is Addressed.COPY for fact in now.facts),
        measures=tuple(_reply(reply, clock, now, before) for reply, clock in measures),
        curve=_steps(_together(complete[:1], "elapsed", "first")),
        past_curve=_steps(_together(complete[1:], "elapsed", "first")),
        curve_week=complete[0].week if complete else "",
    )


def within_8h(facts: Sequence[Fact]) -> tuple[int, Share | None]:
    """Return the number of waits of first contact, and the share replied to within eight hours; None for too few."""
    curve = WeekOfFacts("", facts).curve("elapsed", "first")
    return curve.n, _share(curve, "8h")


def _reply(reply: Ending, clock: Clock, now: WeekOfFacts, before: Sequence[WeekOfFacts]) -> Reply:
    """Return one reply measure.

    A share of 24 or 72 hours is of the last week in which all waits were observed so long: in this one many were not,
    above all those of the weekend. The same holds for a shorter horizon that too few waits of this week reach.
    """
    own, past = now.curve(clock, reply), _together(before[:MOST_COMPARED], clock, reply)
    shares, past_shares, weeks = list[Share | None](), list[Share | None](), list[EarlierWeek]()
    for horizon, seconds in HORIZONS.items():
        own_curve, past_curve = own, past
        if horizon not in SOON or (own.n >= MINIMUM_SAMPLE and not own.rests_on_enough(seconds)):
            complete = _last_complete(before, clock, seconds)
            own_curve, past_curve = (_together(some, clock, reply) for some in (complete[:1], complete[1:]))
            weeks += [EarlierWeek(horizon, week.week) for week in complete[:1]]
        shares.append(_share(own_curve, horizon))
        past_shares.append(_share(past_curve, horizon))
    median_s, week = _median(own, clock, reply, before)
    return Reply(
        reply=reply,
        clock=clock,
        now=_summarize_waits(own, shares, median_s, week),
        past=_summarize_waits(past, past_shares, past.median() if past.n >= MINIMUM_SAMPLE else None)
        if before
        else None,
        earlier_weeks=tuple(weeks),
    )


def _summarize_waits(curve: Curve, shares: Iterable[Share | None], median_s: int | None, week: str = "") -> Waits:
    reliable_shares = tuple(share for share in shares if share is not None)
    return Waits(curve.n, curve.answered, curve.n >= MINIMUM_SAMPLE, reliable_shares, median_s, week)


def _share(curve: Curve, horizon: str) -> Share | None:
    """Return the share of a horizon; None for too few waits, or too few observed for so long."""
    estimate = curve.at(HORIZONS[horizon])
    if curve.n < MINIMUM_SAMPLE or not curve.rests_on_enough(HORIZONS[horizon]):
        return None
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return None
    return Share(horizon, estimate.value, estimate.low, estimate.high)


def _median(own: Curve, clock: Clock, reply: Ending, before: Sequence[WeekOfFacts]) -> tuple[int | None, str]:
    """Return the median and its week.

    It is this week's ("") where a share at that moment would be shown of it, else that of the last week that was
    observed to the end; None where it was not reached, or with too few waits.
    """
    half = own.median()
    if half is not None and (own.is_complete(half) or (half <= HORIZONS[SOON[-1]] and own.rests_on_enough(half))):
        return (half, "") if own.n >= MINIMUM_SAMPLE else (None, "")
    complete = _last_complete(before, clock, LONGEST_S)
    last = complete[0].curve(clock, reply) if complete else Curve.nobody()
    return (last.median(), complete[0].week) if last.n >= MINIMUM_SAMPLE else (None, "")


def _last_complete(before: Sequence[WeekOfFacts], clock: Clock, seconds: int) -> Sequence[WeekOfFacts]:
    """Return the last week in which all waits were observed for so long, and up to MOST_COMPARED before it."""
    place = next((place for place, week in enumerate(before) if week.is_complete(clock, seconds)), None)
    return () if place is None else before[place : place + 1 + MOST_COMPARED]


def _together(weeks: Iterable[WeekOfFacts], clock: Clock, reply: Ending) -> Curve:
    return Curve.merge(week.curve(clock, reply) for week in weeks)


def _steps(curve: Curve) -> tuple[Step, ...]:
    """Return the curve's steps from 0 to LONGEST_S; none with too few waits."""
    if curve.n < MINIMUM_SAMPLE:
        return ()
    steps = [Step(0, 0.0)]
    for seconds, events, survival in zip(curve.duration, curve.events, curve.survival, strict=True):
        if events and seconds <= LONGEST_S:
            steps.append(Step(int(seconds), float(1 - survival)))
    return (*steps, Step(LONGEST_S, steps[-1].share))

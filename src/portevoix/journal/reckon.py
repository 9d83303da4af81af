"""From facts and messages to the figures of an edition."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from portevoix.journal.edition import Count, Replies, Reply, Share, Step, Tally, Waited
from portevoix.measures.engine import ReplyReport, measure, report
from portevoix.measures.metrics import HORIZONS, METRICS, MINIMUM_SAMPLE, Clock, wait_times
from portevoix.measures.metrics import Reply as Ending
from portevoix.measures.schema import Fact, frame
from portevoix.measures.survival import Curve
from portevoix.record.queries.journal import Said

LONGEST_S = max(HORIZONS.values())
"""How far the reply curve is drawn."""


def count(now: Iterable[Said], past: Iterable[Iterable[Said]], chosen: Callable[[Said], bool]) -> Count:
    """How many messages `chosen` takes, this week and in each week before."""
    return Count(_number(now, chosen), tuple(_number(week, chosen) for week in past))


def _number(messages: Iterable[Said], chosen: Callable[[Said], bool]) -> int:
    return sum(1 for message in messages if chosen(message))


def tallies(now: Sequence[Said], past: Sequence[Sequence[Said]], code: Callable[[Said], str]) -> tuple[Tally, ...]:
    """One row per code that occurs, this week's most frequent first, then the past's."""
    here, before = Counter(map(code, now)), [Counter(map(code, week)) for week in past]
    rows = [Tally(each, Count(here[each], tuple(week[each] for week in before))) for each in set(here).union(*before)]
    return tuple(sorted(rows, key=lambda row: (-row.count.now, -sum(row.count.past), row.code)))


def replies(now: Sequence[Fact], past: Sequence[Fact]) -> Replies:
    """The reply measures of this week's waits against those of all the weeks before, put together."""
    here, before = frame(now), frame(past)
    kinds: tuple[tuple[Ending, Clock], ...] = (
        ("first", "elapsed"),
        ("first", "service"),
        ("answer", "elapsed"),
        ("answer", "service"),
    )
    measures = tuple(
        Reply(
            reply=reply,
            clock=clock,
            now=_waited(report(here, clock=clock, reply=reply), _longest_s(now, clock)),
            past=_waited(report(before, clock=clock, reply=reply), _longest_s(past, clock)) if past else None,
        )
        for reply, clock in kinds
    )
    return Replies(
        minimum=MINIMUM_SAMPLE,
        copies=int(measure(here, [METRICS["waits.copy"]])["waits.copy"].value or 0),
        measures=measures,
        curve=_curve(now),
        past_curve=_curve(past),
    )


def within_8h(facts: Sequence[Fact]) -> tuple[int, Share | None]:
    """The waits of first contact, and the share replied to within eight hours unless they are too few to say."""
    metric = METRICS["reply.first_contact.F.8h"]
    found = measure(frame(facts), [metric])[metric.code]
    if found.n < metric.minimum or found.value is None or found.low is None or found.high is None:
        return found.n, None
    return found.n, Share("8h", found.value, found.low, found.high)


def _longest_s(facts: Iterable[Fact], clock: Clock) -> int:
    """How long the longest of these waits could have been watched, whether or not it was."""
    return max((getattr(fact, f"censored_{clock}_s") for fact in facts), default=0)


def _waited(told: ReplyReport, longest_s: int) -> Waited:
    """What nobody could be watched for is left out, except when everybody had been replied to before."""
    if told.n < MINIMUM_SAMPLE:
        return Waited(told.n, told.answered, enough=False)
    shares = tuple(
        Share(horizon, value, *bounds)
        for horizon, value in told.F.items()
        if value is not None
        and (bounds := told.ci[horizon]) is not None
        and (value == 1 or HORIZONS[horizon] <= longest_s)
    )
    return Waited(told.n, told.answered, enough=True, shares=shares, median_s=told.median_s)


def _curve(facts: Sequence[Fact]) -> tuple[Step, ...]:
    """The steps of 1 − Kaplan–Meier, from 0 to LONGEST_S or to where the longest wait was watched."""
    rows = wait_times(frame(facts).lazy(), clock="elapsed", reply="first", waits="first").collect(backend="polars")
    curve = Curve.of({name: rows[name].to_numpy() for name in rows.columns})
    if curve.n < MINIMUM_SAMPLE:
        return ()
    last = min(LONGEST_S, _longest_s(facts, "elapsed"))
    steps = [Step(0, 0.0)]
    for seconds, events, survival in zip(curve.duration, curve.events, curve.survival, strict=True):
        if events and seconds <= last:
            steps.append(Step(int(seconds), float(1 - survival)))
    return (*steps, Step(last, steps[-1].share))

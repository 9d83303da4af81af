"""No share rests on a handful, and none is a guess where it could be a count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.journal.composition.statistics import WeekOfFacts, replies
from portevoix.measures.metrics import HORIZONS
from portevoix.measures.schema import Fact
from tests.measures.given import wait

MINUTES = st.integers(0, 900)


@st.composite
def facts(draw: st.DrawFn) -> list[Fact]:
    waits = draw(st.lists(st.tuples(MINUTES, MINUTES), max_size=40))
    return [
        wait(str(number), first=replied * 60 if replied <= watched else None, watched=watched * 60)
        for number, (replied, watched) in enumerate(waits)
    ]


@given(week=facts(), before=st.lists(facts(), max_size=3))
def test_no_share_rests_on_a_handful_while_others_were_not_watched(week: list[Fact], before: list[list[Fact]]) -> None:
    earlier = [WeekOfFacts(f"2026-W{45 - place}", some) for place, some in enumerate(before)]
    by_code = {"": week, **{one.week: list(one.facts) for one in earlier}}
    for measure in replies(WeekOfFacts("2026-W46", week), earlier).measures:
        weeks = {each.horizon: each.week for each in measure.earlier_weeks}
        for share in measure.now.shares:
            week_of_it = weeks.get(share.horizon, "")
            among, seconds = by_code[week_of_it], HORIZONS[share.horizon]
            durations = [ended(fact, measure.reply, measure.clock) for fact in among]
            still = sum(duration >= seconds for duration, _ in durations)
            unknown = sum(duration < seconds and not replied for duration, replied in durations)
            assert len(among) >= 10 and (not unknown or still >= max(5, len(among) / 5))
            if not unknown:
                assert share.value == pytest.approx(sum(r and d <= seconds for d, r in durations) / len(among))
            if week_of_it or share.horizon in ("24h", "72h"):
                assert week_of_it and all(getattr(f, f"censored_{measure.clock}_s") >= seconds for f in among)


def ended(fact: Fact, reply: str, clock: str) -> tuple[int, bool]:
    replied = getattr(fact, f"{reply}_{clock}_s")
    return (getattr(fact, f"censored_{clock}_s"), False) if replied is None else (replied, True)


def test_where_everybody_was_watched_nobody_need_be_left() -> None:
    """Forty-eight of fifty replied to within the hour: two are left at risk, and the share is no estimate."""
    week = [wait(str(number), first=1800 if number < 48 else None, watched=30_000) for number in range(50)]
    first = replies(WeekOfFacts("2026-W46", week), ()).measures[0]
    assert [(share.horizon, share.value) for share in first.now.shares] == [("1h", 0.96), ("8h", 0.96)]

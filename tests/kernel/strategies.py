"""Policies for property tests."""

from datetime import date, timedelta

from hypothesis import strategies as st

from portevoix.kernel.policy import ServicePolicy

ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")


@st.composite
def _day(draw: st.DrawFn, step: int) -> tuple[tuple[int, int], ...]:
    """Up to three intervals that do not overlap, of multiples of `step` seconds, some past midnight."""
    drawn = draw(st.lists(st.tuples(st.integers(0, 86_399), st.integers(1, 86_399)), max_size=3))
    kept: list[tuple[int, int]] = []
    for start, length in sorted((start // step * step, max(step, length // step * step)) for start, length in drawn):
        if not kept or start >= kept[-1][1]:
            kept.append((start, start + length))
    return tuple(kept)


@st.composite
def policies(
    draw: st.DrawFn, *, zone: str | None = None, around: date = date(2026, 5, 1), step: int = 1
) -> ServicePolicy:
    """`closed` and `open` fall within a few days of `around`."""
    days = st.frozensets(st.integers(-6, 6).map(lambda n: around + timedelta(days=n)), max_size=3)
    week = st.dictionaries(st.integers(0, 6), _day(step).filter(bool), min_size=1)
    return ServicePolicy(
        timezone=zone or draw(st.sampled_from(ZONES)),
        first_contact=draw(st.integers(1, 200_000)),
        substance=draw(st.integers(1, 200_000)),
        hours=draw(st.none() | week),
        calendar=draw(st.sampled_from([None, "FR", "FR-57"])),
        closed=draw(days),
        open=draw(days),
    )

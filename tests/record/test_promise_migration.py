"""Promises that were one row for each date become one row each, as the history tells them."""

from datetime import timedelta
from importlib import import_module

import pytest

from tests.conftest import NOW

migration = import_module("portevoix.record.migrations.0021_promises")
HOUR = timedelta(hours=1)


class Row:
    """A date as it was stored before: hours after NOW."""

    def __init__(self, made: int, promised: int, renewed: int | None = None) -> None:
        self.pk, self.made_at, self.promised_at = made, NOW + made * HOUR, NOW + promised * HOUR
        self.renewed_at = None if renewed is None else NOW + renewed * HOUR


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([Row(0, 5)], [([0], 5)]),
        ([Row(0, 5, 4), Row(4, 9)], [([0, 4], 9)]),
        ([Row(0, 5, 6), Row(6, 9, 7), Row(7, 20)], [([0, 6, 7], 5)]),
        ([Row(0, 5), Row(6, 9)], [([0], 5), ([6], 9)]),
        ([Row(0, 5, 4), Row(1, 3, 4), Row(4, 9)], [([0, 4], 9), ([1, 4], 3)]),  # of two that were joined
    ],
)
def test_dates_become_promises(rows, told) -> None:
    chains = list(migration._chains(rows))
    dates = [int((migration._counted(chain).promised_at - NOW) / HOUR) for chain in chains]
    assert [([row.pk for row in chain], date) for chain, date in zip(chains, dates, strict=True)] == told

"""Policies: what is read, what is refused, and on which line."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.kernel.errors import BadInput, BadPolicy
from portevoix.kernel.policy import (
    ServicePolicy,
    find_calendar,
    format_policy,
    parse_duration,
    parse_policy,
    read_policy,
)
from tests.kernel.strategies import policies

POLICY = """\
timezone = "Europe/Paris"
first_contact = "8h"
substance = "40h"
[hours]                      # local wall time
mon = ["08:30-12:30", "13:30-18:00"]
fri = [
  "08:30-12:30",
  "22:00-02:00",
]
[holidays]
calendar = "FR"              # public holidays
closed = ["2026-12-24"]
open = ["2026-11-11"]
"""


def test_every_part_is_read() -> None:
    assert parse_policy(POLICY) == ServicePolicy(
        timezone="Europe/Paris",
        first_contact=28_800,
        substance=144_000,
        hours={0: ((30_600, 45_000), (48_600, 64_800)), 4: ((30_600, 45_000), (79_200, 93_600))},
        calendar="FR",
        closed=frozenset({date(2026, 12, 24)}),
        open=frozenset({date(2026, 11, 11)}),
    )


def test_what_is_left_out_has_its_usual_value() -> None:
    assert parse_policy('timezone = "UTC"') == ServicePolicy(
        timezone="UTC", first_contact=8 * 3600, substance=40 * 3600, hours=None
    )


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("00:00-24:00", (0, 86_400)),
        ("22:00-24:00", (79_200, 86_400)),
        ("22:00-00:00", (79_200, 86_400)),
        ("22:00-02:00", (79_200, 93_600)),
        ("12:30-08:30", (45_000, 117_000)),
        ("23:59:59-00:00:01", (86_399, 86_401)),
    ],
)
def test_intervals(text: str, interval: tuple[int, int]) -> None:
    policy = parse_policy(f'timezone = "UTC"\nhours = {{sun = ["{text}"]}}')
    assert policy.hours == {6: (interval,)}


def test_intervals_may_touch_and_come_in_any_order() -> None:
    policy = parse_policy('timezone = "UTC"\n[hours]\ntue = ["12:00-14:00", "08:00-12:00"]\nwed = []')
    assert policy.hours == {1: ((28_800, 43_200), (43_200, 50_400))}


def test_a_date_without_quotes_is_a_date() -> None:
    assert parse_policy(POLICY.replace('"2026-12-24"', "2026-12-24")) == parse_policy(POLICY)


def test_windows_line_ends_and_byte_order_mark() -> None:
    assert parse_policy("\ufeff" + POLICY.replace("\n", "\r\n")) == parse_policy(POLICY)


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('timezone = "Europe/Paris"', "", 1, "time zone is missing"),
        ("Europe/Paris", "europe/pariss", 1, "“Europe/Paris”"),
        ("Europe/Paris", "Europe", 1, "no time zone “Europe”"),
        ("Europe/Paris", "../../etc/passwd", 1, "no time zone"),
        ('"Europe/Paris"', "3", 1, "time zone is missing"),
        ('"8h"', '"8 hours"', 2, "like 8h"),
        ('"8h"', "8", 2, "“8” is not a duration"),
        ('"40h"', '"0h"', 3, "no time at all"),
        ('"8h"', "9" * 5000, 13, "not TOML"),
        ('substance = "40h"', 'substanse = "40h"', 3, "“substanse” is not known here"),
        ("[hours]", "[hour]", 4, "“hour” is not known here"),
        ("mon =", "monday =", 5, "mon, tue, wed"),
        ("fri =", "mon =", 9, "not TOML"),
        ("13:30-18:00", "25:00-26:00", 5, "25:00 is not a time"),
        ("13:30-18:00", "13:30-24:01", 5, "24:01 is not a time"),
        ("13:30-18:00", "13:60-18:00", 5, "13:60 is not a time"),
        ("13:30-18:00", "24:00-02:00", 5, "24:00 is not a time"),
        ("13:30-18:00", "13:30-13:30", 5, "00:00-24:00"),
        ("13:30-18:00", "1:30pm-6pm", 5, "not an interval"),
        ("13:30-18:00", "12:00-18:00", 5, "“12:00-18:00” overlaps “08:30-12:30”"),
        ("22:00-02:00", "12:29-13:00", 8, "“12:29-13:00” overlaps “08:30-12:30”"),
        ('["08:30-12:30", "13:30-18:00"]', '"08:30-12:30"', 5, "list of texts"),
        ('["08:30-12:30", "13:30-18:00"]', "[8]", 5, "list of texts"),
        ('"FR" ', '"ZZ" ', 11, "no calendar “ZZ”"),
        ('"FR" ', '"APR" ', 11, "no calendar “APR”"),
        ('"FR" ', '"FR-GES" ', 11, "57 (Moselle), 6AE (Alsace)"),
        ('"FR" ', '"FR-67" ', 11, "no region “67”"),
        ("2026-12-24", "2026-02-30", 12, "“2026-02-30” is not a date"),
        ("2026-11-11", "11/11/2026", 13, "like 2026-12-24"),
        ("2026-11-11", "20261111", 13, "like 2026-12-24"),
        ("open =", "opened =", 13, "calendar, closed, open"),
        ('open = ["2026-11-11"]', "open = [", 13, "not TOML"),
        ('"FR" ', "FR ", 11, "not TOML"),
    ],
)
def test_a_bad_policy_tells_its_line(old: str, new: str, line: int, told: str) -> None:
    assert old in POLICY
    with pytest.raises(BadPolicy) as caught:
        parse_policy(POLICY.replace(old, new, 1))
    assert caught.value.line == line
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_hours_without_any_are_refused() -> None:
    with pytest.raises(BadPolicy, match="line 2: No day has opening hours"):
        parse_policy('timezone = "UTC"\n[hours]\nmon = []')


def test_hours_that_are_no_table_are_refused() -> None:
    with pytest.raises(BadPolicy, match=r"line 2: .*\[hours\]"):
        parse_policy('timezone = "UTC"\nhours = "08:30-12:30"')


def test_a_file_that_cannot_be_read_says_so(tmp_path) -> None:
    with pytest.raises(BadInput, match="No such file"):
        read_policy(tmp_path / "absent.toml")
    (tmp_path / "latin.toml").write_bytes(b'timezone = "\xe9"')
    with pytest.raises(BadInput, match="UTF-8"):
        read_policy(tmp_path / "latin.toml")


def test_alsace_and_moselle_have_two_more_holidays() -> None:
    assert find_calendar("FR-57") == ("FR", "57")
    assert find_calendar("FR-Moselle") == ("FR", "Moselle")
    assert find_calendar("DE-BY") == ("DE", "BY")


@given(policies())
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_again(policy: ServicePolicy) -> None:
    assert parse_policy(format_policy(policy)) == policy


@pytest.mark.parametrize(("text", "seconds"), [("8h", 28_800), ("90m", 5400), ("45s", 45), ("0s", 0)])
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "8", "h", "-8h", "1.5h", "8H", "8 h", "8h30m", "٨h", "8h\n", "9" * 5000 + "h"])
def test_bad_durations(text: str) -> None:
    with pytest.raises(BadInput, match="Write a whole number"):
        parse_duration(text)


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_is_a_policy_or_a_bad_policy(text: str) -> None:
    try:
        parse_policy(text)
    except BadPolicy as bad:
        assert bad.line

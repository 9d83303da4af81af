"""Deadlines, durations, shares and reasons, in words."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from portevoix.kernel.errors import BadLine, Refused
from portevoix.web import formatting
from portevoix.web.templatetags import shell

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Paris


@pytest.fixture(autouse=True)
def in_paris_in_english() -> Any:
    with timezone.override("Europe/Paris"), translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (40, "reply due in 40 min"),
        (59.99, "reply due in 59 min"),
        (0.2, "reply due in 1 min"),
        (0, "reply due in 1 min"),
        (60, "reply due 11:00"),
        (14 * 60 - 1, "reply due 23:59"),
        (14 * 60, "reply due tomorrow 00:00"),
        (5 * 1440, "reply due Monday 10:00"),
        (8 * 1440, "reply due 3 December, 10:00"),
        (365 * 1440, "reply due 25 November 2027, 10:00"),
        (-0.1, "late by 1 min"),
        (-59, "late by 59 min"),
        (-130, "late by 2 h"),
        (-47 * 60, "late by 47 h"),
        (-48 * 60, "late by 2 days"),
    ],
)
def test_a_deadline_in_words(minutes: float, told: str) -> None:
    assert formatting.due(NOW + timedelta(minutes=minutes), NOW) == told


def test_a_promise_in_words() -> None:
    assert formatting.describe_promise(NOW + timedelta(days=5), NOW) == "promised for Monday 10:00"
    assert formatting.describe_promise(NOW - timedelta(hours=3), NOW) == "promise late by 3 h"


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(0, "just now"), (5, "5 min ago"), (180, "3 h ago"), (3 * 1440, "3 days ago"), (8 * 1440, "17 November, 10:00")],
)
def test_ago(minutes: float, told: str) -> None:
    assert formatting.ago(NOW - timedelta(minutes=minutes), NOW) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(20, "1 min"), (7800, "2 h 10 min"), (7200, "2 h"), (2 * 86400 + 4 * 3600, "2 days 4 h"), (86400 * 3, "3 days")],
)
def test_durations(seconds: int, told: str) -> None:
    assert shell.duration(seconds) == told


def test_the_day_is_that_of_the_city() -> None:
    late_evening = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)  # half past midnight on the 26th in Paris
    assert formatting.day_and_time(late_evening, NOW) == "tomorrow 00:30"


def test_a_badge_says_it_by_word_icon_and_colour() -> None:
    page = Template("{% due_badge at %}").render(Context({"at": NOW - timedelta(hours=2), "now": NOW}))
    assert "late by 2 h" in page
    assert "#bad" in page
    assert "badge--bad" in page
    assert Template("{% due_badge at %}").render(Context({"at": None, "now": NOW})) == ""


def test_levels() -> None:
    assert [shell.level(NOW + timedelta(minutes=m), NOW) for m in (-1, 0, 59, 60)] == ["late", "soon", "soon", ""]
    assert shell.level(None, NOW) == ""


def test_reasons_are_told_in_the_readers_language() -> None:
    assert shell.to_sentence({"text": "The server says: {why}.", "values": {"why": "{no}"}}) == "The server says: {no}."
    assert shell.to_sentence({"text": "A curly { stays.", "values": {}}) == "A curly { stays."
    assert shell.to_sentence(Refused("Refused by {who}.", who="the network")) == "Refused by the network."
    assert shell.to_sentence(BadLine("Not JSON.", line=7)) == "line 7: Not JSON."
    assert shell.to_sentence(None) == ""


def test_what_was_written_is_escaped() -> None:
    page = Template("{{ reason|told }}{% channel_icon channel %}{% icon 'bad' channel %}")
    told = page.render(Context({"reason": {"text": "{x}", "values": {"x": "<b>"}}, "channel": '"><script>'}))
    assert "<b>" not in told
    assert "<script>" not in told


def test_shares_and_bars() -> None:
    assert [shell.percent(share) for share in (0, 0.001, 0.734, 0.999, 1)] == ["0%", "1%", "73%", "99%", "100%"]
    assert shell.percent(None) == "–"
    with translation.override("fr"):
        assert shell.percent(0.734) == "73\N{NO-BREAK SPACE}%"
    assert 'width="30.00"' in shell.bar(12, 40)
    assert 'width="100.00"' in shell.bar(50, 40)
    assert 'width="0"' in shell.bar(0, 0)
    with translation.override("fr"):
        assert 'width="33.33"' in shell.bar(1, 3)


def test_unknown_channels_and_kinds_are_shown_as_they_are() -> None:
    assert shell.channel_name("email") == "E-mail"
    assert shell.channel_name("threads") == "threads"
    assert "#channel" in shell.channel_icon("threads")
    assert shell.kind_word("petition") == "petition"


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        (1, "1 kB"),
        (1000, "1 kB"),
        (976_900, "977 kB"),
        (999_000, "999 kB"),
        (999_001, "1 MB"),
        (1_000_000, "1 MB"),
        (1_200_001, "1.3 MB"),
    ],
)
def test_a_file_has_a_size_in_the_units_of_its_limit(octets: int, told: str) -> None:
    assert formatting.size(octets) == told
    with translation.override("fr"):
        assert formatting.size(1_200_000) == "1,2\N{NO-BREAK SPACE}Mo"


@pytest.mark.parametrize("of", [date(2026, 12, 1), datetime(2026, 12, 1, 12, 0, tzinfo=UTC)])
def test_the_first_of_a_month_is_the_1er_in_french(of: date) -> None:
    with translation.override("fr"):
        assert formatting.format_date(of, "l j F") == "mardi 1er décembre"
        assert formatting.format_date(of, "\\j j N, d/m/Y").startswith("j 1er déc")
        assert formatting.format_date(of) == "1er décembre 2026"
        assert formatting.format_date(of, "SHORT_DATE_FORMAT") == "01/12/2026"
        assert formatting.format_date(of + timedelta(days=20), "j F") == "21 décembre"
        assert Template("{{ of|date:'l j F' }}").render(Context({"of": of})) == "mardi 1er décembre"
    assert formatting.format_date(of, "j F") == "1 December"
    assert Template("{{ of|date }}").render(Context({"of": None})) == ""

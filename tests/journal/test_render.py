"""What readers see: words, comparisons, charts, and nothing that a citizen could slip in."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.utils.translation import override

from portevoix.journal import wording
from portevoix.journal.compose import compose
from portevoix.journal.edition import Count, Share
from portevoix.journal.render import charts, html
from tests.journal.conftest import AFTER

WEEK = "2026-W46"


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


def page(**more) -> str:
    return html.page(compose(week=WEEK, now=AFTER, **more), language="en", accent="#1f5673")


def words_of(page: str) -> str:
    """The text of the page, without styles, in single spaces."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (Count(32, (24, 18, 31, 23, 24, 24, 24, 24)), "the 8 weeks before had 24 on average (18–31)"),
        (Count(3, (1, 2, 2)), "the 3 weeks before had 1.7 on average (1–2)"),
        (Count(3, (2, 2)), "the 2 weeks before had 2.0 on average (2)"),
        (Count(32, (24,)), "the week before had 24"),
        (Count(32), ""),
    ],
)
def test_a_number_comes_with_its_comparison(count, told):
    assert wording.compared(count) == told


@pytest.mark.parametrize(
    ("week", "language", "told"),
    [
        ("2026-W46", "en", "9 – 15 November 2026"),
        ("2026-W23", "en", "1 – 7 June 2026"),
        ("2026-W23", "fr", "1er – 7 juin 2026"),
        ("2026-W27", "fr", "29 juin – 5 juillet 2026"),
    ],
)
def test_a_week_is_told_by_its_days(week, language, told):
    with override(language):
        assert wording.week_days(SimpleNamespace(week=week)) == told


def test_an_interval_is_told_in_whole_percent():
    assert wording.interval(Share("8h", 0.5, 0.381, 0.52)) == "38–52%"


def test_durations_are_told_in_words():
    told = [wording.span(seconds) for seconds in (None, 59, 1800, 3600, 12_300, 100_000)]
    assert told == ["not yet", "1 min", "30 min", "1 h", "3 h 25 min", "28 h"]


def test_what_citizens_write_is_text_and_nothing_else(say):
    attack = '<script>alert(1)</script><img src=x onerror="alert(2)"> la piscine est fermée & froide'
    say("2026-11-09 10:00", attack, valence="wrong", replied=timedelta(hours=1), promised="2026-11-12 18:00")
    made = page()
    assert "<script" not in made
    assert "<img" not in made
    assert made.count("&lt;script&gt;alert(1)") == 2, "once among the quotations, once among the promises"


class _Asks(HTMLParser):
    """Collects what a page would ask a server for."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("src", "href", "srcset") and value[0] != "#"]


def test_the_file_asks_nothing_of_any_server_and_says_its_language(say):
    say("2026-11-03 10:00")
    say("2026-11-09 10:00", replied=timedelta(hours=1), promised="2026-11-12 18:00")
    made = page()
    asks = _Asks()
    asks.feed(made)
    assert asks.found == []
    assert not re.search(r"url\(|@import", made)
    assert '<html lang="en">' in made
    assert ".journal" in made
    ids = re.findall(r'\bid="([^"]+)"', made)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', made)) <= set(ids), "the icons are inside"


def test_charts_keep_to_the_content_policy_and_can_be_read_without_eyes(say):
    for minute in range(12):
        say(f"2026-11-03 10:{10 + minute}", replied=timedelta(hours=1))
        say(f"2026-11-09 10:{10 + minute}", replied=timedelta(hours=2))
    edition = compose(week=WEEK, now=AFTER)
    drawn = html.context(edition)["charts"]
    for svg in drawn.values():
        assert "style=" not in svg
        assert "font-family" not in svg
        assert not re.search(r'(fill|stroke)="#', svg), "colours come from the stylesheet"
        assert re.search(r'role="img" aria-labelledby="(\S+) (\S+)"><title id="\1">[^<]+</title><desc id="\2">', svg)
    assert '<desc id="chart-weeks-description">W45: 12, W46: 12</desc>' in drawn["weeks"]
    assert "After 8 hours: 100%" in drawn["curve"]


def test_a_title_cannot_break_out_of_a_chart(say):
    say("2026-11-03 10:00")
    say("2026-11-09 10:00")
    volume = compose(week=WEEK, now=AFTER).section("volume")
    drawn = charts.as_svg(charts.weeks_chart(volume, label=str), name="c", title=r"<b>\1", description='"&')
    assert r"<title" in drawn
    assert r"&lt;b&gt;\1</title>" in drawn
    assert "&quot;&amp;</desc>" in drawn


def test_the_first_week_says_that_there_is_nothing_to_compare_with(say):
    say("2026-11-09 10:00")
    told = words_of(page())
    assert "This is the first week on record" in told
    assert "weeks before" not in told
    assert "<svg" not in page().split("<main")[1].split("</main>")[0].replace('<svg class="icon"', "")


def test_too_few_is_said_instead_of_a_figure(say):
    for minute in range(9):
        say(f"2026-11-09 10:0{minute}", replied=timedelta(hours=1))
    told = words_of(page())
    assert "too few to say" in told
    assert "%" not in told


def test_an_empty_week_and_a_department_without_messages_say_so(say):
    assert "A quiet week" in words_of(page())
    say("2026-11-09 10:00", department="voirie")
    assert "No message for the department Sports was received this week" in words_of(page(department="sports"))


def test_the_front_names_what_came_in_more_often_than_ever(say):
    for week in ("10-19", "10-26", "11-02"):
        say(f"2026-{week} 10:00")
        say(f"2026-{week} 11:00", department="voirie")
    for minute in range(6):
        say(f"2026-11-09 10:0{minute}")
    for minute in range(4):  # more than ever, but a small number
        say(f"2026-11-09 11:0{minute}", department="voirie")
    edition = compose(week=WEEK, now=AFTER)
    assert [(row.name, row.count.now) for row in html.standing_out(edition)] == [("Sports", 6)]
    assert "More messages than in any of the 3 weeks before: Sports (6, where 1.0 are usual)" in words_of(page())
    one = compose(week=WEEK, department="sports", now=AFTER)
    assert [(row.name, row.count.now) for row in html.standing_out(one)] == [("Questions", 6)]


def test_a_running_week_says_until_when(say):
    say("2026-11-16 10:00")
    made = html.page(compose(week="2026-W47", now=AFTER), language="en", accent="#1f5673")
    assert "This week is still running. It is told here until Wednesday 18 November, 10:00" in words_of(made)

"""What readers see: words, comparisons, charts, and nothing that a citizen could slip in."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.utils.translation import override

from portevoix.journal.composition.compose import compose
from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.sections import Count, Share
from portevoix.journal.render import charts, html
from portevoix.journal.words import figure_words
from portevoix.kernel.messages import Writer
from tests.journal.conftest import AFTER

WEEK = "2026-W46"


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


def page(**more) -> str:
    return html.page(compose(week=WEEK, now=AFTER, **more), language="en", accent="#1f5673")


def stored_before(edition: Edition) -> str:
    """The page of an edition that was stored before there were findings."""
    older = tuple(
        each for each in edition.sections if each.kind not in ("findings", "attention", "repaired", "messages")
    )
    return html.page(replace(edition, sections=older), language="en", accent="#1f5673")


def words_of(page: str) -> str:
    """The text of the page, without styles, in single spaces."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (Count(32, (24, 18, 31, 23, 24, 24, 24, 24)), "average of the 8 weeks before: 24 (18 to 31)"),
        (Count(3, (1, 2, 2)), "average of the 3 weeks before: 1.7 (1 to 2)"),
        (Count(3, (2, 2)), "each of the 2 weeks before had 2"),
        (Count(3, (56, 57)), "average of the 2 weeks before: 57 (56 to 57)"),
        (Count(3, (1, 3)), "average of the 2 weeks before: 2 (1 to 3)"),
        (Count(0, (4, 5, 4, 4)), "average of the 4 weeks before: 4.3 (4 to 5)"),
        (Count(32, (24,)), "the week before had 24"),
        (Count(32), ""),
    ],
)
def test_a_number_comes_with_its_comparison(count, told):
    assert figure_words.compared(count) == told


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
        assert figure_words.week_days(SimpleNamespace(week=week)) == told


def test_an_interval_is_told_in_whole_percent():
    assert figure_words.interval(Share("8h", 0.5, 0.381, 0.52)) == "38–52%"


def test_durations_are_told_in_words():
    told = [figure_words.span(seconds) for seconds in (None, 59, 1800, 3600, 12_300, 100_000)]
    assert told == ["not reached yet", "1 min", "30 min", "1 h", "3 h 25 min", "28 h"]


def test_what_citizens_write_is_text_and_nothing_else(say):
    attack = '<script>alert(1)</script><img src=x onerror="alert(2)"> la piscine est fermée & froide'
    say("2026-11-09 10:00", attack, valence="wrong", replied=timedelta(hours=1), promised="2026-11-12 18:00")
    made = page()
    assert "<script" not in made
    assert "<img" not in made
    assert made.count("&lt;script&gt;alert(1)") >= 2, "among the quotations, and among the promises"


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
    assert "The weeks before" not in told and "weeks before, on average" not in told
    assert "<svg" not in page().split("<main")[1].split("</main>")[0].replace('<svg class="icon"', "")


def test_too_few_is_said_instead_of_a_figure(say):
    for minute in range(9):
        say(f"2026-11-09 10:0{minute}", replied=timedelta(hours=1))
    told = words_of(page())
    assert "too few to say" in told and "9 of 9 replied to, however late fewer than ten: no percentage" in told
    assert re.findall(r"\d+%", told) == ["95%"], "but for the margin of error of others"


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
    assert "Sports: 6 messages, the most in 4 weeks (1 on average)." in words_of(stored_before(edition))
    one = compose(week=WEEK, department="sports", now=AFTER)
    assert [(row.name, row.count.now) for row in html.standing_out(one)] == [("Questions", 6)]


def test_a_running_week_says_until_when(say):
    say("2026-11-16 10:00")
    made = html.page(compose(week="2026-W47", now=AFTER), language="en", accent="#1f5673")
    assert "This week is still running: its figures stop at Wednesday 18 November, 10:00" in words_of(made)


def test_the_front_names_a_fall_too_unless_it_is_of_small_numbers(say):
    for week in ("10-19", "10-26", "11-02"):
        for minute in range(6):
            say(f"2026-{week} 10:0{minute}")
        for minute in range(2):
            say(f"2026-{week} 11:0{minute}", department="voirie")
    say("2026-11-09 10:00")
    edition = compose(week=WEEK, now=AFTER)
    assert "Sports: 1 message, the fewest in 4 weeks (6 on average)." in words_of(stored_before(edition))


@pytest.mark.parametrize(
    ("code", "number", "english", "french"),
    [
        ("late", 1, "1 promise kept late", "1 engagement tenu en retard"),
        ("late", 2, "2 promises kept late", "2 engagements tenus en retard"),
        ("broken", 1, "1 promise broken: its date passed without an answer",
         "1 engagement non tenu\xa0: date dépassée, sans réponse"),
        ("kept", 3, "3 promises kept", "3 engagements tenus"),
        ("open", 1, "1 promise still to come", "1 engagement encore à venir"),
        ("due", 1, "1 promise still to come", "1 engagement encore à venir"),
        ("renewed", 2, "2 promises renewed: another date was given in time",
         "2 engagements renouvelés\xa0: une autre date a été donnée à temps"),
    ],
)  # fmt: skip
def test_promises_agree_with_their_number(code, number, english, french):
    for language, told in (("en", english), ("fr", french)):
        with override(language):
            assert figure_words.outcome(code, number) == told


def test_nought_is_no_sentence(say):
    say("2026-11-09 10:00", valence="wrong")
    assert "What goes well No message" in words_of(page())
    say("2026-11-09 11:00", "Merci à toute l’équipe de la piscine pour son accueil", valence="well")
    assert "other message" not in words_of(page()) and "0 message" not in words_of(page())
    say("2026-11-10 12:00")
    assert "1 other message says neither." in words_of(page())
    for language, told in (("en", "no new conversation"), ("fr", "aucune nouvelle conversation")):
        made = html.page(compose(week=WEEK, department="voirie", now=AFTER), language=language, accent="#1f5673")
        assert "0 citizens" not in made and "0 usager" not in made
        assert told in made or "No message for the department" in made or "Aucun message" in made


def test_a_reminder_alone_is_no_new_request(say):
    first = Writer("citizen-1", "handle1", "Zoé")
    say("2026-11-02 10:00", author=first)
    say("2026-11-09 10:00", "Toujours rien, une semaine après ma question.", author=first, in_reply_to="m1")
    told = words_of(page())
    assert "no new conversation" in told and "0 of 0 new conv" not in told


def test_an_edition_of_an_earlier_form_is_read_and_shown_as_it_was(say):
    for minute in range(12):
        say(f"2026-11-09 10:{10 + minute}", replied=timedelta(hours=1))
    told = compose(week=WEEK, now=AFTER).as_json()
    replies = next(section for section in told["sections"] if section["kind"] == "replies")
    del replies["curve_week"]
    replies["curve"] = [{"seconds": 0, "share": 0.0}, {"seconds": 3600, "share": 1.0}]
    for measure in replies["measures"]:
        del measure["now"]["median_week"], measure["earlier_weeks"]
        measure["now"]["shares"] = [{"horizon": "72h", "value": 1.0, "low": 0.7, "high": 1.0}]
    made = html.page(Edition.from_json(told), language="en", accent="#1f5673")
    assert "Solid: " not in words_of(made) and "Last complete week" not in words_of(made)
    assert "72 hours 100% (70–100%)" in words_of(made)

"""Rules: their words against a plain reading of the text, their hours against intervals of wall time."""

import math
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portevoix.kernel.errors import BadInput
from portevoix.kernel.messages import Place
from portevoix.text.routing.matcher import Matcher, RuleInput, is_within
from portevoix.text.routing.routing_rule import Circle, Hours, Rule, check, format_rule, metres, parse_rule
from portevoix.text.tokens import fold

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 11, 18, 11, tzinfo=UTC)  # a Wednesday
X, MAIL = ("x", "@ville"), ("email", "mairie@ville.example")


def said(text: str = "Bonjour", **more) -> RuleInput:
    return RuleInput(**{"text": text, "account": X, "at": NOON, **more})


def holds(rule: Rule, what: RuleInput) -> bool:
    return Matcher([rule], PARIS).find(what) is not None


def of(*words: str, **more) -> Rule:
    return Rule("sports", words=words, **more)


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("piscine", "La PISCINE est fermée", True),
        ("piscine", "Les piscines", False),
        ("piscine*", "Les piscines", True),
        ("piscine*", "la repiscine", False),
        ("bassin", "Le bassin.", True),
        ("bassin", "l'eau du bassin, froide", True),
        ("eau", "L’eau est froide", True),
        ("école", "ECOLE Jules-Ferry", True),
        ("ecole", "l'e\u0301cole", True),
        ("œuvre", "une oeuvre", True),
        ("nid de poule", "Un nid-de-poule énorme", True),
        ("nid* de poule*", "des nids de poules", True),
        ("nid* de poule*", "un nid, la poule de", False),
        ("nid* poule*", "un nid de poule", False),
        ("d'accueil", "le centre d’accueil", True),
        ("aujourd'hui", "fermé aujourd’hui", True),
        ("RN 13", "sur la RN 13, un trou", True),
        ("RN 13", "sur la RN 137", False),
        ("RN 13*", "sur la RN 137", True),
        ("straße", "in der STRASSE", True),
        ("pis\u00adcine", "piscine", True),
    ],
)
def test_whole_words_without_accents_and_capitals(word: str, text: str, found: bool) -> None:
    assert holds(of(word), said(text)) is found


ALPHABET = ["a", "ab", "abc", "abcd", "abcde", "b", "bcd", "é", "É", "eau", "d'eau", "x1"]
entries = st.lists(st.sampled_from(ALPHABET), min_size=1, max_size=3).flatmap(
    lambda words: st.tuples(*(st.sampled_from([word, f"{word}*"] if len(word) > 1 else [word]) for word in words))
)
texts = st.lists(st.sampled_from(ALPHABET), max_size=8).map(" , ".join)


def plainly(entry: str, text: str) -> bool:
    """By one expression over the folded text, marks as spaces."""
    folded = f" {' '.join(re.findall(r'[^\W_]+', fold(text)))} "
    wanted = " ".join(re.findall(r"[^\W_]+\*?", fold(entry)))
    return re.search(f" {re.escape(wanted).replace(r'\*', r'[^ ]*').replace('*', '*')} ", folded) is not None


@given(st.lists(st.lists(entries.map(" ".join), min_size=1, max_size=3), min_size=1, max_size=6), texts)
def test_the_first_rule_with_a_word_that_is_there_decides(several: list[list[str]], text: str) -> None:
    rules = [of(*words, id=number) for number, words in enumerate(several, 1)]
    right = next((rule for rule in rules if any(plainly(word, text) for word in rule.words)), None)
    found = Matcher(rules, PARIS).find(said(text))
    assert (found.rule if found else None) == right
    if found:
        assert found.words == tuple(word for word in found.rule.words if plainly(word, text))


zones = st.sampled_from(
    [ZoneInfo(name) for name in ("Europe/Paris", "America/Martinique", "Pacific/Noumea", "Australia/Lord_Howe", "UTC")]
)
minutes = st.integers(0, 24 * 60 - 1)
hours = st.builds(Hours, st.frozensets(st.integers(0, 6)), minutes, minutes).filter(lambda h: h.start != h.end)
instants = st.one_of(
    st.integers(0, 4 * 366 * 24 * 60).map(lambda minute: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)),
    # around the changes of European clocks
    st.builds(
        lambda start, minute: start + timedelta(minutes=minute),
        st.sampled_from([datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)]),
        st.integers(-300, 300),
    ),
)


def in_hours(told: Hours, at: datetime, zone: ZoneInfo) -> bool:
    """By the intervals of the days around, each from its own midnight on the wall."""
    utc = at.astimezone(UTC).replace(tzinfo=None)
    wall = utc + at.astimezone(zone).utcoffset()
    for back in (0, 1):
        midnight = wall.replace(hour=0, minute=0) - timedelta(days=back)
        start = midnight + timedelta(minutes=told.start)
        end = midnight + timedelta(minutes=told.end + (24 * 60 if told.end < told.start else 0))
        if start <= wall < end and midnight.weekday() in (told.days or range(7)):
            return True
    return False


@given(hours, instants, zones)
@example(Hours(frozenset({4}), 22 * 60, 2 * 60), datetime(2026, 11, 21, 0, 30, tzinfo=UTC), PARIS)
def test_hours_are_those_of_the_citys_wall(told: Hours, at: datetime, zone: ZoneInfo) -> None:
    rule = Rule("sports", hours=told)
    assert (Matcher([rule], zone).find(said(at=at)) is not None) is in_hours(told, at, zone)


def test_friday_night_ends_on_saturday_and_begins_on_friday() -> None:
    night = Hours(frozenset({4}), 22 * 60, 2 * 60)
    day = datetime(2026, 11, 20, tzinfo=UTC).replace(tzinfo=None)  # a Friday
    assert [is_within(night, day + timedelta(hours=h)) for h in (1, 21, 22, 25, 26)] == [
        False,
        False,
        True,
        True,
        False,
    ]


def test_an_hour_that_comes_twice_is_both_times_within() -> None:
    rule = Rule("sports", hours=Hours(start=2 * 60, end=3 * 60))
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in summer time, then again in winter time
    assert [holds(rule, said(at=first + timedelta(hours=n))) for n in (-1, 0, 1, 2)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("entry", "url", "found"),
    [
        ("ville.example/sport", "https://www.ville.example/sport/piscines?x=1", True),
        ("https://www.Ville.example/Sport/", "http://ville.example/sport", True),
        ("ville.example/sport", "https://ville.example/sports", False),
        ("ville.example", "https://ville.example/n-importe", True),
        ("ville.example", "https://autre.example/ville.example", False),
        ("/sport", "https://autre.example/sport/a", True),
        ("/sport", "https://ville.example/le/sport", False),
        ("ville.example/*/piscine", "https://ville.example/a/b/piscine", True),
        ("ville.example/*/piscine", "https://ville.example/a/b/piscine/c", False),
        ("*piscine*", "https://ville.example/les-piscines", True),
        ("ville.example/a*a", "https://ville.example/a", False),
        ("/été", "https://ville.example/%C3%A9t%C3%A9/plage", True),
        ("ville.example", "", False),
    ],
)
def test_articles_by_what_they_lie_under_or_look_like(entry: str, url: str, found: bool) -> None:
    assert holds(Rule("sports", articles=(entry,)), said(article=url)) is found


def test_an_area_is_a_circle_or_its_names() -> None:
    hall = Circle(47.3941, -1.1829, 500)
    rule = Rule("sports", circle=hall, places=("quai des Tuileries",))
    assert holds(rule, said(place=Place(47.3950, -1.1829)))
    assert not holds(rule, said(place=Place(47.4000, -1.1829)))
    assert holds(rule, said("Au quai des tuileries", place=Place(0, 0)))
    assert not holds(rule, said())


def test_metres_are_those_of_the_earth() -> None:
    assert metres(Circle(48.8566, 2.3522, 1), 45.7640, 4.8357) == pytest.approx(391_500, rel=0.002)  # Paris to Lyon
    assert metres(Circle(0, 179.9995, 1), 0, -179.9995) == pytest.approx(111.2, rel=0.01)  # over the date line


def test_all_conditions_must_hold_and_any_of_each_is_enough() -> None:
    rule = of(
        "piscine", "bassin", accounts=(MAIL, X), articles=("/sport",), hours=Hours(frozenset({2})), places=("centre",)
    )  # fmt: skip
    right = said("Le bassin du centre", article="https://v.example/sport")
    assert holds(rule, right)
    for wrong in (
        replace(right, text="Le parc du centre"),
        replace(right, text="Le bassin"),
        replace(right, account=("x", "@autre")),
        replace(right, article=""),
        replace(right, at=NOON + timedelta(days=1)),
    ):
        assert not holds(rule, wrong)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (Rule("sports"), "needs a condition"),
        (of("…"), "no letter"),
        (of("*"), "no letter"),
        (of("pis*cine"), "end of a word"),
        (of("* piscine"), "end of a word"),
        (of("a*"), "too many words"),
        (of(*map(str, range(201))), "at most 200"),
        (of("a" * 201), "too long"),
        (Rule("sports", articles=("une page",)), "not an article"),
        (Rule("sports", articles=("/*",)), "not an article"),
        (Rule("sports", circle=Circle(91, 0, 5)), "no such place"),
        (Rule("sports", circle=Circle(math.nan, 0, 5)), "no such place"),
        (Rule("sports", circle=Circle(1, 0, 0)), "radius"),
        (Rule("sports", circle=Circle(1, 0, math.inf)), "radius"),
        (Rule("sports", hours=Hours(start=60, end=60)), "start when they end"),
        (Rule("sports", hours=Hours(start=-1)), "time of day"),
        (Rule("sports", hours=Hours(frozenset({7}))), "seven days"),
    ],
)
def test_what_cannot_be_is_refused_in_clear_words(rule: Rule, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        check(rule)


@given(st.text(max_size=60), st.text(max_size=200))
def test_any_entry_is_refused_or_read(entry: str, text: str) -> None:
    try:
        check(of(entry, articles=(entry,)))
    except BadInput:
        return
    holds(of(entry, articles=(entry,)), said(text, article=text))
    assert holds(of(entry), said(entry.replace("*", "")))


def test_history_keeps_the_rule_as_it_was() -> None:
    rule = of(
        "piscine*", accounts=(MAIL,), articles=("/a",), circle=Circle(1.5, 2, 30), places=("p",),
        hours=Hours(frozenset({5, 6}), 60, 120), id=3, name="Bassins",
    )  # fmt: skip
    assert parse_rule(format_rule(rule), "sports") == rule
    assert format_rule(of("a")) == {"words": ["a"]} and parse_rule({"words": ["a"]}, "sports") == of("a")

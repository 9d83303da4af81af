"""Rules written by a city: the conditions under which a message goes to a department.

A rule holds when each of its conditions does; of the several words, accounts, articles or places of one condition, any
is enough. `text.routing.matcher` finds the first rule that holds.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.text.tokens import clean, fold, fold_word

DAY_MIN = 24 * 60
MOST_RADIUS_M = 100_000
MOST_ENTRIES, LONGEST_ENTRY = 200, 200
SHORTEST_BEGINNING = 2
_WORD = re.compile(r"[^\W_]{1,64}")  # bounded, for each is remembered
_WORD_AND_STAR = re.compile(r"([^\W_]{1,64})(\*?)")
_STRAY_STAR = re.compile(r"(?<![^\W_])\*|\*(?=[^\W_])")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]{0,20}://")

type Phrase = tuple[tuple[str, bool], ...]
"""The folded words of an entry, each with whether it is only a word's beginning."""


@dataclass(frozen=True, slots=True)
class Circle:
    """Circle on the map, in degrees and metres."""

    lat: float
    lon: float
    radius: float


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours from `start` until before `end`, in minutes of the city's wall time since midnight, on `days` (0: Monday).

    No days: every day. An end that comes before the start is on the next day; the hours belong to the day on which
    they start.
    """

    days: frozenset[int] = frozenset()
    start: int = 0
    end: int = DAY_MIN


@dataclass(frozen=True, slots=True)
class Rule:
    """Rule for a `department`, a slug. `accounts` are (channel, address); `circle` and `places` are one condition.

    `words` and `places` are in ordinary spelling; a * stands for the rest of a word. `articles` are addresses including
    all pages below them, or with a * for anything. `id` is 0 for a rule not stored yet; `name` may be "".
    """

    department: str
    words: tuple[str, ...] = ()
    accounts: tuple[tuple[str, str], ...] = ()
    articles: tuple[str, ...] = ()
    circle: Circle | None = None
    places: tuple[str, ...] = ()
    hours: Hours | None = None
    id: int = 0
    name: str = ""


def check(rule: Rule) -> None:
    """Raise BadInput for a rule without a condition, or with an impossible one."""
    if not (rule.words or rule.accounts or rule.articles or rule.circle or rule.places or rule.hours):
        raise BadInput(
            gettext_noop("A rule needs a condition: words, an account, an article, an area or hours. Give it one.")
        )
    check_words(rule.words)
    check_words(rule.places)
    check_articles(rule.articles)
    if rule.circle:
        check_circle(rule.circle)
    if rule.hours:
        check_hours(rule.hours)


def check_words(entries: Iterable[str]) -> None:
    """Raise BadInput for an entry that no text could contain, or that nearly every text contains."""
    for entry in _check_sizes(entries):
        phrase(entry)


def check_articles(entries: Iterable[str]) -> None:
    """Raise BadInput for an impossible address, or one that every article has."""
    for entry in _check_sizes(entries):
        if re.search(r"\s", entry.strip()) or not re.search(r"[^\W_]", folded_address(entry)):
            raise BadInput(
                gettext_noop(
                    "“{entry}” is not an article’s address. Write one like ville.example/sport, which holds for all "
                    "that lies under it, or with a * for anything: ville.example/*/sport."
                ),
                entry=entry,
            )


def check_circle(circle: Circle) -> None:
    """Raise BadInput for a place that does not exist, or a radius out of bounds."""
    if not (abs(circle.lat) <= 90 and abs(circle.lon) <= 180):  # also what is no number
        raise BadInput(
            gettext_noop(
                "There is no such place. A latitude lies between -90 and 90, a longitude between -180 and 180."
            )
        )
    if not 1 <= circle.radius <= MOST_RADIUS_M:
        raise BadInput(
            gettext_noop("A radius lies between 1 and {most} metres. Write how far around the place the rule holds."),
            most=MOST_RADIUS_M,
        )


def check_hours(hours: Hours) -> None:
    """Raise BadInput for days or times that do not exist, or an empty period."""
    if not hours.days <= set(range(7)):
        raise BadInput(gettext_noop("There are seven days in a week. Tick some of them, or none for every day."))
    if not (0 <= hours.start < DAY_MIN and 0 <= hours.end <= DAY_MIN):
        raise BadInput(gettext_noop("This is not a time of day. Write times from 00:00 to 23:59."))
    if hours.start == hours.end:
        raise BadInput(
            gettext_noop("These hours start when they end. Leave both times empty for the whole day, or change one.")
        )


def _check_sizes(entries: Iterable[str]) -> tuple[str, ...]:
    several = tuple(entries)
    if len(several) > MOST_ENTRIES:
        raise BadInput(gettext_noop("This is too much for one rule: at most {most} of a kind."), most=MOST_ENTRIES)
    for entry in several:
        if len(entry) > LONGEST_ENTRY:
            raise BadInput(
                gettext_noop("“{entry}…” is too long: at most {most} characters."),
                entry=entry[:40],
                most=LONGEST_ENTRY,
            )
    return several


def words_in(text: str) -> list[str]:
    """Return the words and figures of a text as written, split at all other characters. Rules compare them folded."""
    return _WORD.findall(clean(text))


def phrase(entry: str) -> Phrase:
    """Return the words of an entry. Raise BadInput for one without words, or with a misplaced *."""
    text = clean(entry)
    words = tuple((fold_word(word), bool(star)) for word, star in _WORD_AND_STAR.findall(text))
    if not words:
        raise BadInput(gettext_noop("“{entry}” has no letter and no digit. Write a word or several."), entry=entry)
    if _STRAY_STAR.search(text):
        raise BadInput(
            gettext_noop("“{entry}”: the * stands at the end of a word, for whatever follows, as in piscine*."),
            entry=entry,
        )
    if any(star and len(word) < SHORTEST_BEGINNING for word, star in words):
        raise BadInput(
            gettext_noop("“{entry}”: too many words begin like this. Write more letters before the *."), entry=entry
        )
    return words


def folded_address(url: str) -> str:
    """Return an address for comparison: without scheme, www, query and fragment, accents and capitals."""
    text = fold(unquote(url.strip()))
    text = re.split(r"[?#]", _SCHEME.sub("", text), maxsplit=1)[0]
    return text.removeprefix("www.").rstrip("/")


def metres(circle: Circle, lat: float, lon: float) -> float:
    """Return the distance from the circle's centre, on a spherical earth."""
    here, there = math.radians(circle.lat), math.radians(lat)
    across = math.radians(lon - circle.lon)
    chord = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(across / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(min(1.0, math.sqrt(chord)))


def format_rule(rule: Rule) -> dict[str, Any]:
    """Return the rule as JSON-ready values for the history, readable after the rule has changed or been deleted."""
    circle, hours = rule.circle, rule.hours
    fields = {
        "id": rule.id,
        "name": rule.name,
        "words": list(rule.words),
        "accounts": [list(account) for account in rule.accounts],
        "articles": list(rule.articles),
        "circle": [circle.lat, circle.lon, circle.radius] if circle else None,
        "places": list(rule.places),
        "hours": [sorted(hours.days), hours.start, hours.end] if hours else None,
    }
    return {key: value for key, value in fields.items() if value}


def parse_rule(told: Mapping[str, Any], department: str) -> Rule:
    """Return the rule that `format_rule` wrote."""
    circle, hours = told.get("circle"), told.get("hours")
    return Rule(
        department=department,
        words=tuple(told.get("words", ())),
        accounts=tuple((channel, address) for channel, address in told.get("accounts", ())),
        articles=tuple(told.get("articles", ())),
        circle=Circle(*circle) if circle else None,
        places=tuple(told.get("places", ())),
        hours=Hours(frozenset(hours[0]), hours[1], hours[2]) if hours else None,
        id=told.get("id", 0),
        name=told.get("name", ""),
    )

"""Finds, for each message, the first of a city's rules that holds: made ready once for many messages.

Each condition that can be looked up gives a number in which bit n stands for rule n; what is left of the rules is asked
one by one, in their order.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from portevoix.kernel.messages import Place
from portevoix.text.routing.rules import Hours, Phrase, Rule, folded_address, metres, phrase, words_in
from portevoix.text.tokens import fold_word

MOST_CHARACTERS = 20_000
"""What is read of a message."""
_REMEMBERED = 20_000  # words: messages are made of the same ones


type _Hit = tuple[int, tuple[tuple[re.Pattern[str], int], ...]]
"""The bits of what a word says by itself, and the phrases to be sought where it stands, with theirs."""
_NONE: _Hit = (0, ())


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule looks at: the text with its subject, the (channel, address) it came to, the address of the article it
    speaks of ("": of none), whence it comes, and when it was sent."""

    text: str
    account: tuple[str, str]
    at: datetime
    article: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The rule that decides, and which of its words the message has."""

    rule: Rule
    words: tuple[str, ...]


class Matcher:
    """The rules in their order. Raises BadInput for one that `rules.check` refuses."""

    def __init__(self, rules: Sequence[Rule], zone: ZoneInfo) -> None:
        self._rules = tuple(rules)
        self._zone = zone
        self._phrases = _Phrases()
        self._accounts: dict[tuple[str, str], int] = defaultdict(int)
        self._articles = tuple(tuple(_Article(entry) for entry in rule.articles) for rule in rules)
        self._wordless = self._everywhere = 0
        self._patterns = tuple(tuple((word, _pattern(phrase(word))) for word in rule.words) for rule in rules)
        for number, rule in enumerate(rules):
            bit, named = 1 << number, 1 << (len(rules) + number)
            self._phrases.add(map(phrase, rule.words), bit)
            self._phrases.add(map(phrase, rule.places), named)
            self._wordless |= 0 if rule.words else bit
            self._everywhere |= 0 if rule.accounts else bit
            for account in rule.accounts:
                self._accounts[account] |= bit

    def find(self, said: Said) -> Found | None:
        """None when no rule holds."""
        left = self._everywhere | self._accounts.get(said.account, 0)
        if not left:
            return None
        words = words_in(said.text[:MOST_CHARACTERS]) if self._phrases else []
        spoken = self._phrases.among(words)
        left &= spoken | self._wordless
        named = spoken >> len(self._rules)
        while left:
            number = (left & -left).bit_length() - 1
            if self._holds(number, said, bool(named >> number & 1)):
                return Found(self._rules[number], self._words(number, words))
            left &= left - 1
        return None

    def _holds(self, number: int, said: Said, named: bool) -> bool:
        """Whether the conditions hold that were not looked up; `named`: the message names one of the rule's places."""
        rule = self._rules[number]
        if rule.articles:
            address = folded_address(said.article)
            if not address or not any(article(address) for article in self._articles[number]):
                return False
        if (rule.circle or rule.places) and not (named or _inside(rule, said.place)):
            return False
        return rule.hours is None or within(rule.hours, said.at.astimezone(self._zone).replace(tzinfo=None))

    def _words(self, number: int, words: Sequence[str]) -> tuple[str, ...]:
        line = _line(words)
        return tuple(word for word, pattern in self._patterns[number] if pattern.search(line))


def within(hours: Hours, wall: datetime) -> bool:
    """Whether a wall time of the city, without an offset, lies in these hours."""
    minute = wall.hour * 60 + wall.minute
    today = _runs(hours, wall)
    if hours.start < hours.end:
        return today and hours.start <= minute < hours.end
    return (today and minute >= hours.start) or (minute < hours.end and _runs(hours, wall - timedelta(days=1)))


def _runs(hours: Hours, day: datetime) -> bool:
    return not hours.days or day.weekday() in hours.days


def _inside(rule: Rule, place: Place | None) -> bool:
    if rule.circle is None or place is None:
        return False
    return metres(rule.circle, place.lat, place.lon) <= rule.circle.radius


class _Phrases:
    """Which of many words and phrases a message has.

    Each word of a message is looked up as it is written, and what is found remembered. A phrase is sought only where
    the longest of its words is there, or one that begins like it.
    """

    def __init__(self) -> None:
        self._words: dict[str, _Hit] = {}
        self._beginnings: dict[int, dict[str, _Hit]] = {}
        self._written: dict[str, _Hit] = {}
        self._nothing: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._words or self._beginnings)

    def add(self, phrases: Iterable[Phrase], bits: int) -> None:
        for words in phrases:
            whole = [word for word, star in words if not star]
            key = max(whole or [word for word, _ in words], key=len)
            under = self._words if whole else self._beginnings.setdefault(len(key), {})
            hit = (bits, ()) if len(words) == 1 else (0, ((_pattern(words), bits),))
            under[key] = _both(under.get(key, _NONE), hit)

    def among(self, words: Sequence[str]) -> int:
        """The bits of all that is there, among words as they are written."""
        found = 0
        seeking: list[tuple[re.Pattern[str], int]] = []
        for word in set(words) - self._nothing:
            bits, sought = self._written.get(word) or self._look_up(word)
            found |= bits
            seeking += sought
        if seeking:
            line = _line(words)
            for pattern, bits in seeking:
                if pattern.search(line):
                    found |= bits
        return found

    def _look_up(self, written: str) -> _Hit:
        word = fold_word(written)
        hit = self._words.get(word, _NONE)
        for length, beginnings in self._beginnings.items():
            hit = _both(hit, beginnings.get(word[:length], _NONE))
        if len(self._nothing) + len(self._written) >= _REMEMBERED:
            self._nothing, self._written = set(), {}
        if hit == _NONE:
            self._nothing.add(written)
        else:
            self._written[written] = hit
        return hit


def _both(one: _Hit, other: _Hit) -> _Hit:
    return one[0] | other[0], one[1] + other[1]


def _line(words: Iterable[str]) -> str:
    return f" {' '.join(map(fold_word, words))} "


def _pattern(words: Phrase) -> re.Pattern[str]:
    """Finds the phrase in a line of words with single spaces between and around them."""
    return re.compile(" " + " ".join(re.escape(word) + ("[^ ]*" if star else "") for word, star in words) + " ")


class _Article:
    """Whether a folded address is the entry's or lies under it; with a * whether it looks like the entry.

    An entry that begins with a / or a * leaves out on whose site.
    """

    def __init__(self, entry: str) -> None:
        wanted = folded_address(entry)
        self._anywhere = wanted.startswith("/")
        self._parts = wanted.split("*")

    def __call__(self, address: str) -> bool:
        if self._anywhere:
            address = address[address.find("/") :] if "/" in address else "/"
        first, *others = self._parts
        if not others:
            return address == first or address.startswith(f"{first}/")
        *middle, last = others
        if not address.startswith(first):
            return False
        at = len(first)
        for part in middle:
            at = address.find(part, at)
            if at < 0:
                return False
            at += len(part)
        return len(address) - at >= len(last) and address.endswith(last)

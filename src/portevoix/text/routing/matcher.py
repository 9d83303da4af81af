"""Search of the first matching rule of a city for each message, prepared once for many messages.

Each condition that can be looked up gives a number in which bit n stands for rule n; the remaining rules are checked
one by one, in their order.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from portevoix.kernel.messages import Place
from portevoix.text.routing.routing_rule import Hours, Phrase, Rule, folded_address, metres, phrase, words_in
from portevoix.text.tokens import fold_word

MOST_CHARACTERS = 20_000
"""Only so many characters of a message are read."""
_CACHE_SIZE = 20_000  # words: messages are made of the same ones


type _Hit = tuple[int, tuple[tuple[re.Pattern[str], int], ...]]
"""The bits set by a word alone, and the phrases to search for where it occurs, with their bits."""
_NONE: _Hit = (0, ())


@dataclass(frozen=True, slots=True)
class RuleInput:
    """The properties of a message that rules check.

    `text` includes the subject, `account` is the (channel, address) that received it, `article` the address of the
    article that it is about, "" for none, and `at` the time of sending.
    """

    text: str
    account: tuple[str, str]
    at: datetime
    article: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """The matching rule, and those of its words that the message has."""

    rule: Rule
    words: tuple[str, ...]


class Matcher:
    """Matcher of rules, in their order. Raises BadInput for one that `rules.check` refuses."""

    def __init__(self, rules: Sequence[Rule], zone: ZoneInfo) -> None:
        self._rules = tuple(rules)
        self._zone = zone
        self._phrases = _Phrases()
        self._accounts: dict[tuple[str, str], int] = defaultdict(int)
        self._articles = tuple(tuple(_Article(entry) for entry in rule.articles) for rule in rules)
        self._wordless = self._everywhere = 0
        self._patterns = tuple(tuple((word, _pattern(phrase(word))) for word in rule.words) for rule in rules)
        for number, rule in enumerate(rules):
            bit, place_bit = 1 << number, 1 << (len(rules) + number)
            self._phrases.add(map(phrase, rule.words), bit)
            self._phrases.add(map(phrase, rule.places), place_bit)
            self._wordless |= 0 if rule.words else bit
            self._everywhere |= 0 if rule.accounts else bit
            for account in rule.accounts:
                self._accounts[account] |= bit

    def find(self, said: RuleInput) -> RuleMatch | None:
        """Return the first rule that holds, None when none does."""
        left = self._everywhere | self._accounts.get(said.account, 0)
        if not left:
            return None
        words = words_in(said.text[:MOST_CHARACTERS]) if self._phrases else []
        phrase_bits = self._phrases.among(words)
        left &= phrase_bits | self._wordless
        place_bits = phrase_bits >> len(self._rules)
        while left:
            number = (left & -left).bit_length() - 1
            if self._holds(number, said, bool(place_bits >> number & 1)):
                return RuleMatch(self._rules[number], self._words(number, words))
            left &= left - 1
        return None

    def _holds(self, number: int, said: RuleInput, named: bool) -> bool:
        """Return whether the remaining conditions hold; `named`: the message names one of the rule's places."""
        rule = self._rules[number]
        if rule.articles:
            address = folded_address(said.article)
            if not address or not any(article(address) for article in self._articles[number]):
                return False
        if (rule.circle or rule.places) and not (named or _inside(rule, said.place)):
            return False
        return rule.hours is None or is_within(rule.hours, said.at.astimezone(self._zone).replace(tzinfo=None))

    def _words(self, number: int, words: Sequence[str]) -> tuple[str, ...]:
        line = _line(words)
        return tuple(word for word, pattern in self._patterns[number] if pattern.search(line))


def is_within(hours: Hours, wall: datetime) -> bool:
    """Return whether a wall time of the city, without an offset, lies in these hours."""
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
    """Search of many words and phrases in a message.

    Each word of a message is looked up as written, and the result is cached. A phrase is searched for only when the
    message has its longest word, or one with the same beginning.
    """

    def __init__(self) -> None:
        self._words: dict[str, _Hit] = {}
        self._beginnings: dict[int, dict[str, _Hit]] = {}
        self._hits: dict[str, _Hit] = {}
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
        """Return the bits of all words and phrases found among words as written."""
        all_bits = 0
        seeking: list[tuple[re.Pattern[str], int]] = []
        for word in set(words) - self._nothing:
            bits, patterns = self._hits.get(word) or self._look_up(word)
            all_bits |= bits
            seeking += patterns
        if seeking:
            line = _line(words)
            for pattern, bits in seeking:
                if pattern.search(line):
                    all_bits |= bits
        return all_bits

    def _look_up(self, written: str) -> _Hit:
        word = fold_word(written)
        hit = self._words.get(word, _NONE)
        for length, beginnings in self._beginnings.items():
            hit = _both(hit, beginnings.get(word[:length], _NONE))
        if len(self._nothing) + len(self._hits) >= _CACHE_SIZE:
            self._nothing, self._hits = set(), {}
        if hit == _NONE:
            self._nothing.add(written)
        else:
            self._hits[written] = hit
        return hit


def _both(one: _Hit, other: _Hit) -> _Hit:
    return one[0] | other[0], one[1] + other[1]


def _line(words: Iterable[str]) -> str:
    return f" {' '.join(map(fold_word, words))} "


def _pattern(words: Phrase) -> re.Pattern[str]:
    """Return the pattern of a phrase in a line of words with single spaces between and around them."""
    return re.compile(" " + " ".join(re.escape(word) + ("[^ ]*" if star else "") for word, star in words) + " ")


class _Article:
    """Test whether a folded address is the entry's or below it or, for an entry with a *, matches it.

    An entry that begins with a / or a * applies to any site.
    """

    def __init__(self, entry: str) -> None:
        address = folded_address(entry)
        self._anywhere = address.startswith("/")
        self._parts = address.split("*")

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

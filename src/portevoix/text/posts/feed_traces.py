"""Features that a post shares with the city's feed and with its posts elsewhere: traces of automatic publishing.

The results are features without text; `measures.automation` combines them with the times of posts.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from urllib.parse import parse_qsl, urlencode, urlsplit

from portevoix.text.tokens import tokens

NEAREST = timedelta(days=30)
"""The longest time between an article and a post of it."""
SAME_WITH_ADDRESS = 0.6
SAME_WITHOUT = 0.8
"""The similarity from which on a post repeats an article, when it has its address and when it has not."""
FEWEST_WORDS = 3
COPIED_WITHIN = timedelta(minutes=10)
SHORTEST_CUT = 40
"""Fewest characters before the dots: a shorter beginning is a teaser written by a person."""
_LINK = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w.+-])@\w")
_CUT = re.compile(r"(?:…|\.\.\.)\s*$")
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|at_\w+|mtm_\w+|pk_\w+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """Entry of a city's feed. `published` is aware."""

    title: str
    url: str
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPost:
    """A post of a city on any of its networks. `sent_at` is aware; `links`: addresses beside the text."""

    id: str
    network: str
    text: str
    sent_at: datetime
    links: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Features of a post for `measures.automation.Trace`, which adds its author and time.

    `lag_s`: seconds after the article that it repeats, None when it repeats none; `similarity`: the share of its words
    that are in that article's title, 0 to 1. `is_truncated`: a text or title is cut off before the link. `is_copy`:
    the same text is on another network within COPIED_WITHIN. `fingerprint`: 63 bits of the folded words.
    """

    id: str
    fingerprint: int
    has_link: bool
    mentions: bool
    lag_s: float | None
    similarity: float
    is_truncated: bool
    is_copy: bool


def features(posts: Sequence[NetworkPost], articles: Iterable[Article] = ()) -> Iterator[Features]:
    """Yield the features of each post of one city, in order.

    The time is linear in posts; each is compared only with the articles that share a rare word.
    """
    feed = _Articles(articles)
    copy_ids = _find_copies(posts)
    for post in posts:
        words = tuple(tokens(post.text))
        repeat = feed.find_original(post, words)
        yield Features(
            id=post.id,
            fingerprint=_fingerprint(words),
            has_link=bool(post.links) or bool(_LINK.search(post.text)),
            mentions=bool(_MENTION.search(post.text)),
            lag_s=repeat[0] if repeat else None,
            similarity=repeat[1] if repeat else 0.0,
            is_truncated=is_truncated(post.text),
            is_copy=post.id in copy_ids,
        )


class _Articles:
    """Index of the feed by address and by the words of titles."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._articles = [(article, frozenset(tokens(article.title))) for article in articles]
        self._by_place: dict[str, list[int]] = {}
        self._by_word: dict[str, list[int]] = {}
        for n, (article, words) in enumerate(self._articles):
            self._by_place.setdefault(_place(article.url), []).append(n)
            for word in words:
                self._by_word.setdefault(word, []).append(n)

    def find_original(self, post: NetworkPost, post_words: Sequence[str]) -> tuple[float, float] | None:
        """Return (lag in seconds, similarity) of the latest article before the post that it repeats."""
        words = frozenset(post_words)
        if len(words) < FEWEST_WORDS:
            return None
        places = {_place(link) for link in (*_LINK.findall(post.text), *post.links)}
        by_address = {n for place in places for n in self._by_place.get(place, ())}
        candidates = [
            (lag, similarity)
            for n in by_address | self._alike(words)
            if (similarity := len(words & self._articles[n][1]) / len(words))
            >= (SAME_WITH_ADDRESS if n in by_address else SAME_WITHOUT)
            and 0 <= (lag := (post.sent_at - self._articles[n][0].published).total_seconds()) <= NEAREST.total_seconds()
        ]
        return min(candidates) if candidates else None

    def _alike(self, words: frozenset[str]) -> set[int]:
        """Return the articles that have one of the two rarest of these words."""
        article_lists = [self._by_word[word] for word in words if word in self._by_word]
        return {n for some in sorted(article_lists, key=len)[:2] for n in some}


def _find_copies(posts: Sequence[NetworkPost]) -> set[str]:
    by_text: dict[int, list[NetworkPost]] = {}
    for post in posts:
        words = tokens(post.text)
        if len(words) >= FEWEST_WORDS:
            by_text.setdefault(_fingerprint(words), []).append(post)
    return {
        post.id
        for same in by_text.values()
        for post in same
        if any(other.network != post.network and abs(other.sent_at - post.sent_at) <= COPIED_WITHIN for other in same)
    }


def _fingerprint(words: Sequence[str]) -> int:
    return int.from_bytes(blake2b(" ".join(words).encode(), digest_size=8).digest()) >> 1


def is_truncated(text: str) -> bool:
    """Return whether a text, links aside, ends in dots after a beginning too long for a teaser."""
    body = _LINK.sub("", text).rstrip()
    cut = _CUT.search(body)
    return cut is not None and cut.start() >= SHORTEST_CUT


def _place(url: str) -> str:
    """Return an address without scheme, www, tracking parameters and final slash."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    parameters = [(name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(name)]
    host = parts.netloc.lower().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}" + (f"?{urlencode(parameters)}" if parameters else "")

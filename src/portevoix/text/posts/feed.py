"""What a post shares with the city's feed and with its posts elsewhere: what a machine that publishes leaves behind.

Only features come out of this, no text: `measures.automation` weighs them by when posts were sent.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from urllib.parse import parse_qsl, urlencode, urlsplit

from portevoix.text.tokens import tokens

NEAREST = timedelta(days=30)
"""How long after an article a post may still be of it."""
SAME_WITH_ADDRESS = 0.6
SAME_WITHOUT = 0.8
"""From this similarity on a post is of an article, with its address in it or with none that could be compared."""
FEWEST_WORDS = 3
COPIED_WITHIN = timedelta(minutes=10)
SHORTEST_CUT = 40
"""Characters before the dots: a shorter beginning is a teaser that somebody wrote."""
_LINK = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w.+-])@\w")
_CUT = re.compile(r"(?:…|\.\.\.)\s*$")
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|at_\w+|mtm_\w+|pk_\w+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One entry of a city's feed. `published` is aware."""

    title: str
    url: str
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A post of one city on whichever of its networks. `sent_at` is aware; `links`: addresses beside the text."""

    id: str
    network: str
    text: str
    sent_at: datetime
    links: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Of one post: what `measures.automation.Trace` wants beside who sent it and when.

    `lag_s`: seconds after the article that it repeats, None where there is none; `similarity`: the share of its words
    that stand in that article's title, 0 to 1. `truncated`: a text or title cut off before the link. `copied`: the same
    text stands on another network within COPIED_WITHIN. `fingerprint`: 63 bits of the folded words.
    """

    id: str
    fingerprint: int
    has_link: bool
    mentions: bool
    lag_s: float | None
    similarity: float
    truncated: bool
    copied: bool


def features(posts: Sequence[Shared], articles: Iterable[Article] = ()) -> Iterator[Features]:
    """Of each post of one city, in order. Linear in posts; in articles, each looks at those that share a rare word."""
    known = _Articles(articles)
    copied = _copied(posts)
    for post in posts:
        said = tuple(tokens(post.text))
        found = known.repeated_by(post, said)
        yield Features(
            id=post.id,
            fingerprint=_fingerprint(said),
            has_link=bool(post.links) or bool(_LINK.search(post.text)),
            mentions=bool(_MENTION.search(post.text)),
            lag_s=found[0] if found else None,
            similarity=found[1] if found else 0.0,
            truncated=truncated(post.text),
            copied=post.id in copied,
        )


class _Articles:
    """The feed, by address and by the words of titles."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._known = [(article, frozenset(tokens(article.title))) for article in articles]
        self._by_place: dict[str, list[int]] = {}
        self._by_word: dict[str, list[int]] = {}
        for n, (article, words) in enumerate(self._known):
            self._by_place.setdefault(_place(article.url), []).append(n)
            for word in words:
                self._by_word.setdefault(word, []).append(n)

    def repeated_by(self, post: Shared, said: Sequence[str]) -> tuple[float, float] | None:
        """(lag in seconds, similarity) of the article that this post repeats, the latest before it."""
        words = frozenset(said)
        if len(words) < FEWEST_WORDS:
            return None
        places = {_place(link) for link in (*_LINK.findall(post.text), *post.links)}
        named = {n for place in places for n in self._by_place.get(place, ())}
        found = [
            (lag, similarity)
            for n in named | self._alike(words)
            if (similarity := len(words & self._known[n][1]) / len(words))
            >= (SAME_WITH_ADDRESS if n in named else SAME_WITHOUT)
            and 0 <= (lag := (post.sent_at - self._known[n][0].published).total_seconds()) <= NEAREST.total_seconds()
        ]
        return min(found) if found else None

    def _alike(self, words: frozenset[str]) -> set[int]:
        """Articles that hold the rarest of the words that titles know."""
        known = [self._by_word[word] for word in words if word in self._by_word]
        return {n for some in sorted(known, key=len)[:2] for n in some}


def _copied(posts: Sequence[Shared]) -> set[str]:
    by_text: dict[int, list[Shared]] = {}
    for post in posts:
        said = tokens(post.text)
        if len(said) >= FEWEST_WORDS:
            by_text.setdefault(_fingerprint(said), []).append(post)
    return {
        post.id
        for same in by_text.values()
        for post in same
        if any(other.network != post.network and abs(other.sent_at - post.sent_at) <= COPIED_WITHIN for other in same)
    }


def _fingerprint(said: Sequence[str]) -> int:
    return int.from_bytes(blake2b(" ".join(said).encode(), digest_size=8).digest()) >> 1


def truncated(text: str) -> bool:
    """Whether it ends in dots, an address behind them or not, after a beginning too long for a teaser."""
    said = _LINK.sub("", text).rstrip()
    cut = _CUT.search(said)
    return cut is not None and cut.start() >= SHORTEST_CUT


def _place(url: str) -> str:
    """An address without scheme, www, marks of campaigns and the last slash."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    kept = [(name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(name)]
    host = parts.netloc.lower().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}" + (f"?{urlencode(kept)}" if kept else "")

"""The choice of quotations, by a rule that the page states."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.sections import Voice
from portevoix.record.queries.journal import CitizenMessage
from portevoix.text.tokens import flatten, stem, tokens

MOST_EACH = 3
"""Maximum of quotations of what goes wrong, and as many of what goes well."""
SHORTEST = 40
"""Minimum number of characters of a masked text to be quoted."""
LONGEST = 320
"""Longer texts come after all others, and are cut after a word."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message of the week, its masked text, the telling words in it, and the state of its wait."""

    said: CitizenMessage
    text: str
    words: frozenset[str]
    state: str = ""


def find_telling_words(text: str, telling: Iterable[str]) -> frozenset[str]:
    """Return the telling words, or pairs of words, that the text contains in any ending."""
    stems = {stem(token) for token in tokens(text)}
    return frozenset(word for word in telling if stems.issuperset(stem(token) for token in tokens(word)))


def choose(messages: Iterable[Candidate]) -> tuple[Voice, ...]:
    """Choose at most MOST_EACH quotations, short ones that need no cut first.

    Each time take the message with the most telling words that no earlier one contains, then the shorter. No
    conversation and no text is quoted twice.
    """
    candidates = [candidate for candidate in messages if len(candidate.text) >= SHORTEST]
    used_words, quotations = set[str](), list[Candidate]()
    while candidates and len(quotations) < MOST_EACH:
        best = min(candidates, key=lambda candidate: _rank(candidate, used_words))
        quotations.append(best)
        used_words |= best.words
        candidates = [candidate for candidate in candidates if not _same(candidate, best)]
    return tuple(_voice(candidate) for candidate in quotations)


def _rank(candidate: Candidate, used_words: Collection[str]) -> tuple[bool, int, int, str, int]:
    long = len(candidate.text) > LONGEST
    return (
        long,
        -len(candidate.words.difference(used_words)),
        len(candidate.text),
        candidate.text,
        candidate.said.conversation,
    )


def _same(one: Candidate, other: Candidate) -> bool:
    return one.said.conversation == other.said.conversation or one.text.casefold() == other.text.casefold()


def _voice(candidate: Candidate) -> Voice:
    text, cut = shorten(candidate.text, LONGEST)
    return Voice(
        text=text,
        cut=cut,
        channel=candidate.said.channel,
        department=candidate.said.department,
        private=candidate.said.visibility == "private",
        sent_at=candidate.said.sent_at,
        conversation=candidate.said.conversation,
        state=candidate.state,
    )


def shorten(text: str, most: int) -> tuple[str, bool]:
    """Return at most `most` characters, cut after a word, and whether it was cut. Line breaks become spaces.

    The direction of writing is the page's: a citizen's words stand in the city's sentences, before numbers.
    """
    flat = flatten(text)
    if len(flat) <= most:
        return flat, False
    return flat[: most + 1].rsplit(" ", 1)[0][:most].rstrip(" ,;:.-–—"), True


def conversations(edition: Edition) -> set[int]:
    """Return the conversations that an edition mentions."""
    return set(_find_conversations(edition.as_json()))


def _find_conversations(value: object) -> Iterator[int]:
    if isinstance(value, dict):
        if isinstance(value.get("conversation"), int):
            yield value["conversation"]
        yield from value.get("conversations", ())
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _find_conversations(each)

"""Which messages are quoted: a rule that the page states, so that nobody has to wonder who chose."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from portevoix.journal.edition import Edition, Voice
from portevoix.record.queries.journal import Said
from portevoix.text.tokens import stem, tokens

MOST_EACH = 3
"""Quotations of what goes wrong, and as many of what goes well."""
SHORTEST = 40
"""A masked text with fewer characters says too little to be quoted."""
LONGEST = 320
"""Longer ones come after all others, and are cut after a word."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of the week, its masked text, and the telling words in it."""

    said: Said
    text: str
    words: frozenset[str]


def held(text: str, telling: Iterable[str]) -> frozenset[str]:
    """Which of the telling words, or pairs of words, stand in the text in whatever ending."""
    stems = {stem(token) for token in tokens(text)}
    return frozenset(word for word in telling if stems.issuperset(stem(token) for token in tokens(word)))


def choose(messages: Iterable[Heard]) -> tuple[Voice, ...]:
    """At most MOST_EACH, those that can be quoted whole first: each time the message with most telling words that no
    earlier one holds, then the shorter. No conversation and no text is quoted twice.
    """
    candidates = [heard for heard in messages if len(heard.text) >= SHORTEST]
    said, chosen = set[str](), list[Heard]()
    while candidates and len(chosen) < MOST_EACH:
        best = min(candidates, key=lambda heard: _rank(heard, said))
        chosen.append(best)
        said |= best.words
        candidates = [heard for heard in candidates if not _same(heard, best)]
    return tuple(_voice(heard) for heard in chosen)


def _rank(heard: Heard, said: Collection[str]) -> tuple[bool, int, int, str, int]:
    long = len(heard.text) > LONGEST
    return long, -len(heard.words.difference(said)), len(heard.text), heard.text, heard.said.conversation


def _same(one: Heard, other: Heard) -> bool:
    return one.said.conversation == other.said.conversation or one.text.casefold() == other.text.casefold()


def _voice(heard: Heard) -> Voice:
    text, cut = shortened(heard.text, LONGEST)
    return Voice(
        text=text,
        cut=cut,
        channel=heard.said.channel,
        department=heard.said.department,
        private=heard.said.visibility == "private",
        sent_at=heard.said.sent_at,
        conversation=heard.said.conversation,
    )


def shortened(text: str, most: int) -> tuple[str, bool]:
    """At most `most` characters, cut after a word; and whether it was cut. Line breaks become spaces."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat, False
    return flat[: most + 1].rsplit(" ", 1)[0][:most].rstrip(" ,;:.-–—"), True


def conversations(edition: Edition) -> set[int]:
    """The conversations that an edition speaks of."""
    voices, promises = edition.section("voices"), edition.section("promises")
    quoted = [*voices.wrong.voices, *voices.well.voices] if voices else []
    listed = promises.listed if promises else ()
    return {each.conversation for each in (*quoted, *listed)}

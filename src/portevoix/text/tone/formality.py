"""Detection of tu and vous in French texts."""

import re
import unicodedata
from collections.abc import Iterator

from portevoix.text.tone.cue import load_patterns
from portevoix.text.tone.folding import MOST_CHARACTERS, FoldedText, fold_text

PHRASES = "formality.toml"
_QUOTATION = re.compile(r"«[^«»\n]{0,300}»|“[^“”\n]{0,300}”|\"[^\"\n]{0,300}\"")


def blank_quotations(text: str) -> str:
    """Return the beginning of a text with quotations blanked: a slogan addresses nobody."""
    return _QUOTATION.sub(lambda quoted: " " * len(quoted[0]), text[:MOST_CHARACTERS])


def formality(text: str) -> str:
    """Return "tu", "vous", or "" when a French text addresses nobody.

    As many of both means "tu": vous may be several persons, tu is always one. Quotations count only when nothing else
    addresses anybody.
    """
    tu, vous = count_address(fold_text(blank_quotations(text)), text)
    if not tu and not vous:
        tu, vous = count_address(fold_text(text), text)
    return "" if not tu and not vous else "tu" if tu >= vous else "vous"


def count_address(read: FoldedText, written: str) -> tuple[int, int]:
    """Return how often a French text says tu, and vous. `read` is `written`, folded."""
    patterns = load_patterns(PHRASES)
    tu = (
        len(patterns["tu"].findall(read.text))
        + len(list(_imperatives(read, written)))
        + bool(patterns["greeting"].search(read.text))
    )
    return tu, len(patterns["vous"].findall(read.text))


def find_tu(text: str) -> list[tuple[int, int]]:
    """Return the spans where a French text says tu."""
    read = fold_text(blank_quotations(text))
    places = [match.span() for match in load_patterns(PHRASES)["tu"].finditer(read.text)]
    return sorted(read.span(*place) for place in (*places, *_imperatives(read, text)))


def _imperatives(read: FoldedText, written: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of imperatives, from the verb on; participles, which only the accent distinguishes, are not."""
    for match in load_patterns(PHRASES)["order"].finditer(read.text):
        last = match.end("verb") - 1
        letter = unicodedata.normalize("NFC", written[read.places[last] : read.places[last + 1]])
        if not letter.startswith(("é", "É")):
            yield match.start("verb"), match.end()

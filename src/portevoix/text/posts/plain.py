"""Detection of plain language in posts: short sentences, everyday words, nothing in capitals or cut off."""

import re

from portevoix.text.posts.feed_traces import is_truncated
from portevoix.text.tokens import fold
from portevoix.text.tone.folding import MOST_CHARACTERS, sentences
from portevoix.text.tone.hints import MEAN_WORDS_A_SENTENCE, says_jargon

MOST_WORDS_A_SENTENCE = 30
MOST_HASHTAGS = 4
SHOUTING_SHARE = 0.5
"""A text of two words or more is shouted from this share of capitals among its letters on."""
_LINK = re.compile(r"https?://\S+|www\.\S+")
_WORD = re.compile(r"[^\W_]+")
_HASHTAG = re.compile(r"#\w+")


def plain(text: str, *, lang: str) -> bool:
    """Return whether a post is in plain language. `lang`: "fr" or "en".

    No sentence has more than MOST_WORDS_A_SENTENCE words, and the mean is at most MEAN_WORDS_A_SENTENCE; no jargon has
    a plain word (text/tone/jargon.toml); at most MOST_HASHTAGS hashtags; neither SHOUTED nor cut off.
    """
    if is_truncated(text):
        return False
    text = _LINK.sub(" ", text[:MOST_CHARACTERS])
    lengths = [len(_WORD.findall(text[start:end])) for start, end in sentences(text)]
    sentence_lengths = [length for length in lengths if length > 2]
    if sentence_lengths and (
        max(sentence_lengths) > MOST_WORDS_A_SENTENCE
        or sum(sentence_lengths) / len(sentence_lengths) > MEAN_WORDS_A_SENTENCE
    ):
        return False
    if len(_HASHTAG.findall(text)) > MOST_HASHTAGS or _is_shouting(text, sum(lengths)):
        return False
    return not says_jargon(" ".join(fold(text).split()), lang)


def _is_shouting(text: str, words: int) -> bool:
    letters = [c for c in text if c.isalpha()]
    return words >= 2 and sum(c.isupper() for c in letters) >= SHOUTING_SHARE * max(1, len(letters))

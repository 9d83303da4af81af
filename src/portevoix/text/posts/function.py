"""Function of a post, and whether the city speaks of itself: by rules where they apply, else by trained models."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Self

from portevoix.text.labels.classifier import Classifier
from portevoix.text.labels.embedding_model import Vectors
from portevoix.text.labels.features import MOST_CHARACTERS, Texts
from portevoix.text.labels.model_store import load
from portevoix.text.posts.codes import CityPost
from portevoix.text.posts.cues import Cues
from portevoix.text.tokens import has_words

_ANSWER = re.compile(r"\s*@\w")
_RELAY = re.compile(r"\s*(?:RT @|RT :|🔁|♻️? ?@)")


@cache
def model(axis: str) -> Classifier:
    """Return the model of "function" or "self_centred", trained on the seed's posts by `tools/posts.py`."""
    with as_file(files(__package__).joinpath(f"{axis}.npz")) as path:
        return load(path).model


def code_by_rule(post: CityPost) -> str:
    """Return "relay" for a text by somebody else, "answer" for one addressed to somebody, "" for all others."""
    if post.is_relay or _RELAY.match(post.text):
        return "relay"
    return "answer" if post.reply or _ANSWER.match(post.text) else ""


@dataclass(frozen=True, slots=True)
class PreparedPosts:
    """Posts with the result of the rules for each, and the inputs of the models for those without a result."""

    rules: Sequence[str]
    texts: Texts
    cues: Vectors

    @classmethod
    def of(cls, posts: Sequence[CityPost]) -> Self:
        rules = [code_by_rule(post) for post in posts]
        texts = [post.text for post, rule in zip(posts, rules, strict=True) if not rule]
        return cls(rules, Texts(texts), Cues().encode(texts))


def functions(read: PreparedPosts) -> list[str]:
    """Return the function of each post; "" below the model's threshold, which `tools/posts.py` set on the seed."""
    classifier = model("function")
    likely = classifier.probabilities(read.texts, [read.cues])
    sure = (likely.max(axis=1, initial=0) >= classifier.threshold(vectors=True)).tolist()
    best = likely.argmax(axis=1).tolist() if read.texts else []
    have_words = [has_words(text[:MOST_CHARACTERS], 1) for text in read.texts]
    codes = (classifier.labels[n] if ok and words else "" for n, ok, words in zip(best, sure, have_words, strict=True))
    return [rule or next(codes) for rule in read.rules]


def self_centred(read: PreparedPosts) -> list[bool]:
    """Return for each post whether the city, its mayor or its council speaks of itself; never in answers and relays."""
    classifier = model("self_centred")
    own = classifier.probabilities(read.texts, [read.cues])[:, classifier.labels.index("self")]
    answers = iter((own >= classifier.threshold(vectors=True)).tolist())
    return [not rule and next(answers) for rule in read.rules]

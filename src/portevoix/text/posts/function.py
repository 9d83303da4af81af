"""What a post is for, and whether the city speaks of itself: by rules where they are sure, else by what was learnt."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Self

from portevoix.text.labels.classifier import Classifier
from portevoix.text.labels.embeddings import Vectors
from portevoix.text.labels.features import MOST_CHARACTERS, Texts
from portevoix.text.labels.model_store import load
from portevoix.text.posts.codes import Posted
from portevoix.text.posts.cues import Cues
from portevoix.text.tokens import has_words

_ANSWER = re.compile(r"\s*@\w")
_RELAYED = re.compile(r"\s*(?:RT @|RT :|🔁|♻️? ?@)")


@cache
def model(axis: str) -> Classifier:
    """Of "function" or "self_centred", learnt from the seed's posts by `tools/posts.py`."""
    with as_file(files(__package__).joinpath(f"{axis}.npz")) as path:
        return load(path).model


def ruled(post: Posted) -> str:
    """ "relay" of what somebody else wrote, "answer" for what is said to somebody, "" for all else."""
    if post.relayed or _RELAYED.match(post.text):
        return "relay"
    return "answer" if post.reply or _ANSWER.match(post.text) else ""


@dataclass(frozen=True, slots=True)
class Read:
    """Posts with what a rule says of each, and what the models want of those of which no rule says anything."""

    rules: Sequence[str]
    texts: Texts
    cues: Vectors

    @classmethod
    def of(cls, posts: Sequence[Posted]) -> Self:
        rules = [ruled(post) for post in posts]
        texts = [post.text for post, rule in zip(posts, rules, strict=True) if not rule]
        return cls(rules, Texts(texts), Cues().encode(texts))


def functions(read: Read) -> list[str]:
    """The function of each; "" below the threshold from which on enough of the seed were right (`tools/posts.py`)."""
    learnt = model("function")
    likely = learnt.probabilities(read.texts, [read.cues])
    sure = (likely.max(axis=1, initial=0) >= learnt.threshold(vectors=True)).tolist()
    best = likely.argmax(axis=1).tolist() if read.texts else []
    worded = [has_words(text[:MOST_CHARACTERS], 1) for text in read.texts]
    said = (learnt.labels[n] if ok and words else "" for n, ok, words in zip(best, sure, worded, strict=True))
    return [rule or next(said) for rule in read.rules]


def self_centred(read: Read) -> list[bool]:
    """Whether the city, its mayor or its council speaks of itself; never in an answer or in what is passed on."""
    learnt = model("self_centred")
    own = learnt.probabilities(read.texts, [read.cues])[:, learnt.labels.index("self")]
    said = iter((own >= learnt.threshold(vectors=True)).tolist())
    return [not rule and next(said) for rule in read.rules]

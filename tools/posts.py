"""Learns what codes the posts of cities, from the seed's posts: their function, and whether a city speaks of itself.

    python tools/posts.py      after the seed, the cues of `text/posts/cues.toml` or the learning itself changed

Writes function.npz and self_centred.npz beside the seed, in about a minute, and prints how good they are on parts of
the seed that they had not seen. Posts of the seed that were `seen` by whoever wrote the cues are learnt from, and
nothing is measured by them: cues would be trusted too far. Each threshold is set in the same way: of functions, so
that RIGHT of those that are told are right; of self-centredness, where precision and recall meet best (F1).
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score

from portevoix.text import posts
from portevoix.text.labels.classifier import Classifier
from portevoix.text.labels.model_store import StoredModel, save
from portevoix.text.posts.cues import Cues
from portevoix.text.training import classifier

PLACE = Path(posts.__file__).parent
FOLDS = 8
RIGHT = 0.8
CUES = (Cues(),)

type Examples = Sequence[tuple[str, str]]


def examples(axis: str, *, seen: bool) -> list[tuple[str, str]]:
    """(text, label) of each post of the seed, of those that were `seen` or of the others."""
    rows = [json.loads(line) for line in (PLACE / "seed.jsonl").read_text("utf-8").splitlines()]
    own = ("citizen", "self")
    return [
        (row["text"], row["function"] if axis == "function" else own[row["self_centred"]])
        for row in rows
        if row["seen"] is seen
    ]


def tried(known: Examples, more: Examples) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """(shares of each of `known` by a model that had not seen it, true labels as numbers, labels)."""
    labels = tuple(sorted({label for _, label in known}))
    truth = np.array([labels.index(label) for _, label in known])
    order = np.random.default_rng(1).permutation(len(known))
    order = order[np.argsort(truth[order], kind="stable")]
    part = np.empty(len(known), int)
    part[order] = np.arange(len(known)) % FOLDS
    shares = np.zeros((len(known), len(labels)))
    for fold in range(FOLDS):
        rest = [one for one, at in zip(known, part, strict=True) if at != fold]
        model = classifier.fit(rest, more=more, encoders=CUES)
        held = np.flatnonzero(part == fold)
        asked = [known[n][0] for n in held]
        shares[held] = model.probabilities(asked, model.vectors(asked, CUES))
    return shares, truth, labels


def threshold(shares: np.ndarray, truth: np.ndarray) -> float:
    """The lowest probability from which on RIGHT of the likeliest labels are right."""
    first = shares.max(axis=1)
    order = np.argsort(-first, kind="stable")
    right = np.cumsum(shares.argmax(axis=1)[order] == truth[order]) / np.arange(1, len(order) + 1)
    return float(first[order[np.flatnonzero(right >= RIGHT)[-1]]])


def balanced(shares: np.ndarray, truth: np.ndarray, own: int) -> float:
    """The probability of `own` from which on F1 is best."""
    cuts = np.unique(shares[:, own].round(3))
    return float(max(cuts, key=lambda cut: f1_score(truth == own, shares[:, own] >= cut)))


def learnt(axis: str) -> Classifier:
    known, more = examples(axis, seen=False), examples(axis, seen=True)
    shares, truth, labels = tried(known, more)
    if axis == "function":
        cut, said = threshold(shares, truth), shares.argmax(axis=1)
        kept = shares.max(axis=1) >= cut
        print(dict(zip(labels, f1_score(truth, said, average=None).round(2).tolist(), strict=True)))
        print(f"macro-F1 {f1_score(truth, said, average='macro'):.3f}; told {kept.mean():.2f}, "
              f"right {np.mean(said[kept] == truth[kept]):.3f}")  # fmt: skip
    else:
        own = labels.index("self")
        cut = balanced(shares, truth, own)
        print(f"F1 of self {f1_score(truth == own, shares[:, own] >= cut):.3f}")
    model = classifier.fit(known, more=more, encoders=CUES)
    print(f"{axis}: {len(known)} + {len(more)} posts, told from {cut:.3f} on")
    return replace(model, together=replace(model.together, threshold=cut))


def main() -> None:
    for axis in ("function", "self_centred"):
        save(StoredModel(axis, learnt(axis)), PLACE / f"{axis}.npz")


if __name__ == "__main__":
    main()

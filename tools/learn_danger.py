"""Learns which messages speak of a danger that no phrase says, from `text/urgency/examples.jsonl`.

    python tools/learn_danger.py      after the examples or the learning itself changed

Writes danger.npz beside the examples, in about a minute, and prints how good phrases, the model and both are on parts
of the examples that the model had not seen. From its threshold on, FALSE of the harmless examples would be reported by
the model; they are harder than what a town hall gets, most of them chosen for words of danger in another sense.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from portevoix.text import urgency as room
from portevoix.text.labels.model_store import StoredModel, save
from portevoix.text.training import classifier
from portevoix.text.urgency.detector import find_spoken_danger, remove_exceptions
from portevoix.text.urgency.learned_danger import DANGER, NONE

PLACE = Path(room.__file__).parent
FOLDS = 8
FALSE = 0.05


def read_examples() -> list[tuple[str, int]]:
    """Return the text and the level of each example."""
    rows = [json.loads(line) for line in (PLACE / "examples.jsonl").read_text("utf-8").splitlines()]
    return [(row["text"], row["level"]) for row in rows]


def try_on_unseen(examples: list[tuple[str, str]]) -> np.ndarray:
    """Return the probability of danger of each example, by a model that had not seen it."""
    part = np.random.default_rng(1).permutation(len(examples)) % FOLDS
    likely = np.zeros(len(examples))
    for fold in range(FOLDS):
        model = classifier.fit([one for one, at in zip(examples, part, strict=True) if at != fold])
        unseen = np.flatnonzero(part == fold)
        shares = model.probabilities([examples[n][0] for n in unseen])
        likely[unseen] = shares[:, model.labels.index(DANGER)]
    return likely


def main() -> None:
    rows = read_examples()
    levels = np.array([level for _, level in rows])
    spoken = np.array([find_spoken_danger(text).level for text, _ in rows])
    examples = [(remove_exceptions(text), DANGER if level else NONE) for text, level in rows]
    likely = try_on_unseen(examples)
    cut = float(np.quantile(likely[levels == 0], 1 - FALSE))
    found = {"phrases": spoken > 0, "model": likely >= cut, "both": (spoken > 0) | (likely >= cut)}
    for name, reported in found.items():
        print(f"{name}: of {np.sum(levels > 0)} dangers {np.mean(reported[levels > 0]):.3f}, "
              f"of {np.sum(levels == 0)} harmless {np.mean(reported[levels == 0]):.3f}")  # fmt: skip
    model = classifier.fit(examples)
    print(f"reported from {cut:.3f} on")
    save(StoredModel("danger", replace(model, alone=replace(model.alone, threshold=cut))), PLACE / "danger.npz")


if __name__ == "__main__":
    main()

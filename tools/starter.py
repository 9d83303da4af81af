"""Learns what ships with the program: the models of the starter's messages, and what sentence encoders make of them.

    python tools/starter.py      after the messages, the phrases, an encoder's version or the learning itself changed

Writes department.npz, kind.npz, valence.npz and vectors.npz beside the messages, in a few minutes. Vectors have eight
bits a number: each row is scaled so that its largest is 127. What ships serves in cities that it has not met. Therefore
it is as sure as it was right in one: Valmont, whose messages it does not learn from.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from portevoix.text import starter
from portevoix.text.labels import embedding_model
from portevoix.text.labels.classifier import Classifier
from portevoix.text.labels.model_store import StoredModel, save
from portevoix.text.training import classifier, ensemble

PLACE = Path(starter.__file__).parent
VALMONT = PLACE.parents[1] / "demo" / "messages.jsonl"


def main() -> None:
    if not up_to_date():
        write_vectors()
    for task in starter.TASKS:
        model = tried(
            classifier.fit(starter.examples(task), encoders=embedding_model.encoders()),
            task,
            embedding_model.encoders(),
        )
        save(StoredModel(task, model), PLACE / f"{task}.npz")
        said = " and ".join(f"{model.threshold(vectors=read):.2f}" for read in (False, True))
        print(f"{task}: {len(starter.examples(task))} examples, sure from {said} on (by words, by meaning too)")


def tried(model: Classifier, task: str, encoders: Sequence[embedding_model.Encoder]) -> Classifier:
    """The same, as sure as it is right in Valmont."""
    rows = [json.loads(line) for line in VALMONT.read_text("utf-8").splitlines()]
    texts = [row["text"] for row in rows]
    labels = np.array([model.labels.index(row["labels"][task]) for row in rows])
    plain = model.without_calibration()
    alone = ensemble.recalibrate(model.alone, plain.probabilities(texts), labels)
    if model.together is None:
        return replace(model, alone=alone)
    read = plain.probabilities(texts, model.vectors(texts, encoders))
    return replace(model, alone=alone, together=ensemble.recalibrate(model.together, read, labels))


def up_to_date() -> bool:
    """Whether the vectors are of these texts, by the encoders that are installed."""
    with np.load(PLACE / "vectors.npz") as kept:
        named = {f"{encoder.name} {encoder.version}" for encoder in embedding_model.encoders()}
        return named <= set(kept.files) and kept["digest"].tobytes().decode() == starter.digest()


def write_vectors() -> None:
    texts, rows = list(starter.texts()), {}
    np.savez_compressed(PLACE / "vectors.npz")  # what is there is of other texts
    for encoder in embedding_model.encoders():
        vectors = embedding_model.encode(encoder, texts)
        scaled = np.rint(vectors * (127 / np.abs(vectors).max(axis=1, keepdims=True))).astype(np.int8)
        rows[f"{encoder.name} {encoder.version}"] = scaled
        print(f"{encoder.name} {encoder.version}: {len(texts)} texts")
    np.savez_compressed(PLACE / "vectors.npz", **rows, digest=np.frombuffer(starter.digest().encode(), np.uint8))
    starter.vectors.cache_clear()


if __name__ == "__main__":
    main()

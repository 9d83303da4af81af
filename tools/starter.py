"""Learns what ships with the program: the models of the starter's messages, and what sentence encoders make of them.

    python tools/starter.py      after the messages, the phrases, an encoder's version or the learning itself changed

Writes department.npz, kind.npz, valence.npz and vectors.npz beside the messages, in a few minutes. Vectors have eight
bits a number: each row is scaled so that its largest is 127.
"""

from pathlib import Path

import numpy as np

from portevoix.text import semantic, starter
from portevoix.text.fitting import classifier
from portevoix.text.stored import Stored, save

PLACE = Path(starter.__file__).parent


def main() -> None:
    if not up_to_date():
        write_vectors()
    for task in starter.TASKS:
        model = classifier.fit(starter.examples(task), encoders=semantic.encoders())
        save(Stored(task, model), PLACE / f"{task}.npz")
        print(f"{task}: {len(starter.examples(task))} examples, sure from {model.alone.threshold:.2f} on")


def up_to_date() -> bool:
    """Whether the vectors are of these texts, by the encoders that are installed."""
    with np.load(PLACE / "vectors.npz") as kept:
        named = {f"{encoder.name} {encoder.version}" for encoder in semantic.encoders()}
        return named <= set(kept.files) and kept["digest"].tobytes().decode() == starter.digest()


def write_vectors() -> None:
    texts, rows = list(starter.texts()), {}
    np.savez_compressed(PLACE / "vectors.npz")  # what is there is of other texts
    for encoder in semantic.encoders():
        vectors = semantic.encode(encoder, texts)
        scaled = np.rint(vectors * (127 / np.abs(vectors).max(axis=1, keepdims=True))).astype(np.int8)
        rows[f"{encoder.name} {encoder.version}"] = scaled
        print(f"{encoder.name} {encoder.version}: {len(texts)} texts")
    np.savez_compressed(PLACE / "vectors.npz", **rows, digest=np.frombuffer(starter.digest().encode(), np.uint8))
    starter.vectors.cache_clear()


if __name__ == "__main__":
    main()

"""Models in files: NumPy's arrays in a ZIP file, beside a header in JSON. Nothing in it can run."""

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.npyio import NpzFile

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.text.classifier import Classifier
from portevoix.text.lexical import Lexical, Vocabulary
from portevoix.text.ngrams import BUCKETS
from portevoix.text.opinions import Opinions
from portevoix.text.semantic import Semantic

FORMAT = "portevoix-labeller"
VERSION = 1
_DAMAGED = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, NotImplementedError)
"""What NumPy and the ZIP reader raise for a file that is not whole, or is something else."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A model with what it is for: "department", "kind" or "valence"."""

    task: str
    model: Classifier


def save(stored: Stored, path: Path) -> None:
    """Writes the model. Raises OSError when the place cannot be written."""
    model = stored.model
    header = {
        "format": FORMAT, "version": VERSION, "task": stored.task, "labels": model.labels,
        "encoders": list(model.meanings), "threshold_alone": model.alone.threshold,
        "threshold_together": model.together.threshold if model.together else None,
    }  # fmt: skip
    arrays: dict[str, Any] = {
        "header": np.frombuffer(json.dumps(header).encode(), np.uint8),
        "buckets": model.words.vocabulary.buckets.astype(np.int32),
        "idf": model.words.vocabulary.idf,
        "weights": model.words.weights.astype(np.float16),
        "offsets": model.words.offsets,
    }
    for name, opinions in (("alone", model.alone), ("together", model.together)):
        if opinions:
            arrays |= {f"{name}_strengths": opinions.strengths, f"{name}_offsets": opinions.offsets}
    for n, meaning in enumerate(model.meanings.values()):
        arrays |= {f"meaning_{n}_weights": meaning.weights, f"meaning_{n}_offsets": meaning.offsets}
    with path.open("wb") as file:  # by its path NumPy would add an ending of its own
        np.savez_compressed(file, **arrays)


def load(path: Path) -> Stored:
    """Reads a model. Raises BadInput when it cannot be read, is damaged, or is of another version."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            if not isinstance(arrays, NpzFile):
                raise ValueError("one array alone")
            header = json.loads(arrays["header"].tobytes())
            if header["format"] != FORMAT:
                raise ValueError("another format")
            if header["version"] != VERSION:
                message = gettext_noop(
                    "The model in {file} is of version {found}; this program reads {known}. Train again."
                )
                raise BadInput(message, file=str(path), found=str(header["version"]), known=VERSION)
            return Stored(str(header["task"]), _model(header, arrays))
    except FileNotFoundError:
        raise BadInput(gettext_noop("There is no model at {file}."), file=str(path)) from None
    except BadInput:
        raise
    except _DAMAGED:
        raise BadInput(
            gettext_noop("{file} is no model of Portevoix, or it is damaged. Train again."), file=str(path)
        ) from None


def _model(header: dict[str, Any], arrays: NpzFile) -> Classifier:
    labels = tuple(str(label) for label in header["labels"])
    buckets = arrays["buckets"].astype(np.int64)
    known = {"idf": (len(buckets),), "weights": (len(buckets), len(labels)), "offsets": (len(labels),)}
    if any(arrays[name].shape != shape for name, shape in known.items()) or len(labels) < 2:
        raise ValueError("shapes that do not fit one another")
    if len(buckets) and (buckets.min() < 0 or buckets.max() >= BUCKETS or (np.diff(buckets) <= 0).any()):
        raise ValueError("features that do not exist")
    words = Lexical(Vocabulary(buckets, arrays["idf"]), arrays["weights"].astype(np.float32), arrays["offsets"])
    meanings = {}
    for n, name in enumerate(header["encoders"]):
        meaning = Semantic(arrays[f"meaning_{n}_weights"], arrays[f"meaning_{n}_offsets"])
        if meaning.weights.ndim != 2 or meaning.weights.shape[1] != len(labels) or len(meaning.offsets) != len(labels):
            raise ValueError("shapes that do not fit one another")
        meanings[str(name)] = meaning
    alone = _opinions(header, arrays, "alone", models=1, labels=len(labels))
    together = _opinions(header, arrays, "together", models=1 + len(meanings), labels=len(labels)) if meanings else None
    return Classifier(labels, words, alone, meanings, together)


def _opinions(header: dict[str, Any], arrays: NpzFile, name: str, *, models: int, labels: int) -> Opinions:
    strengths, offsets = arrays[f"{name}_strengths"], arrays[f"{name}_offsets"]
    if strengths.shape != (models,) or offsets.shape != (labels,):
        raise ValueError("shapes that do not fit one another")
    return Opinions(strengths, offsets, float(header[f"threshold_{name}"]))

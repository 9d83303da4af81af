"""Files of trained labellers."""

import io
import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib.npyio import NpzFile

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.text.labels.array_file import (
    Header,
    damage_error,
    open_array_file,
    pack_arrays,
    pack_linear_model,
    unpack_linear_model,
)
from portevoix.text.labels.classifier import Classifier, Prior
from portevoix.text.labels.embedding_model import EmbeddingModel
from portevoix.text.labels.ensemble import Ensemble, Trust

FORMAT = "portevoix-labeller"
VERSION = 1


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model with its task: "department", "kind" or "valence"."""

    task: str
    model: Classifier


def save(stored: StoredModel, path: Path) -> None:
    """Write the model. Raise OSError when the file cannot be written."""
    path.write_bytes(dump(stored))


def load(path: Path) -> StoredModel:
    """Read a model. Raise BadInput when it cannot be read, is damaged, is of another version or needs a prior."""
    try:
        with path.open("rb") as file:
            return _read(file, str(path), None)
    except FileNotFoundError:
        raise BadInput(gettext_noop("There is no model at {file}."), file=str(path)) from None
    except OSError:
        raise damage_error(str(path)) from None


def dump(stored: StoredModel) -> bytes:
    """Return the file's content, the same for the same model. Of a prior it stores only the weight."""
    model = stored.model
    header: Header = {
        "format": FORMAT, "version": VERSION, "task": stored.task, "labels": model.labels,
        "encoders": list(model.meanings), "prior": model.prior is not None, "threshold_alone": model.alone.threshold,
        "threshold_together": model.together.threshold if model.together else None,
    }  # fmt: skip
    arrays: dict[str, Any] = pack_linear_model(model.words)
    arrays["weights"] = model.words.weights.astype(np.float16)
    for name, opinions in (("alone", model.alone), ("together", model.together)):
        if opinions:
            arrays |= {f"{name}_strengths": opinions.strengths, f"{name}_offsets": opinions.offsets}
            header[f"trust_{name}"] = opinions.trust
    for n, meaning in enumerate(model.meanings.values()):
        arrays |= {f"meaning_{n}_weights": meaning.weights, f"meaning_{n}_offsets": meaning.offsets}
    return pack_arrays(header, arrays)


def version_digest(content: bytes) -> str:
    """Return the digest that identifies a version: of everything but its thresholds; "" for an unreadable file.

    Two equal models may have different thresholds, when they were tried on different messages.
    """
    try:
        with open_array_file(io.BytesIO(content), name="", form=FORMAT, version=VERSION) as (header, arrays):
            fields = {name: value for name, value in header.items() if not name.startswith("threshold_")}
            checksum = sha256(json.dumps(fields, sort_keys=True).encode())
            for name in sorted({*arrays.files} - {"header"}):
                checksum.update(name.encode() + arrays[name].tobytes())
    except BadInput:
        return ""
    return checksum.hexdigest()


def parse(content: bytes, *, name: str, prior: Prior | None = None) -> StoredModel:
    """Return the model that `dump` wrote. A model trained with a prior needs one again.

    `name` is used in errors. Raise BadInput as `load` does.
    """
    return _read(io.BytesIO(content), name, prior)


def _read(file: IO[bytes], name: str, prior: Prior | None) -> StoredModel:
    with open_array_file(file, name=name, form=FORMAT, version=VERSION) as (header, arrays):
        needs = bool(header.get("prior", False))
        if needs and prior is None:
            message = gettext_noop("The model in {file} was learnt beside what departments say of themselves.")
            raise BadInput(message, file=name)
        return StoredModel(str(header["task"]), _model(header, arrays, prior if needs else None))


def _model(header: Header, arrays: NpzFile, prior: Prior | None) -> Classifier:
    labels = tuple(str(label) for label in header["labels"])
    words = unpack_linear_model(arrays, labels=len(labels))
    meanings = {}
    for n, name in enumerate(header["encoders"]):
        meaning = EmbeddingModel(arrays[f"meaning_{n}_weights"], arrays[f"meaning_{n}_offsets"])
        if meaning.weights.ndim != 2 or meaning.weights.shape[1] != len(labels) or len(meaning.offsets) != len(labels):
            raise ValueError("shapes that do not fit one another")
        meanings[str(name)] = meaning
    own = 1 + (prior is not None)
    alone = _opinions(header, arrays, "alone", models=own, labels=len(labels))
    together = (
        _opinions(header, arrays, "together", models=own + len(meanings), labels=len(labels)) if meanings else None
    )
    return Classifier(labels, words, alone, meanings, together, prior)


def _opinions(header: Header, arrays: NpzFile, name: str, *, models: int, labels: int) -> Ensemble:
    strengths, offsets = arrays[f"{name}_strengths"], arrays[f"{name}_offsets"]
    if strengths.shape != (models,) or offsets.shape != (labels,):
        raise ValueError("shapes that do not fit one another")
    trust = Trust(*map(float, header.get(f"trust_{name}", ())))  # those of before had none
    threshold = float(header[f"threshold_{name}"])
    if not 0 <= threshold < 2:  # above one: it is never sure
        raise ValueError("a probability that is none")
    return Ensemble(strengths, offsets, threshold, trust)

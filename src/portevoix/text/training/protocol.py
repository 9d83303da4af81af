"""Requests to the training process and its answers, in JSON; importing this does not load scikit-learn."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from portevoix.text.labels.factory import DatedExamples
from portevoix.text.starter import DepartmentText

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ExistingVersions:
    """The existing versions: `newest` is the `model_store.version_digest` of the latest one, "" without one.

    `tried`: the version in use, as it was at its trial, None without one. `chosen`: a person chose it.
    """

    newest: str = ""
    tried: bytes | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A new version, and the one trained without the trial messages; both as `model_store.dump` writes them."""

    labels: Sequence[str]
    content: bytes
    tried: bytes
    measured: dict[str, Any]
    examples: int


@dataclass(frozen=True, slots=True)
class EncoderVectors:
    """Vectors already computed by an encoder of this name and version, by text."""

    name: str
    version: str
    remote: bool
    vectors: Mapping[str, NDArray[np.float32]]

    def as_json(self) -> Json:
        content = np.array(list(self.vectors.values()), "<f2").tobytes()
        header = {"name": self.name, "version": self.version, "remote": self.remote}
        return {**header, "texts": list(self.vectors), "vectors": _letters(content)}

    @classmethod
    def of(cls, row: Json) -> Self:
        numbers, texts = np.frombuffer(b64decode(row["vectors"]), "<f2").astype(np.float32), row["texts"]
        rows = numbers.reshape(len(texts), -1 if texts else 0)
        return cls(row["name"], row["version"], row["remote"], dict(zip(texts, rows, strict=True)))


@dataclass(frozen=True, slots=True)
class RetrainJob:
    """A task to be retrained on these examples, with the vectors in `read`."""

    task: str
    departments: Sequence[DepartmentText]
    examples: DatedExamples
    before: ExistingVersions
    now: datetime
    read: Sequence[EncoderVectors] = ()


def ask_cold(departments: Sequence[DepartmentText], *, meaning: bool = False) -> Json:
    """Return the request for a cold-start model; `meaning`: with the encoders of this machine."""
    return {"departments": [asdict(department) for department in departments], "meaning": meaning}


def ask_refit(job: RetrainJob) -> Json:
    before, tried_version = asdict(job.before), job.before.tried
    return {
        **ask_cold(job.departments),
        "task": job.task,
        "examples": [(text, label, at.isoformat()) for text, label, at in job.examples],
        "before": before | {"tried": None if tried_version is None else _letters(tried_version)},
        "now": job.now.isoformat(),
        "read": [read.as_json() for read in job.read],
    }


def read_departments(asked: Json) -> list[DepartmentText]:
    return [DepartmentText(**{**row, "competences": tuple(row["competences"])}) for row in asked["departments"]]


def read_refit(asked: Json) -> RetrainJob | None:
    """Return the job of a request, None when it asks only for a cold-start model."""
    if "task" not in asked:
        return None
    examples = [(text, label, datetime.fromisoformat(at)) for text, label, at in asked["examples"]]
    before = ExistingVersions(**{**asked["before"], "tried": _bytes(asked["before"]["tried"])})
    read, now = [EncoderVectors.of(row) for row in asked["read"]], datetime.fromisoformat(asked["now"])
    return RetrainJob(asked["task"], read_departments(asked), examples, before, now, read)


def answer_cold(content: bytes) -> Json:
    return {"cold": _letters(content)}


def answer_refit(told: Json, new: NewVersion | None) -> Json:
    version = new and asdict(new) | {"content": _letters(new.content), "tried": _letters(new.tried)}
    return {"told": told, "new": version}


def read_cold_answer(answer: Json) -> bytes:
    """Return the model of an answer, as `cold_start_store.dump` wrote it."""
    return b64decode(answer["cold"])


def read_refit_answer(answer: Json) -> tuple[Json, NewVersion | None]:
    """Return the result and the new version, if any, of an answer."""
    version = answer["new"]
    new = version and NewVersion(
        **{**version, "content": b64decode(version["content"]), "tried": b64decode(version["tried"])}
    )
    return answer["told"], new


def _letters(content: bytes) -> str:
    return b64encode(content).decode()


def _bytes(letters: str | None) -> bytes | None:
    return None if letters is None else b64decode(letters)

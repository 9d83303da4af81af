"""What a process that learns is asked and what it answers, in JSON; who asks need not load `text.fitting`."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from portevoix.text.labels.factory import Dated
from portevoix.text.starter import DepartmentText

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Before:
    """What there is already: `newest` is the `stored.mark` of the latest version, "" without one.

    `tried`: the version that serves, as it was when it was tried, None without one. `chosen`: a person chose it.
    """

    newest: str = ""
    tried: bytes | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class New:
    """A new version, and the same learnt without the messages it was tried on; both as `stored.dump` writes them."""

    labels: Sequence[str]
    content: bytes
    tried: bytes
    measured: dict[str, Any]
    examples: int


@dataclass(frozen=True, slots=True)
class Read:
    """What an encoder of this name and version has read already: of each text its vector."""

    name: str
    version: str
    remote: bool
    vectors: Mapping[str, NDArray[np.float32]]

    def as_json(self) -> Json:
        content = np.array(list(self.vectors.values()), "<f2").tobytes()
        told = {"name": self.name, "version": self.version, "remote": self.remote}
        return {**told, "texts": list(self.vectors), "vectors": _letters(content)}

    @classmethod
    def of(cls, told: Json) -> Self:
        numbers, texts = np.frombuffer(b64decode(told["vectors"]), "<f2").astype(np.float32), told["texts"]
        rows = numbers.reshape(len(texts), -1 if texts else 0)
        return cls(told["name"], told["version"], told["remote"], dict(zip(texts, rows, strict=True)))


@dataclass(frozen=True, slots=True)
class Refit:
    """A task to be learnt anew, from these examples, with the encoders that `read` them."""

    task: str
    departments: Sequence[DepartmentText]
    examples: Dated
    before: Before
    now: datetime
    read: Sequence[Read] = ()


def ask_cold(departments: Sequence[DepartmentText], *, meaning: bool = False) -> Json:
    """`meaning`: the encoders of this machine are to read them too."""
    return {"departments": [asdict(department) for department in departments], "meaning": meaning}


def ask_refit(job: Refit) -> Json:
    before, tried = asdict(job.before), job.before.tried
    return {
        **ask_cold(job.departments),
        "task": job.task,
        "examples": [(text, label, at.isoformat()) for text, label, at in job.examples],
        "before": before | {"tried": None if tried is None else _letters(tried)},
        "now": job.now.isoformat(),
        "read": [read.as_json() for read in job.read],
    }


def read_departments(asked: Json) -> list[DepartmentText]:
    return [DepartmentText(**{**row, "competences": tuple(row["competences"])}) for row in asked["departments"]]


def read_refit(asked: Json) -> Refit | None:
    """None when only the departments' own words are to be learnt."""
    if "task" not in asked:
        return None
    examples = [(text, label, datetime.fromisoformat(at)) for text, label, at in asked["examples"]]
    before = Before(**{**asked["before"], "tried": _bytes(asked["before"]["tried"])})
    read, now = [Read.of(told) for told in asked["read"]], datetime.fromisoformat(asked["now"])
    return Refit(asked["task"], read_departments(asked), examples, before, now, read)


def answer_cold(content: bytes) -> Json:
    return {"cold": _letters(content)}


def answer_refit(told: Json, new: New | None) -> Json:
    made = new and asdict(new) | {"content": _letters(new.content), "tried": _letters(new.tried)}
    return {"told": told, "new": made}


def told_cold(answer: Json) -> bytes:
    """As `stored_cold.dump` wrote it."""
    return b64decode(answer["cold"])


def told_refit(answer: Json) -> tuple[Json, New | None]:
    """What came of it, and the new version where there is one."""
    made = answer["new"]
    new = made and New(**{**made, "content": b64decode(made["content"]), "tried": b64decode(made["tried"])})
    return answer["told"], new


def _letters(content: bytes) -> str:
    return b64encode(content).decode()


def _bytes(letters: str | None) -> bytes | None:
    return None if letters is None else b64decode(letters)

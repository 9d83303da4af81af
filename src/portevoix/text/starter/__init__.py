"""What ships with the program so that a city's first day is not blind: messages that French city halls receive, written
for this purpose by hand, with department, kind and valence; and what their departments do.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

TASKS = ("department", "kind", "valence")


@dataclass(frozen=True, slots=True)
class DepartmentText:
    """What a department says of itself."""

    slug: str
    name: str
    description: str = ""
    competences: tuple[str, ...] = ()

    @property
    def phrases(self) -> tuple[str, ...]:
        """Its name, its description and each of its competences."""
        return tuple(text for text in (self.name, self.description, *self.competences) if text)


@cache
def departments() -> tuple[DepartmentText, ...]:
    """The departments that the messages are sorted by, as French city halls have them."""
    rows = tomllib.loads(_read("departments.toml"))["department"]
    return tuple(DepartmentText(r["slug"], r["name"], r["description"], tuple(r["competences"])) for r in rows)


@cache
def examples(task: str) -> tuple[tuple[str, str], ...]:
    """(text, label) for "department", "kind" or "valence"; what departments do is told by phrases too."""
    rows = [json.loads(line) for line in _read("messages.jsonl").splitlines()]
    rows = [row for row in rows if task in row]  # a cry, a greeting or thanks alone are of no department
    found = [(row["text"], row[task]) for row in rows if task != "department" or row["kind"] != "other"]
    if task == "department":  # a joke or an advertisement says little of whom it was sent to
        found += [(phrase, row.slug) for row in departments() for phrase in row.phrases]
    return tuple(found)


def fitting(task: str, labels: set[str]) -> tuple[tuple[str, str], ...]:
    """The examples of these labels; none where there are others too, for a word then means something else."""
    if task not in TASKS:
        return ()
    known = examples(task)
    if not labels <= {label for _, label in known}:
        return ()
    return tuple((text, label) for text, label in known if label in labels)


def texts() -> tuple[str, ...]:
    """Every text that is learnt from, once, in order: messages and phrases."""
    return tuple(dict.fromkeys(text for text, _ in (*examples("department"), *examples("kind"))))


def digest() -> str:
    """Of `texts`: vectors and models that were made of others are known by it."""
    return sha256("\0".join(texts()).encode()).hexdigest()


@cache
def vectors(encoder: str, version: str) -> Mapping[str, NDArray[np.float32]]:
    """The vector of each of `texts` by this encoder, computed beforehand; none for a version that was not foreseen.

    They are stored with eight bits a number, which costs no accuracy that could be measured.
    """
    with files(__package__).joinpath("vectors.npz").open("rb") as stored, np.load(stored, allow_pickle=False) as kept:
        if f"{encoder} {version}" not in kept.files:
            return {}
        rows = kept[f"{encoder} {version}"].astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return dict(zip(texts(), rows, strict=True))


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")

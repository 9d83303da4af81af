"""Bundled examples for a city's first day: messages as French city halls receive them, written by hand for this
purpose, with department, kind and valence; and descriptions of their departments.
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
    """Name and description of a department."""

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
    """Return the departments of the bundled messages, typical of French city halls."""
    rows = tomllib.loads(_read("departments.toml"))["department"]
    return tuple(DepartmentText(r["slug"], r["name"], r["description"], tuple(r["competences"])) for r in rows)


@cache
def examples(task: str) -> tuple[tuple[str, str], ...]:
    """Return (text, label) for "department", "kind" or "valence"; departments have their phrases as examples too."""
    rows = [json.loads(line) for line in _read("messages.jsonl").splitlines()]
    rows = [row for row in rows if task in row]  # a cry, a greeting or thanks alone are of no department
    pairs = [(row["text"], row[task]) for row in rows if task != "department" or row["kind"] != "other"]
    if task == "department":  # a joke or an advertisement says little of whom it was sent to
        pairs += [(phrase, row.slug) for row in departments() for phrase in row.phrases]
    return tuple(pairs)


def fitting(task: str, labels: set[str]) -> tuple[tuple[str, str], ...]:
    """Return the examples of these labels; () when there are other labels too: a label then means something else."""
    if task not in TASKS:
        return ()
    pairs = examples(task)
    if not labels <= {label for _, label in pairs}:
        return ()
    return tuple((text, label) for text, label in pairs if label in labels)


def texts() -> tuple[str, ...]:
    """Return every training text once, in order: messages and phrases."""
    return tuple(dict.fromkeys(text for text, _ in (*examples("department"), *examples("kind"))))


def digest() -> str:
    """Return the digest of `texts`, by which vectors and models made from other texts are recognised."""
    return sha256("\0".join(texts()).encode()).hexdigest()


@cache
def vectors(encoder: str, version: str) -> Mapping[str, NDArray[np.float32]]:
    """Return the bundled vector of each of `texts` by this encoder; {} for an unknown encoder or version.

    They are stored with eight bits a number, without measurable loss of accuracy.
    """
    with files(__package__).joinpath("vectors.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        if f"{encoder} {version}" not in arrays.files:
            return {}
        rows = arrays[f"{encoder} {version}"].astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return dict(zip(texts(), rows, strict=True))


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")

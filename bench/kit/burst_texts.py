"""Texts of streams for bench/bursts.py, read in place from the development data: what is usual, and what bursts."""

import csv
import gzip
import json
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SHORTEST, LONGEST = 25, 600
CRISES = 60
"""Texts of each crisis of crisislex that may be in a burst, from which each burst draws."""


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    department: str
    kind: str = ""
    valence: str = ""


@dataclass(slots=True)
class Pool:
    """What is usual in French and in English, and by name what may burst there."""

    usual: dict[str, list[Text]] = field(default_factory=lambda: {"fr": [], "en": []})
    bursts: dict[str, list[Text]] = field(default_factory=dict)

    def texts(self) -> list[str]:
        every = [*self.usual["fr"], *self.usual["en"], *(text for some in self.bursts.values() for text in some)]
        return list(dict.fromkeys(each.text for each in every))


def read_pool(data: Path) -> Pool:
    pool = Pool()
    _valmont(data / "valmont", pool)
    _own_events(pool)
    _grand_debat(data / "grand_debat" / "services_train.jsonl.gz", pool)
    _decidim(data / "decidim_mel_2019" / "comments.csv", pool)
    _new_haven(data / "newhaven" / "train.jsonl", pool)
    _boston(data / "boston" / "messages.jsonl", pool)
    _crises(data / "crisislex" / "t6_dev.csv.gz", pool)
    return pool


def rows(path: Path) -> list[dict]:
    raw = path.read_bytes()
    return [json.loads(line) for line in (gzip.decompress(raw) if path.suffix == ".gz" else raw).splitlines()]


def _fits(text: str) -> bool:
    return SHORTEST <= len(text) <= LONGEST


def _valmont(folder: Path, pool: Pool) -> None:
    messages = {row["external_id"]: row for row in rows(folder / "messages.jsonl")}
    planted = json.loads((folder / "bursts.json").read_text(encoding="utf-8"))
    within = {id for burst in planted for id in burst["ids"]}

    def text(row: dict) -> Text:
        labels = row["labels"]
        return Text(row["text"], labels["department"], labels["kind"], labels["valence"])

    for burst in planted:
        pool.bursts[f"valmont {burst['week']}"] = [text(messages[id]) for id in burst["ids"]]
    pool.usual["fr"] += [text(row) for id, row in messages.items() if id not in within and _fits(row["text"])]


def _own_events(pool: Pool) -> None:
    path = Path(__file__).with_name("bursts.toml")
    for event in tomllib.loads(path.read_text(encoding="utf-8"))["event"]:
        pool.bursts[event["name"]] = [Text(text, event["department"]) for text in event["texts"]]


def _grand_debat(path: Path, pool: Pool) -> None:
    """Eight services are usual, one of those that are left bursts: a broad subject, told in any words."""
    usual = {"retraite", "emploi", "scolarite", "formation", "sante_remboursement", "creation_entreprise"}
    answers = [row for row in rows(path) if 50 <= len(row["text"]) <= LONGEST]
    random.Random(7).shuffle(answers)
    kept = dict.fromkeys(usual, 0)
    for row in answers:
        label = row["labels"]["department"]
        if label in usual and kept[label] < 700:
            kept[label] += 1
            pool.usual["fr"].append(Text(row["text"], label))
    for label, department in (("handicap", "sante_remboursement"), ("remuneration_personnel", "creation_entreprise")):
        texts = [row["text"] for row in answers if row["labels"]["department"] == label][:80]
        pool.bursts[f"grand débat {label}"] = [Text(text, department) for text in texts]


def _decidim(path: Path, pool: Pool) -> None:
    """Comments in one thread of a metropolis's platform."""
    threads: dict[str, list[str]] = {}
    with path.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if _fits(row["text"]):
                threads.setdefault(row["root_id"], []).append(row["text"])
    largest = sorted(threads.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:8]
    for root, texts in largest:
        pool.bursts[f"decidim {root}"] = [Text(text, "mobilites") for text in texts]


DEPARTMENTS = {
    "Potholes": "roads",
    "Tree Trimming": "trees",
    "Sidewalks and Curb damage": "roads",
    "Public Space, Streets and Drains": "drains",
    "Street Lamp": "lights",
    "Street lamp out": "lights",
    "Traffic/Road Safety": "traffic",
    "Trash & Recycling": "waste",
    "Illegal Dumping": "waste",
    "Policing Issue": "police",
    "Sidewalks": "roads",
    "Trimming": "trees",
    "Removal": "trees",
    "removal": "trees",
    "Trim": "trees",
}
RARE = {"SNOW RELATED": "roads", "Graffiti": "police", "Traffic Signal / Pedestrian Signal": "traffic"}
"""Labels that are never usual: they burst, in these departments."""


def _new_haven(path: Path, pool: Pool) -> None:
    for row in rows(path):
        label = row["labels"]["department"]
        if not _fits(row["text"]):
            continue
        if label in RARE:
            pool.bursts.setdefault(f"New Haven {label}", []).append(Text(row["text"], RARE[label]))
        elif "snow" not in row["text"].lower():
            pool.usual["en"].append(Text(row["text"], DEPARTMENTS.get(label, "other")))


def _boston(path: Path, pool: Pool) -> None:
    for row in rows(path):
        if row["direction"] == "in" and _fits(row["text"]) and "snow" not in row["text"].lower():
            pool.usual["en"].append(Text(row["text"], "general"))


def _crises(path: Path, pool: Pool) -> None:
    for event, text in _on_topic(path):
        some = pool.bursts.setdefault(f"crisis {event}", [])
        if len(some) < CRISES:
            some.append(Text(text, "general"))


def _on_topic(path: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        every = [row for row in csv.DictReader(lines) if row["label"] == "on-topic" and _fits(row["text"])]
    random.Random(7).shuffle(every)
    yield from ((row["event"], row["text"]) for row in every)

"""A subject keeps its identity from edition to edition: by the terms and the meaning that it shares with an earlier."""

from collections.abc import Sequence
from dataclasses import replace

from portevoix.journal.findings.contents import Finding, Report, Subject
from portevoix.text.subjects.place_names import WAYS
from portevoix.text.tokens import stem

LEAST_ALIKE = 0.3
_WAYS = frozenset(map(stem, WAYS))
TERMS, MEANING = 0.6, 0.4


def keep_identities(report: Report, previous: Sequence[Subject]) -> Report:
    """Return the report with the ids of earlier subjects that its own continue; each is continued by one at most."""
    pairs = [
        (compare_subjects(subject, earlier), subject.id, earlier.id)
        for subject in report.subjects
        for earlier in previous
    ]
    ids: dict[str, str] = {}
    for likeness, new, old in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if likeness >= LEAST_ALIKE and new not in ids and old not in ids.values():
            ids[new] = old
    taken = set(ids.values())
    for subject in report.subjects:
        if subject.id not in ids:
            ids[subject.id] = _free_id(subject.id, taken)
            taken.add(ids[subject.id])
    return replace(
        report,
        subjects=tuple(replace(subject, id=ids[subject.id]) for subject in report.subjects),
        findings=tuple(_rename(finding, ids) for finding in report.findings),
    )


def compare_subjects(one: Subject, other: Subject) -> float:
    """Return how alike two subjects are, from 0 to 1: the terms that they share, and their centres where both have.

    Where the earlier edition is one of the same week, which still ran, they share messages.
    """
    ids, others = set(one.message_ids), set(other.message_ids)
    if ids & others:
        return len(ids & others) / min(len(ids), len(others))
    mine, theirs = set(one.terms) - _WAYS, set(other.terms) - _WAYS
    shared = len(mine & theirs) / (min(len(mine), len(theirs)) or 1)
    if len(one.centre) != len(other.centre) or not one.centre:
        return shared
    cosine = sum(a * b for a, b in zip(one.centre, other.centre, strict=True))
    return TERMS * shared + MEANING * max(0.0, cosine) ** 4


def _free_id(id: str, taken: set[str]) -> str:
    number, free = 2, id
    while free in taken:
        free, number = f"{id}-{number}", number + 1
    return free


def _rename(finding: Finding, ids: dict[str, str]) -> Finding:
    subject = ids.get(finding.subject, finding.subject)
    return replace(finding, subject=subject, id=f"{finding.kind}-{subject}" if subject else finding.id)

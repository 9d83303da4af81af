"""The matters behind an edition's subjects: known ones are extended when it is stored, new ones are proposed."""

from dataclasses import replace
from datetime import datetime

from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.finding_sections import MATTER_ID, FindingRow, Findings, SubjectRow
from portevoix.record.operations.matters import extend_matter, propose_matter

FEWEST_PEOPLE = 3
"""People who make a subject a matter."""


def store_matters(edition: Edition, *, now: datetime, removals: int) -> Edition:
    """Extend or propose the matter of each subject, and return the edition with their numbers.

    `removals`: what `count_removals` returned before the edition was composed.
    """
    findings = edition.section("findings")
    numbers = {
        subject.id: number
        for subject in findings.subjects
        if (number := _store_matter(subject, edition.department, now=now, removals=removals))
    }
    section = _with_numbers(findings, numbers)
    return replace(edition, sections=tuple(section if each is findings else each for each in edition.sections))


def _store_matter(subject: SubjectRow, department: str, *, now: datetime, removals: int) -> int | None:
    if subject.matter is not None:
        extend_matter(
            matter=subject.matter,
            phrases=subject.terms,
            conversations=subject.conversations,
            now=now,
            removals=removals,
        )
        return subject.matter
    if subject.people < FEWEST_PEOPLE or not subject.phrase:
        return None
    return propose_matter(
        title=subject.phrase,
        department=department or _home(subject),
        phrases=subject.terms,
        conversations=subject.conversations,
        now=now,
        removals=removals,
        district=subject.districts[0].code if len(subject.districts) == 1 else "",
    )


def _home(subject: SubjectRow) -> str:
    """Return the department of most of a subject's people, "" where none has half of them."""
    first = max(subject.departments, key=lambda row: row.count.now, default=None)
    return first.code if first and 2 * first.count.now >= subject.people else ""


def _with_numbers(findings: Findings, numbers: dict[str, int]) -> Findings:
    ids = {id: f"{MATTER_ID}{number}" for id, number in numbers.items()}
    return replace(
        findings,
        subjects=tuple(
            replace(each, id=ids[each.id], matter=numbers[each.id]) if each.id in ids else each
            for each in findings.subjects
        ),
        findings=tuple(_rename(each, ids) for each in findings.findings),
    )


def _rename(finding: FindingRow, ids: dict[str, str]) -> FindingRow:
    if finding.subject not in ids:
        return finding
    subject = ids[finding.subject]
    return replace(finding, subject=subject, id=f"{finding.finding}-{subject}")

"""The messages behind a number of an edition, by the key that its part of a sentence has."""

from collections.abc import Iterator
from dataclasses import dataclass

from portevoix.journal.edition import Edition
from portevoix.journal.finding_sections import Attention, Findings


@dataclass(frozen=True, slots=True)
class Behind:
    """The messages, by number, and conversations that a number counts; `title` is a subject's phrase, or ""."""

    messages: tuple[str, ...]
    conversations: tuple[int, ...]
    title: str = ""

    @property
    def numbers(self) -> tuple[int, ...]:
        """Return the numbers of the messages in the record."""
        return tuple(int(each) for each in self.messages)


def find_behind(edition: Edition, key: str) -> Behind | None:
    """Return what is behind a number; None for a key that the edition does not have."""
    return next((behind for own, behind in _every(edition) if own == key), None)


def _every(edition: Edition) -> Iterator[tuple[str, Behind]]:
    findings, attention = edition.section("findings"), edition.section("attention")
    if findings:
        yield from _of_findings(findings)
    if attention:
        yield from _of_attention(attention)


def _of_findings(findings: Findings) -> Iterator[tuple[str, Behind]]:
    for subject in findings.subjects:
        yield f"subject-{subject.id}", Behind(subject.messages, subject.conversations, subject.phrase)
        for place, demand in enumerate(subject.demands):
            yield f"demand-{subject.id}-{place}", Behind(demand.messages, demand.conversations, demand.phrase)
    for finding in findings.findings:
        yield f"finding-{finding.id}", Behind(finding.messages, finding.conversations, finding.phrase)
    for group in findings.groups:
        yield f"group-{group.code}", Behind(group.messages, ())


def _of_attention(attention: Attention) -> Iterator[tuple[str, Behind]]:
    for each in attention.lists:
        yield f"attention-{each.code}", Behind((), tuple(row.conversation for row in each.rows))

"""The public edition of a week: the findings that an editor chose, as sentences, without quotations and links."""

from dataclasses import dataclass

from portevoix.journal.edition import Edition, read_entry
from portevoix.journal.finding_sections import FindingRow
from portevoix.journal.wording import describe_finding, plain
from portevoix.record.queries.journal import ShownEdition, shown_editions
from portevoix.text.privacy.sensitive_subjects import is_sensitive

FEWEST_PEOPLE = 3
"""People behind a finding that the public may read."""
WITHOUT_SUBJECT = frozenset({"suggested", "unanswered", "broken_promise"})
"""Findings whose sentence names no subject."""
OF_DEPARTMENT = frozenset({"wrong", "well"})
"""Findings whose sentence names none when they are of a whole department."""


@dataclass(frozen=True, slots=True)
class PublicPart:
    """What the public reads of one department's week; `department` is its name, "" for the whole city."""

    department: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublicEdition:
    """A week as the public reads it."""

    week: str
    city: str
    parts: tuple[PublicPart, ...]


def choosable_findings(edition: Edition) -> frozenset[str]:
    """Return the ids of the findings that an editor may show: of enough people, nothing sensitive, with a name."""
    findings = edition.section("findings")
    if not edition.stored or findings is None:
        return frozenset()
    sensitive = {subject.id for subject in findings.subjects if subject.sensitive}
    return frozenset(each.id for each in findings.findings if each.subject not in sensitive and _can_be_public(each))


def _can_be_public(finding: FindingRow) -> bool:
    of_department = finding.finding in OF_DEPARTMENT and not finding.subject
    named = finding.phrase or finding.what or finding.finding in WITHOUT_SUBJECT or of_department
    return finding.people >= FEWEST_PEOPLE and bool(named) and not is_sensitive(finding.phrase)


def read_public_edition(week: str) -> PublicEdition | None:
    """Return what the public reads of a week; None without anything. A finding that lost its name is left out."""
    editions = shown_editions(week)
    parts = tuple(part for each in editions if (part := _read_part(each)).sentences)
    return PublicEdition(week, editions[0].city, parts) if parts else None


def _read_part(shown: ShownEdition) -> PublicPart:
    rows = [read_entry(FindingRow, each) for each in shown.findings]
    return PublicPart(shown.department, tuple(plain(describe_finding(each)) for each in rows if _can_be_public(each)))

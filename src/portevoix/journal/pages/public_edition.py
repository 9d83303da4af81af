"""The public edition of a week: the findings that an editor chose, as sentences, without quotations and links."""

from dataclasses import dataclass, replace

from portevoix.journal.composition.compose_findings import MATTER_ID
from portevoix.journal.editions.edition import Edition, read_entry
from portevoix.journal.editions.finding_sections import FindingRow
from portevoix.journal.words.wording import describe_finding, plain
from portevoix.record.queries.journal import ShownEdition, shown_editions
from portevoix.record.queries.matters import Decisions, decided_matters
from portevoix.text.privacy import mask
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
    rows = (read_entry(FindingRow, finding) for each in editions for finding in each.findings)
    decisions = decided_matters({number for each in rows if (number := _matter(each))})
    parts = tuple(part for each in editions if (part := _read_part(each, decisions)).sentences)
    return PublicEdition(week, editions[0].city, parts) if parts else None


def _read_part(shown: ShownEdition, decisions: Decisions) -> PublicPart:
    """Return the sentences of an edition with the titles that colleagues gave since, without what they rejected."""
    rows = [read_entry(FindingRow, each) for each in shown.findings]
    decided = (
        replace(each, phrase=mask(decisions.titles.get(_matter(each), each.phrase)))
        for each in rows
        if _matter(each) not in decisions.rejected
    )
    sentences = tuple(plain(describe_finding(each)) for each in decided if _can_be_public(each))
    return PublicPart(shown.department, sentences)


def _matter(finding: FindingRow) -> int:
    """Return the matter of a finding's subject, 0 for none."""
    number = finding.subject.removeprefix(MATTER_ID)
    return int(number) if number.isdecimal() and number != finding.subject else 0

"""The public edition of a week: the findings that an editor chose, as sentences, without quotations and links."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from portevoix.journal.editions.edition import Edition, read_entry
from portevoix.journal.editions.finding_sections import FindingRow
from portevoix.journal.words.answer_words import name_answer
from portevoix.journal.words.wording import describe_finding, plain
from portevoix.record.queries.finding_answers import AnswerRow, public_answers
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
class PublicAnswer:
    """What the department answers: in a few words, in its own (masked), and the line that signs it."""

    name: str
    text: str
    signature: str


@dataclass(frozen=True, slots=True)
class PublicFinding:
    """A finding as the public reads it, and the answer to it where an editor shows that."""

    sentence: str
    answer: PublicAnswer | None = None


@dataclass(frozen=True, slots=True)
class PublicPart:
    """What the public reads of one department's week; `department` is its name, "" for the whole city."""

    department: str
    findings: tuple[PublicFinding, ...]


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
    decisions = decided_matters({number for each in rows if (number := each.matter)})
    answers = public_answers(week)
    parts = tuple(part for each in editions if (part := _read_part(each, decisions, answers)).findings)
    return PublicEdition(week, editions[0].city, parts) if parts else None


def _read_part(shown: ShownEdition, decisions: Decisions, answers: Mapping[tuple[str, str], AnswerRow]) -> PublicPart:
    """Return the findings of an edition with the titles that colleagues gave since, without what they rejected."""
    rows = [read_entry(FindingRow, each) for each in shown.findings]
    decided = (
        replace(each, phrase=mask(decisions.titles.get(each.matter, each.phrase)))
        for each in rows
        if each.matter not in decisions.rejected
    )
    findings = tuple(
        PublicFinding(plain(describe_finding(each)), _answer(answers.get((shown.slug, each.id))))
        for each in decided
        if _can_be_public(each)
    )
    return PublicPart(shown.department, findings)


def _answer(row: AnswerRow | None) -> PublicAnswer | None:
    if row is None or is_sensitive(row.text):
        return None
    return PublicAnswer(name_answer(row.kind, row.promised_on), mask(row.text), row.signature)

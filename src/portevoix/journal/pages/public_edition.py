"""The public edition of a week: the findings that an editor chose, as sentences, without quotations and links."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from portevoix.journal.editions.decisions import read_editions
from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.finding_sections import FindingRow
from portevoix.journal.editions.strict_editions import mask_strictly
from portevoix.journal.words.wording import describe_finding, plain
from portevoix.record.queries.journal import ShownEdition, shown_editions

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
    """A week as the public reads it. `edition`: one of those that it is made of, for its days and its city."""

    edition: Edition
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
    return finding.people >= FEWEST_PEOPLE and bool(named)


def read_public_editions(week: str | None = None) -> list[PublicEdition]:
    """Return the weeks of which the public reads something, the newest first; `week`: that one alone.

    A finding that lost its name to an erasure is left out, and so is a week without any.
    """
    weeks: dict[str, list[ShownEdition]] = {}
    for shown in shown_editions(week):
        weeks.setdefault(shown.week, []).append(shown)
    return [public for some in weeks.values() if (public := _read_week(some)).parts]


def _read_week(several: Sequence[ShownEdition]) -> PublicEdition:
    parts = list[PublicPart]()
    language = (get_language() or "fr").split("-")[0]
    editions = [mask_strictly(each, lang=language) for each in read_editions(shown.content for shown in several)]
    for shown, edition in zip(several, editions, strict=True):
        allowed = choosable_findings(edition) & shown.findings
        sentences = tuple(
            plain(describe_finding(each)) for each in edition.section("findings").findings if each.id in allowed
        )
        if sentences:
            parts.append(PublicPart(edition.department_names.get(shown.department, shown.department), sentences))
    return PublicEdition(editions[0], tuple(parts))

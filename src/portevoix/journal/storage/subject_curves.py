"""The subjects of the stored editions, and how many people spoke of each by week."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.finding_sections import MATTER_ID, SubjectRow
from portevoix.kernel.clock import parse_week
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.record.queries import city as houses
from portevoix.record.queries.journal import editions_since
from portevoix.record.queries.matters import MatterHead, matter_heads


@dataclass
class SubjectCurve:
    """A subject: `id` is its matter's, where it has one, with title, state and department as the record has them now.

    `people`: by week. What an edition found of its own week goes before what a later one says of it.
    """

    id: str
    matter: int | None
    title: str
    state: str
    department: str
    people: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        weeks = [{"week": week, "people": count} for week, count in sorted(self.people.items())]
        return {
            "id": self.id,
            "matter": self.matter,
            "title": self.title,
            "state": self.state or None,
            "department": self.department,
            "weeks": weeks,
        }


def read_subject_curves(*, since: str, department: str = "") -> list[SubjectCurve]:
    """Return the subjects of the editions since a week, those spoken of last first; of all departments without one.

    Raise BadInput for an invalid week and an unknown department.
    """
    parse_week(since)
    if department and houses.department(department) is None:
        raise BadInput(gettext_noop("There is no department “{slug}”."), slug=department)
    editions = [Edition.from_json(row.content) for row in editions_since(since, department)]
    rows = [(edition, row) for edition in editions for row in _subjects(edition)]
    heads = matter_heads({row.matter for _, row in rows if row.matter is not None})
    curves: dict[str, SubjectCurve] = {}
    found: dict[tuple[str, str], int] = {}
    for edition, row in rows:
        curve = _curve(curves, edition, row, heads)
        curve.people |= {each.code: each.count.now for each in row.curve if each.code >= since}
        own = (curve.id, edition.week)
        found[own] = max(row.people, found.get(own, 0))
    for (subject, week), people in found.items():
        curves[subject].people[week] = people
    last = {subject: week for subject, week in sorted(found)}
    return sorted(curves.values(), key=lambda each: (last[each.id], each.people[last[each.id]], each.id), reverse=True)


def _subjects(edition: Edition) -> Iterable[SubjectRow]:
    findings = edition.section("findings")
    return findings.subjects if findings else ()


def _curve(
    curves: dict[str, SubjectCurve], edition: Edition, row: SubjectRow, heads: Mapping[int, MatterHead]
) -> SubjectCurve:
    """Return the curve of an edition's subject, a new one where there is none yet."""
    head = heads.get(row.matter) if row.matter is not None else None
    if head is None:
        return curves.setdefault(row.id, SubjectCurve(row.id, None, row.phrase, "", edition.department))
    id = f"{MATTER_ID}{head.pk}"
    return curves.setdefault(id, SubjectCurve(id, head.pk, head.title, head.state, head.department))

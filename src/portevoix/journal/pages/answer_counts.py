"""What departments answered, counted by department and week: never by person."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from portevoix.journal.edition_addresses import department_names, edition_address
from portevoix.kernel.answers import AnswerKind
from portevoix.record.permissions import departments
from portevoix.record.queries import city as houses
from portevoix.record.queries.city import Contact
from portevoix.record.queries.finding_answers import DepartmentAnswers, count_answers
from portevoix.web.formatting import by_name

WEEKS = 8


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """Counts of a week, or of all of them together. `address` is that of the week's edition."""

    week: str
    findings: int
    seen: int
    doing: int
    done: int
    cannot: int
    overdue: int
    address: str = ""

    @property
    def answered(self) -> int:
        """Return the number of findings with an answer of any kind."""
        return self.seen + self.doing + self.done + self.cannot

    @property
    def share(self) -> float | None:
        """Return the share of findings that were answered; None without any."""
        return self.answered / self.findings if self.findings else None


@dataclass(frozen=True, slots=True)
class AnsweringDepartment:
    """A department's answers to its editions of the last weeks, together and week by week, the newest first."""

    name: str
    total: AnswerCounts
    weeks: tuple[AnswerCounts, ...]


def list_departments(reader: Contact, *, now: datetime) -> list[AnsweringDepartment]:
    """Return the departments whose editions a colleague may read, by name.

    The whole city's edition is not among them: its findings are theirs.
    """
    city = houses.city()
    today = now.astimezone(ZoneInfo(city.timezone if city else "UTC")).date()
    rows = defaultdict[str, list[DepartmentAnswers]](list)
    for row in count_answers(departments=departments(reader), weeks=WEEKS, today=today):
        if row.department:
            rows[row.department].append(row)
    names = department_names()
    return by_name([_department(names.get(slug, slug), theirs) for slug, theirs in rows.items()])


def _department(name: str, rows: Sequence[DepartmentAnswers]) -> AnsweringDepartment:
    weeks = tuple(_counts([row], row.week, edition_address(row.week, row.department)) for row in rows)
    return AnsweringDepartment(name, _counts(rows, ""), weeks)


def _counts(rows: Sequence[DepartmentAnswers], week: str, address: str = "") -> AnswerCounts:
    by_kind = {kind: sum(row.by_kind[kind] for row in rows) for kind in AnswerKind}
    return AnswerCounts(
        week=week,
        findings=sum(row.findings for row in rows),
        seen=by_kind[AnswerKind.SEEN],
        doing=by_kind[AnswerKind.DOING],
        done=by_kind[AnswerKind.DONE],
        cannot=by_kind[AnswerKind.CANNOT],
        overdue=sum(row.overdue for row in rows),
        address=address,
    )

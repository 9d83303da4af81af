"""Queries for what departments answer to findings of the journal. Who wrote an answer is in none of the rows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max

from portevoix.kernel.answers import AnswerKind
from portevoix.record.models import Contact, Edition, FindingAnswer

_FINDINGS = "content__sections__0__findings"
"""Where an edition's findings are: the database takes them out of it, which may be long."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A department's answer. `public_since`: the public reads it. `department`: its slug, "" for the whole city."""

    number: int
    week: str
    finding: str
    matter: int | None
    department: str
    kind: AnswerKind
    text: str
    signature: str
    promised_on: date | None
    at: datetime
    public_since: datetime | None


@dataclass(frozen=True, slots=True)
class AnsweredFinding:
    """An answer, with its finding as its edition stores it."""

    answer: AnswerRow
    finding: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DepartmentAnswers:
    """A department's week: how many findings it was told, and of how many it said what.

    `by_kind` counts the newest answer to each finding; `overdue` the dates that have passed without another answer.
    """

    week: str
    department: str
    findings: int
    by_kind: Mapping[AnswerKind, int]
    overdue: int

    @property
    def answered(self) -> int:
        """Return the number of findings with an answer of any kind."""
        return sum(self.by_kind.values())


def answers_of(week: str, department: str) -> dict[str, AnswerRow]:
    """Return the newest answer to each finding of an edition, by the finding's id.

    In the whole city's edition a department's answer to the same finding of the same matter counts, too.
    """
    own = FindingAnswer.objects.filter(edition__week=week, edition__department=department)
    found = _newest(own)
    if not department:
        theirs = FindingAnswer.objects.filter(edition__week=week, matter__isnull=False).exclude(edition__department="")
        found = {**_newest(theirs), **found}
    return found


def public_answers(week: str) -> dict[tuple[str, str], AnswerRow]:
    """Return the answers of a week that the public reads, by department ("": the whole city) and finding."""
    rows = FindingAnswer.objects.filter(edition__week=week, public_since__isnull=False).select_related("edition")
    return {(row.edition.department, row.finding): _answer_row(row) for row in rows.order_by("pk")}


def answered_since(
    week: str, department: str, *, since: datetime | None, until: datetime
) -> tuple[AnsweredFinding, ...]:
    """Return the newest answers in (since, until] to findings of editions before a week, the latest first.

    `department` "": of all departments. `since` None: from the beginning.
    """
    rows = _before(week, department).filter(at__lte=until)
    return _with_findings(row for row in _newest_rows(rows) if since is None or row.at > since)


def dates_passed(
    week: str, department: str, *, since: datetime | None, until: datetime, on: date, after: date | None
) -> tuple[AnsweredFinding, ...]:
    """Return answers until `since` whose date is in [after, on), where the department has said nothing since."""
    rows = [
        row
        for row in _newest_rows(_before(week, department).filter(at__lte=until))
        if row.promised_on and row.promised_on < on and (after is None or row.promised_on >= after)
    ]
    return _with_findings(row for row in rows if since is not None and row.at <= since)


def promises_due(*, on: date, after: date) -> list[AnswerRow]:
    """Return the answers whose date is in (after, on] and that are still the department's last word."""
    rows = FindingAnswer.objects.filter(edition__in=_with_promise(on, after)).select_related("edition")
    due = (row for row in _newest_rows(rows) if row.promised_on and after < row.promised_on <= on)
    return [_answer_row(row) for row in due]


def find_answer(number: int) -> AnsweredFinding | None:
    """Return an answer with its finding while it is the department's last word; None otherwise."""
    row = FindingAnswer.objects.filter(pk=number).select_related("edition").first()
    if row is None:
        return None
    later = FindingAnswer.objects.filter(edition=row.edition_id, finding=row.finding, pk__gt=row.pk)
    found = () if later.exists() else _with_findings([row])
    return found[0] if found else None


def author_of_answer(number: int) -> Contact | None:
    """Return the colleague who wrote an answer, to remind them of its date; no page shows them. None: they left."""
    row = FindingAnswer.objects.filter(pk=number, contact__is_active=True).select_related("contact").first()
    return row.contact if row else None


def last_signature(department: str) -> str:
    """Return the line with which the department signed its last answer, "" without one."""
    rows = FindingAnswer.objects.filter(department=department).exclude(signature="").order_by("-pk")
    return rows.values_list("signature", flat=True).first() or ""


def last_cut_off(week: str, department: str) -> datetime | None:
    """Return the cut-off of the last stored edition before a week; None where there is none."""
    rows = Edition.objects.filter(week__lt=week, department=department).order_by("-week")
    return rows.values_list("cut_off", flat=True).first()


def count_answers(*, departments: Collection[str] | None, weeks: int, today: date) -> list[DepartmentAnswers]:
    """Return the departments' answers to their editions of the last stored weeks, the newest first.

    `departments`: those that the reader may read; None: all.
    """
    editions = Edition.objects.all() if departments is None else Edition.objects.filter(department__in=departments)
    newest = list(editions.order_by("-week").values_list("week", flat=True).distinct()[:weeks])
    rows = editions.filter(week__in=newest).order_by("-week", "department")
    answers = defaultdict[int, list[FindingAnswer]](list)
    for answer in _newest_rows(FindingAnswer.objects.filter(edition__in=rows.order_by().values("pk"))):
        answers[answer.edition_id].append(answer)
    return [
        DepartmentAnswers(
            week=week,
            department=department,
            findings=len(findings or ()),
            by_kind={kind: sum(each.kind == kind for each in answers[pk]) for kind in AnswerKind},
            overdue=sum(bool(each.promised_on and each.promised_on < today) for each in answers[pk]),
        )
        for pk, week, department, findings in rows.values_list("pk", "week", "department", _FINDINGS)
    ]


def _before(week: str, department: str) -> Any:
    rows = FindingAnswer.objects.filter(edition__week__lt=week).select_related("edition")
    return rows.filter(edition__department=department) if department else rows


def _with_promise(on: date, after: date) -> Any:
    return FindingAnswer.objects.filter(promised_on__lte=on, promised_on__gt=after).values("edition")


def _newest_rows(rows: Any) -> list[FindingAnswer]:
    """Return those of the answers that are the newest to their finding, the latest first."""
    numbers = rows.order_by().values("edition", "finding").annotate(newest=Max("pk")).values("newest")
    return list(FindingAnswer.objects.filter(pk__in=numbers).select_related("edition").order_by("-at", "-pk"))


def _newest(rows: Any) -> dict[str, AnswerRow]:
    return {row.finding: _answer_row(row) for row in reversed(_newest_rows(rows))}


def _with_findings(rows: Iterable[FindingAnswer]) -> tuple[AnsweredFinding, ...]:
    """Return the answers with their findings; an answer whose finding is gone is left out."""
    every = list(rows)
    stored = dict(Edition.objects.filter(pk__in={row.edition_id for row in every}).values_list("pk", _FINDINGS))
    documents = {(pk, each["id"]): each for pk, findings in stored.items() for each in findings or ()}
    return tuple(
        AnsweredFinding(_answer_row(row), documents[row.edition_id, row.finding])
        for row in every
        if (row.edition_id, row.finding) in documents
    )


def _answer_row(row: FindingAnswer) -> AnswerRow:
    return AnswerRow(
        number=row.pk,
        week=row.edition.week,
        finding=row.finding,
        matter=row.matter_id,
        department=row.department,
        kind=AnswerKind(row.kind),
        text=row.text,
        signature=row.signature,
        promised_on=row.promised_on,
        at=row.at,
        public_since=row.public_since,
    )

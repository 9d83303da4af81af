"""Two editions compared: figures with their difference in words, subjects that are new, go on or are gone, findings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from portevoix.journal.edition_addresses import edition_address
from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.finding_sections import SubjectRow
from portevoix.journal.editions.sections import Tally
from portevoix.journal.render.findings import describe_findings
from portevoix.journal.words import figure_words
from portevoix.record.queries.matters import find_wholes, titles
from portevoix.record.queries.wait_states import WaitState
from portevoix.text.tokens import fold

ROLES: Mapping[str, str] = {
    "request": gettext_noop("New requests"),
    "reminder": gettext_noop("Reminders"),
    "thanks": gettext_noop("Thanks"),
}
STATES: Mapping[str, str] = {
    WaitState.ANSWERED: gettext_noop("Answered"),
    WaitState.HOLDING: gettext_noop("Had a holding reply"),
    WaitState.CLOSED: gettext_noop("Closed without a reply"),
    WaitState.WAITING: gettext_noop("Waiting"),
}
OUTCOMES: Mapping[str, str] = {
    "kept": gettext_noop("Promises kept"),
    "late": gettext_noop("Promises kept late"),
    "broken": gettext_noop("Promises broken"),
    "open": gettext_noop("Promises still to come"),
    # Of editions that were stored before a promise had one outcome:
    "due": gettext_noop("Promises still to come"),
    "renewed": gettext_noop("Promises renewed"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in both weeks; None where the edition does not have it."""

    name: str
    before: int | None
    after: int | None

    @property
    def difference(self) -> str:
        """Return the difference in words; "" where one of the weeks does not have the figure."""
        if self.before is None or self.after is None:
            return ""
        return describe_difference(self.after - self.before)


@dataclass(frozen=True, slots=True)
class SubjectChange:
    """A subject of one week or of both, with its people in each, and the address at which the last one tells it."""

    title: str
    address: str
    before: int | None = None
    after: int | None = None

    @property
    def people(self) -> str:
        """Return how many people wrote about it, and the difference where both weeks have it."""
        number = self.before if self.after is None else self.after
        text = ngettext("{number} person", "{number} people", number or 0).format(number=number)
        if self.before is None or self.after is None:
            return text
        return f"{text} ({describe_difference(self.after - self.before)})"


def describe_difference(by: int) -> str:
    """Return "3 more", "2 fewer", "as many"."""
    if not by:
        return _("as many")
    more, fewer = ngettext("{number} more", "{number} more", by), ngettext("{number} fewer", "{number} fewer", -by)
    return (more if by > 0 else fewer).format(number=abs(by))


def comparison_context(before: Edition, after: Edition) -> dict[str, Any]:
    """Return what the page shows of two editions of one department, the earlier first."""
    return {
        "sides": [_side(before), _side(after)],
        "figures": compare_figures(before, after),
        "subjects": compare_subjects(before, after),
    }


def _side(edition: Edition) -> dict[str, Any]:
    return {
        "edition": edition,
        "address": edition_address(edition.week, edition.department),
        "sentences": describe_findings(edition),
        "told": edition.section("findings") is not None,
    }


def compare_figures(before: Edition, after: Edition) -> list[list[Figure]]:
    """Return the figures in groups: messages, sentiments, states, promises."""
    own, other = _read_figures(before), _read_figures(after)
    groups = [
        [("total", gettext_noop("Messages")), *((f"role-{code}", name) for code, name in ROLES.items())],
        [("wrong", gettext_noop("Something goes wrong")), ("well", gettext_noop("Something goes well"))],
        [(f"state-{code}", name) for code, name in STATES.items()],
        [
            (f"outcome-{code}", name)
            for code, name in OUTCOMES.items()
            if own.get(f"outcome-{code}") or other.get(f"outcome-{code}") or code in ("kept", "late", "broken", "open")
        ],
    ]
    return [[Figure(_(name), own.get(code), other.get(code)) for code, name in group] for group in groups]


def _read_figures(edition: Edition) -> dict[str, int]:
    """Return the figures of an edition; those that it does not have are missing."""
    volume, voices, findings = (edition.section(kind) for kind in ("volume", "voices", "findings"))
    figures = {"total": volume.total.now, "wrong": voices.wrong.count.now, "well": voices.well.count.now}
    figures |= _count_by_code("role", volume.roles)
    figures |= _count_by_code("outcome", edition.section("promises").outcomes)
    if findings:
        figures |= {f"state-{state}": findings.count(f"state-{state}") for state in WaitState}
    return figures


def _count_by_code(name: str, rows: tuple[Tally, ...]) -> dict[str, int]:
    return {f"{name}-{row.code}": row.count.now for row in rows}


def compare_subjects(before: Edition, after: Edition) -> dict[str, list[SubjectChange]]:
    """Return the subjects that are "new", that "go_on", and that are "gone", each those of most people first."""
    earlier, later = _subjects(before), _subjects(after)
    numbers = {each.matter for each in (*earlier, *later) if each.matter}
    wholes, known = find_wholes(numbers), titles(numbers)
    changes: dict[str, list[SubjectChange]] = {"new": [], "go_on": [], "gone": []}
    rest = list(earlier)
    for row in later:
        names = set(_names_of(row, wholes))
        same = next((each for each in rest if names.intersection(_names_of(each, wholes))), None)
        if same:
            rest.remove(same)
        change = SubjectChange(_title(row, known), _address(after, row), same.people if same else None, row.people)
        changes["go_on" if same else "new"].append(change)
    changes["gone"] = [SubjectChange(_title(row, known), _address(before, row), before=row.people) for row in rest]
    return changes


def _subjects(edition: Edition) -> tuple[SubjectRow, ...]:
    findings = edition.section("findings")
    return findings.subjects if findings else ()


def _names_of(row: SubjectRow, wholes: Mapping[int, int]) -> Iterator[str]:
    """Yield what a subject is known by: its id, its matter, and its phrase."""
    yield row.id
    if row.matter:
        yield f"matter {wholes.get(row.matter, row.matter)}"
    if row.phrase:
        yield f"phrase {fold(row.phrase)}"


def _title(row: SubjectRow, known: Mapping[int, str]) -> str:
    return capfirst((known.get(row.matter, "") if row.matter else "") or row.phrase or _("A subject without a name"))


def _address(edition: Edition, row: SubjectRow) -> str:
    return f"{edition_address(edition.week, edition.department)}#{row.id}"


def week_choices(weeks: list[str]) -> list[tuple[str, str]]:
    """Return weeks as the options of a form: "W47, 16 – 22 November 2026"."""
    return [
        (week, _("{week}, {days}").format(week=figure_words.week_number(week), days=figure_words.days_of_week(week)))
        for week in weeks
    ]

"""What colleagues have decided about the subjects of editions since: their titles, and that some are none."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from portevoix.journal.editions.answer_sections import Answered
from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.finding_sections import Findings
from portevoix.journal.editions.sections import Departments
from portevoix.record.queries.matters import Decisions, decided_matters


def read_editions(contents: Iterable[Mapping[str, object]]) -> list[Edition]:
    """Return stored editions as they read after what was decided since."""
    editions = [Edition.from_json(dict(content)) for content in contents]
    decisions = decided_matters({number for each in editions for number in _matters(each)})
    return [apply_decisions(each, decisions) for each in editions]


def decide(edition: Edition) -> Edition:
    """Return one edition after what was decided about its subjects."""
    return apply_decisions(edition, decided_matters(_matters(edition)))


def apply_decisions(edition: Edition, decisions: Decisions) -> Edition:
    """Return the edition with the titles that colleagues gave, and without subjects that they said are none.

    Figures stay: the messages of a subject that is none are among the others.
    """
    edition = _rename_answered(edition, decisions)
    findings: Findings | None = edition.section("findings")
    changed = decisions.titles.keys() | decisions.rejected
    if findings is None or not changed.intersection(_matters(edition)):
        return edition
    edition = _rename_leads(edition, decisions)
    subjects = tuple(
        replace(each, phrase=decisions.titles.get(each.matter or 0, each.phrase))
        for each in findings.subjects
        if each.matter not in decisions.rejected
    )
    numbers = {each.matter for each in findings.subjects if each.matter}
    phrases = {each.id: each.phrase for each in subjects}
    gone = {each.id for each in findings.subjects} - phrases.keys()
    section = replace(
        findings,
        subjects=subjects,
        findings=tuple(
            replace(each, phrase=phrases.get(each.subject, each.phrase))
            for each in findings.findings
            if each.subject not in gone
        ),
        single=findings.messages - len({id for each in subjects for id in each.messages}),
        rewordings=(),
        rejected=(*findings.rejected, *sorted(decisions.rejected.intersection(numbers))),
    )
    return replace(edition, sections=tuple(section if each is findings else each for each in edition.sections))


def _rename_leads(edition: Edition, decisions: Decisions) -> Edition:
    """Return the whole city's edition with the first subjects of departments as they were decided."""
    leads: Departments | None = edition.section("departments")
    if leads is None:
        return edition
    rows = tuple(
        replace(row, phrase="", people=0)
        if row.matter in decisions.rejected
        else replace(row, phrase=decisions.titles.get(row.matter or 0, row.phrase))
        for row in leads.rows
    )
    section = replace(leads, rows=rows)
    return replace(edition, sections=tuple(section if each is leads else each for each in edition.sections))


def _rename_answered(edition: Edition, decisions: Decisions) -> Edition:
    """Return the edition with the findings that were answered as they were decided, without those that are none."""
    answered: Answered | None = edition.section("answered")
    if answered is None:
        return edition
    rows = tuple(
        replace(row, about=replace(row.about, phrase=decisions.titles.get(row.about.matter, row.about.phrase)))
        for row in answered.rows
        if row.about.matter not in decisions.rejected
    )
    section = (replace(answered, rows=rows),) if rows else ()
    rest = tuple(each for each in edition.sections if each is not answered)
    return replace(edition, sections=(*rest, *section))


def _matters(edition: Edition) -> set[int]:
    findings, leads, answered = (edition.section(kind) for kind in ("findings", "departments", "answered"))
    subjects = findings.subjects if findings else ()
    numbers = {each.matter for each in (*subjects, *(leads.rows if leads else ()))}
    numbers.update(row.about.matter for row in (answered.rows if answered else ()))
    return {number for number in numbers if number}

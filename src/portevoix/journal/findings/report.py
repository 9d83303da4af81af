"""Subjects and findings of an edition, from the messages of its week and of those before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import log2

from portevoix.journal.findings.contents import (
    CITY,
    MOST_FINDINGS,
    Claim,
    Comparison,
    Finding,
    FindingKind,
    Outstanding,
    Report,
    Subject,
    WeekMessage,
    WeekToRead,
)
from portevoix.journal.findings.detection import LEVEL, Detection, detect
from portevoix.journal.findings.identity import keep_identities
from portevoix.journal.findings.streams import Stream, find_gone, measure_sentiments
from portevoix.journal.findings.subjects import SubjectRows, find_campaigns, gather_subjects
from portevoix.kernel.labels import Kind, Sentiment
from portevoix.text.subjects.place_names import learn_places
from portevoix.text.subjects.terms import TermReader, choose_spelling

VOLUME = "volume"
"""What was unusual is the number of people who wrote to the department, most of them about the subject."""
FEWEST = 3
"""People without whom there is no finding."""
MOST_SHARE = 0.6
"""Share of a subject's people that make it one of what goes wrong, or well."""
FEWEST_SUGGESTIONS, FEWEST_DISTRICTS = 2, 3
LASTING = 2
"""Past weeks in a row, with as many people each, after which a subject is persistent."""
MOST_EMERGING, MOST_OTHERS = 5, 2
"""Findings of one kind."""
WEIGHTS = {
    FindingKind.EMERGING: 6.0,
    FindingKind.BROKEN_PROMISE: 5.0,
    FindingKind.UNANSWERED: 4.0,
    FindingKind.WRONG: 3.5,
    FindingKind.PERSISTENT: 3.0,
    FindingKind.SEVERAL_DISTRICTS: 2.5,
    FindingKind.SUGGESTED: 2.5,
    FindingKind.WELL: 2.0,
    FindingKind.GONE: 2.0,
}
"""How grave, how new, and how much can be done, beside the number of people (its logarithm is added)."""


def write_report(
    week: WeekToRead,
    *,
    department: str = CITY,
    previous: Sequence[Subject] = (),
    outstanding: Sequence[Outstanding] = (),
    detection: Detection | None = None,
) -> Report:
    """Return the subjects and findings of a department's edition, or of the whole city's.

    `previous`: the subjects of the edition before, whose ids those that go on keep. `outstanding`: what callers count.
    `detection`: of this week, where several editions of it are written; it does not depend on the department.
    """
    detection = detection or detect(week)
    gathered = gather_subjects(detection, department)
    own = [each for each in week.messages if department in (CITY, each.department)]
    findings = [
        *_emerging(detection, gathered),
        *_about_subjects(detection, gathered, own),
        *_about_streams(detection, department, gathered),
        *_outstanding(detection, department, outstanding),
    ]
    chosen = _choose(findings)
    inside = {id for each in gathered for id in each.subject.message_ids}
    report = Report(
        week=week.code,
        department=department,
        subjects=tuple(each.subject for each in gathered),
        findings=tuple(chosen),
        single=tuple(each.id for each in own if each.id not in inside),
        campaigns=find_campaigns(detection, department),
        figures={
            "messages": len(own),
            "people": len({each.author or each.id for each in own}),
            "past_weeks": len(week.past),
            "looked_at": detection.looked_at if detection.is_tested else None,
        },
    )
    return keep_identities(report, previous)


def _choose(findings: Sequence[Finding]) -> list[Finding]:
    """Return the most important findings: at most MOST_FINDINGS, few of a kind, and two of one subject."""
    chosen: list[Finding] = []
    for finding in sorted(findings, key=_rank):
        alike = [each for each in chosen if each.kind == finding.kind]
        same = [each for each in chosen if each.subject and each.subject == finding.subject]
        most = MOST_EMERGING if finding.kind == FindingKind.EMERGING else MOST_OTHERS
        if len(alike) < most and len(same) < 2 and len(chosen) < MOST_FINDINGS:
            chosen.append(finding)
    return chosen


def _rank(finding: Finding) -> tuple[float, str]:
    return -(WEIGHTS[finding.kind] + log2(1 + finding.people)), finding.id


def _emerging(detection: Detection, gathered: Sequence[SubjectRows]) -> Iterator[Finding]:
    if not detection.is_tested:
        return
    for each in gathered:
        if each.event is not None:
            seed, of_department = each.event.seed, each.event.seed.family == "volume"
            expected = sum(each.subject.curve) / max(len(each.subject.curve), 1)
            compared = Comparison(
                len(detection.week.past),
                expected,
                each.subject.people / max(expected, 0.1),
                seed.probability,
                seed.q_value,
            )
            volume = {
                "what": VOLUME, "of": int(seed.people), "usual": seed.expected, "department": seed.department or ""
            }  # fmt: skip
            values = volume if of_department else {}
            yield _finding(FindingKind.EMERGING, each.subject, compared, values)


def _about_subjects(
    detection: Detection, gathered: Sequence[SubjectRows], own: Sequence[WeekMessage]
) -> Iterator[Finding]:
    messages = {each.id: each for each in own}
    untested = Comparison(len(detection.week.past))
    for each in gathered:
        subject = each.subject
        mine = [messages[id] for id in subject.message_ids if id in messages]
        for kind, sentiment in ((FindingKind.WRONG, Sentiment.WRONG), (FindingKind.WELL, Sentiment.WELL)):
            people = _count_people(mine, valence=sentiment)
            every = _count_people(mine)
            if people >= FEWEST and people >= MOST_SHARE * every:
                yield _finding(kind, subject, untested, {"of": every}, people=people)
        if each.event is None and subject.people >= FEWEST and _lasts(subject.curve):
            weeks = next((n for n, count in enumerate(subject.curve) if count < LASTING), len(subject.curve))
            yield _finding(FindingKind.PERSISTENT, subject, untested, {"weeks": weeks + 1})
        if len(subject.districts) >= FEWEST_DISTRICTS and subject.people >= FEWEST:
            districts = tuple(subject.districts)
            yield _finding(FindingKind.SEVERAL_DISTRICTS, subject, untested, {"districts": districts})
    suggestions = [each for each in own if each.kind == Kind.SUGGESTION]
    if _count_people(suggestions) >= FEWEST_SUGGESTIONS:
        people = _count_people(suggestions)
        yield _loose(FindingKind.SUGGESTED, "", untested, {}, people, tuple(each.id for each in suggestions))


def _lasts(curve: Sequence[float]) -> bool:
    return len(curve) >= LASTING and all(count >= LASTING for count in curve[:LASTING])


def _count_people(messages: Sequence[WeekMessage], *, valence: str = "") -> int:
    return len({each.author or each.id for each in messages if valence in ("", each.valence)})


def _about_streams(detection: Detection, department: str, gathered: Sequence[SubjectRows]) -> Iterator[Finding]:
    """Yield what goes wrong or well unusually often in the department, and what is unusually rare.

    What an event explains is told with the event.
    """
    explained = {id for each in gathered if each.event is not None for id in each.subject.message_ids}
    weeks = len(detection.week.past)
    for stream in measure_sentiments(detection):
        if stream.department == department and stream.q_value <= LEVEL:
            more = stream.above < stream.below
            if more and 2 * len(explained.intersection(stream.message_ids)) >= len(stream.message_ids):
                continue
            kind = FindingKind.WRONG if stream.name == Sentiment.WRONG else FindingKind.WELL
            if not more or stream.people >= FEWEST:
                yield _from_stream(kind if more else FindingKind.GONE, stream, weeks, {"what": stream.name})
    reading = detection.scopes.get(department or None)
    if reading is not None:
        for number, stream in enumerate(find_gone(detection, reading)[:MOST_OTHERS], 1):
            nameless = replace(stream, name=f"term-{number}")  # ids are shown: the term may be somebody's name
            yield _from_stream(FindingKind.GONE, nameless, weeks, {"title": _spell(detection, stream)})


def _spell(detection: Detection, stream: Stream) -> str:
    """Return the term of what is gone as citizens write it; those of the weeks before where nobody does any more."""
    forms = detection.corpus.spellings.get(stream.name)
    if not forms:
        ids = set(stream.message_ids)
        texts = [each.text for week in detection.week.past for each in week if each.id in ids]
        reader = TermReader(learn_places(texts))
        for text in texts:
            reader.note(reader.read(text))
        forms = reader.spellings.get(stream.name)
    return choose_spelling(forms) if forms else stream.name.replace("=", "")


def _from_stream(kind: FindingKind, stream: Stream, weeks: int, values: Mapping[str, str]) -> Finding:
    ratio = stream.people / max(stream.expected, 0.1)
    p_value = min(stream.above, stream.below)
    compared = Comparison(weeks, stream.expected, ratio, p_value, stream.q_value)
    return _loose(kind, stream.name, compared, values, int(stream.people), stream.message_ids)


def _outstanding(detection: Detection, department: str, several: Sequence[Outstanding]) -> Iterator[Finding]:
    for each in several:
        if each.department == department and each.people:
            yield _loose(each.kind, "", Comparison(len(detection.week.past)), {}, each.people, each.message_ids)


def _finding(
    kind: FindingKind,
    subject: Subject,
    compared: Comparison,
    values: Mapping[str, str | int | float | tuple[str, ...]],
    *,
    people: int | None = None,
) -> Finding:
    people = subject.people if people is None else people
    every = {"title": subject.title, "people": people, "messages": len(subject.message_ids), **values}
    claim = Claim(kind, every, subject.message_ids, compared, _certainty(compared))
    return Finding(
        id=f"{kind}-{subject.id}",
        kind=kind,
        subject=subject.id,
        claim=claim,
        people=people,
        message_ids=subject.message_ids,
        quotes=(subject.typical, *subject.voices),
        expected=compared.expected,
        ratio=compared.ratio,
        q_value=compared.q_value,
    )


def _loose(
    kind: FindingKind,
    name: str,
    compared: Comparison,
    values: Mapping[str, str | int | float | tuple[str, ...]],
    people: int,
    ids: tuple[str, ...],
) -> Finding:
    """Return a finding about no subject."""
    claim = Claim(kind, {"people": people, "messages": len(ids), **values}, ids, compared, _certainty(compared))
    return Finding(
        id=f"{kind}-{name}" if name else str(kind),
        kind=kind,
        subject="",
        claim=claim,
        people=people,
        message_ids=ids,
        quotes=ids[:3],
        expected=compared.expected,
        ratio=compared.ratio,
        q_value=compared.q_value,
    )


def _certainty(compared: Comparison) -> float | None:
    return None if compared.q_value is None else 1 - compared.q_value

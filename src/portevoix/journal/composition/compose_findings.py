"""The subjects and findings of an edition, from the record's messages."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from threading import Lock

from portevoix.journal.composition.quotations import LONGEST, shorten
from portevoix.journal.composition.week_reading import WeekReading
from portevoix.journal.editions.finding_sections import (
    MATTER_ID,
    CampaignRow,
    DemandRow,
    FindingRow,
    Findings,
    Group,
    SubjectRow,
)
from portevoix.journal.editions.sections import Count, Tally, Voice
from portevoix.journal.findings.contents import (
    Finding,
    FindingKind,
    Outstanding,
    Report,
    Subject,
    WeekMessage,
    WeekToRead,
)
from portevoix.journal.findings.detection import Detection, detect
from portevoix.journal.findings.report import write_report
from portevoix.kernel.labels import Kind, Sentiment
from portevoix.kernel.matter_codes import MatterState
from portevoix.kernel.promises import Outcome
from portevoix.record.queries.journal import CitizenMessage
from portevoix.record.queries.matters import KnownMatter
from portevoix.record.queries.wait_states import WaitState
from portevoix.text.privacy import blank_masks
from portevoix.text.privacy.sensitive_subjects import is_sensitive
from portevoix.text.tokens import fold

SENSITIVE_SHARE = 0.5
"""Share of a subject's messages from which on nothing of it is quoted."""
_MATTER = re.compile(rf"{MATTER_ID}([0-9]{{1,18}})")
CAMPAIGN_CHARACTERS = 120
MOST_TRIED = 20
"""Messages in which a title is looked for."""


def compose_findings(
    reading: WeekReading, previous: Sequence[Subject], rejected: Collection[str], names: Mapping[str, str]
) -> Findings:
    """Compose the subjects and findings of the edition.

    `previous`: those that its subjects may continue, of which the ones with an id in `rejected` are none. `names` are
    those of departments by slug.
    """
    detection = detect_week(reading)
    report = write_report(
        detection.week,
        department=reading.department,
        previous=previous,
        outstanding=_count_outstanding(reading),
        detection=detection,
    )
    return _Writer(reading, report, rejected, names).write(tested=detection.is_tested)


def find_leads(
    reading: WeekReading, departments: Iterable[str], matters: Sequence[KnownMatter]
) -> dict[str, SubjectRow]:
    """Return the first subject of each department that has one, as its own edition has it."""
    detection = detect_week(reading)
    leads = {}
    for slug in departments:
        own = replace(reading, department=slug)
        known = [each for each in matters if each.department == slug]
        report = write_report(
            detection.week, department=slug, previous=recall_subjects(own, known), detection=detection
        )
        if subjects := _Writer(own, report, rejected_ids(known), {}).write(tested=detection.is_tested).subjects:
            leads[slug] = subjects[0]
    return leads


_DETECTED: dict[object, dict[bool, Detection]] = {}
"""The last week that was read, with what is shown of it in editions with places and without.

The editions of all departments are composed from it, one after another.
"""
_DETECTING = Lock()
"""Several who ask for the same week at once wait for the first of them."""


def detect_week(reading: WeekReading) -> Detection:
    """Return what is unusual in the week; the last week read is stored in memory, as long as no message changes."""
    week = _week_to_read(reading)
    key = (
        week.code,
        tuple(week.messages),
        tuple(map(tuple, week.past)),
        len(week.vectors),
        tuple(each.names for each in reading.every),
    )
    with _DETECTING:
        detected = _DETECTED.get(key)
        if detected is None:
            _DETECTED.clear()
            detected = _DETECTED[key] = {reading.shows_places: _show(reading, detect(week))}
        if reading.shows_places not in detected:
            detected[reading.shows_places] = _show(reading, detected[not reading.shows_places])
        return detected[reading.shows_places]


def _week_to_read(reading: WeekReading) -> WeekToRead:
    """Return the messages of all departments."""
    past = reversed(reading.every_counted_before)
    every = [each.pk for week in (reading.every, *reading.every_counted_before) for each in week]
    return WeekToRead(
        code=reading.week.code,
        messages=tuple(map(_read_message, reading.every)),
        past=tuple(tuple(map(_read_message, week)) for week in past),
        vectors=reading.conversations.vectors(every),
    )


def _show(reading: WeekReading, detection: Detection) -> Detection:
    """Return what was detected with the week's messages as the edition may show them: nothing of sensitive ones."""
    messages = tuple(
        replace(message, shown=reading.mask_message(each) if reading.may_quote(each.conversation) else "")
        for message, each in zip(detection.week.messages, reading.every, strict=True)
    )
    return replace(detection, week=replace(detection.week, messages=messages))


def _read_message(message: CitizenMessage) -> WeekMessage:
    return WeekMessage(
        id=str(message.pk),
        text=message.text,
        sent_at=message.sent_at,
        author=message.author,
        channel=message.channel,
        department=message.department,
        kind=message.kind,
        valence=message.valence,
        district=message.district,
    )


def recall_subjects(reading: WeekReading, matters: Iterable[KnownMatter]) -> list[Subject]:
    """Return matters as subjects of an earlier edition; the messages are those of the week in their conversations."""
    said = defaultdict[int, list[str]](list)
    for each in reading.every:
        said[each.conversation].append(str(each.pk))
    return [
        Subject(
            id=f"{MATTER_ID}{matter.pk}",
            title=matter.title,
            message_ids=tuple(id for pk in said.keys() & matter.conversations for id in said[pk]),
            people=0,
            typical="",
            voices=(),
            demands=(),
            districts={},
            departments={},
            answered=0,
            waiting=0,
            terms=matter.phrases,
        )
        for matter in matters
    ]


def rejected_ids(matters: Iterable[KnownMatter]) -> frozenset[str]:
    """Return the ids of subjects that a colleague said are none."""
    return frozenset(f"{MATTER_ID}{each.pk}" for each in matters if each.state == MatterState.REJECTED)


def is_thanks(message: CitizenMessage) -> bool:
    """Return whether the message thanks, or says that something goes well, and so waits for no reply."""
    return message.kind == Kind.PRAISE or message.valence == Sentiment.WELL


def state_of(reading: WeekReading, message: CitizenMessage) -> str:
    """Return the state of a message's wait; "" for one that waits for no reply."""
    state = reading.states.state(message.conversation, message.sent_at)
    return "" if state is None or (state is WaitState.WAITING and is_thanks(message)) else str(state)


def _count_outstanding(reading: WeekReading) -> list[Outstanding]:
    waiting = [each for each in reading.messages if state_of(reading, each) == WaitState.WAITING]
    broken = {each.conversation: each.author for each in reading.promises if each.outcome == Outcome.BROKEN}
    about = [each for each in reading.messages if each.conversation in broken]
    return [
        Outstanding(kind, reading.department, tuple(str(each.pk) for each in some), people)
        for kind, some, people in (
            (FindingKind.UNANSWERED, waiting, len({each.author or each.conversation for each in waiting})),
            (FindingKind.BROKEN_PROMISE, about, len({author or pk for pk, author in broken.items()})),
        )
    ]


class _Writer:
    """Turns a report into rows of the edition."""

    def __init__(
        self, reading: WeekReading, report: Report, rejected: Collection[str], names: Mapping[str, str]
    ) -> None:
        self.reading, self.report, self.rejected, self.names = reading, report, rejected, names
        self.messages: Mapping[str, CitizenMessage] = {str(each.pk): each for each in reading.every}
        self.past = {str(each.pk): each for week in reading.every_before for each in week}
        self.sensitive = {each.id for each in report.subjects if self._is_sensitive(each)}

    def write(self, *, tested: bool) -> Findings:
        subjects = [each for each in self.report.subjects if each.id not in self.rejected]
        findings = [each for each in self.report.findings if each.subject not in self.rejected]
        single = len(self.reading.messages) - len({id for each in subjects for id in each.message_ids})
        return Findings(
            subjects=tuple(map(self._subject, subjects)),
            findings=tuple(map(self._finding, findings)),
            single=single,
            messages=len(self.reading.messages),
            people=len({each.author or each.pk for each in self.reading.messages}),
            tested=tested,
            groups=_group_messages(self.reading),
            campaigns=tuple(map(self._campaign, self.report.campaigns)),
            rejected=tuple(
                sorted(
                    int(each.id.removeprefix(MATTER_ID)) for each in self.report.subjects if each.id in self.rejected
                )
            ),
        )

    def _campaign(self, ids: Sequence[str]) -> CampaignRow:
        first = self.messages[ids[0]]
        may_quote = self.reading.may_quote(first.conversation, first.text)
        phrase, cut = shorten(self.reading.mask_message(first), CAMPAIGN_CHARACTERS) if may_quote else ("", False)
        return CampaignRow(
            f"{phrase} …" if cut else phrase, len(self._people(ids)), tuple(ids), self._conversations(ids)
        )

    def _subject(self, subject: Subject) -> SubjectRow:
        mine = [self.messages[id] for id in subject.message_ids]
        hidden = subject.id in self.sensitive
        states = Counter(filter(None, (state_of(self.reading, each) for each in mine if not is_thanks(each))))
        weeks = [each.code for each in self.reading.learnt]
        past = reversed(subject.curve)
        return SubjectRow(
            id=subject.id,
            phrase=subject.title,
            people=subject.people,
            messages=subject.message_ids,
            conversations=self._conversations(subject.message_ids),
            voices=() if hidden else self._voices((subject.typical, *subject.voices)),
            demands=tuple(
                DemandRow(
                    each.phrase if not hidden else "",
                    each.people,
                    each.message_ids,
                    self._conversations(each.message_ids),
                )
                for each in subject.demands
            ),
            states=tuple(Tally(state, Count(states[state])) for state in WaitState if states[state]),
            districts=_tally(subject.districts),
            departments=_tally(subject.departments),
            curve=(
                *(Tally(week, Count(int(people))) for week, people in zip(weeks, past, strict=True)),
                Tally(self.reading.week.code, Count(subject.people)),
            ),
            matter=int(number[1]) if (number := _MATTER.fullmatch(subject.id)) else None,
            copies=max((len(self._people(some)) for some in subject.campaigns), default=0),
            sensitive=hidden,
            terms=subject.terms,
            centre=subject.centre,
        )

    def _finding(self, finding: Finding) -> FindingRow:
        values, claim = finding.claim.values, finding.claim
        names = values.get("districts", ())
        if "department" in values:
            slug = str(values["department"])
            names = (self.names.get(slug, slug),)
        conversations = self._conversations(finding.message_ids)
        if finding.kind == FindingKind.BROKEN_PROMISE:
            broken = (each.conversation for each in self.reading.promises if each.outcome == Outcome.BROKEN)
            conversations = tuple(sorted(set(broken)))
        return FindingRow(
            id=finding.id,
            finding=str(finding.kind),
            subject=finding.subject,
            phrase=self._title(finding),
            people=finding.people,
            messages=finding.message_ids,
            conversations=conversations,
            compared=claim.compared_with.weeks,
            expected=finding.expected,
            ratio=finding.ratio,
            q_value=finding.q_value,
            of=int(str(values.get("of", 0))),
            weeks=int(str(values.get("weeks", 0))),
            names=tuple(names) if isinstance(names, tuple) else (),
            what=str(values.get("what", "")),
            usual=float(str(values["usual"])) if "usual" in values else None,
            voices=() if finding.subject else self._voices(finding.quotes),
        )

    def _title(self, finding: Finding) -> str:
        """Return the title; of what is gone, only if it still stands in masked messages, most of them not sensitive."""
        title = str(finding.claim.values.get("title", ""))
        if finding.kind != FindingKind.GONE or not title:
            return title
        said = list(islice((each for each in self.past.values() if fold(title) in fold(each.text)), MOST_TRIED))
        quotable = [each for each in said if not is_sensitive(each.text)]
        if len(quotable) <= (1 - SENSITIVE_SHARE) * len(said):
            return ""
        shown = map(blank_masks, map(self.reading.mask_message, quotable))
        return title if any(fold(title) in fold(text) for text in shown) else ""

    def _conversations(self, ids: Iterable[str]) -> tuple[int, ...]:
        every = (self.messages.get(id) or self.past.get(id) for id in ids)
        return tuple(sorted({each.conversation for each in every if each}))

    def _people(self, ids: Iterable[str]) -> set[str]:
        return {self.messages[id].author or id for id in ids}

    def _voices(self, ids: Iterable[str]) -> tuple[Voice, ...]:
        """Return the messages of the week with these ids as quotations, without sensitive ones."""
        mine = (self.messages[id] for id in ids if id in self.messages)
        return tuple(quote(self.reading, each) for each in mine if self.reading.may_quote(each.conversation))

    def _is_sensitive(self, subject: Subject) -> bool:
        texts = [self.messages[id].text for id in subject.message_ids]
        return sum(map(is_sensitive, texts)) >= SENSITIVE_SHARE * len(texts)


def sensitive_conversations(findings: Findings) -> frozenset[int]:
    """Return the conversations of sensitive subjects: nothing of them is quoted anywhere in the edition."""
    return frozenset(pk for each in findings.subjects if each.sensitive for pk in each.conversations)


def quote(reading: WeekReading, message: CitizenMessage) -> Voice:
    """Return a message as a quotation, masked, with the state of its wait; without text where it is withheld."""
    may_quote = reading.may_quote(message.conversation, message.text)
    text, cut = shorten(reading.mask_message(message), LONGEST) if may_quote else ("", False)
    return Voice(
        text=text,
        cut=cut,
        channel=message.channel,
        department=message.department,
        private=message.visibility == "private",
        sent_at=message.sent_at,
        conversation=message.conversation,
        state=state_of(reading, message),
    )


def _group_messages(reading: WeekReading) -> tuple[Group, ...]:
    """Return the messages behind the numbers of the edition."""
    groups: dict[str, list[str]] = {"all": []}
    for message in reading.messages:
        state = state_of(reading, message)
        for code in (
            "all",
            f"role-{role_of(message)}",
            f"kind-{message.kind}",
            f"channel-{message.channel}",
            f"sentiment-{message.valence}",
            *([f"state-{state}"] if state and not is_thanks(message) else []),
        ):
            groups.setdefault(code, []).append(str(message.pk))
    return tuple(Group(code, tuple(ids)) for code, ids in groups.items())


def role_of(message: CitizenMessage) -> str:
    """Return the message's role in its conversation; thanks are "thanks" anywhere in it."""
    if is_thanks(message):
        return "thanks"
    return "request" if message.begins else "reminder"


def _tally(people: Mapping[str, int]) -> tuple[Tally, ...]:
    return tuple(Tally(name, Count(number)) for name, number in people.items())

"""The sentences of an edition, in the reader's language: each is filled in from a finding, and no number is typed.

A sentence is a row of parts; a number is a part of its own, with the key of the messages behind it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from portevoix.journal.editions.finding_sections import CampaignRow, FindingRow, SubjectRow
from portevoix.journal.editions.sections import Volume
from portevoix.journal.findings.report import VOLUME
from portevoix.kernel.labels import Sentiment

type _Writer = Callable[[FindingRow, str, Sentence], Sentence]

NUMBER = re.compile(r"(\d+(?:[.,]\d+)?)")
NONE_EXPECTED, FEW_EXPECTED = 0.05, 0.5
"""An expected number below these is said to be nobody, or hardly anybody."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a sentence. `behind` is the key of the messages that it counts, "" for words."""

    text: str
    behind: str = ""


type Sentence = tuple[Part, ...]
type Value = str | Part | Sequence[Part]


def fill(template: str, **values: Value) -> Sentence:
    """Return the template, a translated text with {names}, with its values."""
    parts = list[Part]()
    for literal, name, _spec, _conversion in Formatter().parse(template):
        if literal:
            parts.append(Part(literal))
        if name is not None:
            value = values[name]
            parts.extend([Part(value)] if isinstance(value, str) else [value] if isinstance(value, Part) else value)
    return tuple(parts)


def plain(sentence: Iterable[Part]) -> str:
    """Return a sentence as text."""
    return "".join(part.text for part in sentence)


def count_people(number: int, behind: str) -> Sentence:
    """Return "nobody", "1 person", "12 people"."""
    if not number:
        return (Part(_("nobody")),)
    return fill(ngettext("{number} person", "{number} people", number), number=Part(str(number), behind))


def count_messages(number: int, behind: str) -> Sentence:
    """Return "1 message", "12 messages"."""
    return fill(ngettext("{number} message", "{number} messages", number), number=Part(str(number), behind))


def describe_volume(volume: Volume) -> Sentence:
    """Return the roles of the messages in a line: "12 messages: 8 new requests, 2 reminders, 2 thanks."."""
    roles = list[Part]()
    for row in volume.roles:
        if row.count.now:
            number = Part(str(row.count.now), f"group-role-{row.code}")
            roles += [*([Part(", ")] if roles else []), *fill(_role(row.code, row.count.now), number=number)]
    return fill(_("{messages}: {roles}."), messages=count_messages(volume.total.now, "group-all"), roles=roles)


def _role(code: str, number: int) -> str:
    texts = {
        "request": ngettext("{number} new request", "{number} new requests", number),
        "reminder": ngettext("{number} reminder", "{number} reminders", number),
        "thanks": ngettext("{number} message of satisfaction", "{number} messages of satisfaction", number),
    }
    return texts[code]


def format_expected(expected: float) -> str:
    """Return an expected number: whole from 10 on, else with one decimal unless that is 0."""
    rounded = round(expected, 0 if expected >= 10 else 1)
    return number_format(rounded, decimal_pos=0 if rounded == int(rounded) else 1)


def join(parts: Sequence[Sentence]) -> Sentence:
    """Return parts as a list in words: "a, b and c"."""
    if len(parts) < 2:
        return parts[0] if parts else ()
    head = list[Part]()
    for part in parts[:-1]:
        head += [Part(", ")] if head else []
        head += part
    return fill(_("{several} and {last}"), several=head, last=parts[-1])


def link_numbers(text: str, sentence: Sequence[Part]) -> Sentence:
    """Return a text in which each number that a sentence has leads to the same messages as there."""
    keys = [(part.text, part.behind) for part in sentence if part.behind]
    parts = list[Part]()
    for piece in NUMBER.split(text):
        key = next((pair for pair in keys if pair[0] == piece), None)
        if key:
            keys.remove(key)
        parts += [Part(piece, key[1] if key else "")] if piece else []
    return tuple(parts)


def quote(phrase: str) -> str:
    """Return a citizen's words in quotation marks."""
    return _("“{words}”").format(words=phrase)


def describe_campaign(campaign: CampaignRow, place: int) -> Sentence:
    """Return that several people sent the same text, and how it begins."""
    people = count_people(campaign.people, f"campaign-{place}")
    if not campaign.phrase:
        return fill(_("{people} sent the same text."), people=people)
    return fill(_("{people} sent the same text: {text}."), people=people, text=quote(campaign.phrase))


def describe_finding(finding: FindingRow) -> Sentence:
    """Return the sentence of a finding: number, comparison where there is one."""
    people = count_people(finding.people, f"finding-{finding.id}")
    title = finding.phrase or _("A subject without a name")
    writer = _SENTENCES.get(finding.finding)
    return writer(finding, title, people) if writer else fill("{title}", title=title)


def _emerging(finding: FindingRow, title: str, people: Sentence) -> Sentence:
    expected = finding.expected or 0.0
    if finding.what == VOLUME:
        return fill(
            _(
                "{title}: {people} wrote about it this week; {of} wrote to {department}, instead of the usual "
                "{expected}."
            ),
            title=capfirst(title),
            people=people,
            of=str(finding.of),
            department=finding.names[0] if finding.names else _("the department"),
            expected=format_expected(finding.usual or 0.0),
        )
    if expected < NONE_EXPECTED:
        return fill(
            _("{title}: {people} wrote about it this week; usually nobody does."), title=capfirst(title), people=people
        )
    if expected < FEW_EXPECTED:
        return fill(
            _("{title}: {people} wrote about it this week; usually hardly anybody does."),
            title=capfirst(title),
            people=people,
        )
    return fill(
        _("{title}: {people} wrote about it this week; usually {expected} do."),
        title=capfirst(title),
        people=people,
        expected=format_expected(expected),
    )


def _persistent(finding: FindingRow, title: str, people: Sentence) -> Sentence:
    weeks = ngettext("{number} week", "{number} weeks in a row", finding.weeks).format(number=finding.weeks)
    return fill(
        _("{title}: it has lasted for {weeks}; {people} wrote about it this week."),
        title=capfirst(title),
        weeks=weeks,
        people=people,
    )


def _gone(finding: FindingRow, title: str, people: Sentence) -> Sentence:
    expected = format_expected(finding.expected or 0.0)
    if finding.what:
        template = (
            _("Fewer complaints than usual: from {people}, instead of {expected}.")
            if finding.what == Sentiment.WRONG
            else _("Fewer thanks than usual: from {people}, instead of {expected}.")
        )
        return fill(template, people=people, expected=expected)
    if not finding.people:
        return fill(
            _("{title}: nobody writes about it any more; usually {expected} people do."),
            title=capfirst(title),
            expected=expected,
        )
    return fill(
        ngettext(
            "{title}: only {people} still writes about it; usually {expected} do.",
            "{title}: only {people} still write about it; usually {expected} do.",
            finding.people,
        ),
        title=capfirst(title),
        people=people,
        expected=expected,
    )


def _sentiment(of_subject: str, more: str) -> _Writer:
    def write(finding: FindingRow, title: str, people: Sentence) -> Sentence:
        if finding.subject:
            of = str(finding.of)
            return fill(_(of_subject), title=capfirst(title), people=Part(str(finding.people), people[0].behind), of=of)
        return fill(_(more), people=people, expected=format_expected(finding.expected or 0.0))

    return write


def _suggested(finding: FindingRow, title: str, people: Sentence) -> Sentence:
    return fill(
        ngettext("{people} suggests an improvement.", "{people} suggest improvements.", finding.people), people=people
    )


def _unanswered(finding: FindingRow, title: str, people: Sentence) -> Sentence:
    return fill(
        ngettext(
            "{people} who wrote this week is waiting for a reply.",
            "{people} who wrote this week are waiting for a reply.",
            finding.people,
        ),
        people=people,
    )


def _broken_promise(finding: FindingRow, title: str, people: Sentence) -> Sentence:
    return fill(
        ngettext(
            "{people} did not get the answer that was promised for this week.",
            "{people} did not get the answers that were promised for this week.",
            finding.people,
        ),
        people=people,
    )


def _several_districts(finding: FindingRow, title: str, people: Sentence) -> Sentence:
    return fill(
        _("{title}: it concerns {number} districts: {districts}."),
        title=capfirst(title),
        number=Part(str(len(finding.names)), people[0].behind),
        districts=join([(Part(name),) for name in finding.names]),
    )


_SENTENCES: Mapping[str, _Writer] = {
    "emerging": _emerging,
    "persistent": _persistent,
    "gone": _gone,
    "wrong": _sentiment(
        gettext_noop("{title}: for {people} of {of} people, something goes wrong."),
        gettext_noop("More complaints than usual: from {people}, instead of {expected}."),
    ),
    "well": _sentiment(
        gettext_noop("{title}: {people} of {of} people say that it goes well."),
        gettext_noop("More thanks than usual: from {people}, instead of {expected}."),
    ),
    "suggested": _suggested,
    "unanswered": _unanswered,
    "broken_promise": _broken_promise,
    "several_districts": _several_districts,
}


def count_of_messages(subject: SubjectRow, total: int) -> Sentence:
    """Return "12 of 13 messages, from 11 people"."""
    return fill(
        ngettext("{number} of {total} message, from {people}", "{number} of {total} messages, from {people}", total),
        number=Part(str(len(subject.messages)), f"subject-{subject.id}"),
        total=Part(str(total), "group-all"),
        people=count_people(subject.people, f"subject-{subject.id}"),
    )

"""The messages behind a number of an edition, by the key that its part of a sentence has."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.finding_sections import Attention, Findings
from portevoix.journal.render.findings import ATTENTION, STATES
from portevoix.journal.words import figure_words
from portevoix.journal.words.wording import describe_finding, plain
from portevoix.web.templatetags.shell import channel_name

ROLES: Mapping[str, str] = {
    "request": gettext_noop("New requests"),
    "reminder": gettext_noop("Reminders"),
    "thanks": gettext_noop("Satisfaction"),
}
SENTIMENTS: Mapping[str, str] = {
    "wrong": gettext_noop("Something goes wrong"),
    "well": gettext_noop("Something goes well"),
}


@dataclass(frozen=True, slots=True)
class Behind:
    """The messages, by number, and conversations that a number counts; `title` is a subject's phrase, or ""."""

    messages: tuple[str, ...]
    conversations: tuple[int, ...]
    title: str = ""

    @property
    def numbers(self) -> tuple[int, ...]:
        """Return the numbers of the messages in the record."""
        return tuple(int(each) for each in self.messages)


def name_behind(edition: Edition, key: str) -> str:
    """Return what a number says, for the head of the page with its messages."""
    kind, _dash, code = key.partition("-")
    findings = edition.section("findings")
    if kind == "finding":
        return next((plain(describe_finding(each)) for each in findings.findings if each.id == code), "")
    if kind == "attention":
        return figure_words.translate_code(ATTENTION, code)
    group, _dash, value = code.partition("-")
    names = {"kind": figure_words.KINDS, "state": STATES, "role": ROLES, "sentiment": SENTIMENTS}
    if kind == "group" and group in names:
        return figure_words.translate_code(names[group], value)
    return channel_name(value) if group == "channel" else ""


def find_behind(edition: Edition, key: str) -> Behind | None:
    """Return what is behind a number; None for a key that the edition does not have."""
    return next((behind for own, behind in _every(edition) if own == key), None)


def _every(edition: Edition) -> Iterator[tuple[str, Behind]]:
    findings, attention = edition.section("findings"), edition.section("attention")
    if findings:
        yield from _of_findings(findings)
    if attention:
        yield from _of_attention(attention)


def _of_findings(findings: Findings) -> Iterator[tuple[str, Behind]]:
    for subject in findings.subjects:
        yield f"subject-{subject.id}", Behind(subject.messages, subject.conversations, subject.phrase)
        for place, demand in enumerate(subject.demands):
            yield f"demand-{subject.id}-{place}", Behind(demand.messages, demand.conversations, demand.phrase)
    for finding in findings.findings:
        yield f"finding-{finding.id}", Behind(finding.messages, finding.conversations, finding.phrase)
    for place, campaign in enumerate(findings.campaigns):
        yield f"campaign-{place}", Behind(campaign.messages, campaign.conversations, campaign.phrase)
    for group in findings.groups:
        yield f"group-{group.code}", Behind(group.messages, ())


def _of_attention(attention: Attention) -> Iterator[tuple[str, Behind]]:
    for each in attention.lists:
        yield f"attention-{each.code}", Behind((), each.conversations or tuple(row.conversation for row in each.rows))

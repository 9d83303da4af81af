"""What the templates show of subjects, findings and lists: names, sentences, and the keys of numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from portevoix.journal.edition_addresses import messages_address
from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.finding_sections import AttentionRow, DemandRow, FindingRow, Findings, SubjectRow
from portevoix.journal.words import figure_words
from portevoix.journal.words.front_lines import write_lines
from portevoix.journal.words.wording import count_of_messages, describe_campaign, describe_finding

FINDINGS: Mapping[str, str] = {
    "emerging": gettext_noop("Unusual"),
    "persistent": gettext_noop("Lasting"),
    "gone": gettext_noop("Less than usual"),
    "wrong": gettext_noop("Goes wrong"),
    "well": gettext_noop("Goes well"),
    "suggested": gettext_noop("Suggested"),
    "unanswered": gettext_noop("Without reply"),
    "broken_promise": gettext_noop("Broken promise"),
    "several_districts": gettext_noop("Several districts"),
}
ATTENTION: Mapping[str, str] = {
    "danger": gettext_noop("Dangers reported"),
    "broken": gettext_noop("Promises broken"),
    "reminder": gettext_noop("Reminders after a missed date"),
    "longest": gettext_noop("Who waits longest"),
}
STATES: Mapping[str, str] = {
    "answered": gettext_noop("answered"),
    "holding": gettext_noop("holding reply"),
    "closed": gettext_noop("closed without reply"),
    "waiting": gettext_noop("waits"),
}


@dataclass(frozen=True, slots=True)
class KnownMatters:
    """What the record says of the matters of an edition by now: titles, and which are only proposed."""

    titles: Mapping[int, str]
    proposed: frozenset[int]

    @classmethod
    def nothing(cls) -> "KnownMatters":
        return cls({}, frozenset())


def findings_context(edition: Edition, matters: KnownMatters) -> dict[str, Any]:
    """Return what the templates of findings, subjects and lists show; {} of an edition without them."""
    findings, attention = edition.section("findings"), edition.section("attention")
    listed = _list_attention(edition)
    if findings is None:
        return {"too_many": attention is not None, "attention": listed}
    return {
        "lines": write_lines(edition),
        "reworded": write_lines(edition) != write_lines(edition, reworded=False),
        "sentences": describe_findings(edition),
        "campaigns": [describe_campaign(each, place) for place, each in enumerate(findings.campaigns)],
        "subjects": [_subject(row, findings, matters) for row in findings.subjects],
        "attention": listed,
    }


def _list_attention(edition: Edition) -> list[dict[str, Any]]:
    attention = edition.section("attention")
    return [
        {
            "code": each.code,
            "name": figure_words.translate_code(ATTENTION, each.code),
            "rows": each.rows,
            "more": each.total - len(each.rows),
            "address": messages_address(edition, f"attention-{each.code}"),
        }
        for each in (attention.lists if attention else ())
    ]


def describe_findings(edition: Edition) -> list[dict[str, Any]]:
    """Return the findings of an edition as the templates show them; none of one stored before there were any."""
    findings = edition.section("findings")
    return [_describe(row) for row in findings.findings] if findings else []


def _describe(row: FindingRow) -> dict[str, Any]:
    return {
        "row": row,
        "name": figure_words.translate_code(FINDINGS, row.finding),
        "sentence": describe_finding(row),
        "certainty": certainty(row),
    }


def certainty(row: FindingRow) -> str:
    """Return how certain a tested finding is, in words; "" for one that was not tested."""
    if row.q_value is None or row.finding == "gone":
        return ""
    weeks = ngettext("{number} week", "{number} weeks", row.compared).format(number=row.compared)
    text = _("certain") if row.q_value <= 0.001 else _("nearly certain") if row.q_value <= 0.01 else _("probable")
    return _("{certainty}, by {weeks} of comparison").format(certainty=text, weeks=weeks)


def _subject(row: SubjectRow, findings: Findings, matters: KnownMatters) -> dict[str, Any]:
    title = (matters.titles.get(row.matter, "") if row.matter else "") or row.phrase or _("A subject without a name")
    return {
        "row": row,
        "title": capfirst(title),
        "proposed": row.matter in matters.proposed,
        "count": count_of_messages(row, findings.messages),
        "states": describe_states(row),
        "demands": [_demand(row, place, each) for place, each in enumerate(row.demands) if each.phrase],
    }


def _demand(subject: SubjectRow, place: int, row: DemandRow) -> dict[str, Any]:
    return {"phrase": row.phrase, "people": row.people, "key": f"demand-{subject.id}-{place}"}


def describe_states(row: SubjectRow) -> str:
    """Return the states of a subject's messages: "9 answered, 2 holding replies, 2 wait"."""
    texts = {
        "answered": lambda n: ngettext("{number} answered", "{number} answered", n),
        "holding": lambda n: ngettext("{number} holding reply", "{number} holding replies", n),
        "closed": lambda n: ngettext("{number} closed without reply", "{number} closed without reply", n),
        "waiting": lambda n: ngettext("{number} waits", "{number} wait", n),
    }
    parts = [texts[each.code](each.count.now).format(number=each.count.now) for each in row.states]
    rest = len(row.messages) - sum(each.count.now for each in row.states)
    if rest and parts:
        calls = ngettext("{number} calls for no reply", "{number} call for no reply", rest)
        parts.append(calls.format(number=rest))
    return ", ".join(parts)


def row_span(row: AttentionRow) -> str:
    """Return how long it took until somebody replied."""
    return figure_words.span(row.seconds) if row.until else ""

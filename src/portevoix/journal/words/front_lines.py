"""The five lines at the head of an edition: what happened, is asked, was answered, is dangerous, is to be decided."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_noop, ngettext
from django.utils.translation import gettext as _

from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.finding_sections import Attention, AttentionList, AttentionRow, Findings
from portevoix.journal.words import figure_words
from portevoix.journal.words.wording import (
    Part,
    Sentence,
    count_messages,
    count_of_messages,
    count_people,
    describe_campaign,
    describe_finding,
    describe_volume,
    fill,
    join,
    link_numbers,
    quote,
)
from portevoix.record.queries.wait_states import WaitState

MOST_DEMANDS, MOST_DANGERS = 3, 2
NAMES = {
    "happened": gettext_noop("What happened"),
    "asked": gettext_noop("What is asked"),
    "answered": gettext_noop("What was answered"),
    "danger": gettext_noop("What is dangerous"),
    "decide": gettext_noop("What to decide and do"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line: `code` is a key of NAMES."""

    code: str
    sentence: Sentence

    @property
    def name(self) -> str:
        return _(NAMES[self.code])


def write_lines(edition: Edition, *, reworded: bool = True) -> tuple[Line, ...]:
    """Return the five lines of an edition, dangers first where there are any; none of one that has no findings.

    `reworded`: as the city's language model put them, where that is stored. Where the city's replies are not known
    nothing is said of what was answered, nor that nothing is to be decided.
    """
    findings, attention = edition.section("findings"), edition.section("attention")
    if findings is None or attention is None:
        return ()
    lists = {each.code: each for each in attention.lists}
    is_known = edition.section("replies") is not None
    decisions = list(_find_decisions(edition, findings, attention))
    danger = Line("danger", _say_what_is_dangerous(attention, lists.get("danger"), is_known=is_known))
    lines = (
        *((danger,) if "danger" in lists or attention.unrouted_dangers else ()),
        Line("happened", _say_what_happened(edition)),
        Line("asked", _say_what_is_asked(edition, findings)),
        *((Line("answered", _say_what_was_answered(findings)),) if is_known else ()),
        *(() if "danger" in lists or attention.unrouted_dangers else (danger,)),
        *((Line("decide", _say_what_to_decide(decisions)),) if is_known or decisions else ()),
    )
    language = (get_language() or "").split("-")[0]
    texts = next((each.lines for each in findings.rewordings if each.language == language), None) if reworded else None
    if texts is None:
        return lines
    return tuple(Line(line.code, link_numbers(text, line.sentence)) for line, text in zip(lines, texts, strict=True))


def write_first_line(edition: Edition) -> Sentence:
    """Return what happened; of an edition that was stored before there were findings, what came in."""
    findings = edition.section("findings")
    return _say_what_happened(edition) if findings else describe_volume(edition.section("volume"))


def _is_quiet(edition: Edition) -> bool:
    """Return whether nothing is dangerous, promised and broken, rejected as a subject, unusual, or more than usual."""
    findings, attention = edition.section("findings"), edition.section("attention")
    total = edition.section("volume").total
    is_calm = not {each.code for each in attention.lists} - {"longest"} and total.now <= (total.mean or 0)
    return is_calm and not findings.rejected and all(each.q_value is None for each in findings.findings)


def _say_what_happened(edition: Edition) -> Sentence:
    findings: Findings = edition.section("findings")
    emerging = [each for each in findings.findings if each.finding == "emerging"]
    if emerging:
        return sum((tuple([*describe_finding(each), Part(" ")]) for each in emerging[:2]), ())[:-1]
    if findings.subjects:
        lead = findings.subjects[0]
        title = capfirst(lead.phrase or _("A subject without a name"))
        return fill(_("{title}: {count}."), title=title, count=count_of_messages(lead, findings.messages)) + (
            () if not findings.tested else fill(_(" Nothing is unusually frequent."))
        )
    if findings.campaigns:
        return describe_campaign(findings.campaigns[0], 0)
    total = count_messages(findings.messages, "group-all")
    if findings.tested and _is_quiet(edition):
        quiet = ngettext(
            "A quiet week: {messages}, and nothing unusual.",
            "A quiet week: {messages}, and nothing unusual.",
            findings.messages,
        )
        return fill(quiet, messages=total)
    if findings.rejected:
        rejected = ngettext(
            "{messages}; {number} subject was rejected.",
            "{messages}; {number} subjects were rejected.",
            len(findings.rejected),
        )
        return fill(rejected, messages=total, number=str(len(findings.rejected)))
    text = ngettext("{messages}.", "No subject stands out: {messages}.", findings.messages)
    return fill(text, messages=total)


def _say_what_is_asked(edition: Edition, findings: Findings) -> Sentence:
    demands = [
        fill(
            _("{demand} ({number})"),
            demand=quote(figure_words.unbroken(each.phrase)),
            number=Part(str(each.people), key),
        )
        for subject in findings.subjects[:1]
        for place, each in enumerate(subject.demands[:MOST_DEMANDS])
        if each.phrase and (key := f"demand-{subject.id}-{place}")
    ]
    if demands:
        return join(demands)
    kinds = [row for row in edition.section("volume").kinds if row.count.now]
    parts = [
        fill(
            _("{kind}: {number}"),
            kind=figure_words.translate_code(figure_words.KINDS, row.code),
            number=Part(str(row.count.now), f"group-kind-{row.code}"),
        )
        for row in kinds
    ]
    return fill(_("No demand to quote. {kinds}."), kinds=join(parts)) if parts else fill(_("Nothing was asked."))


def _say_what_was_answered(findings: Findings) -> Sentence:
    counts = {state: findings.count(f"state-{state}") for state in WaitState}
    if not sum(counts.values()):
        return fill(_("No message called for a reply."))
    texts = {
        WaitState.ANSWERED: ngettext("{number} was answered", "{number} were answered", counts[WaitState.ANSWERED]),
        WaitState.HOLDING: ngettext(
            "{number} had a holding reply", "{number} had a holding reply", counts[WaitState.HOLDING]
        ),
        WaitState.CLOSED: ngettext(
            "{number} was closed without a reply", "{number} were closed without a reply", counts[WaitState.CLOSED]
        ),
        WaitState.WAITING: ngettext("{number} is waiting", "{number} are waiting", counts[WaitState.WAITING]),
    }
    parts = [
        fill(texts[state], number=Part(str(counts[state]), f"group-state-{state}")) for state in texts if counts[state]
    ]
    total = sum(counts.values())
    template = ngettext(
        "Of {number} message that called for a reply, {states}.",
        "Of {number} messages that called for a reply, {states}.",
        total,
    )
    return fill(template, number=str(total), states=join(parts))


def _say_what_is_dangerous(attention: Attention, dangers: AttentionList | None, *, is_known: bool) -> Sentence:
    found = _say_dangers(dangers, is_known=is_known)
    if not attention.unrouted:
        return found
    unrouted = fill(
        ngettext(
            "{number} message of the city has no department yet",
            "{number} messages of the city have no department yet",
            attention.unrouted,
        ),
        number=str(attention.unrouted),
    )
    if not attention.unrouted_dangers:
        return fill(_("{dangers} {unrouted}."), dangers=found, unrouted=unrouted)
    return fill(
        ngettext(
            "{dangers} {unrouted}, {number} of which may speak of a danger.",
            "{dangers} {unrouted}, {number} of which may speak of dangers.",
            attention.unrouted_dangers,
        ),
        dangers=found,
        unrouted=unrouted,
        number=str(attention.unrouted_dangers),
    )


def _say_dangers(dangers: AttentionList | None, *, is_known: bool) -> Sentence:
    if dangers is None:
        return fill(_("The program found no danger in the messages."))
    rows = [_describe_danger(row, is_known=is_known) for row in dangers.rows[:MOST_DANGERS]]
    template = _plain_dangers(dangers) if not dangers.likely else _likely_dangers(dangers)
    return fill(template, number=Part(str(dangers.total), "attention-danger"), rows=join(rows))


def _plain_dangers(dangers: AttentionList) -> str:
    if dangers.total > MOST_DANGERS:
        return _("The program found {number} dangers, among them {rows}.")
    return ngettext(
        "The program found {number} danger: {rows}.", "The program found {number} dangers: {rows}.", dangers.total
    )


def _likely_dangers(dangers: AttentionList) -> str:
    """Return a template for dangers of which some, or all, are not said plainly."""
    if dangers.total > MOST_DANGERS:
        return _("{number} messages speak of a danger, plainly or perhaps, among them {rows}.")
    if dangers.likely < dangers.total:
        return _("{number} messages speak of a danger, plainly or perhaps: {rows}.")
    return ngettext(
        "{number} message may speak of a danger: {rows}.",
        "{number} messages may speak of a danger: {rows}.",
        dangers.total,
    )


def _describe_danger(row: AttentionRow, *, is_known: bool) -> Sentence:
    """Describe a danger, and how soon it was replied to where replies are known."""
    gist = quote(row.gist) if row.gist else _("text withheld (health, a minor, or a person accused)")
    if not is_known:
        return fill("{gist}", gist=gist)
    if row.until is None:
        return fill(_("{gist}, no reply yet"), gist=gist)
    return fill(_("{gist}, first reply after {span}"), gist=gist, span=figure_words.span(row.seconds))


def _say_what_to_decide(decisions: Sequence[Sentence]) -> Sentence:
    return fill(_("{several}."), several=join(decisions)) if decisions else fill(_("Nothing waits for a decision."))


def _find_decisions(edition: Edition, findings: Findings, attention: Attention) -> Iterator[Sentence]:
    lists = {each.code: each for each in attention.lists}
    if broken := lists.get("broken"):
        yield fill(
            ngettext("{number} broken promise to make good", "{number} broken promises to make good", broken.total),
            number=Part(str(broken.total), "attention-broken"),
        )
    if reminders := lists.get("reminder"):
        yield fill(
            ngettext(
                "{number} reminder after a missed date", "{number} reminders after a missed date", reminders.total
            ),
            number=Part(str(reminders.total), "attention-reminder"),
        )
    if longest := lists.get("longest"):
        yield fill(
            ngettext(
                "{number} conversation whose last message waits for a reply, since {date}",
                "{number} conversations whose last message waits for a reply, the oldest since {date}",
                longest.total,
            ),
            number=Part(str(longest.total), "attention-longest"),
            date=figure_words.date_of(longest.rows[0].at, edition.timezone),
        )
    for finding in findings.findings:
        if finding.finding == "suggested":
            yield fill(
                ngettext(
                    "a suggestion from {people} to look at", "suggestions from {people} to look at", finding.people
                ),
                people=count_people(finding.people, f"finding-{finding.id}"),
            )

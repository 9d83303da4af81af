"""An edition as a row of blocks, in the order of its page, with the sentences of its page."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portevoix.journal.editions.edition import Edition, is_empty
from portevoix.journal.editions.finding_sections import AttentionRow
from portevoix.journal.editions.sections import Count, PromiseRow, Voice
from portevoix.journal.render.blocks import Block, Figure, Figures, Heading, Item, Items, Lines, Quote, Words
from portevoix.journal.render.figure_blocks import outline_departments, outline_replies, outline_volume, say_eight
from portevoix.journal.render.findings import STATES, KnownMatters, findings_context, row_span
from portevoix.journal.render.html import is_short, standing_out
from portevoix.journal.words import answer_words, figure_words
from portevoix.journal.words.wording import plain
from portevoix.web.templatetags.shell import channel_name


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of an edition is told: the most rows of a list, subjects, quotations of each; whether with tables."""

    rows: int = 1000
    subjects: int = 1000
    quotations: int = 1000
    tables: bool = True


@dataclass(frozen=True, slots=True)
class Sources:
    """An edition and what its blocks are made of. `answers`: what departments answered, by the finding's id."""

    edition: Edition
    extent: Extent
    answers: Mapping[str, str]
    context: Mapping[str, Any] = field(default_factory=dict)


def outline_edition(
    edition: Edition, *, extent: Extent | None = None, answers: Mapping[str, str] | None = None
) -> tuple[Block, ...]:
    """Return the blocks of an edition, in the language that is active. `extent`: how much of it; everything if None."""
    if is_empty(edition) and edition.section("answered") is None:
        return (Words(say_empty(edition)),)
    sources = Sources(edition, extent or Extent(), answers or {}, findings_context(edition, KnownMatters.nothing()))
    blocks = [*_outline_front(sources)]
    for section in edition.sections:
        writer = _SECTIONS.get(section.kind)
        if writer and not (is_short(edition) and section.kind in ("voices", "volume")):
            blocks += writer(sources, section)
    return tuple(blocks)


def say_empty(edition: Edition) -> str:
    """Return the sentence of an edition without messages and promises."""
    if not edition.department:
        return _(
            "No message was received this week. Messages appear here as soon as an account is connected in the "
            "settings, or an archive has been taken in."
        )
    text = _("No message for the department %(name)s was received this week, and none of its promises fell due.")
    return text % {"name": name_department(edition, edition.department)}


def name_department(edition: Edition, slug: str) -> str:
    """Return a department's name as the edition stores it; the whole city's for ""."""
    return edition.department_names.get(slug, slug) if slug else _("The whole city")


def say_week(edition: Edition) -> str:
    """Return the week's number and its days: "Week 47 · 16 – 22 November 2026"."""
    return f"{_('Week %(number)s') % {'number': edition.week[6:]}} · {figure_words.week_days(edition)}"


def say_end(edition: Edition) -> str:
    """Return what an edition ends with: as of when it is told, and that names are masked."""
    until = figure_words.moment(edition.cut_off, edition.timezone)
    return " ".join(
        [
            _("Told as it was known on %(until)s.") % {"until": until},
            _("Names, addresses and numbers of citizens are masked."),
            _("Kinds and sentiments that no colleague has confirmed are estimated by the program.")
            if not edition.from_file
            else _("Departments, kinds and sentiments that the file did not have are estimated by the program."),
        ]
    )


def _outline_front(sources: Sources) -> Iterator[Block]:
    edition = sources.edition
    if answered := edition.section("answered"):
        by_one = edition.department
        yield Heading(_("Answered by the department since") if by_one else _("Answered by the departments since"))
        yield Items(tuple(_answered_item(row, edition) for row in answered.rows[: sources.extent.rows]))
    if is_empty(edition):
        yield Words(say_empty(edition))
        return
    if lines := sources.context.get("lines"):
        yield Lines(tuple((line.name, plain(line.sentence)) for line in lines))
        if sources.context.get("reworded"):
            yield Words(
                _("Reworded by a language model; numbers and names were checked against the findings."), soft=True
            )
    elif standing := standing_out(edition):
        yield Words(" · ".join(figure_words.lead(row.name, row.count) for row in standing) + ".")
    yield _outline_figures(edition)
    if not edition.compared:
        yield Words(_("This is the first week on record: there is nothing yet to compare it with."), soft=True)


def _answered_item(row: Any, edition: Edition) -> Item:
    week = _("Week %(number)s") % {"number": row.week[6:]}
    name = name_department(edition, row.department) if row.department and not edition.department else ""
    says = ". ".join(filter(None, [answer_words.name_row(row), row.text]))
    signed = " · ".join(filter(None, [row.signature, name]))
    return Item(answer_words.describe_row(row), badge=week, answer=f"{says} — {signed}" if signed else says)


def _outline_figures(edition: Edition) -> Figures:
    volume, voices = edition.section("volume"), edition.section("voices")
    rows = [
        _figure(_("Messages"), volume.total),
        *(
            [
                _figure(_("Something goes wrong"), voices.wrong.count),
                _figure(_("Something goes well"), voices.well.count),
            ]
            if voices
            else []
        ),
        *say_eight(edition),
    ]
    return Figures(tuple(rows))


def _figure(name: str, count: Count) -> Figure:
    return Figure(name, str(count.now), figure_words.compared(count))


def _outline_attention(sources: Sources, section: Any) -> Iterator[Block]:
    edition = sources.edition
    yield Heading(_("To do"))
    listed = sources.context["attention"]
    if not listed:
        yield Words(
            _("Nothing is to be treated: no danger, no broken promise, nobody who waits.")
            if edition.section("replies")
            else _("No danger was reported. Who was replied to, and who waits, is not in the file.")
        )
    for each in listed:
        rows = each["rows"][: sources.extent.rows]
        yield Heading(each["name"], 3)
        yield Items(tuple(_attention_item(row, each["code"], edition) for row in rows))
        if more := each["more"] + len(each["rows"]) - len(rows):
            yield say_more(more)


def say_more(number: int) -> Words:
    """Return that a list goes on."""
    text = ngettext("and %(number)s more", "and %(number)s more", number)
    return Words(text % {"number": number}, soft=True)


def _attention_item(row: AttentionRow, code: str, edition: Edition) -> Item:
    notes = [_("perhaps") if row.likely else "", figure_words.day(row.at, edition.timezone)]
    if row.department and not edition.department:
        notes.append(name_department(edition, row.department))
    if code == "danger" and edition.section("replies"):
        after = _("first reply after %(span)s") % {"span": row_span(row)}
        notes.append(after if row.until else _("no reply yet"))
    return Item(_gist(row.gist), note=" · ".join(filter(None, notes)))


def _gist(text: str) -> str:
    return figure_words.unbroken(text) or _("Text withheld (health, a minor, or a person accused)")


def _outline_findings(sources: Sources, section: Any) -> Iterator[Block]:
    context, extent = sources.context, sources.extent
    yield Heading(_("What people wrote about"))
    if sentences := context["sentences"][: extent.rows]:
        yield Items(tuple(_finding_item(each, sources.answers) for each in sentences))
    if more := len(context["sentences"]) - len(sentences):
        yield say_more(more)
    for campaign in context["campaigns"][: extent.rows]:
        yield Words(plain(campaign))
    for subject in context["subjects"][: extent.subjects]:
        yield from _outline_subject(subject, sources)
    if more := len(context["subjects"]) - extent.subjects:
        yield from [say_more(more)] if more > 0 else []
    if not context["subjects"]:
        rejected = _("The subjects that the program had found were rejected.")
        yield Words(rejected if section.rejected else _("No subject was common to three people or more this week."))
    elif section.single:
        text = ngettext(
            "%(number)s other message is outside of these subjects.",
            "%(number)s other messages are outside of these subjects.",
            section.single,
        )
        yield Words(text % {"number": section.single}, soft=True)


def _finding_item(each: Mapping[str, Any], answers: Mapping[str, str]) -> Item:
    number = each["row"].id
    return Item(plain(each["sentence"]), each["name"], each["certainty"], answers.get(number, ""), number)


def _outline_subject(subject: Mapping[str, Any], sources: Sources) -> Iterator[Block]:
    row, edition = subject["row"], sources.edition
    yield Heading(subject["title"], 3)
    counts = [plain(subject["count"]), subject["states"]]
    if row.copies > 1:
        counts.append(_("%(number)s people sent the same text: a campaign") % {"number": row.copies})
    yield Words(" · ".join(filter(None, counts)))
    if row.sensitive:
        yield Words(
            _("A sensitive subject (health, a minor, a person accused): it is reported here, and not quoted."),
            soft=True,
        )
        return
    for voice in row.voices[: sources.extent.quotations]:
        yield _quote(voice, edition)
    if subject["demands"] and sources.extent.quotations:
        yield Words(_("What is asked"))
        rows = subject["demands"][: sources.extent.rows]
        yield Items(tuple(Item(f"{figure_words.unbroken(each['phrase'])} ({each['people']})") for each in rows))
    if row.districts:
        yield Words(f"{_('Districts:')} " + ", ".join(f"{each.code} ({each.count.now})" for each in row.districts))


def _quote(voice: Voice, edition: Edition) -> Quote:
    sources = [channel_name(voice.channel) + (f", {_('private message')}" if voice.private else "")]
    if voice.department and not edition.department:
        sources.append(name_department(edition, voice.department))
    sources.append(figure_words.day(voice.sent_at, edition.timezone))
    if voice.state:
        sources.append(figure_words.translate_code(STATES, voice.state))
    return Quote(_gist(voice.text) + (" […]" if voice.cut else ""), " · ".join(sources))


def _outline_voices(sources: Sources, section: Any) -> Iterator[Block]:
    yield Heading(_("What goes wrong, what goes well"))
    for name, side in ((_("What goes wrong"), section.wrong), (_("What goes well"), section.well)):
        yield Heading(name, 3)
        said, compared = capfirst(figure_words.messages(side.count.now)), figure_words.compared(side.count)
        whole = _("%(messages)s; %(compared)s") % {"messages": said, "compared": compared}
        yield Words(f"{whole if compared else said}.")
        for voice in side.voices[: sources.extent.quotations]:
            yield _quote(voice, sources.edition)


def _outline_messages(sources: Sources, section: Any) -> Iterator[Block]:
    yield Heading(_("All messages of the week"))
    rows = section.rows[: sources.extent.rows]
    yield from (_quote(voice, sources.edition) for voice in rows)
    if more := len(section.rows) - len(rows):
        yield say_more(more)
    elif not rows:
        yield Words(_("No message can be quoted."), soft=True)


def _outline_promises(sources: Sources, section: Any) -> Iterator[Block]:
    yield Heading(_("What was promised"))
    if not section.total.now:
        yield Words(_("No promise has its date in this week."), soft=True)
        return
    outcomes = (figure_words.outcome(row.code, row.count.now) for row in section.outcomes if row.count.now)
    yield Items(tuple(Item(text) for text in outcomes))
    rows = section.listed[: sources.extent.rows]
    yield Items(tuple(_promise_item(row, sources.edition) for row in rows))
    if more := section.more + len(section.listed) - len(rows):
        yield say_more(more)


def _promise_item(row: PromiseRow, edition: Edition) -> Item:
    notes = [f"{_('Promised for')} {figure_words.day(row.promised_at, edition.timezone)}"]
    if row.answered_at:
        notes.append(f"{_('Answered')} {figure_words.day(row.answered_at, edition.timezone)}")
    if row.department and not edition.department:
        notes.append(name_department(edition, row.department))
    word = figure_words.translate_code(figure_words.OUTCOME_WORDS, row.outcome)
    return Item(_gist(row.gist), badge=capfirst(word), note=" · ".join(notes))


def _outline_repaired(sources: Sources, section: Any) -> Iterator[Block]:
    if not section.rows or not sources.extent.quotations:
        return
    edition = sources.edition
    yield Heading(_("Repaired"))
    for row in section.rows[: sources.extent.rows]:
        name = name_department(edition, row.department) if row.department else edition.city or _("The city")
        yield Quote(_gist(row.text), figure_words.day(row.sent_at, edition.timezone))
        yield Quote(_gist(row.reply), f"{name} · {figure_words.day(row.replied_at, edition.timezone)}")
        yield Quote(_gist(row.thanks), figure_words.day(row.thanked_at, edition.timezone))


def _outline_volume(sources: Sources, section: Any) -> Iterator[Block]:
    return outline_volume(sources.edition, section, tables=sources.extent.tables)


def _outline_replies(sources: Sources, section: Any) -> Iterator[Block]:
    return outline_replies(sources.edition, section, tables=sources.extent.tables)


def _outline_departments(sources: Sources, section: Any) -> Iterator[Block]:
    return outline_departments(sources.edition, section, most=sources.extent.rows)


_SECTIONS: Mapping[str, Callable[[Sources, Any], Iterator[Block]]] = {
    "attention": _outline_attention,
    "departments": _outline_departments,
    "findings": _outline_findings,
    "messages": _outline_messages,
    "promises": _outline_promises,
    "repaired": _outline_repaired,
    "replies": _outline_replies,
    "voices": _outline_voices,
    "volume": _outline_volume,
}

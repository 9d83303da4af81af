"""Template filters for the words of `journal.words.figure_words`."""

from datetime import datetime

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portevoix.journal.edition_addresses import edition_address, messages_address
from portevoix.journal.editions.answer_sections import AnsweredRow
from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.sections import Tally
from portevoix.journal.render.curve import draw_curve
from portevoix.journal.render.findings import STATES, row_span
from portevoix.journal.words import answer_words, figure_words
from portevoix.journal.words.wording import Part, Sentence
from portevoix.web.formatting import percent

register = template.Library()

for _name in (
    "average",
    "begun_line",
    "compared",
    "interval",
    "messages",
    "span",
    "spread",
    "unbroken",
    "week_number",
    "weeks_before",
):
    register.filter(_name, getattr(figure_words, _name))
register.filter("share", percent)
register.filter("week_days", figure_words.week_days)


register.filter("curve", draw_curve)
register.filter("row_span", row_span)
register.filter("answered_finding", answer_words.describe_row)
register.filter("answered_name", answer_words.name_row)


@register.filter
def answered_address(row: AnsweredRow, edition: Edition) -> str:
    """Return the address of the edition in which the finding stands: a department reads its own."""
    return edition_address(row.week, row.department or edition.department)


@register.filter
def wait_state(code: str) -> str:
    return figure_words.translate_code(STATES, code)


@register.simple_tag(takes_context=True)
def say(context: template.Context, sentence: Sentence) -> SafeString:
    """Return a sentence as HTML; each number leads to the messages behind it, for readers of the page."""
    edition = context["edition"] if context.get("linked") else None
    if edition is not None and edition.section("findings") is None:
        edition = None
    return format_html_join("", "{}", ((_link(part, edition),) for part in sentence))


def _link(part: Part, edition: Edition | None) -> str:
    if edition is None or not part.behind or "/" in part.behind:
        return part.text
    return format_html('<a class="journal__number" href="{}">{}</a>', messages_address(edition, part.behind), part.text)


@register.simple_tag(takes_context=True)
def number(context: template.Context, count: int, key: str) -> SafeString | str:
    """Return a number that leads to the messages behind it, for readers of the page."""
    edition = context["edition"] if context.get("linked") else None
    has_groups = edition is not None and edition.section("findings") is not None
    return _link(Part(str(count), key if count else ""), edition if has_groups else None)


@register.filter
def outcome_line(row: Tally) -> str:
    return figure_words.outcome(row.code, row.count.now)


@register.filter
def outcome_word(code: str) -> str:
    return figure_words.translate_code(figure_words.OUTCOME_WORDS, code)


@register.filter
def horizon_name(code: str) -> str:
    return figure_words.translate_code(figure_words.HORIZONS, code)


@register.filter
def department_name(slug: str, edition: Edition) -> str:
    """Return a department's name as the edition stores it."""
    return edition.department_names.get(slug, slug)


@register.filter
def day(instant: datetime, edition: Edition) -> str:
    return figure_words.day(instant, edition.timezone)


@register.filter
def moment(instant: datetime, edition: Edition) -> str:
    return figure_words.moment(instant, edition.timezone)

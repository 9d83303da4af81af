"""The words of an edition: codes, counts, shares and times in the reader's language."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from portevoix.journal.editions.sections import Count, Share, Volume
from portevoix.kernel.clock import parse_week
from portevoix.web import label_words
from portevoix.web.formatting import format_date

KINDS: Mapping[str, str] = {kind: label.plural for kind, label in label_words.KINDS.items()} | {
    "": gettext_noop("Not sorted yet")
}
OUTCOME_WORDS: Mapping[str, str] = {
    "kept": gettext_noop("kept"),
    "late": gettext_noop("late"),
    "broken": gettext_noop("broken"),
    "open": gettext_noop("to come"),
    # Of editions that were kept before a promise had one outcome:
    "due": gettext_noop("to come"),
    "renewed": gettext_noop("renewed"),
}
MEASURES: Mapping[str, str] = {
    "first elapsed": gettext_noop("First reply, 24 hours a day"),
    "first service": gettext_noop("First reply, counting opening hours"),
    "answer elapsed": gettext_noop("Answer, 24 hours a day"),
    "answer service": gettext_noop("Answer, counting opening hours"),
}
HORIZONS: Mapping[str, str] = {
    "1h": gettext_noop("1 hour"),
    "8h": gettext_noop("8 hours"),
    "24h": gettext_noop("24 hours"),
    "72h": gettext_noop("72 hours"),
}

LONG_HOURS = 96
"""Hours from which on a duration is said in days."""
_BEFORE_MARK = re.compile(r" ([!?;:»])")


def translate_code(names: Mapping[str, str], code: str) -> str:
    """Return the translated name of a code; a code without a name stays as it is."""
    return _(names[code]) if code in names else code


def week_number(week: str) -> str:
    """Return a week as an axis shows it: "W46", in French "S46"."""
    return pgettext("short for week, before its number", "W") + week[-2:].lstrip("0")


class OfWeek(Protocol):
    """What is of one week: an edition, or what the public reads of it."""

    @property
    def week(self) -> str: ...


def week_days(edition: OfWeek) -> str:
    """Return Monday to Sunday of an edition's week, as `days_of_week`."""
    return days_of_week(edition.week)


def days_of_week(week: str) -> str:
    """Return Monday to Sunday, like "9 – 15 November 2026", in French "1er – 7 novembre 2026"."""
    monday = parse_week(week)
    sunday = monday + timedelta(days=6)
    last = format_date(sunday, _("j F Y"))
    if monday.month == sunday.month:
        return f"{format_date(monday, _('j F')).rpartition(' ')[0]} – {last}"
    return f"{format_date(monday, _('j F') if monday.year == sunday.year else _('j F Y'))} – {last}"


def moment(instant: datetime, timezone: str) -> str:
    """Return weekday, day and time in the city's own zone, like "Wednesday 18 November, 10:20"."""
    return format_date(_localize(instant, timezone), _("l j F, H:i"))


def day(instant: datetime, timezone: str) -> str:
    """Return day and time, short: "Wed 18 Nov., 10:20"."""
    return format_date(_localize(instant, timezone), _("D j N, H:i"))


def date_of(instant: datetime, timezone: str) -> str:
    """Return day and month, like "28 October"."""
    return format_date(_localize(instant, timezone), _("j F"))


def _localize(instant: datetime, timezone: str) -> datetime:
    return instant.astimezone(ZoneInfo(timezone)) if timezone else instant


def weeks_before(weeks: int) -> str:
    """Return the weeks of a comparison, like "the 8 weeks before"."""
    return _("the week before") if weeks == 1 else _("the {weeks} weeks before").format(weeks=weeks)


def average(count: Count) -> str:
    """Return the average of the weeks before: whole from 10 on, else with one decimal unless it is 0.

    Halves are rounded up.
    """
    mean = count.mean or 0.0
    places = 0 if mean >= 10 or _round_half_up(mean, 1) == _round_half_up(mean) else 1
    return number_format(_round_half_up(mean, places), decimal_pos=places)


def _round_half_up(number: float, places: int = 0) -> Decimal:
    return Decimal(number).quantize(Decimal(10) ** -places, ROUND_HALF_UP)


def spread(count: Count) -> str:
    """Return the lowest to the highest of the weeks before."""
    return str(count.low) if count.low == count.high else f"{count.low}–{count.high}"


def compared(count: Count) -> str:
    """Return the comparison in words; "" without a week to compare with."""
    weeks = len(count.past)
    if not weeks:
        return ""
    if weeks == 1:
        return _("the week before had {count}").format(count=count.past[0])
    if count.low == count.high:
        return _("each of the {weeks} weeks before had {count}").format(weeks=weeks, count=count.low)
    sentence = _("average of the {weeks} weeks before: {average} ({low} to {high})")
    return sentence.format(weeks=weeks, average=average(count), low=count.low, high=count.high)


def lead(name: str, count: Count) -> str:
    """Return a sentence like "Sports: 13 messages, the most in 9 weeks (2.9 on average)"."""
    text = (
        _("{name}: {messages}, the most in {weeks} weeks ({average} on average)")
        if count.apart > 0
        else _("{name}: {messages}, the fewest in {weeks} weeks ({average} on average)")
    )
    return text.format(name=name, messages=messages(count.now), weeks=len(count.past) + 1, average=average(count))


def outcome(code: str, number: int) -> str:
    """Return the number of promises with an outcome, like "1 promise kept late"."""
    texts = {
        "kept": ngettext("{number} promise kept", "{number} promises kept", number),
        "late": ngettext("{number} promise kept late", "{number} promises kept late", number),
        "broken": ngettext(
            "{number} promise broken: its date passed without an answer",
            "{number} promises broken: their dates passed without an answer",
            number,
        ),
        "open": ngettext("{number} promise still to come", "{number} promises still to come", number),
        # Of editions that were kept before a promise had one outcome:
        "due": ngettext("{number} promise still to come", "{number} promises still to come", number),
        "renewed": ngettext(
            "{number} promise renewed: another date was given in time",
            "{number} promises renewed: another date was given in time",
            number,
        ),
    }
    return texts[code].format(number=number)


def begun_line(volume: Volume) -> str:
    """Return how many conversations the waits rest on, and how many of them thanks began."""
    count, thanks = volume.begun, volume.begun_with_thanks
    text = ngettext("{number} conversation began.", "{number} conversations began.", count).format(number=count)
    if not thanks:
        return text
    more = ngettext("{number} of them began with thanks.", "{number} of them began with thanks.", thanks)
    return f"{text} {more.format(number=thanks)}"


def interval(share: Share) -> str:
    """Return the 95 % interval, like "38–52%"."""
    low, high = _round_half_up(share.low * 100), _round_half_up(share.high * 100)
    return _("{number}%").format(number=f"{low}–{high}")


def span(seconds: int | None) -> str:
    """Return a duration in words; more than a day without its minutes."""
    if seconds is None:
        return _("not reached yet")
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("{minutes} min").format(minutes=minutes)
    if hours >= LONG_HOURS:
        return _("{days} days").format(days=round(hours / 24))
    if hours >= 24 or not rest:
        return _("{hours} h").format(hours=round(minutes / 60))
    return _("{hours} h {minutes} min").format(hours=hours, minutes=rest)


def messages(number: int) -> str:
    """Return "no message", "1 message", "32 messages"."""
    if not number:
        return _("no message")
    return ngettext("{number} message", "{number} messages", number).format(number=number)


def unbroken(text: str) -> str:
    """Return a quoted text with no-break spaces before French punctuation; nothing else changes."""
    return _BEFORE_MARK.sub("\N{NO-BREAK SPACE}\\1", text)

"""The blocks of an edition's figures: what came in, how soon it was replied to, department by department."""

from collections.abc import Iterator

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.sections import DepartmentRow, Departments, Replies, Share, Volume
from portevoix.journal.render.blocks import Block, Chart, Figure, Heading, Table, Words
from portevoix.journal.render.html import (
    HorizonRow,
    describe_curve,
    describe_weeks,
    is_short,
    measure_table,
    within_eight,
)
from portevoix.journal.words import figure_words
from portevoix.journal.words.wording import describe_volume, plain
from portevoix.web.formatting import percent
from portevoix.web.templatetags.shell import channel_name


def say_eight(edition: Edition) -> Iterator[Figure]:
    """Yield how many had a first reply within eight hours, as the head of the page says it; nothing if not known."""
    replies = edition.section("replies")
    if replies is None:
        return
    eight = within_eight(replies)
    if share := eight["now"]:
        text = _("%(weeks)s had %(share)s")
        past = eight["past"]
        compared = (
            text % {"weeks": figure_words.weeks_before(edition.compared), "share": percent(past.value)} if past else ""
        )
        yield Figure(
            _("Had a first reply within 8 hours"), percent(share.value), compared, f"({figure_words.interval(share)})"
        )
    elif not eight["waits"]:
        yield Figure(_("Had a first reply"), "–", _("no new conversation"))
    elif eight["enough"]:
        yield Figure(_("Had a first reply"), "–", _("too early to say"))
    else:
        number = _("%(answered)s of %(all)s") % {"answered": eight["answered"], "all": eight["waits"]}
        yield Figure(_("Had a first reply"), number, _("fewer than ten: no percentage"))


def outline_volume(edition: Edition, volume: Volume, *, tables: bool) -> Iterator[Block]:
    """Yield what came in: how many, by week, kind and channel."""
    yield Heading(_("What came in"))
    if volume.roles and volume.total.now:
        yield Words(plain(describe_volume(volume)))
    if len(volume.weeks) > 1:
        running = _("Messages per week; the last one is still running.")
        yield Chart("weeks", describe_weeks(volume), running if edition.running else _("Messages per week."))
    if not tables:
        return
    kinds = [(figure_words.translate_code(figure_words.KINDS, row.code), str(row.count.now)) for row in volume.kinds]
    channels = [(channel_name(row.code), str(row.count.now)) for row in volume.channels]
    for name, head, rows in ((_("By kind"), _("Kind"), kinds), (_("By channel"), _("Channel"), channels)):
        if rows:
            yield Table(name, (head, _("Messages")), tuple(rows), numbers=(1,))


def outline_replies(edition: Edition, replies: Replies, *, tables: bool) -> Iterator[Block]:
    """Yield how soon citizens had a first reply: the curve, and its table. A short edition has figures enough above."""
    if is_short(edition):
        return
    yield Heading(_("How soon citizens were replied to"))
    yield Words(
        _(
            "Everybody who wrote is counted, also those who still wait. An answer settles the question; a holding "
            "reply is a first reply only. In brackets, the 95%% margin of error."
        )
        % (),
        soft=True,
    )
    if replies.curve:
        yield Chart("curve", describe_curve(replies), _say_curve(edition, replies))
    if tables:
        yield _measure_table(edition, replies)


def _say_curve(edition: Edition, replies: Replies) -> str:
    parts = [_("Share of citizens who have had a first reply, 24 hours a day.")]
    if replies.curve_week:
        text = _("Solid: %(number)s, the last week of which everybody was watched for 72 hours.")
        parts.append(text % {"number": figure_words.week_number(replies.curve_week)})
        parts += [_("Dashed: the weeks before it.")] if replies.past_curve else []
    elif replies.past_curve:
        parts.append(_("Solid: this week. Dashed: %(weeks)s.") % {"weeks": figure_words.weeks_before(edition.compared)})
    return " ".join([*parts, _("Dotted: 8 hours.")])


def _measure_table(edition: Edition, replies: Replies) -> Table:
    """Return the table of first replies by day and night; rows of an earlier week name it."""
    measure = measure_table(replies.measures[0])
    past = measure["past"] is not None
    rows = [_horizon(row, past=past) for row in (*measure["rows"], *measure["late"])]
    counts = [_("%(answered)s of %(all)s") % {"answered": measure["now"].answered, "all": measure["now"].n}]
    if past:
        counts.append(_("%(answered)s of %(all)s") % {"answered": measure["past"].answered, "all": measure["past"].n})
    before = [capfirst(figure_words.weeks_before(edition.compared))] if past else []
    return Table(
        measure["name"],
        (_("Within"), _("This week"), *before),
        (*rows, (_("Replied to"), *counts)),
        numbers=(1, 2) if past else (1,),
    )


def _horizon(row: HorizonRow, *, past: bool) -> tuple[str, ...]:
    name = figure_words.translate_code(figure_words.HORIZONS, row.horizon)
    name = f"{name} ({figure_words.week_number(row.week)})" if row.week else name
    few = _("too early to say") if row.enough else _("too few to say")
    cells = [_share(row.now) if row.now else few, *([_share(row.past) if row.past else "–"] if past else [])]
    return (name, *cells)


def _share(share: Share) -> str:
    return f"{percent(share.value)} ({figure_words.interval(share)})"


def outline_departments(edition: Edition, section: Departments, *, most: int) -> Iterator[Block]:
    """Yield the departments, one a row, `most` of them."""
    yield Heading(_("Department by department"))
    replies = edition.section("replies")
    head = [_("Department"), _("Messages"), _("First subject"), _("Wrong"), _("Well")]
    head += [_("First reply within 8 hours")] if replies else []
    rows = section.rows[:most]
    cells = tuple(_department(row, replies) for row in rows)
    yield Table(_("Departments, one a row"), tuple(head), cells, numbers=(1, 3, 4, 5) if replies else (1, 3, 4))
    if len(rows) < len(section.rows):
        more = len(section.rows) - len(rows)
        yield Words(ngettext("and %(number)s more", "and %(number)s more", more) % {"number": more}, soft=True)


def _department(row: DepartmentRow, replies: Replies | None) -> tuple[str, ...]:
    lead = f"{row.phrase} ({row.people})" if row.phrase else "–"
    cells = [row.name if row.slug else _("Not routed yet"), str(row.messages.now), lead, str(row.wrong), str(row.well)]
    if replies is None:
        return tuple(cells)
    few = _("too early to say") if row.waits >= replies.minimum else _("too few to say") if row.waits else "–"
    return (*cells, _share(row.within_8h) if row.within_8h else few)

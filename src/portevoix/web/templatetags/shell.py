"""Template tags and filters of the interface, loaded in every template. Reference: docs/en/explanation/interface.md."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from portevoix.channels import base as channels
from portevoix.kernel.display_names import plain_name
from portevoix.kernel.i18n import gettext_noop
from portevoix.web import formatting, label_words
from portevoix.web.notices import to_sentence

register = template.Library()

STATES = {
    "open": gettext_noop("to be taken"),
    "assigned": gettext_noop("taken"),
    "awaiting": gettext_noop("waiting for a department"),
    "answered": gettext_noop("answered"),
    "closed": gettext_noop("closed"),
}
_STATE_LOOKS = {"awaiting": ("wait", "wait"), "answered": ("good", "good")}
ROLES = {
    "host": gettext_noop("Conversation host"),
    "contact": gettext_noop("Department contact"),
    "editor": gettext_noop("Editor"),
    "administrator": gettext_noop("Administrator"),
}


def _now(context: Mapping[str, Any]) -> datetime:
    return context.get("now") or timezone.now()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Return an icon; `{% icon "name" %}` is decoration, with a label it replaces a word."""
    return _icon(name, str(label))


@lru_cache(maxsize=1024)  # a list of conversations shows hundreds
def _icon(name: str, label: str) -> SafeString:
    address = f"{static('web/icons.svg')}#{name}"
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>{}', address, _unseen(label))


def _unseen(label: str) -> SafeString | str:
    """Return a text for screen readers only."""
    return format_html('<span class="unseen">{}</span>', label) if label else ""


@register.simple_tag
def unchanging(name: str) -> SafeString:
    """Return a part that is the same on every page in one language, rendered once."""
    return _unchanging(name, get_language() or "")


@lru_cache(maxsize=64)
def _unchanging(name: str, language: str) -> SafeString:
    return render_to_string(name)


@register.simple_tag
def options(pairs: Iterable[tuple[object, object]], chosen: object = None) -> SafeString:
    """Return the options of a select from pairs of value and label, the chosen one selected."""
    return _options(tuple((value, str(label)) for value, label in pairs), chosen)


@lru_cache(maxsize=256)
def _options(pairs: tuple[tuple[object, str], ...], chosen: object) -> SafeString:
    rows = ((value, SafeString(" selected" if value == chosen else ""), label) for value, label in pairs)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


@register.simple_tag(takes_context=True)
def due(context: Mapping[str, Any], at: datetime | None) -> str:
    return formatting.due(at, _now(context)) if at else ""


@register.simple_tag(takes_context=True)
def due_badge(context: Mapping[str, Any], at: datetime | None, promised: bool = False) -> SafeString | str:
    """Return a deadline in few words, with its icon; empty without a deadline."""
    if at is None:
        return ""
    now = _now(context)
    stands = formatting.level(at, now)
    look, mark = {"late": ("bad", "bad"), "soon": ("warn", "warn"), "": ("none", "due")}[stands]
    if promised:
        look, mark = ("bad" if stands == "late" else "wait"), "promise"
    text = formatting.describe_promise(at, now) if promised else formatting.due(at, now, short=True)
    return format_html(
        '<span class="badge badge--{}">{}<time datetime="{}" title="{}">{}</time></span>',
        look,
        icon(mark),
        at.isoformat(),
        formatting.in_full(at),
        text,
    )


@register.simple_tag(takes_context=True)
def when(context: Mapping[str, Any], at: datetime | None) -> SafeString | str:
    return _time(at, formatting.day_and_time(at, _now(context))) if at else ""


@register.simple_tag(takes_context=True)
def ago(context: Mapping[str, Any], at: datetime | None) -> SafeString | str:
    return _time(at, formatting.ago(at, _now(context))) if at else ""


def _time(at: datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), formatting.in_full(at), text)


@register.filter("date", expects_localtime=True)
def format_date(at: date | None, format_name: str = "DATE_FORMAT") -> str:
    """Format a date as `web.formatting` does, instead of Django's own filter."""
    return formatting.format_date(at, format_name) if at else ""


@register.filter
def level(at: datetime | None, now: datetime) -> str:
    return formatting.level(at, now)


@register.filter
def duration(seconds: float | None) -> str:
    return "–" if seconds is None else formatting.duration(seconds)


@register.filter
def file_size(octets: int) -> str:
    return formatting.size(octets)


register.filter("file_name", plain_name)  # files may be older than the rule that holds for new ones
register.filter("told", to_sentence)
register.filter("by_name", formatting.by_name)


def _word(table: Mapping[str, str], value: str) -> str:
    return gettext(table[value]) if value in table else value


@register.filter
def state_word(state: str) -> str:
    return _word(STATES, state)


@register.simple_tag
def state_badge(state: str) -> SafeString:
    look, mark = _STATE_LOOKS.get(state, ("none", state))
    return format_html('<span class="badge badge--{}">{}<span>{}</span></span>', look, icon(mark), state_word(state))


@register.filter
def channel_name(channel: str) -> str:
    return gettext(channels.label(channel)) if channel else ""


@register.simple_tag
def channel_icon(channel: str) -> SafeString:
    """Return a channel's icon, its name as a tooltip and for screen readers; a speech bubble for an unknown channel."""
    return _channel_icon(channel, channel_name(channel))


@lru_cache(maxsize=256)
def _channel_icon(channel: str, name: str) -> SafeString:
    return format_html('<span title="{}">{}{}</span>', name, _draw_icon(channels.icon(channel)), _unseen(name))


def _draw_icon(path: str) -> SafeString:
    if not path:
        return icon("channel")
    return format_html('<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="{}"/></svg>', path)


@register.filter
def role_word(role: str) -> str:
    return _word(ROLES, role)


@register.filter
def kind_word(kind: str) -> str:
    return label_words.word(label_words.KINDS, kind)


@register.filter
def sentiment_word(sentiment: str) -> str:
    return label_words.word(label_words.SENTIMENTS, sentiment)


@register.filter
def percent(share: float | None) -> str:
    """Return a share of 0 to 1 as “73%”; None as a dash."""
    return "–" if share is None else formatting.percent(share)


@register.simple_tag
def bar(value: float, most: float, look: str = "now") -> SafeString:
    """Return a bar of `value` out of `most`. It is decoration: the number itself is in the text beside it."""
    width = f"{min(max(value / most, 0), 1) * 100:.2f}" if most else "0"
    return format_html(
        '<svg class="bar bar--{}" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="1"/></svg>',
        look,
        width,
    )

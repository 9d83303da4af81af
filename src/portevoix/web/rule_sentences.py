"""Routing rules in sentences: their conditions and their captions."""

from collections.abc import Iterable

from django.utils.dates import WEEKDAYS
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portevoix.text.routing.routing_rule import DAY_MIN, Circle, Rule
from portevoix.web.templatetags.shell import channel_name

MOST_ENTRIES = 6
WORKDAYS = frozenset(range(5))


def caption(rule: Rule) -> str:
    """Return the rule's name, or else its conditions."""
    return rule.name or when(rule)


def sentence(rule: Rule, department: str) -> str:
    """Return the rule's conditions and its department: “When it says ‘piscine*’, and comes to @ville (X): Sports”."""
    return _("When it {conditions}: {department}").format(conditions=conditions(rule), department=department)


def when(rule: Rule) -> str:
    """Return the conditions as a clause: “it says ‘piscine*’ or ‘bassin’, and was written on Saturday or Sunday”."""
    return _("it {conditions}").format(conditions=conditions(rule))


def conditions(rule: Rule) -> str:
    """Return the conditions as predicates of a message: “says ‘piscine*’, and comes to @ville (X)”."""
    parts = [part for part in (_words(rule), _accounts(rule), _articles(rule), _area(rule), _hours(rule)) if part]
    sentence_part = parts[0] if parts else ""
    for part in parts[1:]:
        sentence_part = _("{first}, and {second}").format(first=sentence_part, second=part)
    return sentence_part


def clock(minutes: int) -> str:
    """Return minutes as a time of day: “22:00”."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _words(rule: Rule) -> str:
    return _("says {words}").format(words=_either(map(_quote, rule.words))) if rule.words else ""


def _accounts(rule: Rule) -> str:
    accounts = (f"{address} ({channel_name(channel)})" for channel, address in rule.accounts)
    return _("comes to {accounts}").format(accounts=_either(accounts)) if rule.accounts else ""


def _articles(rule: Rule) -> str:
    return _("is about an article at {articles}").format(articles=_either(rule.articles)) if rule.articles else ""


def _area(rule: Rule) -> str:
    circle = rule.circle and _circle(rule.circle)
    names = rule.places and _("names {places}").format(places=_either(map(_quote, rule.places)))
    return _("{first} or {second}").format(first=circle, second=names) if circle and names else circle or names or ""


def _circle(circle: Circle) -> str:
    return _("comes from within {metres} m of {lat} / {lon}").format(
        metres=number_format(circle.radius, 0, force_grouping=True),
        lat=number_format(circle.lat),
        lon=number_format(circle.lon),
    )


def _hours(rule: Rule) -> str:
    if rule.hours is None:
        return ""
    times = (rule.hours.start, rule.hours.end) != (0, DAY_MIN)
    values = {"days": _days(rule.hours.days), "start": clock(rule.hours.start), "end": clock(rule.hours.end)}
    if not times:
        return _("was written on {days}").format(**values)
    if not rule.hours.days:
        return _("was written between {start} and {end}").format(**values)
    if rule.hours.start < rule.hours.end:
        return _("was written on {days} between {start} and {end}").format(**values)
    return _("was written on {days} from {start}, until {end} the next day").format(**values)


def _days(days: frozenset[int]) -> str:
    if days == WORKDAYS:
        return _("Monday to Friday")
    return _either(str(WEEKDAYS[day]) for day in sorted(days))


def _quote(word: str) -> str:
    return _("‘{word}’").format(word=word)


def _either(entries: Iterable[str]) -> str:
    """Return “a, b or c”; of many the first ones, and the number of the others."""
    several = list(entries)
    if len(several) > MOST_ENTRIES:
        more = len(several) - MOST_ENTRIES + 1
        several[MOST_ENTRIES - 1 :] = [ngettext("{count} more", "{count} more", more).format(count=more)]
    *first, last = several or [""]
    return _("{first} or {second}").format(first=", ".join(first), second=last) if first else last

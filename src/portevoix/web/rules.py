"""The city's rules in sentences: when one holds, and what it is called."""

from collections.abc import Iterable

from django.utils.dates import WEEKDAYS
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portevoix.text.routing.rules import DAY_MIN, Circle, Rule
from portevoix.web.templatetags.shell import channel_name

SHOWN = 6
WORKDAYS = frozenset(range(5))


def caption(rule: Rule) -> str:
    """Its name, or else when it holds."""
    return rule.name or when(rule)


def sentence(rule: Rule, department: str) -> str:
    """When it holds and where messages then go: “When it says ‘piscine*’, and comes to @ville (X): Sports”."""
    return _("When it {conditions}: {department}").format(conditions=conditions(rule), department=department)


def when(rule: Rule) -> str:
    """When it holds: “it says ‘piscine*’ or ‘bassin’, and was written on Saturday or Sunday”."""
    return _("it {conditions}").format(conditions=conditions(rule))


def conditions(rule: Rule) -> str:
    """What a message does for which it holds: “says ‘piscine*’, and comes to @ville (X)”."""
    found = [part for part in (_words(rule), _accounts(rule), _articles(rule), _area(rule), _hours(rule)) if part]
    told = found[0] if found else ""
    for part in found[1:]:
        told = _("{first}, and {second}").format(first=told, second=part)
    return told


def clock(minutes: int) -> str:
    """“22:00”."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _words(rule: Rule) -> str:
    return _("says {words}").format(words=_either(map(_quoted, rule.words))) if rule.words else ""


def _accounts(rule: Rule) -> str:
    told = (f"{address} ({channel_name(channel)})" for channel, address in rule.accounts)
    return _("comes to {accounts}").format(accounts=_either(told)) if rule.accounts else ""


def _articles(rule: Rule) -> str:
    return _("is about an article at {articles}").format(articles=_either(rule.articles)) if rule.articles else ""


def _area(rule: Rule) -> str:
    circle = rule.circle and _circle(rule.circle)
    names = rule.places and _("names {places}").format(places=_either(map(_quoted, rule.places)))
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


def _quoted(word: str) -> str:
    return _("‘{word}’").format(word=word)


def _either(entries: Iterable[str]) -> str:
    """“a, b or c”; of many the first ones, and how many more."""
    several = list(entries)
    if len(several) > SHOWN:
        more = len(several) - SHOWN + 1
        several[SHOWN - 1 :] = [ngettext("{count} more", "{count} more", more).format(count=more)]
    *first, last = several or [""]
    return _("{first} or {second}").format(first=", ".join(first), second=last) if first else last

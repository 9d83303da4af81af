"""Creates, changes, deletes and orders the city's routing rules."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.record import permissions
from portevoix.record.models import Account, City, Contact, Department, Rule
from portevoix.record.permissions import Capability
from portevoix.record.queries.rules import rows, value_of
from portevoix.text.routing import routing_rule

LONGEST_NAME = 80


def save(*, rule: routing_rule.Rule, by: Contact | None, now: datetime) -> Rule:
    """Create a rule, the last in order, or change the one with that `id`, which keeps its place.

    `by` None: the command line. Raise BadInput for a rule without a condition, one that `routing_rule.check` refuses,
    an unknown department or account, a department that receives no messages, another rule's name or conditions, and a
    rule that is gone.
    """
    _check_may(by)
    routing_rule.check(rule)
    if len(rule.name) > LONGEST_NAME:
        raise BadInput(gettext_noop("The name is too long: at most {most} characters."), most=LONGEST_NAME)
    with transaction.atomic():
        _one_at_a_time()
        row = _get_rule(rule.id) if rule.id else Rule(position=_after_the_last())
        _check_name(rule)
        _check_new(rule)
        row.department = _department(rule.department)
        accounts = _accounts(rule.accounts)
        row.name, row.words, row.articles, row.places = rule.name, list(rule.words), list(rule.articles), [*rule.places]
        circle, hours = rule.circle, rule.hours
        row.lat, row.lon, row.radius = (circle.lat, circle.lon, circle.radius) if circle else (None, None, None)
        row.days = sorted(hours.days) if hours else []
        is_timed = hours and (hours.start, hours.end) != (0, routing_rule.DAY_MIN)
        row.start, row.end = (hours.start, hours.end) if hours and is_timed else (None, None)
        row.changed_at, row.changed_by = now, by
        row.save()
        row.accounts.set(accounts)
    return row


def delete(*, rule: int, by: Contact) -> None:
    """Delete a rule; conversations that it routed stay so, with its name. Raise BadInput for one that is gone."""
    _check_may(by)
    with transaction.atomic():
        _one_at_a_time()
        _get_rule(rule).delete()


def move(*, rule: int, up: bool, by: Contact) -> int:
    """Move a rule one place up or down, if possible; return its place, from 1. Raise BadInput for one that is gone."""
    _check_may(by)
    with transaction.atomic():
        _one_at_a_time()
        _get_rule(rule)
        order = list(Rule.objects.values_list("pk", flat=True))
        at = order.index(rule)
        to = max(0, at - 1) if up else min(len(order) - 1, at + 1)
        order.insert(to, order.pop(at))
        for position, pk in enumerate(order, 1):
            Rule.objects.filter(pk=pk).exclude(position=position).update(position=position)
    return to + 1


def _check_may(by: Contact | None) -> None:
    if by is not None:
        permissions.check(by, Capability.SETTINGS)


def _one_at_a_time() -> None:
    list(City.objects.select_for_update().values("pk"))


def _check_name(rule: routing_rule.Rule) -> None:
    """Raise BadInput when another rule has this name: hosts could not tell the two apart."""
    others = Rule.objects.exclude(pk=rule.id).exclude(name="").values_list("name", flat=True)
    if rule.name.casefold() in {name.casefold() for name in others}:
        raise BadInput(gettext_noop("There is a rule “{name}” already. Call this one something else."), name=rule.name)


def _check_new(rule: routing_rule.Rule) -> None:
    """Raise BadInput when another rule has the same conditions: only the first would ever apply."""
    for place, other in enumerate(map(value_of, rows()), 1):
        if other.id != rule.id and _conditions(other) == _conditions(rule):
            raise BadInput(gettext_noop("Rule no. {place} has the same conditions: change that one."), place=place)


def _conditions(rule: routing_rule.Rule) -> tuple[object, ...]:
    several = (rule.words, rule.accounts, rule.articles, rule.places)
    return (*map(frozenset, several), rule.circle, rule.hours)


def _get_rule(pk: int) -> Rule:
    row = Rule.objects.filter(pk=pk).first()
    if row is None:
        raise BadInput(gettext_noop("This rule is gone: a colleague has deleted it."))
    return row


def _after_the_last() -> int:
    return int(Rule.objects.aggregate(last=Max("position"))["last"] or 0) + 1


def _department(slug: str) -> Department:
    row = Department.objects.filter(slug=slug).first()
    if row is None:
        raise BadInput(gettext_noop("There is no department “{slug}”."), slug=slug)
    if not row.active:
        raise BadInput(
            gettext_noop("The department “{name}” receives no messages. Choose another one, or open it first."),
            name=row.name,
        )
    return row


def _accounts(keys: Iterable[tuple[str, str]]) -> list[Account]:
    accounts = {(row.channel, row.address): row for row in Account.objects.defer("settings", "cursor")}
    for channel, address in keys:
        if (channel, address) not in accounts:
            raise BadInput(
                gettext_noop("The city has no account {address} ({channel})."), address=address, channel=channel
            )
    return [accounts[key] for key in keys]

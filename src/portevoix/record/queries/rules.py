"""Queries of the city's routing rules: the rules, what they did, and what a new one would do."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.fields.json import KT

from portevoix.kernel.messages import Place
from portevoix.kernel.states import EventType
from portevoix.record.models import City, Contact, Conversation, Event, Message, Rule
from portevoix.record.permissions import scope
from portevoix.text.routing import routing_rule
from portevoix.text.routing.matcher import Matcher, RuleInput
from portevoix.text.tokens import with_subject

LOOKED_BACK = timedelta(days=30)
MOST_TRIED = 500
MOST_SHOWN = 5
EXCERPT = 240
BROAD = 0.25
"""A share of all messages that few departments have."""
FEWEST = 40
"""The number of messages from which on a share of them is meaningful."""


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A rule with its place, from 1, and the number of conversations that it `routed` in the last 30 days.

    `moved`: how many of these a host then gave to another department.
    """

    rule: routing_rule.Rule
    row: Rule
    place: int
    routed: int
    moved: int

    @property
    def idle(self) -> bool:
        """Whether it does nothing, as its department receives no messages."""
        return not self.row.department.active


@dataclass(frozen=True, slots=True)
class Sample:
    """A message that a rule would catch; `department` is its present one, or None.

    `earlier`: a rule before it that decides instead.
    """

    conversation: int
    channel: str
    at: datetime
    excerpt: str
    department: str | None
    earlier: routing_rule.Rule | None


@dataclass(frozen=True, slots=True)
class Trial:
    """The effect that a rule would have had on the last `looked_at` messages that began a conversation.

    `caught`: how many it matches; for `earlier` of these a rule before it decides. `now_with`: how many of those caught
    each department has now, the most first; None: no department.
    """

    looked_at: int
    caught: int
    earlier: int
    now_with: list[tuple[str | None, int]]
    samples: list[Sample]

    @property
    def broad(self) -> bool:
        """Whether it catches so many messages that one of its words may be an everyday one."""
        return self.looked_at >= FEWEST and self.caught >= BROAD * self.looked_at


def state() -> tuple[object, ...]:
    """Return a value that changes with the rules, departments, accounts and time zone; empty before there is a city."""
    return City.objects.values_list("mark", "timezone").first() or ()


def zone() -> ZoneInfo:
    """Return the city's time zone."""
    return ZoneInfo(City.objects.values_list("timezone", flat=True)[0])


def rows() -> list[Rule]:
    """Return all rules, in their order."""
    return list(Rule.objects.select_related("department", "changed_by").prefetch_related("accounts"))


def rule(pk: int) -> Rule | None:
    query = Rule.objects.filter(pk=pk).select_related("department", "changed_by").prefetch_related("accounts")
    return query.first()


def sending_to(department: str) -> list[routing_rule.Rule]:
    """Return the rules that give messages to the department of this slug, in their order."""
    return [value_of(row) for row in rows() if row.department.slug == department]


def value_of(row: Rule) -> routing_rule.Rule:
    """Return the row as a value."""
    hours = None
    if row.days or row.start is not None:
        start, end = (0, routing_rule.DAY_MIN) if row.start is None else (row.start, row.end)
        hours = routing_rule.Hours(frozenset(row.days), start, end)
    return routing_rule.Rule(
        department=row.department.slug,
        words=tuple(row.words),
        accounts=tuple((account.channel, account.address) for account in row.accounts.all()),
        articles=tuple(row.articles),
        circle=None if row.lat is None else routing_rule.Circle(row.lat, row.lon, row.radius),
        places=tuple(row.places),
        hours=hours,
        id=row.pk,
        name=row.name,
    )


def list_rules(*, now: datetime) -> list[RuleEntry]:
    """Return all rules in their order, with what they did."""
    did = _did(now - LOOKED_BACK)
    return [RuleEntry(value_of(row), row, place, *did.get(row.pk, (0, 0))) for place, row in enumerate(rows(), 1)]


def _did(since: datetime) -> dict[int, tuple[int, int]]:
    """Return for each rule how many conversations it routed, and how many of these a host moved elsewhere."""
    by_host = Event.objects.filter(
        conversation=OuterRef("conversation"), what=EventType.ROUTED, contact__isnull=False, pk__gt=OuterRef("pk")
    )
    elsewhere = Q(by_host=True) & ~Q(conversation__department__slug=F("to"))
    counts = (
        Event.objects.filter(rule__isnull=False, at__gte=since)
        .annotate(to=KT("data__department"), by_host=Exists(by_host))
        .values("rule")
        .annotate(routed=Count("pk"), moved=Count("pk", filter=elsewhere))
    )
    return {row["rule"]: (row["routed"], row["moved"]) for row in counts}


def trial(draft: routing_rule.Rule, *, by: Contact) -> Trial:
    """Return what the draft of a rule would have done, in its place or, when it is new, after all others.

    Only conversations that the colleague may see count. Raise BadInput for a rule that `routing_rule.check` refuses.
    """
    routing_rule.check(draft)
    before = _before(draft)
    alone, first = Matcher([draft], zone()), Matcher(before, zone())
    messages = _latest(by)
    catches = [
        (row, first.find(message))
        for row, message in ((row, _rule_input(row)) for row in messages)
        if alone.find(message)
    ]
    now_with = Counter(_department(row) for row, _ in catches)
    return Trial(
        looked_at=len(messages),
        caught=len(catches),
        earlier=sum(winner is not None for _, winner in catches),
        now_with=now_with.most_common(),
        samples=[_sample(row, winner.rule if winner else None) for row, winner in catches[:MOST_SHOWN]],
    )


def _before(draft: routing_rule.Rule) -> list[routing_rule.Rule]:
    """Return the rules that come before it and serve."""
    every = rows()
    at = next((number for number, row in enumerate(every) if row.pk == draft.id), len(every))
    return [value_of(row) for row in every[:at] if row.department.active]


def _latest(by: Contact) -> Sequence[Message]:
    """Return the latest messages that began a conversation. A query of their own finds them fast in any record."""
    earlier = Message.objects.filter(
        conversation=OuterRef("conversation"), direction="in", sent_at__lt=OuterRef("sent_at")
    )
    began = Message.objects.filter(direction="in", automatic=False, retracted_at=None, erased_at=None)
    began = began.filter(~Exists(earlier))
    if limits := scope(by):
        began = began.filter(conversation__in=Conversation.objects.filter(limits))
    latest = list(began.order_by("-pk").values_list("pk", flat=True)[:MOST_TRIED])
    query = Message.objects.filter(pk__in=latest).select_related("account", "conversation__department").only(
        "subject", "text", "sent_at", "about", "place", "account__channel", "account__address",
        "conversation__department__name",
    )  # fmt: skip
    return list(query.order_by("-pk"))


def _rule_input(row: Message) -> RuleInput:
    return RuleInput(
        text=with_subject(row.subject, row.text),
        account=(row.account.channel, row.account.address),
        at=row.sent_at,
        article=(row.about or {}).get("url", ""),
        place=Place(row.place["lat"], row.place["lon"]) if row.place else None,
    )


def _department(row: Message) -> str | None:
    department = row.conversation.department
    return department.name if department else None


def _sample(row: Message, earlier: routing_rule.Rule | None) -> Sample:
    return Sample(
        conversation=row.conversation_id,
        channel=row.account.channel,
        at=row.sent_at,
        excerpt=row.text[:EXCERPT],
        department=_department(row),
        earlier=earlier,
    )

"""Queries for the journal, with unmasked data: the week's messages, promises, editions."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Least, Left, Length

from portevoix.kernel.bounds import BEGINNING, CLOCK_TOLERANCE
from portevoix.kernel.promises import Outcome, outcome_of
from portevoix.record.models import (
    Account,
    Author,
    Contact,
    Conversation,
    Department,
    Edition,
    Fact,
    Message,
    Promise,
    PublicFinding,
)
from portevoix.record.permissions import scope

MOST_PUBLIC = 200
"""Weeks that the list of public editions has."""


@dataclass(frozen=True, slots=True)
class CitizenMessage:
    """One citizen's message, the first BEGINNING characters of its text, which must not be published unmasked.

    `names` are its author's, `author` is a key of the person, "" when not known. `kind` and `valence` are the message's
    own; `begins`: it began its conversation.
    """

    pk: int
    author: str
    district: str
    text: str
    sent_at: datetime
    channel: str
    department: str
    kind: str
    valence: str
    conversation: int
    visibility: str
    lang: str
    names: tuple[str, ...]
    begins: bool


@dataclass(frozen=True, slots=True)
class PromiseOutcome:
    """A promise with its outcome at a cut-off.

    `subject` is the conversation's, or the citizen's first message; like `CitizenMessage.text` it is never published
    unmasked. `beginning` is that of the citizen's first message; `author` is a key as there.
    """

    conversation: int
    author: str
    department: str
    subject: str
    lang: str
    names: tuple[str, ...]
    made_at: datetime
    promised_at: datetime
    answered_at: datetime | None
    outcome: Outcome
    beginning: str = ""


def citizen_messages(
    *, since: datetime, until: datetime, departments: Iterable[str] | None = None
) -> list[CitizenMessage]:
    """Return citizens' messages sent in [since, until), by time, without automatic and deleted ones."""
    rows = Message.objects.filter(direction="in", automatic=False, retracted_at=None, sent_at__gte=since)
    rows = rows.filter(sent_at__lt=until).select_related("conversation__department", "account", "author")
    if departments is not None:
        rows = rows.filter(conversation__department__slug__in=list(departments))
    rows = rows.defer("text", "quoted", "html", "search").annotate(beginning=Left("text", BEGINNING))
    rows = rows.annotate(begins=Exists(Fact.objects.filter(message=OuterRef("pk"), ordinal=1)))
    return [_citizen_message(row) for row in rows.order_by("sent_at", "pk")]


def account_names() -> tuple[str, ...]:
    """Return the addresses and handles of the city's accounts, each once."""
    addresses = Account.objects.values_list("address", flat=True)
    return tuple(sorted({name for each in addresses if each for name in (each, each.lstrip("@"))}))


def measure_messages(*, since: datetime, until: datetime) -> tuple[int, int]:
    """Return the number of citizens' messages sent in [since, until), and of the characters that are read of them."""
    rows = Message.objects.filter(direction="in", sent_at__gte=since, sent_at__lt=until)
    length = Least(Length("text"), BEGINNING)
    found = rows.aggregate(count=Count("pk"), characters=Coalesce(Sum(length), 0))
    return found["count"], found["characters"]


def _citizen_message(row: Message) -> CitizenMessage:
    conversation = row.conversation
    return CitizenMessage(
        pk=row.pk,
        author=_person(row.author),
        district=str(row.labels.get("district", "")),
        text=row.beginning,  # type: ignore[attr-defined]
        sent_at=row.sent_at,
        channel=row.account.channel,
        department=conversation.department.slug if conversation.department else "",
        kind=row.kind or "",
        valence=row.valence or "",
        conversation=conversation.pk,
        visibility=row.visibility,
        lang=row.lang or conversation.lang,
        names=names_of(row.author),
        begins=row.begins,  # type: ignore[attr-defined]
    )


def _person(author: Author | None) -> str:
    """Return one key for all authors of one person."""
    if author is None:
        return ""
    return f"person-{author.person_id}" if author.person_id else f"author-{author.pk}"


def names_of(author: Author | None) -> tuple[str, ...]:
    """Return the names of a citizen, which are masked wherever they are written."""
    return tuple(name for name in (author.name, author.handle) if name) if author else ()


def promise_outcomes(
    *, since: datetime, until: datetime, cut_off: datetime, departments: Iterable[str] | None = None
) -> list[PromiseOutcome]:
    """Return promises made by `cut_off` whose date is in [since, until), with their outcome at the cut-off.

    Promises made while nobody was waiting are left out.
    """
    rows = Promise.objects.filter(promised_at__gte=since, promised_at__lt=until, made_at__lte=cut_off, ordinal__gt=0)
    if departments is not None:
        rows = rows.filter(conversation__department__slug__in=list(departments))
    first = Message.objects.filter(conversation=OuterRef("conversation"), direction="in").order_by("sent_at", "pk")
    rows = rows.annotate(began=Subquery(first.annotate(beginning=Left("text", BEGINNING)).values("beginning")[:1]))
    rows = rows.select_related("conversation__department", "conversation__author")
    return [_promise_outcome(row, cut_off) for row in rows.order_by("promised_at", "pk")]


def _promise_outcome(row: Promise, cut_off: datetime) -> PromiseOutcome:
    answered_at = row.answered_at if row.answered_at and row.answered_at <= cut_off else None
    conversation = row.conversation
    return PromiseOutcome(
        conversation=conversation.pk,
        author=_person(conversation.author),
        department=conversation.department.slug if conversation.department else "",
        subject=conversation.subject or row.began or conversation.about_title,
        lang=conversation.lang,
        names=names_of(conversation.author),
        made_at=row.made_at,
        promised_at=row.promised_at,
        answered_at=answered_at,
        outcome=outcome_of(row.promised_at, answered_at=row.answered_at, now=cut_off),
        beginning=row.began or "",
    )


def edition(week: str, department: str = "") -> Edition | None:
    return Edition.objects.filter(week=week, department=department).first()


def editions_since(week: str, department: str = "") -> list[Edition]:
    """Return the stored editions of that week and later, of a department or of all, by week, the city's last."""
    rows = Edition.objects.filter(week__gte=week)
    if department:
        rows = rows.filter(department=department)
    return sorted(rows, key=lambda row: (row.week, not row.department, row.department))


def valid_edition(week: str, department: str, *, now: datetime) -> Edition | None:
    """Return the stored edition of a week, unless a clock that was ahead stored it, before the week was over."""
    return Edition.objects.filter(week=week, department=department, made_at__lte=now + CLOCK_TOLERANCE).first()


def departments_without_edition(*, week: str, since: datetime, until: datetime, now: datetime) -> set[str]:
    """Return the slugs of active departments with messages in [since, until), and "" for the city, without an edition.

    Those whose edition of the week is stored, and valid, are left out.
    """
    rows = Message.objects.filter(direction="in", automatic=False, retracted_at=None, sent_at__gte=since)
    slugs = set(rows.filter(sent_at__lt=until).values_list("conversation__department__slug", flat=True).distinct())
    active = set(Department.objects.filter(active=True).values_list("slug", flat=True))
    valid = Edition.objects.filter(week=week, made_at__lte=now + CLOCK_TOLERANCE)
    stored = set(valid.values_list("department", flat=True))
    return ({*(slugs & active), ""} if slugs else set()) - stored


def first_message_at(departments: Iterable[str] | None = None) -> datetime | None:
    """Return the beginning of the record: no earlier week can be compared with."""
    rows = Fact.objects.filter(Q() if departments is None else Q(department__in=list(departments)))
    return rows.order_by("opened_at").values_list("opened_at", flat=True).first()


def visible_conversations(contact: Contact, conversations: Iterable[int]) -> set[int]:
    """Return those of the conversations that this colleague may open, even if merged into another by now."""
    roots = dict(Conversation.objects.filter(pk__in=set(conversations)).values_list("pk", "merged_into"))
    rows = Conversation.objects.filter(scope(contact), pk__in={home or pk for pk, home in roots.items()})
    open_to = set(rows.values_list("pk", flat=True))
    return {pk for pk, home in roots.items() if (home or pk) in open_to}


def public_findings(*, week: str, department: str) -> frozenset[str]:
    """Return the ids of the findings that an edition shows to the public."""
    rows = PublicFinding.objects.filter(edition__week=week, edition__department=department)
    return frozenset(rows.values_list("finding", flat=True))


def public_weeks() -> list[str]:
    """Return the weeks of which the public reads something, the newest first."""
    rows = PublicFinding.objects.order_by("-edition__week").values_list("edition__week", flat=True)
    return list(rows.distinct()[:MOST_PUBLIC])


@dataclass(frozen=True, slots=True)
class ShownEdition:
    """What the public reads of a stored edition: city, department ("": all), findings as stored."""

    city: str
    department: str
    slug: str
    findings: tuple[dict[str, Any], ...]


def shown_editions(week: str) -> list[ShownEdition]:
    """Return the editions of a week of which the public reads something.

    Anybody may ask, again and again: the database takes the findings out of the editions, which may be long.
    """
    shown = defaultdict[int, set[str]](set)
    for pk, finding in PublicFinding.objects.filter(edition__week=week).values_list("edition", "finding"):
        shown[pk].add(finding)
    parts = ("content__city", "content__department_names", "content__sections__0__findings")
    rows = Edition.objects.filter(pk__in=shown).order_by("department").values_list("pk", "department", *parts)
    return [
        ShownEdition(
            city, names.get(slug, slug), slug, tuple(each for each in findings or () if each["id"] in shown[pk])
        )
        for pk, slug, city, names, findings in rows
    ]

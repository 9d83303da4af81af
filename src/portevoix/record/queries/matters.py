"""Queries for matters. What a colleague sees of one: its number of conversations, and those that are theirs to read."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from portevoix.kernel.errors import NotThere
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.matter_codes import NO_TITLE, MatterState
from portevoix.record.models import Contact, Conversation, Matter, MatterConversation, MatterEvent
from portevoix.record.permissions import is_confined, scope


@dataclass(frozen=True, slots=True)
class MatterView:
    """A matter as one colleague sees it. `count`: all its conversations; `visible`: those they may open, by age."""

    pk: int
    title: str
    department: str
    district: str
    state: MatterState
    opened_at: datetime
    count: int
    visible: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KnownMatter:
    """What the journal needs to recognise a matter in another week."""

    pk: int
    title: str
    department: str
    state: MatterState
    phrases: tuple[str, ...]
    conversations: frozenset[int]


def visible_matters(contact: Contact) -> QuerySet[Matter]:
    """Return the matters that a colleague may see: all, or those of their departments and of their conversations."""
    rows = Matter.objects.filter(merged_into=None)
    if not is_confined(contact):
        return rows
    mine = contact.departments.all()
    open_to = Conversation.objects.filter(scope(contact))
    reading = MatterConversation.objects.filter(conversation__in=open_to, left_at=None)
    return rows.filter(Q(department__in=mine) | Q(pk__in=reading.values("matter")))


def find_matter(contact: Contact, pk: int) -> MatterView:
    """Return a matter. Raise NotThere for one that does not exist, or that this colleague may not see."""
    row = (
        visible_matters(contact)
        .select_related("department")
        .annotate(count=Count("links", filter=Q(links__left_at=None)))
        .filter(pk=pk)
        .first()
    )
    if row is None:
        raise NotThere(gettext_noop("This matter does not exist."))
    readable = Conversation.objects.filter(
        scope(contact), matter_links__matter=row, matter_links__left_at=None
    ).order_by("opened_at", "pk")
    return MatterView(
        pk=row.pk,
        title=row.title,
        department=row.department.slug if row.department else "",
        district=row.district,
        state=MatterState(row.state),
        opened_at=row.opened_at,
        count=row.count,
        visible=tuple(readable.values_list("pk", flat=True)),
    )


def history(pk: int) -> list[MatterEvent]:
    """Return the events of a matter, oldest first."""
    return list(MatterEvent.objects.filter(matter=pk).select_related("contact").order_by("at", "pk"))


def known_matters(department: str | None) -> list[KnownMatter]:
    """Return the matters of a department, "" for those of none, None for all.

    Rejected ones are among them: they are not proposed again.
    """
    rows = Matter.objects.filter(merged_into=None).exclude(state=MatterState.CLOSED).select_related("department")
    if department is not None:
        rows = rows.filter(department__slug=department) if department else rows.filter(department=None)
    conversations = defaultdict[int, set[int]](set)
    for matter, conversation in MatterConversation.objects.filter(matter__in=rows, left_at=None).values_list(
        "matter", "conversation"
    ):
        conversations[matter].add(conversation)
    return [
        KnownMatter(
            row.pk,
            row.title,
            row.department.slug if row.department else "",
            MatterState(row.state),
            (*row.phrases,),
            frozenset(conversations[row.pk]),
        )
        for row in rows.order_by("pk")
    ]


def matters_of(conversations: Iterable[int]) -> dict[int, set[int]]:
    """Return the numbers of the matters of these conversations, by conversation."""
    found = defaultdict[int, set[int]](set)
    rows = MatterConversation.objects.filter(conversation__in=set(conversations), left_at=None)
    for conversation, matter in rows.values_list("conversation", "matter"):
        found[conversation].add(matter)
    return dict(found)


@dataclass(frozen=True, slots=True)
class MatterHead:
    """A matter without its conversations."""

    pk: int
    title: str
    state: MatterState
    department: str


def matter_heads(matters: Collection[int]) -> dict[int, MatterHead]:
    """Return matters by their numbers; for a part, the matter that it became part of."""
    rows = Matter.objects.filter(pk__in=matters).select_related("merged_into__department", "department")
    return {row.pk: _head(row.merged_into or row) for row in rows}


def _head(row: Matter) -> MatterHead:
    return MatterHead(row.pk, row.title, MatterState(row.state), row.department.slug if row.department else "")


def titles(matters: Collection[int]) -> dict[int, str]:
    """Return the titles of matters by their numbers; a part has the title of the matter that it became part of."""
    rows = Matter.objects.filter(pk__in=matters).select_related("merged_into")
    return {row.pk: (row.merged_into or row).title for row in rows}


def find_wholes(matters: Collection[int]) -> dict[int, int]:
    """Return the number under which each matter is known by now: its own, or that of which it became part."""
    rows = Matter.objects.filter(pk__in=matters).values_list("pk", "merged_into")
    return {pk: whole or pk for pk, whole in rows}


def titles_and_proposed(matters: Collection[int]) -> tuple[dict[int, str], frozenset[int]]:
    """Return the titles of matters, as `titles`, and which of them nobody has decided about yet."""
    proposed = Matter.objects.filter(pk__in=matters, state=MatterState.PROPOSED, merged_into=None)
    return titles(matters), frozenset(proposed.values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Decisions:
    """What was decided about matters: titles of those that a colleague confirmed or named, and which were rejected."""

    titles: dict[int, str]
    rejected: frozenset[int]


def decided_matters(matters: Collection[int]) -> Decisions:
    """Return the decisions about these matters; a part follows the matter that it became part of."""
    titles, rejected = dict[int, str](), set[int]()
    for row in Matter.objects.filter(pk__in=matters).select_related("merged_into"):
        home = row.merged_into or row
        if home.state == MatterState.REJECTED:
            rejected.add(row.pk)
        elif home.title != NO_TITLE and (home.state != MatterState.PROPOSED or row.merged_into):
            titles[row.pk] = home.title
    return Decisions(titles, frozenset(rejected))

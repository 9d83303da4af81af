"""The inbox: what is open, by deadline; and the search over everything."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.states import OPEN_STATES, State
from portevoix.record.access import scope
from portevoix.record.models import Contact, Conversation, Message
from portevoix.record.search import matching

SIZE = 50
SOON = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the inbox is narrowed to; empty strings: everything.

    `view` is "open", "late", "soon", "promised", "awaiting", "mine", "answered", "closed" or "all".
    """

    view: str = "open"
    channel: str = ""
    department: str = ""  # a slug; "-": none yet
    kind: str = ""
    addressed: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """`rows` hold `excerpt` too. `after` and `before` are the keys of the pages around, "" when there is none."""

    rows: list[Conversation]
    after: str
    before: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many conversations each view holds."""

    open: int
    late: int
    soon: int
    promised: int
    awaiting: int
    mine: int


VIEWS = ("open", "late", "soon", "promised", "awaiting", "mine", "answered", "closed", "all")


def inbox(contact: Contact, wanted: Wanted, *, now: datetime, after: str = "", before: str = "") -> Page:
    """One page, by deadline (what is past, by the latest message first). Raises BadInput for a key that is none."""
    rows = _narrowed(contact, wanted, now)
    rows = rows.select_related("account", "author", "department", "assignee").annotate(excerpt=_excerpt())
    field, falling = ("queue_at", False) if wanted.view in _BY_DEADLINE else ("last_message_at", True)
    return _page(rows, field, falling=falling, after=after, before=before)


def counts(contact: Contact, *, now: datetime, wanted: Wanted | None = None) -> Counts:
    """What each view of open conversations would hold, narrowed as `wanted` is but for its view; one query."""
    rows = _narrowed(contact, replace(wanted or Wanted(), view="open"), now).order_by()
    views = ("open", "late", "soon", "promised", "awaiting", "mine")
    return Counts(**rows.aggregate(**{view: Count("pk", filter=_view(view, contact, now)) for view in views}))


_BY_DEADLINE = frozenset({"open", "late", "soon", "promised", "awaiting", "mine"})


def _narrowed(contact: Contact, wanted: Wanted, now: datetime) -> QuerySet[Conversation]:
    if wanted.view not in VIEWS:
        raise BadInput(gettext_noop("There is no view “{view}” of the inbox."), view=wanted.view)
    rows = Conversation.objects.filter(_view(wanted.view, contact, now)).filter(scope(contact))
    if wanted.channel:
        rows = rows.filter(account__channel=wanted.channel)
    if wanted.department:
        none = wanted.department == "-"
        rows = rows.filter(department=None) if none else rows.filter(department__slug=wanted.department)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.addressed:
        rows = rows.filter(addressed=wanted.addressed)
    if wanted.query.strip():
        rows = rows.filter(pk__in=matching(wanted.query).values("conversation"))
    return rows


def _view(view: str, contact: Contact, now: datetime) -> Q:
    opened = Q(state__in=sorted(OPEN_STATES))
    return {
        "open": opened,
        "late": opened & Q(queue_at__lt=now),
        "soon": opened & Q(queue_at__gte=now, queue_at__lt=now + SOON),
        "promised": opened & Q(promised_at__isnull=False),
        "awaiting": Q(state=State.AWAITING_DEPARTMENT),
        "mine": opened & Q(assignee=contact),
        "answered": Q(state=State.ANSWERED),
        "closed": Q(state=State.CLOSED),
        "all": Q(),
    }[view]


def _excerpt() -> Subquery:
    latest = Message.objects.filter(conversation=OuterRef("pk"), direction="in").order_by("-sent_at", "-pk")
    return Subquery(latest.values(start=Substr("text", 1, 240))[:1])


def _page(rows: QuerySet[Conversation], field: str, *, falling: bool, after: str, before: str) -> Page:
    backwards = bool(before)
    down = falling != backwards
    if key := before or after:
        at, pk = _key(key)
        way = "lt" if down else "gt"
        rows = rows.filter(Q(**{f"{field}__{way}": at}) | Q(**{field: at, f"pk__{way}": pk}))
    sign = "-" if down else ""
    found = list(rows.order_by(f"{sign}{field}", f"{sign}pk")[: SIZE + 1])
    more, found = len(found) > SIZE, found[:SIZE]
    if backwards:
        found.reverse()
    has_after, has_before = (True, more) if backwards else (more, bool(after))
    return Page(
        rows=found,
        after=_write_key(found[-1], field) if found and has_after else "",
        before=_write_key(found[0], field) if found and has_before else "",
    )


def _write_key(row: Conversation, field: str) -> str:
    return f"{getattr(row, field).isoformat()}_{row.pk}"


def _key(key: str) -> tuple[datetime, int]:
    try:
        at, pk = key.rsplit("_", 1)
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError
        return moment, int(pk)
    except ValueError as error:
        raise BadInput(gettext_noop("This page of the inbox does not exist. Go back to the first page.")) from error

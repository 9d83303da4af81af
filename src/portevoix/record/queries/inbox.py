"""The inbox: open conversations by deadline, and the search over all conversations."""

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.states import State
from portevoix.record import search
from portevoix.record.models import City, Contact, Conversation, Department, Message
from portevoix.record.permissions import scope
from portevoix.record.queries.site_cache import SiteCache
from portevoix.record.queries.size import Size

SIZE = 50
EXCERPT = 240  # characters of a message that a list tells; it shows as many of them as it has room for
MOST = 1000
"""Counting stops here: no page grows slow with the years."""
SOON = timedelta(hours=1)
VIEWS = ("open", "urgent", "late", "soon", "promised", "awaiting", "mine", "answered", "closed", "all")


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """A filter of the inbox; empty strings: everything.

    `view` is one of VIEWS. Raises BadInput for another one.
    """

    view: str = "open"
    channel: str = ""
    department: str = ""  # a slug; "-": none yet
    kind: str = ""
    addressed: str = ""
    query: str = ""

    def __post_init__(self) -> None:
        if self.view not in VIEWS:
            raise BadInput(gettext_noop("There is no view “{view}” of the inbox."), view=self.view)


@dataclass(frozen=True, slots=True)
class Page:
    """A page; `rows` have `excerpt` too. `after` and `before` are the keys of the pages around, "" for none.

    `searched`: how many messages, the newest, a search was limited to where more match; 0: it covered all.
    """

    rows: list[Conversation]
    after: str
    before: str
    searched: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of conversations in each view; MOST + 1 stands for any number above MOST."""

    open: int
    late: int
    soon: int
    promised: int
    awaiting: int
    mine: int


class Inbox:
    """The conversations that a colleague may see, with the filter `wanted`."""

    def __init__(self, contact: Contact, wanted: InboxFilter, *, house: SiteCache, now: datetime) -> None:
        self.contact = contact
        self.wanted = wanted
        self.now = now
        self._house = house
        self._scope = scope(contact)
        self._matches = search.matching(wanted.query, within=self._scope) if wanted.query.strip() else None

    def page(self, *, after: str = "", before: str = "") -> Page:
        """Return one page, by deadline or by the latest message. Raise BadInput for an invalid key."""
        rows = self._filter(self.wanted.view)
        field, falling = ("queue_at", False) if self.wanted.view in _BY_DEADLINE else ("last_message_at", True)
        page = _page(rows, field, falling=falling, after=after, before=before)
        for row in page.rows:
            self._house.attach(row, "account", "department", "assignee")
        return replace(page, searched=search.MOST_MESSAGES if self._matches and self._matches.more else 0)

    def counts(self) -> Counts:
        """Return the counts of the views of open conversations, with the same filter; one query."""
        views = (field.name for field in fields(Counts))
        sizes = (Size(self._filter(view).order_by().values("pk")[: MOST + 1]) for view in views)
        return Counts(*City.objects.values_list(*sizes).get())

    def _filter(self, view: str) -> QuerySet[Conversation]:
        criteria = self.wanted
        rows = Conversation.objects.filter(_view(view, self.contact, self.now)).filter(self._scope)
        if criteria.channel:
            rows = rows.filter(
                account__in=[pk for pk, row in self._house.accounts.items() if row.channel == criteria.channel]
            )
        if criteria.department:
            none = criteria.department == "-"
            slug = Department.objects.filter(slug=criteria.department)
            rows = rows.filter(department=None) if none else rows.filter(department__in=slug)
        if criteria.kind:
            rows = rows.filter(kind=criteria.kind)
        if criteria.addressed:
            rows = rows.filter(addressed=criteria.addressed)
        if self._matches is not None:
            rows = rows.filter(pk__in=self._matches.conversations)
        return rows


_BY_DEADLINE = frozenset({"open", "urgent", "late", "soon", "promised", "awaiting", "mine"})


def _view(view: str, contact: Contact, now: datetime) -> Q:
    is_open = Q(queue_at__isnull=False)
    return {
        "open": is_open,
        "urgent": is_open & Q(urgency__gt=0),
        "late": is_open & Q(queue_at__lt=now),
        "soon": is_open & Q(queue_at__gte=now, queue_at__lt=now + SOON),
        "promised": is_open & Q(promised_at__isnull=False),
        "awaiting": is_open & Q(state=State.AWAITING_DEPARTMENT),
        "mine": is_open & Q(assignee=contact),
        "answered": Q(state=State.ANSWERED),
        "closed": Q(state=State.CLOSED, merged_into=None),
        "all": Q(merged_into=None),
    }[view]


_COLUMNS = (
    *("account", "department", "assignee", "state", "kind", "urgency", "subject", "addressed", "version", "erased_at"),
    *("last_message_at", "due_at", "queue_at", "promised_at", "merged_into", "suggestions"),
    *("author__channel", "author__external_id", "author__handle", "author__name", "author__person"),
)


def listed_conversations() -> QuerySet[Conversation]:
    """Return conversations with the columns of lists; `SiteCache.attach` adds accounts, departments and colleagues."""
    latest = Message.objects.filter(conversation=OuterRef("pk"), direction="in").order_by("-sent_at", "-pk")
    excerpt = Subquery(latest.values(start=Substr("text", 1, EXCERPT))[:1])
    return Conversation.objects.select_related("author").only(*_COLUMNS).annotate(excerpt=excerpt)


def _page(rows: QuerySet[Conversation], field: str, *, falling: bool, after: str, before: str) -> Page:
    backwards = bool(before)
    down = falling != backwards
    if key := before or after:
        at, pk = _key(key)
        way = "lt" if down else "gt"
        rows = rows.filter(Q(**{f"{field}__{way}": at}) | Q(**{field: at, f"pk__{way}": pk}))
    sign = "-" if down else ""
    order = (f"{sign}{field}", f"{sign}pk")
    # The page is cut from the index alone. What is told of its rows comes by outer joins: they leave the order alone.
    keys = rows.order_by(*order).values("pk")[: SIZE + 1]
    page_rows = list(listed_conversations().filter(pk__in=keys).order_by(*order))
    more, page_rows = len(page_rows) > SIZE, page_rows[:SIZE]
    if backwards:
        page_rows.reverse()
    has_after, has_before = (True, more) if backwards else (more, bool(after))
    return Page(
        rows=page_rows,
        after=_write_key(page_rows[-1], field) if page_rows and has_after else "",
        before=_write_key(page_rows[0], field) if page_rows and has_before else "",
    )


def _write_key(row: Conversation, field: str) -> str:
    return f"{getattr(row, field).isoformat()}_{row.pk}"


def _key(key: str) -> tuple[datetime, int]:
    try:
        at, pk = key.rsplit("_", 1)
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC), int(pk)
    except (ValueError, OverflowError) as error:
        raise BadInput(gettext_noop("This page of the inbox does not exist. Go back to the first page.")) from error

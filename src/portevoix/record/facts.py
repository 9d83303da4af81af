"""The record's facts in the form that the measures read: as known at a cut-off, without anything later."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from portevoix.kernel.clock import ServiceClock, week_bounds, week_of
from portevoix.kernel.messages import Addressed
from portevoix.kernel.promises import outcome_of
from portevoix.measures.schema import Fact, Source, count_promises
from portevoix.record.models import City, Promise, Week
from portevoix.record.models import Fact as Row
from portevoix.record.policies import Clocks

_READ = (*(field.name for field in Row._meta.concrete_fields), "message__kind", "message__valence")
MONDAY_MORNING = timedelta(hours=8)
"""The time at which a week's measures are read: the Monday after it, at eight, local time."""


def facts(
    *,
    since: datetime,
    until: datetime,
    cut_off: datetime,
    departments: Iterable[str] | None = None,
    clock: ServiceClock | None = None,
) -> list[Fact]:
    """Return the waits opened in [since, until), as known at `cut_off`. `departments`: slugs; None: the whole city.

    Opening hours are those of each wait's own policy, unless `clock` has others.
    """
    rows = Row.objects.filter(opened_at__gte=since, opened_at__lt=min(until, cut_off)).order_by("opened_at", "pk")
    if departments is not None:
        rows = rows.filter(department__in=list(departments))
    promises = Promise.objects.filter(strand__in=rows.order_by().values("conversation"))
    return _facts(rows, promises, cut_off, clock)


def facts_of_week(
    week: str, *, cut_off: datetime, departments: Iterable[str] | None = None, clock: ServiceClock | None = None
) -> list[Fact]:
    """Return the waits opened in that ISO week, in the city's time zone. Raise BadInput for an invalid week."""
    since, until = week_bounds(week, City.objects.get().timezone)
    return facts(since=since, until=until, cut_off=cut_off, departments=departments, clock=clock)


def facts_promised_in_week(week: str, *, cut_off: datetime, departments: Iterable[str] | None = None) -> list[Fact]:
    """Return the waits with an answer promised for that ISO week; only promises for that week are counted."""
    since, until = week_bounds(week, City.objects.get().timezone)
    promises = Promise.objects.filter(promised_at__gte=since, promised_at__lt=until, ordinal__gt=0)
    rows = Row.objects.filter(conversation__in=promises.values("strand"), opened_at__lt=cut_off)
    if departments is not None:
        rows = rows.filter(department__in=list(departments))
    return _facts(rows.order_by("opened_at", "pk"), promises, cut_off, None)


def cut_off(week: str, *, now: datetime) -> datetime:
    """Return the cut-off of that week's measures: as it was stored, else the Monday after it; until then, now."""
    zone = ZoneInfo(City.objects.get().timezone)
    _, end = week_bounds(week, str(zone))
    monday = (end.astimezone(zone).replace(tzinfo=None) + MONDAY_MORNING).replace(tzinfo=zone).astimezone(UTC)
    if now < monday:
        return now
    stored = Week.objects.filter(week=week).values_list("cut_off", flat=True).first()
    return stored or monday


def _facts(
    rows: QuerySet[Row], promises: QuerySet[Promise], cut_off: datetime, clock: ServiceClock | None
) -> list[Fact]:
    """Return the facts of these rows. `promises`: those that are counted."""
    clocks = Clocks()
    timezone = City.objects.get().timezone
    promises_by_wait: dict[tuple[int, int], list[Promise]] = defaultdict(list)
    for promise in promises.filter(made_at__lte=cut_off):
        promises_by_wait[promise.strand_id, promise.ordinal].append(promise)
    return [
        _fact(
            row, cut_off, clock or clocks(row.policy_id), timezone, promises_by_wait[row.conversation_id, row.ordinal]
        )
        for row in rows.select_related("message").only(*_READ).iterator()
    ]


def _fact(row: Row, cut_off: datetime, clock: ServiceClock, timezone: str, promises: Sequence[Promise]) -> Fact:
    def visible(at: datetime | None) -> datetime | None:
        return at if at and at <= cut_off else None

    def elapsed_seconds(at: datetime | None) -> int | None:
        return int((at - row.opened_at).total_seconds()) if at else None

    def service_seconds(at: datetime | None) -> int | None:
        return clock.service_seconds(row.opened_at, at) if at else None

    first, answer, holding = visible(row.first_reply_at), visible(row.answer_at), visible(row.holding_at)
    return Fact(
        source=Source.DESK,
        channel=row.channel,
        account=row.account,
        department=row.department,
        kind=(row.message.kind if row.message else None) or "",
        valence=(row.message.valence if row.message else None) or "",
        wait=f"{row.conversation_id}/{row.ordinal}",
        thread=str(row.conversation_id),
        ordinal=row.ordinal,
        opened_at=row.opened_at,
        addressed=Addressed(row.addressed),
        first_reply_at=first,
        answer_at=answer,
        holding_at=holding,
        censored_at=cut_off,
        first_elapsed_s=elapsed_seconds(first),
        answer_elapsed_s=elapsed_seconds(answer),
        censored_elapsed_s=elapsed_seconds(cut_off) or 0,
        first_service_s=service_seconds(first),
        answer_service_s=service_seconds(answer),
        censored_service_s=service_seconds(cut_off) or 0,
        first_due_at=row.first_due_at,
        substance_due_at=row.substance_due_at,
        closed_at=visible(row.closed_at),
        **count_promises(outcome_of(p.promised_at, answered_at=p.answered_at, now=cut_off) for p in promises),
        week=week_of(row.opened_at, timezone),
    )

"""Retention: deletes or empties data whose retention period is over, once a day, in small batches."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.states import OPEN_STATES, State
from portevoix.record import permissions, personal_data, tombstones
from portevoix.record.models import (
    Access,
    Account,
    Attachment,
    Attempt,
    Author,
    City,
    Contact,
    Conversation,
    Dispatch,
    Envelope,
    Event,
    Message,
    Person,
    SignedLink,
    SuppressedAddress,
    Sweep,
)
from portevoix.record.operations import access_log
from portevoix.record.operations.erase import truncate_wal
from portevoix.record.operations.redact import Redaction, redact
from portevoix.record.permissions import Capability
from portevoix.record.queries.persons import with_parts
from portevoix.record.retention import DAYS, MONTHS, Kind, delete, registered_kinds

log = structlog.get_logger("portevoix.retention")
LEASE = timedelta(minutes=5)
FIRST_HOUR = timedelta(hours=3)
"""The day of a run begins at this hour, local time, when little else is done."""
MOST_DAYS_APART = 3
"""Days between two runs from which on the clock may have jumped: for as many more nothing is deleted."""
_CLOSED_STATES = sorted(set(State) - OPEN_STATES)


@dataclass(frozen=True, slots=True)
class RetentionProgress:
    """`count`: rows removed now. `counts`: those of the whole run, once it is over; None before."""

    count: int
    counts: Mapping[str, int] | None = None


def run_retention(*, now: datetime) -> RetentionProgress | None:
    """Remove one batch, or finish the run of the day. Return None when there is nothing to do at this hour.

    A batch that fails is tried again once its lease is over; until then the run waits.
    """
    run = _claim(now)
    if run is None:
        return None
    kind = next((each for each in kinds() if each.code == run.left[0]), None) if run.left else None
    with transaction.atomic():
        count = _take_away(kind, now) if kind else 0
        if kind and count:
            run.counts[kind.code] = run.counts.get(kind.code, 0) + count
        if not count or count < kind.batch:
            run.left = run.left[1:]
        run.leased_until = None
        if not run.left:
            run.finished_at = now
            transaction.on_commit(truncate_wal)
        run.save()
    return RetentionProgress(count, run.counts if run.finished_at else None)


def kinds() -> tuple[Kind, ...]:
    """Return all kinds of data that retention knows, those of products last."""
    return (*KINDS, *registered_kinds())


def set_retention(*, policy: Mapping[str, int | None], by: Contact, now: datetime) -> None:
    """Set the retention period of each kind, in its own unit; None: without limit. Raise BadInput for a bad period."""
    permissions.check(by, Capability.PRIVACY)
    kinds_by_code = {kind.code: kind for kind in kinds()}
    for code, duration in policy.items():
        kind = kinds_by_code[code]
        if duration is None and not kind.endless:
            raise BadInput(gettext_noop("This cannot be kept without limit."))
        if duration is not None and duration < kind.least:
            raise BadInput(gettext_noop("The least is {least}."), least=kind.least)
    with transaction.atomic():
        city = City.objects.select_for_update().get()
        city.retention = {
            code: duration for code, duration in policy.items() if duration != kinds_by_code[code].default
        }
        city.save(update_fields=["retention"])
        access_log.log(Access.What.RULED, by=by, now=now)


def _claim(now: datetime) -> Sweep | None:
    """Lease and return the run of the day; None if it is over or another worker has it."""
    city = City.objects.first()
    if city is None:
        return None
    day = day_of_run(city, now)
    run = Sweep.objects.filter(day=day).first() or _begin(day, now)
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    if run.finished_at or not Sweep.objects.filter(free, pk=run.pk, finished_at=None).update(leased_until=now + LEASE):
        return None
    return Sweep.objects.get(pk=run.pk)


def _begin(day: date, now: datetime) -> Sweep:
    """Store the run of a day; one that is over at once while retention waits."""
    start: dict[str, Any] = {"started_at": now, "left": [kind.code for kind in kinds()]}
    if is_waiting := waits_until(day) is not None:
        start |= {"finished_at": now, "left": []}
    run, is_new = Sweep.objects.get_or_create(day=day, defaults=start)
    if is_new and is_waiting:
        log.warning("retention_postponed", day=day.isoformat())
    return run


def day_of_run(city: City, now: datetime) -> date:
    """Return the day, in the city's time zone, to which a run belongs that begins now."""
    return (now.astimezone(ZoneInfo(city.timezone)) - FIRST_HOUR).date()


def waits_until(day: date) -> date | None:
    """Return the day from which on data is deleted again after a gap between the runs; None where there is none.

    A clock that is years ahead would have everything deleted; by its second look at such a clock somebody has set it.
    """
    since = day
    runs = list(Sweep.objects.filter(day__lt=day).order_by("-day").values_list("day", flat=True)[:30])
    for earlier in (*runs, *_latest_message_day(before=runs[-1] if runs else day)):
        if (since - earlier).days > MOST_DAYS_APART:
            until = since + timedelta(days=MOST_DAYS_APART)
            return until if until > day else None
        since = earlier
    return None


def _latest_message_day(*, before: date) -> list[date]:
    """Return the day of the newest message from before the first run: it says when the record was last alive."""
    received_at = Message.objects.filter(received_at__date__lt=before).aggregate(at=Max("received_at"))["at"]
    return [received_at.date()] if received_at else []


def _take_away(kind: Kind, now: datetime) -> int:
    cut_off = kind.cut_off(City.objects.get().retention, now)
    return kind.forget(kind, cut_off, now) if cut_off else 0


def _conversations(cut_off: datetime) -> QuerySet[Conversation]:
    """Return conversations neither open nor with a promise due, in which nothing has happened since the cut-off."""
    later = Event.objects.filter(conversation=OuterRef("pk"), at__gte=cut_off)
    arrivals = Message.objects.filter(conversation=OuterRef("pk"), received_at__gte=cut_off)
    rows = Conversation.objects.filter(
        Q(promised_at=None) | Q(promised_at__lt=cut_off),
        ~Exists(later),
        ~Exists(arrivals),
        state__in=_CLOSED_STATES,
        erased_at=None,
        merged_into=None,
        last_message_at__lt=cut_off,
    )
    return rows.order_by("last_message_at", "pk")


def _empty(kind: Kind, cut_off: datetime, now: datetime) -> int:
    """Empty a batch of conversations. Accounts are locked, so that no message joins them meanwhile."""
    numbers = list(kind.older(cut_off).values_list("pk", flat=True)[: kind.batch])
    accounts = Conversation.objects.filter(pk__in=numbers).values("account")
    list(Account.objects.select_for_update(no_key=True).filter(pk__in=accounts).order_by("pk"))
    query = Conversation.objects.select_for_update(of=("self",)).select_related("account", "department")
    rows = list(query.filter(pk__in=kind.older(cut_off).filter(pk__in=numbers).order_by().values("pk")).order_by("pk"))
    every = with_parts([row.pk for row in rows])
    writers = Message.objects.filter(conversation__in=every).values_list("author", flat=True)
    openers = Conversation.objects.filter(pk__in=every).values_list("author", flat=True)
    authors = {author for author in writers.union(openers) if author is not None}
    redact(rows, Redaction(cause="age", now=now, replies=True))
    personal_data.forget(every)
    _forget_unused(authors)
    return len(rows)


def _forget_unused(authors: set[int]) -> None:
    """Delete authors, and their persons, that nothing refers to any more."""
    rows = Author.objects.filter(pk__in=authors, messages=None, conversations=None)
    persons = dict(rows.values_list("pk", "person"))
    Author.objects.filter(pk__in=persons).delete()
    Person.objects.filter(pk__in=set(persons.values()) - {None}, authors=None).delete()


def _attachments(cut_off: datetime) -> QuerySet[Attachment]:
    rows = Attachment.objects.filter(content__isnull=False, message__received_at__lt=cut_off)
    due = Q(message__conversation__promised_at=None) | Q(message__conversation__promised_at__lt=cut_off)
    return rows.filter(due, message__conversation__state__in=_CLOSED_STATES).order_by("pk")


def _drop_contents(kind: Kind, cut_off: datetime, now: datetime) -> int:
    """Delete the content of files; the pages still show that there was a file."""
    numbers = list(kind.older(cut_off).values_list("pk", flat=True)[: kind.batch])
    why = gettext_noop("it was kept as long as the city keeps files")
    return Attachment.objects.filter(pk__in=numbers).update(content=None, refused=why)


def _aside(cut_off: datetime) -> QuerySet[Envelope]:
    aside = [Envelope.State.QUARANTINED, Envelope.State.HELD, Envelope.State.REJECTED]
    return Envelope.objects.filter(state__in=aside, received_at__lt=cut_off).order_by("received_at", "pk")


def _keep_out(kind: Kind, cut_off: datetime, now: datetime) -> int:
    """Delete envelopes that were set aside, and mark them so that they do not come back."""
    query = kind.older(cut_off).select_related("account").only("external_id", "account")
    rows = list(query.annotate(writer=KT("raw__author__id"))[: kind.batch])
    for account in {row.account for row in rows}:
        origins = [(row.external_id, row.writer) for row in rows if row.account == account]
        tombstones.add_marks(account, origins, now=now)
    return Envelope.objects.filter(pk__in=[row.pk for row in rows]).delete()[0]


KINDS = (
    Kind(
        code="messages",
        label=gettext_noop("Conversations that are over"),
        why=gettext_noop(
            "Their messages, names, notes and replies are emptied; figures stay. Counted from the last thing that was "
            "said or done. Two years let the house see the same season twice and answer a late claim. Never while a "
            "conversation is open or a promise is due."
        ),
        unit=MONTHS, default=24, endless=True, batch=50, older=_conversations, forget=_empty,
    ),
    Kind(
        code="attachments",
        label=gettext_noop("Files that citizens sent, and pictures of replies"),
        why=gettext_noop("Photographs, papers, scans: often most private, and seldom needed once it is over."),
        unit=MONTHS, default=12, endless=True, batch=100, older=_attachments, forget=_drop_contents,
    ),
    Kind(
        code="envelopes",
        label=gettext_noop("Messages as they arrived"),
        why=gettext_noop("Kept to find out what went wrong on the way in; a month is enough for that."),
        unit=DAYS, default=30, forget=delete,
        older=lambda cut_off: Envelope.objects.filter(
            state=Envelope.State.TAKEN, received_at__lt=cut_off
        ).order_by("pk"),
    ),
    Kind(
        code="aside",
        label=gettext_noop("Messages set aside or kept out"),
        why=gettext_noop("Nobody decided on them, or somebody kept them out. They are deleted and do not come back."),
        unit=MONTHS, default=6, older=_aside, forget=_keep_out,
    ),
    Kind(
        code="access",
        label=gettext_noop("Access log"),
        why=gettext_noop("The CNIL recommends six months to a year for such a log (deliberation 2021-122)."),
        unit=MONTHS, default=12, least=6, forget=delete,
        older=lambda cut_off: Access.objects.filter(at__lt=cut_off).order_by("at"),
    ),
    Kind(
        code="attempts",
        label=gettext_noop("Attempts to sign in and posts to the form"),
        why=gettext_noop("Counted, under a hash, to slow down whoever tries too often; no limit looks back further."),
        unit=DAYS, default=1, forget=delete,
        older=lambda cut_off: Attempt.objects.filter(at__lt=cut_off).order_by("at"),
    ),
    Kind(
        code="sessions",
        label=gettext_noop("Sessions that are over"),
        why=gettext_noop("Counted from when the session ended by itself, twelve hours after the colleague signed in."),
        unit=DAYS, default=0, least=0, forget=delete,
        older=lambda cut_off: Session.objects.filter(expire_date__lt=cut_off).order_by("expire_date"),
    ),
    Kind(
        code="letters",
        label=gettext_noop("To whom letters of the house went"),
        why=gettext_noop(
            "The address and the hour of each letter, such as an edition of the journal; never what it says. Long "
            "enough to see that it left, or came back, and that nobody gets it twice."
        ),
        unit=MONTHS, default=3, forget=delete,
        older=lambda cut_off: Dispatch.objects.filter(due_at__lt=cut_off).order_by("due_at"),
    ),
    Kind(
        code="suppressed",
        label=gettext_noop("Addresses to which no letter goes any more"),
        why=gettext_noop(
            "Counted from the mail that came back. An editor may lift each sooner, under Journal, Letters."
        ),
        unit=MONTHS, default=24, forget=delete,
        older=lambda cut_off: SuppressedAddress.objects.filter(since__lt=cut_off).order_by("since"),
    ),
    Kind(
        code="links",
        label=gettext_noop("Addresses in e-mails that have expired"),
        why=gettext_noop("Kept for a while so that the page can say until when an address worked."),
        unit=DAYS, default=90, forget=delete,
        older=lambda cut_off: SignedLink.objects.filter(expires_at__lt=cut_off).order_by("expires_at"),
    ),
)  # fmt: skip

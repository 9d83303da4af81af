"""Deliveries of replies, and deletions of sent ones: at most one send per key."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from portevoix.kernel.errors import PortevoixError, Refused
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Attachment as Picture
from portevoix.kernel.messages import Bounce, Outgoing, Receipt, Visibility, Writer
from portevoix.record import permissions
from portevoix.record.models import Account, Contact, Conversation, Delivery, Message
from portevoix.record.permissions import Capability

log = structlog.get_logger("portevoix.deliveries")
LEASE = timedelta(minutes=5)
_LOOKED_THROUGH = 10
"""How many deliveries are examined for each that is claimed: those of one account wait for one another."""
State = Delivery.State
_RETURN_REASON = gettext_noop("The mail server of {to} gave it back: “{why}”.")


def claim(*, now: datetime, limit: int = 20, without: Collection[int] = ()) -> list[Delivery]:
    """Lease and return deliveries to send (DUE), and those that may have been sent (SENDING, lease over).

    The claim is committed before anything is sent, so that a process that dies meanwhile leaves a row in SENDING, with
    one more attempt. Each row has its former state, and the lease: the result of the attempt counts only as long as
    nobody else has claimed it since. At most one per account, none of the accounts in `without`, and none of a paused
    one: its replies wait until it is resumed.
    """
    with transaction.atomic():
        due = Q(state=State.DUE, next_attempt_at__lte=now) | Q(state=State.SENDING, leased_until__lte=now)
        open_ones = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).filter(due, sent_at=None)
        others = open_ones.exclude(message__account__in=without).exclude(message__account__state=Account.State.PAUSED)
        first: dict[int, Delivery] = {}
        for row in others.select_related("message").order_by("next_attempt_at")[: limit * _LOOKED_THROUGH]:
            first.setdefault(row.message.account_id, row)
        rows = list(first.values())[:limit]
        until = now + LEASE
        mine = Delivery.objects.filter(pk__in=[row.pk for row in rows])
        mine.update(state=State.SENDING, leased_until=until, attempts=F("attempts") + 1, reason=None)
    for row in rows:
        row.leased_until, row.attempts = until, row.attempts + 1
    return rows


def look_up_all(*, now: datetime) -> int:
    """Have due replies looked up before they are sent, after a restore: they may have left since the backup.

    Return how many there are.
    """
    rows = Delivery.objects.filter(state__in=[State.DUE, State.SENDING])
    return rows.update(state=State.SENDING, leased_until=now)


def outgoing(delivery: Delivery) -> Outgoing:
    """Return the frozen value that a connector sends."""
    message = Message.objects.select_related("conversation", "account", "addressee").get(pk=delivery.message_id)
    conversation, author = message.conversation, message.addressee
    return Outgoing(
        key=delivery.key,
        account=message.account.address,
        conversation=conversation.reference,
        to=author.writer() if author else Writer(""),
        text=message.text,
        sent_at=message.sent_at,
        in_reply_to=message.in_reply_to,
        references=tuple(message.references),
        thread=conversation.thread,
        subject=message.subject,
        lang=conversation.lang,
        visibility=Visibility(message.visibility),
        media=() if delivery.kind == Delivery.Kind.WITHDRAW else tuple(_pictures(message)),
    )


def _pictures(message: Message) -> Iterator[Picture]:
    """Yield the pictures. Raise Refused rather than send a reply without a picture that it had."""
    for row in message.attachments.order_by("pk"):
        if row.content is None:
            raise Refused(
                gettext_noop("The picture “{name}” is not kept any more. Write the reply anew."), name=row.name
            )
        yield Picture(row.name, row.type, bytes(row.content), row.alt or "")


def external_id(delivery: Delivery) -> str:
    """Return the message's id on the network."""
    return delivery.message.external_id or ""


def is_withdrawal(delivery: int) -> bool:
    """Return whether the delivery is a deletion."""
    return Delivery.objects.filter(pk=delivery, kind=Delivery.Kind.WITHDRAW).exists()


def record_withdrawal(delivery: Delivery, *, now: datetime) -> None:
    """Record that the network has deleted the message."""
    rows = Delivery.objects.filter(pk=delivery.pk, kind=Delivery.Kind.WITHDRAW).exclude(state=State.SENT)
    rows.update(state=State.SENT, sent_at=now, reason=None, leased_until=None)
    log.info("withdrawal_sent", delivery=delivery.pk)


def record_sent(delivery: Delivery, receipt: Receipt, *, now: datetime) -> None:
    """Record that the network accepted the reply, even if somebody else has claimed it meanwhile."""
    with transaction.atomic():
        final_states = [State.SENT, State.RETURNED]  # the report that it came back may be faster
        rows = Delivery.objects.filter(pk=delivery.pk, kind=Delivery.Kind.SEND).exclude(state__in=final_states)
        rows.update(state=State.SENT, sent_at=now, reason=None, leased_until=None)
        message = Message.objects.filter(pk=delivery.message_id)
        message.update(url=receipt.url)
        with suppress(IntegrityError), transaction.atomic():  # unless the network showed it before it was known as sent
            message.update(external_id=receipt.external_id)
        with suppress(IntegrityError), transaction.atomic():  # a post of our own: whoever answers it comes to it
            posts = Conversation.objects.filter(messages=delivery.message_id, thread="", messages__in_reply_to="")
            posts.update(thread=receipt.external_id)
    log.info("delivery_sent", delivery=delivery.pk)


def record_postponement(delivery: Delivery, error: PortevoixError, *, again_at: datetime) -> None:
    """Record that nothing was sent, and when to try again."""
    _set(delivery, State.DUE, error, next_attempt_at=again_at)
    log.warning("delivery_postponed", delivery=delivery.pk, until=again_at.isoformat(), why=str(error))


def record_doubt(delivery: Delivery, error: PortevoixError, *, again_at: datetime) -> None:
    """Record that it may have been sent, and when to ask the network, which does not answer now."""
    _set(delivery, State.SENDING, error, leased_until=again_at)
    log.warning("delivery_doubtful", delivery=delivery.pk, until=again_at.isoformat(), why=str(error))


def record_refusal(delivery: Delivery, error: PortevoixError) -> None:
    """Record that the reply was refused and not sent; a person decides."""
    _set(delivery, State.REFUSED, error)
    log.error("delivery_refused", delivery=delivery.pk, why=str(error))


def record_uncertainty(delivery: Delivery, error: PortevoixError) -> None:
    """Record that it may have been sent; a person decides."""
    _set(delivery, State.UNCERTAIN, error)
    log.error("delivery_uncertain", delivery=delivery.pk, why=str(error))


def record_returns(account: Account, bounces: Iterable[Bounce]) -> None:
    """Record that the network returned these replies; a person decides. Those not sent or to be tried again stay so.

    A report about what this account did not send is ignored.
    """
    left = [State.SENT, State.SENDING, State.UNCERTAIN]
    for bounce in bounces:
        rows = Delivery.objects.filter(key=bounce.key, kind=Delivery.Kind.SEND, message__account=account)
        reason = {"text": _RETURN_REASON, "values": {"to": bounce.to or "—", "why": bounce.why or "—"}}
        for pk in rows.filter(state__in=left).values_list("pk", flat=True):
            back = Delivery.objects.filter(pk=pk)
            back.update(state=State.RETURNED, sent_at=None, leased_until=None, reason=reason)
            log.warning("delivery_returned", delivery=pk)  # why it did is told there: it names the citizen


def _set(delivery: Delivery, state: str, error: PortevoixError, **more: object) -> None:
    """Change the delivery, unless somebody else has claimed it since: their result counts."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=State.SENDING, leased_until=delivery.leased_until)
    reason = {"text": error.text, "values": error.values}
    mine.update(**{"state": state, "reason": reason, "leased_until": None, **more})


def decide(*, delivery: int, arrived: bool, by: Contact, now: datetime) -> bool:
    """Store a person's decision on a stuck delivery: it arrived, or it did not and is to be sent again.

    Return False when somebody decided before.
    """
    permissions.check(by, Capability.ADMIT)
    rows = Delivery.objects.filter(pk=delivery, state__in=Delivery.STUCK)
    if arrived:
        return bool(rows.update(state=State.SENT, sent_at=now, reason=None))
    return bool(rows.update(state=State.DUE, next_attempt_at=now, reason=None, attempts=0))

"""Replies on their way out, and deletions of such: at most one send per key."""

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
from portevoix.record.addressee import addressee_of
from portevoix.record.models import Account, Contact, Conversation, Delivery, Message
from portevoix.record.permissions import Capability

log = structlog.get_logger("portevoix.deliveries")
LEASE = timedelta(minutes=5)
_LOOKED_THROUGH = 10
"""Of how many, for each that is claimed, the accounts are looked at: those of one account wait for one another."""
State = Delivery.State
_RETURNED = gettext_noop("The mail server of {to} gave it back: “{why}”.")


def claim(*, now: datetime, limit: int = 20, without: Collection[int] = ()) -> list[Delivery]:
    """Deliveries to send (found DUE), and those that may have been sent (found SENDING, lease over), leased.

    The claim is committed before anything is sent, so that whoever vanishes meanwhile leaves a row in SENDING, and one
    more attempt on it. Each row tells the state in which it was found, and the lease: what comes of the attempt counts
    only as long as nobody else has claimed it since. One of an account at most, none of the accounts in `without`, and
    none of one that is paused: its replies wait until it is resumed.
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


def doubt(*, now: datetime) -> int:
    """After a restore: what was due may have left since the backup was taken, so that it is looked up before it is
    sent. Returns how many replies that concerns."""
    rows = Delivery.objects.filter(state__in=[State.DUE, State.SENDING])
    return rows.update(state=State.SENDING, leased_until=now)


def outgoing(delivery: Delivery) -> Outgoing:
    """The frozen value that a connector sends."""
    message = Message.objects.select_related("conversation__author", "account").get(pk=delivery.message_id)
    conversation, author = message.conversation, addressee_of(message)
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
    """Raises Refused rather than send a reply without a picture that it had."""
    for row in message.attachments.order_by("pk"):
        if row.content is None:
            raise Refused(
                gettext_noop("The picture “{name}” is not kept any more. Write the reply anew."), name=row.name
            )
        yield Picture(row.name, row.type, bytes(row.content), row.alt or "")


def external_id(delivery: Delivery) -> str:
    """Under which id what was sent stands on the network."""
    return delivery.message.external_id or ""


def withdraws(delivery: int) -> bool:
    """Whether it is a deletion on its way."""
    return Delivery.objects.filter(pk=delivery, kind=Delivery.Kind.WITHDRAW).exists()


def withdrawn(delivery: Delivery, *, now: datetime) -> None:
    """The network shows it no more."""
    rows = Delivery.objects.filter(pk=delivery.pk, kind=Delivery.Kind.WITHDRAW).exclude(state=State.SENT)
    rows.update(state=State.SENT, sent_at=now, reason=None, leased_until=None)
    log.info("withdrawal_sent", delivery=delivery.pk)


def sent(delivery: Delivery, receipt: Receipt, *, now: datetime) -> None:
    """The network took it. That is so whoever else has claimed it meanwhile."""
    with transaction.atomic():
        told = [State.SENT, State.RETURNED]  # the report that it came back may be faster
        rows = Delivery.objects.filter(pk=delivery.pk, kind=Delivery.Kind.SEND).exclude(state__in=told)
        rows.update(state=State.SENT, sent_at=now, reason=None, leased_until=None)
        message = Message.objects.filter(pk=delivery.message_id)
        message.update(url=receipt.url)
        with suppress(IntegrityError), transaction.atomic():  # unless the network showed it before it was known as sent
            message.update(external_id=receipt.external_id)
        with suppress(IntegrityError), transaction.atomic():  # a post of our own: whoever answers it comes to it
            posts = Conversation.objects.filter(messages=delivery.message_id, thread="", messages__in_reply_to="")
            posts.update(thread=receipt.external_id)
    log.info("delivery_sent", delivery=delivery.pk)


def postponed(delivery: Delivery, error: PortevoixError, *, again_at: datetime) -> None:
    """Nothing was sent; it will be tried again."""
    _set(delivery, State.DUE, error, next_attempt_at=again_at)
    log.warning("delivery_postponed", delivery=delivery.pk, until=again_at.isoformat(), why=str(error))


def doubtful(delivery: Delivery, error: PortevoixError, *, again_at: datetime) -> None:
    """It may have been sent, and the network cannot be asked now; it will be."""
    _set(delivery, State.SENDING, error, leased_until=again_at)
    log.warning("delivery_doubtful", delivery=delivery.pk, until=again_at.isoformat(), why=str(error))


def refused(delivery: Delivery, error: PortevoixError) -> None:
    """Nothing was sent; a person decides."""
    _set(delivery, State.REFUSED, error)
    log.error("delivery_refused", delivery=delivery.pk, why=str(error))


def uncertain(delivery: Delivery, error: PortevoixError) -> None:
    """It may have been sent; a person decides."""
    _set(delivery, State.UNCERTAIN, error)
    log.error("delivery_uncertain", delivery=delivery.pk, why=str(error))


def returned(account: Account, bounces: Iterable[Bounce]) -> None:
    """The network took them and gave them back; a person decides. What did not leave, or waits for another try, stays.

    A report about what this account did not send says nothing.
    """
    left = [State.SENT, State.SENDING, State.UNCERTAIN]
    for bounce in bounces:
        rows = Delivery.objects.filter(key=bounce.key, kind=Delivery.Kind.SEND, message__account=account)
        reason = {"text": _RETURNED, "values": {"to": bounce.to or "—", "why": bounce.why or "—"}}
        for pk in rows.filter(state__in=left).values_list("pk", flat=True):
            back = Delivery.objects.filter(pk=pk)
            back.update(state=State.RETURNED, sent_at=None, leased_until=None, reason=reason)
            log.warning("delivery_returned", delivery=pk)  # why it did is told there: it names the citizen


def _set(delivery: Delivery, state: str, error: PortevoixError, **more: object) -> None:
    """Nothing happens when somebody else has claimed it since: what they say counts."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=State.SENDING, leased_until=delivery.leased_until)
    reason = {"text": error.text, "values": error.values}
    mine.update(**{"state": state, "reason": reason, "leased_until": None, **more})


def decide(*, delivery: int, arrived: bool, by: Contact, now: datetime) -> bool:
    """A person says of a stuck delivery that it arrived, or that it did not and is to be sent again.

    False when somebody decided before.
    """
    permissions.check(by, Capability.ADMIT)
    rows = Delivery.objects.filter(pk=delivery, state__in=Delivery.STUCK)
    if arrived:
        return bool(rows.update(state=State.SENT, sent_at=now, reason=None))
    return bool(rows.update(state=State.DUE, next_attempt_at=now, reason=None, attempts=0))

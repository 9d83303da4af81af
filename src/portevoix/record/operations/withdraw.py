"""Deletes on the network what the city sent there. Here it stays readable, with who withdrew it and when."""

from datetime import datetime

from portevoix.channels import base as channels
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Visibility
from portevoix.kernel.states import What
from portevoix.record.event_log import happen, writing
from portevoix.record.models import Account, Contact, Delivery, Message
from portevoix.record.permissions import Capability


def withdraw(*, conversation: int, message: int, by: Contact, now: datetime) -> None:
    """Queue the deletion, which is tried again and shows its errors like a reply.

    No measure changes: a citizen who was answered was answered. A deletion under way stays so.
    Raise BadInput when the message was not sent, or the network allows no deletion.
    """
    with writing(conversation, by=by, needs=Capability.REPLY) as row:
        rows = Delivery.objects.select_for_update(of=("self",)).select_related("message")
        delivery = rows.filter(message=message, message__conversation=row).first()
        if delivery is None:
            raise BadInput(gettext_noop("This was not sent from here. Delete it on the network itself."))
        if delivery.kind == Delivery.Kind.WITHDRAW:
            return
        _check(delivery.message, delivery, row.account)
        left_at = delivery.sent_at.isoformat()
        delivery.kind, delivery.state, delivery.sent_at = Delivery.Kind.WITHDRAW, Delivery.State.DUE, None
        delivery.next_attempt_at, delivery.attempts = now, 0
        delivery.save()
        happen(row, What.WITHDRAWN, at=now, by=by, message=delivery.message, data={"left_at": left_at})


def deletable(account: Account) -> frozenset[Visibility]:
    """Return the visibilities of messages from this account that can be deleted on its network."""
    return frozenset() if account.state == Account.State.UNCONNECTED else channels.deletable(account.connector)


def _check(message: Message, delivery: Delivery, account: Account) -> None:
    possible = deletable(account)
    if not possible:
        raise BadInput(gettext_noop("On this network nothing can be deleted from here. Delete it there, by hand."))
    if message.visibility not in possible:
        raise BadInput(channels.STAYS)
    if delivery.state != Delivery.State.SENT:
        raise BadInput(gettext_noop("This reply has not left. There is nothing to delete on the network yet."))
    if message.erased_at:
        raise BadInput(gettext_noop("What stood here was erased, and with it the way to delete it from here."))
    if not message.external_id:
        raise BadInput(gettext_noop("Nobody knows under which number it stands there. Delete it there, by hand."))

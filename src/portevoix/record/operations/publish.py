"""Publishes a post of the city's own. It answers nobody, and begins the conversation of those who reply to it."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from portevoix.channels import base as channels
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Ability, Direction, Visibility, Writer
from portevoix.kernel.messages import Attachment as Picture
from portevoix.kernel.states import What
from portevoix.record import permissions
from portevoix.record.event_log import happen
from portevoix.record.models import Account, Contact, Conversation, Delivery, Message
from portevoix.record.operations.reply import check_length, check_pictures, check_text, keep_pictures
from portevoix.record.permissions import Capability
from portevoix.record.search import searchable


@dataclass(frozen=True, slots=True)
class Posted:
    """`conversation` is the one that it began; `before`: the same post was requested earlier, and nothing is sent."""

    conversation: int
    before: bool


def publish(
    *, account: int, text: str, key: str, by: Contact | None, now: datetime, pictures: Sequence[Picture] = ()
) -> Posted:
    """Publish one post per `key` of an account, however often it is requested. `by` None: the command line.

    Raise BadInput for a post that the network does not accept, or when it accepts none.
    """
    if by is not None:
        permissions.check(by, Capability.REPLY)
    row = Account.objects.get(pk=account)
    _check(row, text, pictures)
    delivery_key = hashlib.sha256(f"post {row.channel} {row.address} {key}".encode()).hexdigest()[:32]
    try:
        with transaction.atomic():
            return _before(delivery_key) or Posted(
                _create_post(row, text.strip(), pictures, delivery_key, by, now), before=False
            )
    except IntegrityError:  # somebody else was faster by a moment
        if before := _before(delivery_key):
            return before
        raise


def _check(row: Account, text: str, pictures: Sequence[Picture]) -> None:
    check_text(text)
    if row.state == Account.State.UNCONNECTED or not channels.able(row.connector, Ability.PUBLISH):
        raise BadInput(
            gettext_noop("{account} takes no posts of the city's own: nothing was sent."), account=row.address
        )
    check_length(row, text, Writer(""))
    check_pictures(row, pictures)


def _before(key: str) -> Posted | None:
    conversation = Message.objects.filter(delivery__key=key).values_list("conversation", flat=True).first()
    return Posted(conversation, before=True) if conversation else None


def _create_post(
    row: Account, text: str, pictures: Sequence[Picture], key: str, by: Contact | None, now: datetime
) -> int:
    conversation = Conversation.objects.create(
        account=row,
        reference=secrets.token_hex(6),
        visibility=Visibility.PUBLIC,
        opened_at=now,
        last_message_at=now,
        queue_at=now,  # until its event says better
    )
    message = Message.objects.create(
        conversation=conversation,
        account=row,
        direction=Direction.OUT,
        contact=by,
        text=text,
        search=searchable(text, by.name if by else ""),
        sent_at=now,
        received_at=now,
        visibility=Visibility.PUBLIC,
    )
    keep_pictures(message, pictures)
    Delivery.objects.create(message=message, key=key, next_attempt_at=now)
    happen(conversation, What.ANSWERED, at=now, by=by, message=message, data={"post": True})
    return int(conversation.pk)

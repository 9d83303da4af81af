"""Stores a host's labels of a message. The labellers are trained on these decisions."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from portevoix.kernel.errors import BadInput, Conflict
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.labels import Kind, Sentiment
from portevoix.kernel.messages import Direction
from portevoix.kernel.states import What
from portevoix.record.db import bulk
from portevoix.record.event_log import happen, writing
from portevoix.record.models import Contact, Conversation, Event, Message
from portevoix.record.permissions import Capability


def label(
    *, conversation: int, kind: str = "", valence: str = "", seen: int | None = None, by: Contact, now: datetime
) -> None:
    """Label the message that began the conversation. Empty labels stay as they were; chosen ones lose their suggestion.

    `seen`: the version on the host's page. Raise BadInput for an unknown kind or sentiment, and when both are empty;
    Conflict when a colleague has chosen otherwise since `seen`.
    """
    choices = {name: value for name, value in (("kind", kind), ("valence", valence)) if value}
    if not choices or kind not in ("", *Kind) or valence not in ("", *Sentiment):
        raise BadInput(gettext_noop("Choose a kind or a sentiment among those of the list."))
    with writing(conversation, by=by, needs=Capability.REPLY) as row:
        if seen is not None:
            _check_nobody_else(row, seen, choices, by)
        for name, value in choices.items():
            setattr(row, name, value)
        row.suggestions = {name: several for name, several in row.suggestions.items() if name not in choices}
        _label_first(row, choices)
        happen(row, What.LABELLED, at=now, by=by, data=choices)


def label_messages(labels: Mapping[int, tuple[str, str]]) -> None:
    """Store the likely kind and sentiment of messages, by number, that have none yet."""
    with transaction.atomic():
        rows = Message.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        messages = list(rows.filter(pk__in=labels, kind=None).only("kind", "valence"))
        for row in messages:
            row.kind, row.valence = labels[row.pk]
        bulk.update(messages, changing=["kind", "valence"])


def _label_first(row: Conversation, choices: Mapping[str, str]) -> None:
    query = Message.objects.select_for_update(of=("self",), no_key=True).filter(
        conversation=row, direction=Direction.IN
    )
    message = query.only("labels", "kind", "valence").order_by("sent_at", "pk").first()
    if message is not None:
        message.labels = {**message.labels, **choices}
        for name, value in choices.items():
            setattr(message, name, value)
        message.save(update_fields=["labels", *choices])


def _check_nobody_else(row: Conversation, seen: int, choices: dict[str, str], by: Contact) -> None:
    for event in Event.objects.filter(conversation=row).select_related("contact").order_by("pk")[seen:]:
        others = event.what == What.LABELLED and event.contact is not None and event.contact != by
        if others and any(event.data.get(name, value) != value for name, value in choices.items()):
            raise Conflict(
                gettext_noop("{name} has decided otherwise in the meantime. Look, and save again if it is needed."),
                name=event.contact.name,
            )

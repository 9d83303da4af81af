"""Takes a person, or what a deleted message said, out of the titles and phrases of matters."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q

from portevoix.kernel.matter_codes import NO_TITLE, MatterEventType
from portevoix.kernel.messages import Direction
from portevoix.record.models import Conversation, Matter, MatterEvent, Message
from portevoix.record.operations.editions import lock_editions
from portevoix.record.operations.redact_editions import is_said
from portevoix.text.privacy.person_removal import NOBODY, Identity, remove_person

_TITLES = frozenset({"before", "title"})
"""Keys of an event's data that are titles."""


def redact_matters(rows: Collection[Conversation], person: Identity) -> None:
    """Take the person, and words that nobody else said, out of the matters of these conversations, once they are empty.

    A matter of nobody else's is emptied.
    """
    for matter in _lock_matters(rows):
        others = matter.links.filter(conversation__erased_at=None, left_at=None)
        _redact(matter, person if others.exclude(conversation__in=rows).exists() else None)


def forget_words(conversations: Collection[int]) -> None:
    """Take out of the matters of these conversations the words that only a message said that is deleted now."""
    for matter in _lock_matters(conversations):
        _redact(matter, NOBODY)


def _redact(matter: Matter, person: Identity | None) -> None:
    """Keep what citizens still say, without the person, and a title that a colleague chose; None: keep nothing."""
    talks = matter.links.filter(left_at=None).values("conversation")
    said = Message.objects.filter(conversation__in=talks, direction=Direction.IN)

    def redact_words(title: str, *, is_chosen: bool = False) -> str:
        is_kept = person is not None and (is_chosen or is_said(title, said))
        return remove_person(title, person) if person is not None and is_kept else NO_TITLE

    is_chosen = matter.events.filter(what=MatterEventType.RENAMED).exists()
    matter.title = redact_words(matter.title, is_chosen=is_chosen)
    matter.phrases = [phrase for phrase in matter.phrases if redact_words(phrase) == phrase]
    matter.save(update_fields=["title", "phrases"])
    parts = Matter.objects.filter(merged_into=matter)  # which have no conversations of their own any more
    for event in MatterEvent.objects.filter(Q(matter=matter) | Q(matter__in=parts)):
        for key in event.data.keys() & _TITLES:
            event.data[key] = redact_words(event.data[key])
            event.save(update_fields=["data"])


def _lock_matters(conversations: Collection[Any]) -> list[Matter]:
    """Lock and return the matters of locked conversations, so that nobody renames one meanwhile.

    Editions are locked before, as by the journal that proposes matters.
    """
    lock_editions()
    theirs = Matter.objects.filter(links__conversation__in=conversations).values("pk")
    related = Matter.objects.filter(Q(pk__in=theirs) | Q(merged_into__in=theirs))
    locked = list(Matter.objects.select_for_update(of=("self",)).filter(pk__in=related.values("pk")).order_by("pk"))
    numbers = set(Matter.objects.filter(links__conversation__in=conversations).values_list("pk", flat=True))
    return [matter for matter in locked if matter.pk in numbers]

"""Takes a person, or what a deleted message said, out of the titles and phrases of matters."""

from collections.abc import Collection, Iterable, Set
from typing import Any

from django.db.models import Q, QuerySet

from portevoix.kernel.matters import MatterEventType
from portevoix.kernel.messages import Direction
from portevoix.record.models import Conversation, Matter, Message
from portevoix.record.operations.matters import NO_TITLE
from portevoix.record.operations.redact_editions import holding, stems
from portevoix.text.privacy.person_removal import Identity, remove_person

_TITLES = frozenset({"before", "title"})
"""Keys of an event's data that are titles."""


def redact_matters(rows: Collection[Conversation], person: Identity) -> None:
    """Take the person out of the matters of these conversations; one of nobody else's is emptied."""
    for matter in _lock_matters(rows):
        others = matter.links.filter(conversation__erased_at=None, left_at=None)
        is_shared = others.exclude(conversation__in=rows).exists()
        matter.title = remove_person(matter.title, person) if is_shared else NO_TITLE
        kept = [phrase for phrase in matter.phrases if remove_person(phrase, person) == phrase]
        matter.phrases = kept if is_shared else []
        matter.save(update_fields=["title", "phrases"])
        _redact_titles(matter, person if is_shared else None)
        for part in Matter.objects.filter(merged_into=matter):  # which has no conversations of its own any more
            _redact_titles(part, None)


def forget_words(conversations: Collection[int], said: Iterable[str]) -> None:
    """Take out of the matters of these conversations the words that only a deleted message said.

    A title that a colleague chose stays.
    """
    stems_said = stems(said)
    for matter in _lock_matters(conversations):
        talks = matter.links.filter(left_at=None).values("conversation")
        rest = Message.objects.filter(conversation__in=talks, direction=Direction.IN)
        matter.phrases = [phrase for phrase in matter.phrases if not _is_gone(phrase, stems_said, rest)]
        if not matter.events.filter(what=MatterEventType.RENAMED).exists() and _is_gone(matter.title, stems_said, rest):
            matter.title = NO_TITLE
        matter.save(update_fields=["title", "phrases"])


def _lock_matters(conversations: Collection[Any]) -> list[Matter]:
    """Lock and return the matters of locked conversations, so that nobody renames one meanwhile."""
    theirs = Matter.objects.filter(links__conversation__in=conversations).values("pk")
    related = Matter.objects.filter(Q(pk__in=theirs) | Q(merged_into__in=theirs))
    locked = list(Matter.objects.select_for_update(of=("self",)).filter(pk__in=related.values("pk")).order_by("pk"))
    numbers = set(Matter.objects.filter(links__conversation__in=conversations).values_list("pk", flat=True))
    return [matter for matter in locked if matter.pk in numbers]


def _redact_titles(matter: Matter, person: Identity | None) -> None:
    """Take the person out of the titles that a matter had; None: empty them."""
    for event in matter.events.all():
        for key in event.data.keys() & _TITLES:
            event.data[key] = NO_TITLE if person is None else remove_person(event.data[key], person)
            event.save(update_fields=["data"])


def _is_gone(words: str, said: Set[str], rest: QuerySet[Message]) -> bool:
    """Return whether these words were said by the deleted message and are in none of the others."""
    own = stems([words])
    return bool(own) and own <= said and not holding(rest, words).exists()

"""Proposes, confirms, names, merges and rejects matters, and puts conversations into them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from portevoix.kernel.errors import BadInput, Conflict, NotThere
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.matter_codes import NO_TITLE, JoinedBy, MatterEventType, MatterState
from portevoix.record import event_log, permissions
from portevoix.record.models import (
    Contact,
    Conversation,
    Department,
    FindingAnswer,
    Matter,
    MatterConversation,
    MatterEvent,
)
from portevoix.record.operations.editions import count_removals, lock_editions
from portevoix.record.permissions import Capability

LONGEST_TITLE = 200
MOST_PHRASES = 50


def propose_matter(
    *,
    title: str,
    department: str,
    phrases: Sequence[str],
    conversations: Iterable[int],
    now: datetime,
    removals: int,
    district: str = "",
) -> int | None:
    """Store a matter that the journal found, proposed until a colleague decides; return its number.

    `removals`: what `count_removals` returned before it was looked for. Return None when there were more since, or when
    none of its conversations is there any more: title and phrases may be of who was removed.
    """
    with transaction.atomic():
        present = _present(conversations)  # locked before all else, as whoever erases one does
        lock_editions()
        if count_removals() != removals or not present:
            return None
        if known := _find_same(conversations):
            return known
        row = Matter.objects.create(
            title=title[:LONGEST_TITLE],
            department=Department.objects.filter(slug=department).first(),
            district=district[:LONGEST_TITLE],
            phrases=list(phrases[:MOST_PHRASES]),
            state=MatterState.PROPOSED,
            opened_at=now,
        )
        _note(row, MatterEventType.PROPOSED, now)
        _join(row, conversations, JoinedBy.JOURNAL, None, now)
    return int(row.pk)


def _find_same(conversations: Iterable[int]) -> int | None:
    """Return the matter that has most of these conversations: another worker has proposed it meanwhile."""
    every = set(conversations)
    links = MatterConversation.objects.filter(conversation__in=every, left_at=None, matter__merged_into=None)
    best = links.values("matter").annotate(count=Count("pk")).order_by("-count", "matter").first()
    return int(best["matter"]) if best and 2 * best["count"] > len(every) else None


def extend_matter(
    *, matter: int, phrases: Sequence[str], conversations: Iterable[int], now: datetime, removals: int
) -> None:
    """Add what a later week's journal found of a matter: conversations, and the words that citizens use now.

    Nothing is added when there were more `removals` since it was looked for.
    """
    with transaction.atomic():
        _present(conversations)
        lock_editions()
        if count_removals() != removals:
            return
        row = Matter.objects.select_for_update(of=("self",)).get(pk=matter)
        while row.merged_into_id:
            row = Matter.objects.select_for_update(of=("self",)).get(pk=row.merged_into_id)
        row.phrases = list(dict.fromkeys([*phrases, *row.phrases]))[:MOST_PHRASES]
        row.save(update_fields=["phrases"])
        _join(row, conversations, JoinedBy.JOURNAL, None, now)


@contextmanager
def locked_for_edition(*, matters: Iterable[int], conversations: Iterable[int]) -> Iterator[None]:
    """Lock all that an edition is stored with, in everybody's order: its matters are stored with it, or not at all."""
    with transaction.atomic():
        _present(conversations)
        lock_editions()
        theirs = Matter.objects.filter(pk__in=set(matters))
        either = Q(pk__in=theirs.values("pk")) | Q(pk__in=theirs.values("merged_into"))
        list(Matter.objects.select_for_update(of=("self",)).filter(either).order_by("pk"))
        yield


def confirm_matter(*, matter: int, by: Contact, now: datetime) -> None:
    """Confirm that a proposed or rejected matter is one."""
    with _locked_matter(matter, by) as row:
        if row.state in (MatterState.PROPOSED, MatterState.REJECTED):
            _set_state(row, MatterState.CONFIRMED, MatterEventType.CONFIRMED, by, now)


def rename_matter(*, matter: int, title: str, by: Contact, now: datetime) -> None:
    """Give a matter another title, which confirms a proposed one. Raise BadInput for an empty or too long one."""
    title = " ".join(title.split())
    if not title:
        raise BadInput(gettext_noop("Write a title: what citizens would call it."))
    if len(title) > LONGEST_TITLE:
        raise BadInput(gettext_noop("The title is too long: at most {most} characters."), most=LONGEST_TITLE)
    with _locked_matter(matter, by) as row:
        if title != row.title:
            _note(row, MatterEventType.RENAMED, now, by, before=row.title)
            row.title = title
            row.save(update_fields=["title"])
        if row.state == MatterState.PROPOSED:
            _set_state(row, MatterState.CONFIRMED, MatterEventType.CONFIRMED, by, now)


def reject_matter(*, matter: int, by: Contact, now: datetime) -> None:
    """Say that this is no matter: it is not proposed again."""
    with _locked_matter(matter, by) as row:
        if row.state != MatterState.REJECTED:
            _set_state(row, MatterState.REJECTED, MatterEventType.REJECTED, by, now)


def close_matter(*, matter: int, by: Contact, now: datetime) -> None:
    """Close a matter that is settled."""
    with _locked_matter(matter, by) as row:
        if row.state != MatterState.CLOSED:
            row.closed_at = now
            _set_state(row, MatterState.CLOSED, MatterEventType.CLOSED, by, now)


def reopen_matter(*, matter: int, by: Contact, now: datetime) -> None:
    """Reopen a closed matter, as a confirmed one."""
    with _locked_matter(matter, by) as row:
        if row.state == MatterState.CLOSED:
            row.closed_at = None
            _set_state(row, MatterState.CONFIRMED, MatterEventType.REOPENED, by, now)


def merge_matters(*, matter: int, into: int, by: Contact, now: datetime) -> None:
    """Make `matter` a part of `into`, with all its conversations. Raise BadInput where both are the same one."""
    if matter == into:
        raise BadInput(gettext_noop("A matter cannot be joined with itself."))
    permissions.check(by, Capability.CURATE_MATTER)
    with transaction.atomic():
        _present(MatterConversation.objects.filter(matter__in=[matter, into]).values_list("conversation", flat=True))
        list(
            Matter.objects.select_for_update(of=("self",))
            .filter(Q(pk__in=[matter, into]) | Q(merged_into=matter))
            .order_by("pk")
        )
        row, home = _lock_matters([matter, into])
        _move_links(row, home)
        Matter.objects.filter(merged_into=row).update(merged_into=home)
        FindingAnswer.objects.filter(matter=row).update(matter=home)
        former, phrases = row.title, row.phrases
        row.merged_into, row.title, row.phrases = home, NO_TITLE, []
        row.save(update_fields=["merged_into", "title", "phrases"])
        home.phrases = list(dict.fromkeys([*home.phrases, *phrases]))[:MOST_PHRASES]
        home.opened_at = min(home.opened_at, row.opened_at)
        home.save(update_fields=["phrases", "opened_at"])
        _note(home, MatterEventType.MERGED, now, by, matter=row.pk, title=former)


def note_answer(*, matter: int, answer: int, department: str, now: datetime) -> int:
    """Tell in a matter's history that a department answered, which confirms a proposed one; return the matter's number.

    It is called inside the transaction that stores the answer, with the editions locked. A part counts as the matter
    that it became part of. The events name the department, and no person.
    """
    row = Matter.objects.select_for_update(of=("self",)).get(pk=matter)
    while row.merged_into_id:
        row = Matter.objects.select_for_update(of=("self",)).get(pk=row.merged_into_id)
    if row.state == MatterState.PROPOSED:
        row.state = MatterState.CONFIRMED
        row.save(update_fields=["state"])
        _note(row, MatterEventType.CONFIRMED, now, department=department)
    _note(row, MatterEventType.ANSWERED, now, answer=answer, department=department)
    return int(row.pk)


def add_conversation(
    *, matter: int, conversation: int, by: Contact, now: datetime, joined_by: JoinedBy = JoinedBy.HOST
) -> None:
    """Put a conversation into a matter. Raise NotThere where `by` may not see it."""
    with _locked_matter(matter, by, conversation) as row:
        _join(row, [conversation], joined_by, by, now)


def remove_conversation(*, matter: int, conversation: int, by: Contact, now: datetime) -> None:
    """Take a conversation out of a matter. Raise NotThere where `by` may not see it."""
    with _locked_matter(matter, by, conversation) as row:
        if row.links.filter(conversation=conversation, left_at=None).update(left_at=now):
            _note(row, MatterEventType.LEFT, now, by, conversations=[conversation])


def move_links(row: Conversation, home: Conversation) -> None:
    """Put `home` into the matters of a conversation that becomes a part of it, inside the caller's transaction."""
    theirs = MatterConversation.objects.filter(conversation=home).values("matter")
    MatterConversation.objects.filter(conversation=row).exclude(matter__in=theirs).update(conversation=home)
    MatterConversation.objects.filter(conversation=row).delete()


@contextmanager
def _locked_matter(matter: int, by: Contact, *conversations: int) -> Iterator[Matter]:
    """Lock conversations, then a matter, in the order in which an erasure does."""
    permissions.check(by, Capability.CURATE_MATTER)
    with transaction.atomic():
        event_log.lock_conversations(conversations, by=by)
        yield _lock_matters([matter])[0]


def _lock_matters(matters: Sequence[int]) -> list[Matter]:
    """Lock matters, always in one order. Raise NotThere for one that is gone, Conflict for one that became a part."""
    rows = {row.pk: row for row in Matter.objects.select_for_update(of=("self",)).filter(pk__in=matters).order_by("pk")}
    for pk in matters:
        if pk not in rows:
            raise NotThere(gettext_noop("This matter does not exist."))
        if home := rows[pk].merged_into_id:
            raise Conflict(
                gettext_noop("Matter no. {number} has become part of no. {home} in the meantime."), number=pk, home=home
            )
    return [rows[pk] for pk in matters]


def _join(row: Matter, conversations: Iterable[int], joined_by: JoinedBy, by: Contact | None, now: datetime) -> None:
    """Add those that are not in it yet; a part counts as the conversation that it became part of."""
    there = set(row.links.filter(left_at=None).values_list("conversation", flat=True))
    new = sorted(_present(conversations) - there)
    for pk in new:
        values = {"joined_by": joined_by, "joined_at": now, "left_at": None}
        MatterConversation.objects.update_or_create(matter=row, conversation_id=pk, defaults=values)
    if new:
        _note(row, MatterEventType.JOINED, now, by, conversations=new)


def _present(conversations: Iterable[int]) -> set[int]:
    """Return those that are not erased; for a part the conversation that it became part of."""
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(conversations))
    found = rows.filter(erased_at=None).order_by("pk").values_list("pk", "merged_into")
    return {home or pk for pk, home in found}


def _move_links(row: Matter, home: Matter) -> None:
    """Put the conversations of `row` into `home`: one that left one of the two and is in the other is in it."""
    for link in row.links.all():
        other = home.links.filter(conversation=link.conversation_id).first()
        if other is None:
            link.matter = home
            link.save(update_fields=["matter"])
            continue
        if other.left_at and not link.left_at:
            other.left_at = None
            other.save(update_fields=["left_at"])
        link.delete()


def _set_state(row: Matter, state: MatterState, what: MatterEventType, by: Contact, now: datetime) -> None:
    row.state = state
    if state != MatterState.CLOSED:
        row.closed_at = None
    row.save(update_fields=["state", "closed_at"])
    _note(row, what, now, by)


def _note(row: Matter, what: MatterEventType, now: datetime, by: Contact | None = None, **data: Any) -> None:
    MatterEvent.objects.create(matter=row, what=what, at=now, contact=by, data=data)

"""Conversations that may be merged: those of one citizen on one channel."""

import re
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.record import search
from portevoix.record.models import Contact, Conversation
from portevoix.record.permissions import scope
from portevoix.record.queries.inbox import told

MOST = 20
_NUMBER = re.compile(r"(?:no\.?|n°|#)?\s*([0-9]{1,9})", re.I)


@dataclass(frozen=True, slots=True)
class Matters:
    """A conversation, and those that may be about the same matter, the latest first; they have `excerpt` too."""

    conversation: Conversation
    others: list[Conversation]


def matters(contact: Contact, pk: int, query: str) -> Matters | None:
    """Return the candidates that match a number or words; None when the colleague may not see `pk`, or it is a part.

    Raise BadInput with the reason when the number is not one of the candidates.
    """
    row = _visible(contact).filter(pk=pk).first()
    if row is None:
        return None
    number = _NUMBER.fullmatch(query.strip())
    return Matters(
        row, [_find_numbered(contact, row, int(number[1]))] if number else _list_candidates(contact, row, query)
    )


def _visible(contact: Contact) -> QuerySet[Conversation]:
    return told().select_related("account").filter(scope(contact), merged_into=None)


def _find_numbered(contact: Contact, row: Conversation, number: int) -> Conversation:
    part_of = Conversation.objects.filter(pk=number).values("merged_into")
    other = _visible(contact).filter(Q(pk=number) | Q(pk__in=part_of)).first()
    if other is None:
        message = gettext_noop("There is no conversation no. {number}, or it is not one of your department's.")
        raise BadInput(message, number=number)
    check_joinable(row, other)
    return other


def _list_candidates(contact: Contact, row: Conversation, query: str) -> list[Conversation]:
    if row.author is None:
        return []
    rows = _visible(contact).filter(_citizen(row), account__channel=row.account.channel).exclude(pk=row.pk)
    if query.strip():
        rows = rows.filter(pk__in=search.matching(query, within=_citizen(row)).conversations)
    return list(rows.order_by("-last_message_at", "-pk")[:MOST])


def _citizen(row: Conversation) -> Q:
    same = Q(author=row.author)
    return same | Q(author__person=row.author.person_id) if row.author.person_id else same


def check_joinable(one: Conversation, other: Conversation) -> None:
    """Raise BadInput with the reason when the two may not be merged.

    A reply is sent on one channel, to one citizen: others would be counted as answered without having an answer.
    """
    if one.pk == other.pk:
        raise BadInput(gettext_noop("This is the conversation itself. Choose another one."))
    if one.account.channel != other.account.channel:
        message = gettext_noop("No. {number} came by another channel: each is owed its reply where it was asked.")
        raise BadInput(message, number=other.pk)
    if not _same_citizen(one, other):
        raise BadInput(gettext_noop("No. {number} is another citizen's: each is owed a reply."), number=other.pk)


def _same_citizen(one: Conversation, other: Conversation) -> bool:
    mine, theirs = one.author, other.author
    if mine is None or theirs is None:
        return False
    return mine.pk == theirs.pk or (mine.person_id is not None and mine.person_id == theirs.person_id)

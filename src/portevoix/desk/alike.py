"""The panel beside a conversation: who else spoke of the same thing these days, and what was answered before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portevoix.desk import lookalikes, reuse
from portevoix.kernel.states import POSSIBLE, State, What
from portevoix.kernel.words import Visibility
from portevoix.record.access import Capability, can
from portevoix.record.operations import log
from portevoix.record.queries import alike as record
from portevoix.record.queries.city import Contact
from portevoix.record.queries.house import House

SAME = 0.7
"""Stricter than the text room: who answers is better served by a few that are right (.92 of Valmont's bursts)."""
THESE_DAYS = timedelta(days=7)
MOST_FOUND = 300
LISTED = 5
MOST_TRIED = 40
"""So many of the most similar messages are looked at for an answer."""
ANSWERS = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was given to a citizen who wrote something similar. `private`: to that citizen alone."""

    pk: int
    conversation: Any
    by: str
    at: datetime
    text: str
    parts: reuse.Parts
    private: bool


def panel(contact: Contact, pk: int, *, house: House, now: datetime) -> dict[str, Any] | None:
    """What the panel shows; None when there is no such conversation to see.

    `preparing`: messages are being read, ask again in a moment. Notes in the access log which answers to a single
    citizen were shown.
    """
    asked = record.asked(contact, pk)
    if asked is None:
        return None
    log.log(log.What.READ, by=contact, now=now, conversation=pk)
    shown: dict[str, Any] = {"conversation": asked.conversation, "now": now, "preparing": False}
    if not asked.text.strip():
        return shown
    if not lookalikes.of_this_process.ready():
        return shown | {"preparing": True}
    found = lookalikes.of_this_process.like(
        asked.text, at=asked.at, most=MOST_FOUND, least=SAME, without=asked.messages
    )
    seen = record.seen(contact, [int(each.id) for each in found], beside=asked.conversation, house=house)
    answers = _answers(seen, mine=contact.name, colleagues=[row.name for row in house.colleagues.values()])
    for answer in answers:
        if answer.private:
            log.log(log.What.READ, by=contact, now=now, conversation=answer.conversation.pk)
    return shown | _these_days(asked, seen) | {"answers": answers, "reusable": _may_reply(contact, asked)}


def _these_days(asked: record.Asked, seen: Sequence[Any]) -> dict[str, Any]:
    """How many other citizens, and the message of each of the first that is most like this one."""
    mine = _citizen(asked.conversation.author_id, asked.conversation.author)
    others: dict[tuple[str, int | None], Any] = {}
    for message in seen:
        citizen = _citizen(message.author_id, message.author)
        if abs(message.sent_at - asked.at) <= THESE_DAYS and citizen != mine:
            others.setdefault(citizen, message)
    return {"number": len(others), "others": list(others.values())[:LISTED], "more": max(0, len(others) - LISTED)}


def _citizen(pk: int | None, author: Any) -> tuple[str, int | None]:
    """One citizen may write on several channels."""
    return ("person", author.person_id) if author is not None and author.person_id else ("author", pk)


def _answers(seen: Sequence[Any], *, mine: str, colleagues: Sequence[str]) -> list[Answer]:
    """Those to the most similar messages, each text once."""
    tried = seen[:MOST_TRIED]
    conversations: Mapping[int, Any] = {message.conversation_id: message.conversation for message in tried}
    texts: dict[str, Answer] = {}
    for row in record.answers(tried) if tried else ():
        answer = Answer(
            pk=row.pk,
            conversation=conversations[row.conversation_id],
            by=row.contact.name if row.contact else "",
            at=row.sent_at,
            text=row.text,
            parts=reuse.parts(row.text, mine=mine, colleagues=colleagues),
            private=row.visibility == Visibility.PRIVATE,
        )
        texts.setdefault(row.text.strip(), answer)
    return list(texts.values())[:ANSWERS]


def _may_reply(contact: Contact, asked: record.Asked) -> bool:
    """Whether there is a composer to put an answer into."""
    possible = State(asked.conversation.state) in POSSIBLE[What.ANSWERED]
    return can(contact, Capability.REPLY) and possible and asked.conversation.account.state != "unconnected"

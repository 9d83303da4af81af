"""The panel beside a conversation: who else spoke of the same thing these days, and what was answered before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portevoix.desk.thread import reuse, similar_index
from portevoix.kernel.messages import Visibility
from portevoix.kernel.states import POSSIBLE, State, What
from portevoix.record.operations import access_log
from portevoix.record.permissions import Capability, can
from portevoix.record.queries import similar as record
from portevoix.record.queries.city import Contact
from portevoix.record.queries.site_cache import House
from portevoix.text.tokens import words_by_stem

SAME = 0.7
"""Stricter than the text room: who answers is better served by a few that are right (.92 of Valmont's bursts)."""
WORDS = 3
"""So many words in common a message must have where a conversation has no department yet: alike by chance, one leads to
another department eight times in nine."""
UNSORTED, SEVERAL = 0.85, 5
"""Or so many messages are to be so much alike there: they speak of what is going on, each in its own words."""
THESE_DAYS = timedelta(days=7)
MOST_FOUND = 300
LISTED = 5
MOST_TRIED = 40
"""So many of the most similar messages are looked at for an answer."""
ANSWERS = 3


@dataclass(frozen=True, slots=True)
class Near:
    """A citizen's message, how likely it is, from 0 to 1, to be about the same thing, and what words both have."""

    message: Any
    share: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was given to a citizen who wrote something similar: `near`. `private`: to that citizen alone."""

    pk: int
    near: Near
    by: str
    at: datetime
    text: str
    parts: reuse.Parts
    private: bool

    @property
    def conversation(self) -> Any:
        return self.near.message.conversation


def panel(contact: Contact, pk: int, *, house: House, now: datetime) -> dict[str, Any] | None:
    """What the panel shows; None when there is no such conversation to see.

    `preparing`: messages are being read, ask again in a moment. Notes in the access log which answers to a single
    citizen were shown.
    """
    asked = record.asked(contact, pk)
    if asked is None:
        return None
    access_log.log(access_log.What.READ, by=contact, now=now, conversation=pk)
    shown: dict[str, Any] = {"conversation": asked.conversation, "now": now, "preparing": False}
    if not asked.text.strip():
        return shown
    if not similar_index.of_this_process.ready():
        return shown | {"preparing": True}
    found = similar_index.of_this_process.like(
        asked.text, at=asked.at, most=MOST_FOUND, least=SAME, without=asked.messages
    )
    seen = record.seen(contact, [int(each.id) for each in found], beside=asked.conversation, house=house)
    near = _near(asked, seen, {int(each.id): each.similarity for each in found})
    answers = _answers(near, mine=contact.name, colleagues=[row.name for row in house.colleagues.values()])
    for answer in answers:
        if answer.private:
            access_log.log(access_log.What.READ, by=contact, now=now, conversation=answer.conversation.pk)
    return shown | _these_days(asked, near) | {"answers": answers, "reusable": _may_reply(contact, asked)}


def _near(asked: record.Asked, seen: Sequence[Any], shares: Mapping[int, float]) -> list[Near]:
    """Those that are alike enough, the most similar first."""
    common, words = similar_index.of_this_process.in_common, words_by_stem(asked.text)
    several = [Near(message, shares[message.pk], common(words, message.excerpt)) for message in seen]
    many = sum(near.share >= UNSORTED and not _both_sorted(asked, near) for near in several) >= SEVERAL
    return [
        near
        for near in several
        if _both_sorted(asked, near) or len(near.words) >= WORDS or (many and near.share >= UNSORTED)
    ]


def _both_sorted(asked: record.Asked, near: Near) -> bool:
    return bool(asked.conversation.department_id and near.message.conversation.department_id)


def _these_days(asked: record.Asked, several: Sequence[Near]) -> dict[str, Any]:
    """How many other citizens, and the message of each of the first that is most like this one."""
    mine = _citizen(asked.conversation.author_id, asked.conversation.author)
    others: dict[tuple[str, int | None], Near] = {}
    for near in several:
        citizen = _citizen(near.message.author_id, near.message.author)
        if abs(near.message.sent_at - asked.at) <= THESE_DAYS and citizen != mine:
            others.setdefault(citizen, near)
    listed = list(others.values())[:LISTED]
    return {"number": len(others), "others": listed, "more": len(others) - len(listed)}


def _citizen(pk: int | None, author: Any) -> tuple[str, int | None]:
    """One citizen may write on several channels."""
    return ("person", author.person_id) if author is not None and author.person_id else ("author", pk)


def _answers(several: Sequence[Near], *, mine: str, colleagues: Sequence[str]) -> list[Answer]:
    """Those to the most similar messages, each text once."""
    tried = {near.message.pk: near for near in several[:MOST_TRIED]}
    given = record.answers([near.message for near in tried.values()]) if tried else []
    texts: dict[str, tuple[Any, Any]] = {}
    for message, row in given:
        texts.setdefault(row.text.strip(), (message, row))
    return [
        Answer(
            pk=row.pk,
            near=tried[message.pk],
            by=row.contact.name if row.contact else "",
            at=row.sent_at,
            text=row.text,
            parts=reuse.parts(row.text, mine=mine, colleagues=colleagues),
            private=row.visibility == Visibility.PRIVATE,
        )
        for message, row in list(texts.values())[:ANSWERS]
    ]


def _may_reply(contact: Contact, asked: record.Asked) -> bool:
    """Whether there is a composer to put an answer into."""
    possible = State(asked.conversation.state) in POSSIBLE[What.ANSWERED]
    return can(contact, Capability.REPLY) and possible and asked.conversation.account.state != "unconnected"

"""The panel of similar messages beside a conversation, and of the answers that were given to them."""

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
"""Minimum similarity; stricter than the text room: a few right matches serve best (.92 of Valmont's bursts)."""
WORDS = 3
"""Minimum number of common words where a conversation has no department yet: with one by chance, eight matches in nine
belong to another department.
"""
UNROUTED_SHARE, UNROUTED_COUNT = 0.85, 5
"""Or so many messages must be so similar there: they speak of a current event, each in its own words."""
THESE_DAYS = timedelta(days=7)
MOST_FOUND = 300
MOST_LISTED = 5
MOST_TRIED = 40
"""Number of the most similar messages that are searched for an answer."""
ANSWERS = 3


@dataclass(frozen=True, slots=True)
class Near:
    """A citizen's message, the probability (0 to 1) that it is about the same thing, and the common words."""

    message: Any
    share: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a citizen who wrote a similar message, `near`. `private`: sent to that citizen alone."""

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
    """Return the context of the panel; None when the conversation may not be seen.

    `preparing`: messages are still being indexed, ask again in a moment. Log which answers to a single citizen were
    shown.
    """
    subject = record.asked(contact, pk)
    if subject is None:
        return None
    access_log.log(access_log.What.READ, by=contact, now=now, conversation=pk)
    context: dict[str, Any] = {"conversation": subject.conversation, "now": now, "preparing": False}
    if not subject.text.strip():
        return context
    if not similar_index.of_this_process.ready():
        return context | {"preparing": True}
    matches = similar_index.of_this_process.like(
        subject.text, at=subject.at, most=MOST_FOUND, least=SAME, without=subject.messages
    )
    messages = record.seen(contact, [int(match.id) for match in matches], beside=subject.conversation, house=house)
    near = _near(subject, messages, {int(match.id): match.similarity for match in matches})
    answers = _answers(near, mine=contact.name, colleagues=[row.name for row in house.colleagues.values()])
    for answer in answers:
        if answer.private:
            access_log.log(access_log.What.READ, by=contact, now=now, conversation=answer.conversation.pk)
    return context | _these_days(subject, near) | {"answers": answers, "reusable": _may_reply(contact, subject)}


def _near(subject: record.Asked, messages: Sequence[Any], shares: Mapping[int, float]) -> list[Near]:
    """Return the messages that are similar enough, the most similar first."""
    common, words = similar_index.of_this_process.in_common, words_by_stem(subject.text)
    several = [Near(message, shares[message.pk], common(words, message.excerpt)) for message in messages]
    many = sum(near.share >= UNROUTED_SHARE and not _both_routed(subject, near) for near in several) >= UNROUTED_COUNT
    return [
        near
        for near in several
        if _both_routed(subject, near) or len(near.words) >= WORDS or (many and near.share >= UNROUTED_SHARE)
    ]


def _both_routed(subject: record.Asked, near: Near) -> bool:
    return bool(subject.conversation.department_id and near.message.conversation.department_id)


def _these_days(subject: record.Asked, several: Sequence[Near]) -> dict[str, Any]:
    """Return the number of other citizens, and for each of the first the message that is most like this one."""
    mine = _citizen(subject.conversation.author_id, subject.conversation.author)
    others: dict[tuple[str, int | None], Near] = {}
    for near in several:
        citizen = _citizen(near.message.author_id, near.message.author)
        if abs(near.message.sent_at - subject.at) <= THESE_DAYS and citizen != mine:
            others.setdefault(citizen, near)
    first_others = list(others.values())[:MOST_LISTED]
    return {"number": len(others), "others": first_others, "more": len(others) - len(first_others)}


def _citizen(pk: int | None, author: Any) -> tuple[str, int | None]:
    """Return the key of a citizen, who may write on several channels."""
    return ("person", author.person_id) if author is not None and author.person_id else ("author", pk)


def _answers(several: Sequence[Near], *, mine: str, colleagues: Sequence[str]) -> list[Answer]:
    """Return the answers to the most similar messages, each text once."""
    candidates = {near.message.pk: near for near in several[:MOST_TRIED]}
    replies = record.answers([near.message for near in candidates.values()]) if candidates else []
    texts: dict[str, tuple[Any, Any]] = {}
    for message, row in replies:
        texts.setdefault(row.text.strip(), (message, row))
    return [
        Answer(
            pk=row.pk,
            near=candidates[message.pk],
            by=row.contact.name if row.contact else "",
            at=row.sent_at,
            text=row.text,
            parts=reuse.parts(row.text, mine=mine, colleagues=colleagues),
            private=row.visibility == Visibility.PRIVATE,
        )
        for message, row in list(texts.values())[:ANSWERS]
    ]


def _may_reply(contact: Contact, subject: record.Asked) -> bool:
    """Return whether there is a composer to insert an answer into."""
    possible = State(subject.conversation.state) in POSSIBLE[What.ANSWERED]
    return can(contact, Capability.REPLY) and possible and subject.conversation.account.state != "unconnected"

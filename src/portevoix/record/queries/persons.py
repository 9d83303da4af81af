"""Queries of citizens as persons: their accounts on the channels, and the data held on them."""

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_string
from email.utils import getaddresses

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT

from portevoix.kernel.messages import Direction
from portevoix.kernel.states import OPEN_STATES
from portevoix.record import personal_data
from portevoix.record.models import (
    Account,
    Attachment,
    Author,
    Conversation,
    Delivery,
    Envelope,
    Event,
    Inquiry,
    Message,
)
from portevoix.record.search import matching, words_of_query
from portevoix.text.privacy.person_removal import find_references, remove_person
from portevoix.text.tokens import fold

MOST = 50
MOST_HEAD = 20_000
"""Characters of an unreadable mail in which its sender is looked for."""


@dataclass(frozen=True, slots=True)
class PersonData:
    """The data held on one person. `counts` has the amounts, by the names that `erase` uses, and `events`.

    `alike`: accounts that look like the same person's, but are not joined with these. `open`: conversations that wait
    for a reply.
    """

    authors: list[Author]
    conversations: list[Conversation]
    counts: Counter[str]
    alike: list[Author]
    first_at: datetime | None
    last_at: datetime | None

    @property
    def open(self) -> list[Conversation]:
        return [row for row in self.conversations if row.state in OPEN_STATES]


def find_citizens(query: str) -> list[Author]:
    """Return citizens whose name, account or address has every word of the query; at most MOST, the latest first.

    Each has `count`, of their messages, and `last_at`.
    """
    query_words = words_of_query(query)
    if not query_words:
        return []
    text = query.strip().lstrip("@")
    by_name = (
        Q(handle__icontains=text)
        | Q(external_id__icontains=text)
        | _all(Q(name__icontains=word) for word in query_words)
    )
    talks = matching(query, within=Q()).conversations
    by_message = Message.objects.filter(conversation__in=talks, direction=Direction.IN).values("author")
    rows = _citizens().filter(by_name | Q(pk__in=by_message))
    rows = rows.annotate(
        count=Count("messages", filter=Q(messages__direction=Direction.IN)), last_at=Max("messages__sent_at")
    ).order_by(F("last_at").desc(nulls_last=True), "pk")
    hits = (row for row in rows.iterator() if all(word in _folded_names(row) for word in query_words))
    return [row for row, _ in zip(hits, range(MOST), strict=False)]


def accounts_of(author: int) -> list[Author]:
    """Return all accounts of the person to whom this one belongs; none when no citizen has this number."""
    own = Author.objects.filter(pk=author)
    rows = Author.objects.filter(Q(pk=author) | Q(person__in=own.exclude(person=None).values("person")))
    return list(_citizens().filter(pk__in=rows).order_by("pk"))


def conversations_of(authors: Iterable[Author]) -> list[int]:
    """Return the conversations that the person began or wrote in; merged ones by the number of the whole."""
    authors = list(authors)
    by_message = Message.objects.filter(author__in=authors, direction=Direction.IN).values("conversation")
    rows = Conversation.objects.filter(Q(author__in=authors) | Q(pk__in=by_message))
    return sorted({home or pk for pk, home in rows.values_list("pk", "merged_into")})


def with_parts(conversations: Collection[int]) -> set[int]:
    """Return these conversations and those that were merged into them."""
    parts = Conversation.objects.filter(merged_into__in=conversations).values_list("pk", flat=True)
    return {*conversations, *parts}


def addresses(authors: Iterable[Author]) -> list[str]:
    """Return the person's handles, ids and e-mail addresses."""
    texts = [text for row in authors for text in (row.handle, *_ids(row))]
    return list(dict.fromkeys(text for text in texts if text and not text.startswith("form:")))


def _ids(author: Author) -> list[str]:
    """Return the author's ids: both addresses for one who asked for answers elsewhere."""
    bare = author.external_id.removeprefix("mailto:")
    parts = bare.split(" ")
    return parts if all("@" in part for part in parts) else [bare]


def own_addresses(authors: Collection[Author]) -> list[str]:
    """Return those of `addresses` that identify this person alone in the texts of others.

    Anybody can forge a sender's address, and ask for answers at another one: of two, the sender's does not count, nor
    does any that is the city's, or that somebody else has.
    """
    texts = [text for row in authors for text in (row.handle, _ids(row)[-1]) if text and not text.startswith("form:")]
    candidates = list(dict.fromkeys(texts))
    others = Author.objects.filter(external_id__in=[text.lower() for text in candidates] + candidates)
    others_addresses = set(others.exclude(pk__in=[row.pk for row in authors]).values_list("external_id", flat=True))
    others_addresses |= {address.lower() for address in Account.objects.values_list("address", flat=True)}
    return [text for text in candidates if text.lower() not in others_addresses and text not in others_addresses]


def pending_envelopes(author: Author) -> QuerySet[Envelope]:
    """Return the envelopes of this account that wait, were set aside or were rejected."""
    rows = Envelope.objects.exclude(state=Envelope.State.TAKEN).filter(account__channel=author.channel)
    likely = Q(pk__in=[])
    for address in find_references(addresses([author])).spellings:
        likely |= Q(raw__unreadable__icontains=address)
    texts = rows.filter(likely).values_list("pk", KT("raw__unreadable"))
    unread = [pk for pk, text in texts.iterator() if _is_from(author, text)]
    return rows.filter(Q(raw__author__id=author.external_id) | Q(pk__in=unread))


def _is_from(author: Author, unreadable: str) -> bool:
    """Return whether unreadable input names this account as its sender; a mention elsewhere is not enough."""
    if f'"id": {json.dumps(author.external_id)}' in unreadable:
        return True
    if author.channel != "email":
        return remove_person(unreadable, find_references(addresses([author])).person) != unreadable
    head = message_from_string(unreadable[:MOST_HEAD])
    headers = [
        {address.lower() for _, address in getaddresses(head.get_all(name, []))} for name in ("From", "Reply-To")
    ]
    sender, *elsewhere = _ids(author)
    return headers[0] == {sender} and headers[1] - {sender} == set(elsewhere)


def person_data(author: int) -> PersonData | None:
    """Return the data held on a person, None when no citizen has that number."""
    authors = accounts_of(author)
    if not authors:
        return None
    conversations = conversations_of(authors)
    rows = (
        Conversation.objects.filter(pk__in=conversations).select_related("account", "department").order_by("-opened_at")
    )
    mine = Message.objects.filter(author__in=authors, direction=Direction.IN)
    times = mine.aggregate(first=Min("sent_at"), last=Max("sent_at"))
    return PersonData(
        authors=authors,
        conversations=list(rows),
        counts=_counts(authors, conversations, mine),
        alike=_alike(authors),
        first_at=times["first"],
        last_at=times["last"],
    )


def _counts(authors: list[Author], conversations: list[int], mine: QuerySet[Message]) -> Counter[str]:
    messages = Message.objects.filter(conversation__in=conversations, erased_at=None)
    pending = Delivery.objects.filter(message__conversation__in=conversations, kind=Delivery.Kind.SEND)
    pending = pending.exclude(state__in=[Delivery.State.SENT, Delivery.State.CANCELLED])
    return Counter(
        {
            "conversations": len(conversations),
            "messages": mine.count(),
            "files": Attachment.objects.filter(message__in=mine).count(),
            "replies": messages.filter(direction=Direction.OUT).count(),
            "notes": messages.filter(direction=Direction.NOTE).count(),
            "inquiries": Inquiry.objects.filter(conversations__in=conversations).distinct().count(),
            "events": Event.objects.filter(conversation__in=conversations).count(),
            "deliveries": pending.count(),
            "aside": sum(pending_envelopes(author).count() for author in authors),
            **{keeper.code: keeper.of(conversations).count() for keeper in personal_data.keepers() if keeper.export},
        }
    )


def _alike(authors: list[Author]) -> list[Author]:
    """Return accounts with the same address or the same name, on whatever channel."""
    own = addresses(authors)
    same = Q(handle__in=own) | Q(external_id__in=[text for each in own for text in (each, f"mailto:{each}")])
    for address in (each for each in own if "@" in each):
        same |= Q(external_id__istartswith=f"{address} ")
    same |= Q(name__in=[row.name for row in authors if " " in row.name.strip()])
    rows = _citizens().filter(same).exclude(pk__in=[row.pk for row in authors])
    return list(rows.order_by("pk")[:MOST])


def _folded_names(row: Author) -> str:
    return fold(f"{row.name} {row.handle} {row.external_id}")


def _all(conditions: Iterable[Q]) -> Q:
    conjunction = Q()
    for condition in conditions:
        conjunction &= condition
    return conjunction


def _citizens() -> QuerySet[Author]:
    """Return authors who wrote to the city, without those of the city's own messages."""
    messages = Message.objects.filter(author=OuterRef("pk"), direction=Direction.IN)
    conversations = Conversation.objects.filter(author=OuterRef("pk"))
    return Author.objects.filter(Exists(messages) | Exists(conversations))

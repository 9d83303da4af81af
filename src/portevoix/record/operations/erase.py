"""Erases a person: removes words, names and addresses everywhere; events and measures stay."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Left, Right

from portevoix.kernel.bounds import BEGINNING
from portevoix.kernel.clock import week_of
from portevoix.kernel.errors import NotPossible
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Direction
from portevoix.kernel.states import EventType
from portevoix.record import permissions, personal_data, tombstones
from portevoix.record.db import bulk
from portevoix.record.models import (
    Access,
    Account,
    Author,
    City,
    Contact,
    Conversation,
    Delivery,
    Envelope,
    Event,
    Message,
    Person,
    Vector,
)
from portevoix.record.operations.access_log import log
from portevoix.record.operations.redact import Redaction, redact
from portevoix.record.operations.redact_editions import redact_editions
from portevoix.record.permissions import Capability
from portevoix.record.queries.persons import (
    accounts_of,
    addresses,
    conversations_of,
    own_addresses,
    pending_envelopes,
    with_parts,
)
from portevoix.record.search import index_text
from portevoix.text.privacy.person_removal import NOBODY, Identity, find_references, identify, remove_person
from portevoix.text.tokens import fold

CHUNK = 100
ENDING = 2_000
"""Characters of a message in which its author says who they are: a signature is at its end."""
MOST_IDENTIFYING = 500_000
"""Characters looked through for names and addresses, the latest messages first: some seconds."""


def erase(*, author: int, by: Contact | None, now: datetime, replies: bool = False) -> Counter[str]:
    """Erase the person to whom this account on a channel belongs, with all their accounts, or change nothing.

    Return how much was removed, by kind; nothing when no account has that number, so that a second call changes
    nothing. `replies`: the city's replies to them are emptied too, else only their name is taken out of them. `by`
    None: the command line. Raise NotPossible while a reply to them is being sent.
    """
    if by is not None:
        permissions.check(by, Capability.PRIVACY)
    person = identity_of(accounts_of(author))  # may take seconds, in which others go on writing
    with transaction.atomic():
        authors = _lock_authors(author)
        if not authors:
            return Counter()
        conversations = conversations_of(authors)
        _check_none_leaves(conversations, now)
        how = Redaction(
            cause="request",
            now=now,
            by=by,
            authors=frozenset(row.pk for row in authors),
            person=person,
            replies=replies,
        )
        texts = _texts_by_week(how.authors)
        counts = Counter[str]()
        for start in range(0, len(conversations), CHUNK):
            counts += redact(_rows(conversations[start : start + CHUNK]), how)
        counts["aside"] = _aside(authors, how)
        counts["mentions"] = _elsewhere(authors)
        every = with_parts(conversations)
        counts["editions"] = redact_editions(conversations=every, said=texts, person=person)
        counts += personal_data.forget(every)
        _forget(authors)
        log(Access.What.ERASED, by=by, now=now)
        transaction.on_commit(truncate_wal)
    return +counts


def truncate_wal() -> None:
    """Truncate SQLite's write-ahead log, which still has the deleted data."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _lock_authors(author: int) -> list[Author]:
    """Lock and return all accounts of the person; receiving takes the same locks, so that no message comes in.

    Their conversations are locked before, as by whoever replies in one: else each would wait for the other.
    """
    authors = accounts_of(author)
    channels = {row.channel for row in authors}
    list(Account.objects.select_for_update(no_key=True).filter(channel__in=channels).order_by("pk"))
    _rows(conversations_of(authors))
    return list(Author.objects.select_for_update().filter(pk__in=[row.pk for row in authors]).order_by("pk"))


def _rows(conversations: Sequence[int]) -> list[Conversation]:
    rows = Conversation.objects.select_for_update(of=("self",)).select_related("account", "department")
    return list(rows.filter(pk__in=conversations).order_by("pk"))


def _check_none_leaves(conversations: Iterable[int], now: datetime) -> None:
    """Lock the replies that have not left, so that none can begin to. Raise NotPossible while one is being sent."""
    end_states = [Delivery.State.SENT, Delivery.State.CANCELLED]
    rows = Delivery.objects.select_for_update(of=("self",)).filter(message__conversation__in=conversations)
    waiting = list(rows.exclude(state__in=end_states))
    if any(row.leased_until and row.leased_until > now and row.reason is None for row in waiting):
        raise NotPossible(
            gettext_noop("A reply to this person is leaving right now. Wait a minute, then erase the person.")
        )


def identity_of(authors: Sequence[Author]) -> Identity:
    """Return the person's names and addresses, from their accounts and their own messages."""
    if not authors:
        return NOBODY
    messages = Message.objects.filter(author__in=authors, direction=Direction.IN).order_by("-pk")
    parts = ("subject", Left("text", BEGINNING), Right("text", ENDING))
    rows = [*messages.values_list(*parts)]
    signed = messages.filter(in_reply_to="").exclude(quoted="")
    rows += signed.values_list(Left("quoted", BEGINNING), Right("quoted", ENDING))  # the signature
    texts = list(_limit_texts(text for row in rows for text in row if text))
    own = [text for row in Account.objects.values_list("address") for text in row]
    own += [text for row in Contact.objects.values_list("name", "email") for text in (*row, *row[0].split())]
    city = City.objects.get()
    return identify(
        names=[row.name for row in authors],
        handles=addresses(authors),
        texts=texts,
        spared=[*own, city.name, *city.name.split()],
    )


def _limit_texts(texts: Iterable[str]) -> Iterator[str]:
    """Yield the texts until they are MOST_IDENTIFYING characters."""
    count = 0
    for text in texts:
        count += len(text)
        if count > MOST_IDENTIFYING:
            return
        yield text


def _texts_by_week(authors: Iterable[int]) -> dict[str, list[str]]:
    """Return the person's texts by week, as the journal counts weeks, and what stood there before their edits."""
    timezone, texts = City.objects.get().timezone, defaultdict(list)
    messages = Message.objects.filter(author__in=authors, direction=Direction.IN).exclude(text="")
    edits = Event.objects.filter(message__in=messages, what=EventType.AMENDED, data__has_key="before")
    rows = messages.values_list("sent_at", Left("text", BEGINNING))
    for sent_at, text in (*rows, *edits.values_list("message__sent_at", "data__before")):
        texts[week_of(sent_at, timezone)].append(text)
    return texts


def _aside(authors: Iterable[Author], how: Redaction) -> int:
    """Delete and mark envelopes that wait, were set aside or were rejected; return how many."""
    count = 0
    for author in authors:
        for account in Account.objects.filter(channel=author.channel):
            envelopes = pending_envelopes(author).filter(account=account)
            origins = (
                (external_id, author.external_id) for external_id in envelopes.values_list("external_id", flat=True)
            )
            tombstones.add_marks(account, origins, now=how.now)
            count += envelopes.delete()[0]
    return count


def _elsewhere(authors: Collection[Author]) -> int:
    """Remove the person's addresses and accounts from what others wrote; return the number of messages."""
    own, condition = find_references(own_addresses(authors)), Q(pk__in=[])
    for address in own.spellings:
        condition |= Q(search__contains=fold(address)) | Q(quoted__icontains=address) | Q(html__icontains=address)
    likely = Message.objects.filter(condition).select_related("author", "contact", "conversation")
    rows = [row for row in likely if _names(row, own.person)]  # a part of somebody else's address is not the person's
    homes = {row.conversation_id: row.conversation for row in rows}
    for row in rows:
        row.text, row.subject = remove_person(row.text, own.person), remove_person(row.subject, own.person)
        row.quoted = row.html = ""
        row.search = index_text(row)
    for home in homes.values():
        home.subject = remove_person(home.subject, own.person)
    bulk.update(rows, changing=["text", "subject", "quoted", "html", "search"])
    bulk.update(list(homes.values()), changing=["subject"])
    Envelope.objects.filter(message__in=rows, state=Envelope.State.TAKEN).delete()
    Vector.objects.filter(message__in=rows).delete()  # read again as they are now
    return len(rows)


def _names(message: Message, person: Identity) -> bool:
    texts = (message.text, message.subject, message.quoted, message.html, message.conversation.subject)
    return any(remove_person(text, person) != text for text in texts)


def _forget(authors: Sequence[Author]) -> None:
    """Delete the authors; messages that they wrote in the city's name stay without an author."""
    rows = list(Message.objects.filter(author__in=authors).select_related("contact"))
    for row in rows:
        row.author = None
        row.search = index_text(row)
    bulk.update(rows, changing=["author", "search"])
    persons = {row.person_id for row in authors if row.person_id}
    Author.objects.filter(pk__in=[row.pk for row in authors]).delete()
    Person.objects.filter(pk__in=persons, authors=None).delete()

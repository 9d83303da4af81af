"""Threading: finds the conversation of each message of a batch with a constant number of queries.

In this order: the city's own reference, the network's thread, the parent, siblings that name the same missing parent,
the messages it refers to, answers that came before their root.
"""

from collections.abc import Iterable, Iterator, Mapping

from django.db.models import Q

from portevoix.kernel.messages import Direction, Incoming
from portevoix.kernel.sender_ids import id_of_author
from portevoix.record.models import Account, Conversation, Event, Message


class Threads:
    """The conversations that the messages of one batch, of one account, may belong to."""

    def __init__(self, account: Account, messages: Iterable[Incoming]) -> None:
        messages = list(messages)
        references = {m.conversation for m in messages if m.conversation}
        keys = {key for m in messages for key in _keys(m)}
        parents = {parent for m in messages for parent in _parents(m)}
        # Who was erased and writes again is somebody new: nothing joins what was emptied.
        parent_messages = Message.objects.filter(
            account=account, external_id__among=parents, conversation__erased_at=None
        )
        homes = dict(parent_messages.values_list("external_id", "conversation"))
        self._ours = set(
            parent_messages.filter(direction=Direction.OUT, author=None).values_list("external_id", flat=True)
        )
        threads = Q(account=account, thread__among=keys, thread__filled=True)
        rows = _rows(threads | Q(reference__among=references), homes.values())
        self._account = account
        self._by_reference: dict[str, Conversation] = {}
        self._by_thread: dict[str, Conversation] = {}
        self._by_message = {str(key): rows[pk] for key, pk in homes.items()}
        for row in rows.values():
            self._remember(row)
        if any(row.merged_into for row in rows.values()):
            self._by_message |= _strands(account, parents, rows)

    def find(self, message: Incoming) -> Conversation | None:
        """Return the conversation that the message joins, which may be part of another; None: it opens one."""
        if message.conversation in self._by_reference:
            return self._by_reference[message.conversation]
        for key in (message.thread, message.in_reply_to):
            if conversation := self._begun_by(key, message) or self._of(key, message):
                return conversation
        for parent in reversed(message.references):
            if conversation := self._of(parent, message):
                return conversation
        return self._begun_by(message.external_id, message)

    def stray(self, message: Incoming, home: Conversation) -> Conversation | None:
        """Return a second conversation, begun by answers to `message` before it came, which belongs to `home`."""
        other = self._begun_by(message.external_id, message)
        return other if other is not home else None

    def new_key(self, message: Incoming) -> str:
        """Return a thread, which no other conversation has, for the one that `message` opens."""
        key = thread_of(message)
        return id_of_author(key, message) if message.id_by_author and key in self._by_thread else key

    def absorbed(self, stray: Conversation, home: Conversation) -> None:
        """Redirect all keys of `stray` to `home`, into which it was merged."""
        for index in (self._by_reference, self._by_thread, self._by_message):
            index.update({key: home for key, row in index.items() if row is stray})

    def joined(self, message: Incoming, conversation: Conversation) -> None:
        """Remember that `message` is part of `conversation`, for those that follow in the batch."""
        self._remember(conversation)
        self._by_message[message.external_id] = conversation

    def is_free(self, key: str) -> bool:
        """Return whether no conversation has this thread."""
        return key not in self._by_thread

    def _begun_by(self, key: str, message: Incoming) -> Conversation | None:
        """Return the conversation whose thread is `key`."""
        if not key:
            return None
        own = self._by_thread.get(id_of_author(key, message)) if message.id_by_author else None
        return own or _open_to(message, self._by_thread.get(key))

    def _of(self, key: str, message: Incoming) -> Conversation | None:
        """Return the conversation of the message `key`.

        A message that names one of the city's own may always join: nobody can guess its id without having seen it.
        """
        own = self._by_message.get(id_of_author(key, message)) if message.id_by_author else None
        conversation = own or self._by_message.get(key)
        return conversation if key in self._ours else _open_to(message, conversation)

    def _remember(self, conversation: Conversation) -> None:
        self._by_reference[conversation.reference] = conversation
        if conversation.thread and conversation.account_id == self._account.pk:
            self._by_thread[conversation.thread] = conversation


def _open_to(message: Incoming, conversation: Conversation | None) -> Conversation | None:
    """Return the conversation, if the message may join it.

    Others' private conversations stay closed, as a mail can name any id.
    """
    if conversation is None or not message.id_by_author or message.direction is not Direction.IN:
        return conversation
    authors = [row.author.external_id for row in (conversation, whole(conversation)) if row.author]
    return conversation if not authors or message.author.id in authors else None


def thread_of(message: Incoming) -> str:
    """Return the key of a conversation that `message` opens: the network's thread, else its root, else its own id."""
    return message.thread or message.in_reply_to or message.external_id


def whole(conversation: Conversation) -> Conversation:
    """Return the conversation into which this one was merged, or itself."""
    while conversation.merged_into is not None:
        conversation = conversation.merged_into
    return conversation


def _rows(named: Q, homes: Iterable[int]) -> dict[int, Conversation]:
    """Return the conversations so named and those of `homes`, with those they are part of and all their parts."""
    parts = Conversation.objects.filter(named, merged_into__isnull=False).values_list("merged_into", flat=True)
    rows = _lock_rows(named | Q(pk__among={*homes, *parts}))
    if since := {row.merged_into_id for row in rows.values()} - rows.keys() - {None}:
        rows |= _lock_rows(Q(pk__in=since))  # joined a moment ago, after `homes` were looked up
    if rows:
        rows |= {row.pk: row for row in Conversation.objects.filter(merged_into__in=rows).exclude(pk__in=rows)}
    for row in rows.values():
        row.merged_into = rows.get(row.merged_into_id)
    return rows


def _lock_rows(condition: Q) -> dict[int, Conversation]:
    """Lock and return conversations, as the batch writes them back: hosts' changes wait meanwhile, and none is lost."""
    rows = Conversation.objects.select_for_update(of=("self",)).select_related("account", "department", "author")
    return {row.pk: row for row in rows.filter(condition).order_by("pk")}


def _strands(account: Account, parents: Iterable[str], rows: Mapping[int, Conversation]) -> dict[str, Conversation]:
    """Return the parts of conversations to which these messages came."""

    events = Event.objects.filter(message__account=account, message__external_id__in=parents, strand__in=rows)
    return {key: rows[pk] for key, pk in events.values_list("message__external_id", "strand")}


def _keys(message: Incoming) -> Iterator[str]:
    for key in filter(None, (message.thread, message.in_reply_to, message.external_id)):
        yield key
        if message.id_by_author:
            yield id_of_author(key, message)


def _parents(message: Incoming) -> Iterator[str]:
    for parent in filter(None, (message.in_reply_to, *message.references)):
        yield parent
        if message.id_by_author:
            yield id_of_author(parent, message)

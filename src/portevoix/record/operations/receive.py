"""Stores incoming messages a batch at a time, with conversations, events and deadlines, in one transaction."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from portevoix.kernel.errors import BadInput
from portevoix.kernel.history import HistoryEvent
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Change, Direction, Incoming
from portevoix.kernel.states import EventType
from portevoix.record import event_log
from portevoix.record.db import bulk
from portevoix.record.db.lookups import planned_for
from portevoix.record.models import (
    Account,
    Attachment,
    Author,
    Conversation,
    Department,
    Envelope,
    Event,
    Message,
    Rule,
)
from portevoix.record.operations.apply_edit import apply_edit
from portevoix.record.operations.deliveries import record_returns
from portevoix.record.operations.intake_events import Decision, event_of, last_decisions, sent_in_utc
from portevoix.record.operations.merge import combine, merge_into
from portevoix.record.operations.returns import take_letter_returns
from portevoix.record.policies import PolicyVersions
from portevoix.record.search import searchable_text
from portevoix.record.threads import Threads, root_of


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message after its steps. `department` is a slug, "" when it is uncertain; suggestions are JSON-ready.

    `rule`: the one that chose the department, as `text.routing.routing_rule.format_rule` returns it; `rule_words`: its
    words in the message.
    """

    envelope: int
    incoming: Incoming
    lang: str = ""
    department: str = ""
    kind: str = ""
    valence: str = ""
    urgency: int = 0
    suggestions: dict[str, Any] = field(default_factory=dict)
    rule: dict[str, Any] = field(default_factory=dict)
    rule_words: tuple[str, ...] = ()


def receive(items: Sequence[Labelled], *, now: datetime) -> None:
    """Store the messages and mark their envelopes as taken, all or nothing. Envelopes already taken are skipped.

    An envelope of a message that the record has already, such as a reply of ours that the network shows, is linked to
    that one. Raise the database's error (a caller then takes them one by one), or BadInput for a revision of an unknown
    message and for an account that is not the city's.
    """
    with transaction.atomic(), planned_for(len(items)):
        accounts = _accounts(items)
        items = take_letter_returns(_waiting(items), now=now)
        _check_accounts(items, accounts)
        for account in accounts:
            mine = [item for item in items if _key(item) == (account.channel, account.address)]
            messages = [item for item in mine if item.incoming.change is Change.MESSAGE]
            existing_ids = _existing_ids(account, messages)
            new: dict[str, Labelled] = {}  # what came twice is the first one, and a revision of it
            for item in messages:
                if item.incoming.external_id not in existing_ids:
                    new.setdefault(item.incoming.external_id, item)
            _Intake(account, list(new.values()), now).write()
            record_returns(account, [item.incoming.bounce for item in new.values() if item.incoming.bounce])
            for item in mine:
                if new.get(item.incoming.external_id) is not item:
                    apply_edit(account, item.incoming, envelope=item.envelope, now=now)


def _existing_ids(account: Account, items: Iterable[Labelled]) -> set[str]:
    rows = Message.objects.filter(account=account, external_id__among={item.incoming.external_id for item in items})
    return {str(key) for key in rows.values_list("external_id", flat=True)}


def _check_accounts(items: Iterable[Labelled], accounts: Iterable[Account]) -> None:
    own_keys = {(row.channel, row.address) for row in accounts}
    for channel, address in (_key(item) for item in items):
        if (channel, address) not in own_keys:
            raise BadInput(
                gettext_noop("It is addressed to {account} ({channel}), which is no account of the city."),
                account=address,
                channel=channel,
            )


def _key(item: Labelled) -> tuple[str, str]:
    return item.incoming.channel, item.incoming.account


def _accounts(items: Iterable[Labelled]) -> list[Account]:
    """Lock and return the accounts, so that two workers never open one thread twice.

    Their keys are not locked: a host's reply, which locks the conversation, refers to the account.
    """
    keys = {_key(item) for item in items}
    rows = Account.objects.select_for_update(no_key=True).filter(address__in={address for _, address in keys})
    return [row for row in rows.order_by("pk") if (row.channel, row.address) in keys]


def _waiting(items: Sequence[Labelled]) -> list[Labelled]:
    """Return the items that nobody has taken meanwhile: a slow worker's lease may have ended."""
    rows = Envelope.objects.select_for_update(no_key=True).filter(pk__among={item.envelope for item in items})
    waiting = set(rows.filter(state=Envelope.State.WAITING).values_list("pk", flat=True))
    return [item for item in items if item.envelope in waiting]


class _Intake:
    """The messages of one account in one batch."""

    def __init__(self, account: Account, items: Sequence[Labelled], now: datetime) -> None:
        self.account = account
        self.items = items
        self.now = now.astimezone(UTC)
        self.policies = PolicyVersions()
        self.threads = Threads(account, (item.incoming for item in items))
        self.departments = {row.slug: row for row in Department.objects.all()}
        self.rules = _rules_of(items)
        self.authors = _authors(account.channel, items)
        self.new_conversations: dict[int, Conversation] = {}
        self.openers: dict[int, Labelled] = {}
        self.strays: dict[int, tuple[Conversation, Conversation]] = {}
        self.tied: list[Conversation] = []
        self.decisions: Mapping[int, Decision] = {}

    def write(self) -> None:
        if not self.items:
            return
        strands = [self._conversation(item) for item in self.items]
        strands = [self._final(strand) for strand in strands]
        conversations = list(self.new_conversations.values())
        bulk.reserve_ids(conversations)
        self.decisions = last_decisions([*strands, *(stray for stray, _ in self.strays.values())])
        messages = [self._message(item, strand) for item, strand in zip(self.items, strands, strict=True)]
        bulk.reserve_ids(messages)
        triples = zip(self.items, strands, messages, strict=True)
        events = [event for item, strand, message in triples for event in self._events(item, strand, message)]
        bulk.reserve_ids(events)
        fresh, others = self._fresh(strands)
        projection = event_log.project(_histories(fresh, events))
        for rows in (conversations, messages, self._files(messages), events, projection.facts, projection.promises):
            bulk.insert(rows)
        bulk.update(self.tied, changing=["about_url", "about_title"])
        self._bring_home()
        event_log.notify_listeners(row.pk for row in fresh)
        if others := {home.pk: home for home in map(root_of, others)}:
            event_log.reproject(others.values())
        self._mark_taken(messages)

    def _fresh(self, strands: Sequence[Conversation]) -> tuple[list[Conversation], list[Conversation]]:
        """Return the conversations whose whole history is in this batch, and those that existed before."""
        old = {id(self._final(stray)) for stray, _ in self.strays.values() if stray.pk is not None}
        by_identity = {id(strand): strand for strand in strands}
        fresh = [strand for key, strand in by_identity.items() if key in self.new_conversations and key not in old]
        others = [strand for key, strand in by_identity.items() if key not in self.new_conversations or key in old]
        return fresh, others

    def _mark_taken(self, messages: Sequence[Message]) -> None:
        envelopes = [
            bulk.build_row(Envelope, id=item.envelope, state=Envelope.State.TAKEN, message=message)
            for item, message in zip(self.items, messages, strict=True)
        ]
        bulk.update(envelopes, changing=["state", "message", "reason", "leased_until"])

    def _conversation(self, item: Labelled) -> Conversation:
        """Find or open the message's conversation, which may be part of another."""
        incoming = item.incoming
        strand = self.threads.find(incoming)
        if strand is None:
            strand = self._open(item)
        else:
            self._extend(strand, item)
        home = root_of(strand)
        if incoming.direction is Direction.IN and home.author is None:
            home.author = self.authors[incoming.author.id]
            self._adopt_first(strand, item)
        if stray := self.threads.stray(incoming, strand):
            self.threads.redirect(stray, strand)
            self.strays[id(stray)] = (stray, strand)
            if self.new_conversations.pop(id(stray), None):
                combine(home, stray)
        self.threads.remember(incoming, strand)
        return strand

    def _adopt_first(self, strand: Conversation, item: Labelled) -> None:
        """Give a conversation the labels of its first message from a citizen, even after a reply of the city."""
        home = root_of(strand)
        if home.department is None:
            self.openers[id(strand)] = item
            home.department = self.departments.get(item.department)
        home.kind, home.valence = home.kind or item.kind, home.valence or item.valence
        home.suggestions = home.suggestions or item.suggestions

    def _final(self, home: Conversation) -> Conversation:
        """Return the conversation of these messages after the strays have been merged."""
        while id(home) in self.strays:
            home = self.strays[id(home)][1]
        return home

    def _bring_home(self) -> None:
        """Merge stored conversations that began with an answer into the one that they answer.

        Where a colleague has decided in one of the two, each keeps its history until now: nobody had read the other.
        """
        for stray, _ in self.strays.values():
            if stray.pk is None:
                continue
            strand = self._final(stray)
            row, home = root_of(stray), root_of(strand)
            if self.decisions.keys().isdisjoint({row.pk, home.pk}):
                merge_into(row, home, at=self.now, always=(stray, strand))
            elif row.pk != home.pk:
                merge_into(row, home, at=self.now)

    def _open(self, item: Labelled) -> Conversation:
        incoming, about = item.incoming, item.incoming.about
        conversation = bulk.build_row(
            Conversation,
            account=self.account,
            thread=self.threads.new_key(incoming),
            reference=secrets.token_hex(6),
            subject=incoming.subject[:500],
            about_url=about.url[:2000] if about else "",
            about_title=about.title[:500] if about else "",
            department=self.departments.get(item.department),
            kind=item.kind,
            valence=item.valence,
            lang=item.lang,
            urgency=item.urgency,
            suggestions=item.suggestions,
            addressed=incoming.addressed,
            visibility=incoming.visibility,
            opened_at=self._at(incoming),
            last_message_at=self._at(incoming),
            queue_at=self._at(incoming),  # until its events say better
        )
        self.new_conversations[id(conversation)] = conversation
        self.openers[id(conversation)] = item
        return conversation

    def _extend(self, strand: Conversation, item: Labelled) -> None:
        incoming, home = item.incoming, root_of(strand)
        home.last_message_at = max(home.last_message_at, self._at(incoming))
        home.opened_at = min(home.opened_at, self._at(incoming))
        home.urgency = max(home.urgency, item.urgency)
        home.lang = home.lang or item.lang
        if incoming.about and incoming.direction is Direction.IN and not home.about_url:
            home.about_url, home.about_title = incoming.about.url[:2000], incoming.about.title[:500]
            if home.pk is not None:
                self.tied.append(home)
        up = incoming.in_reply_to
        if strand.thread == incoming.external_id and up and self.threads.is_free(up):
            strand.thread = up  # the root it names lies further up
            if strand is not home:
                strand.save(update_fields=["thread"])

    def _message(self, item: Labelled, strand: Conversation) -> Message:
        incoming = item.incoming
        outgoing = incoming.direction is Direction.OUT
        offset = incoming.sent_at.utcoffset()
        about = incoming.about
        return bulk.build_row(
            Message,
            conversation=root_of(strand),
            account=self.account,
            external_id=incoming.external_id,
            direction=incoming.direction,
            author=self.authors[incoming.author.id],
            subject=incoming.subject[:500],
            text=incoming.text,
            quoted=incoming.quoted,
            html=incoming.html,
            search=searchable_text(incoming.text, incoming.subject, incoming.author.name, incoming.author.handle),
            sent_at=sent_in_utc(incoming),
            offset=int(offset.total_seconds() // 60) if offset else 0,
            received_at=self.now,
            thread=incoming.thread,
            in_reply_to=incoming.in_reply_to,
            references=list(incoming.references),
            lang=incoming.lang,
            url=incoming.url,
            media=[{"url": m.url, "type": m.type, "alt": m.alt} for m in incoming.media],
            place={"lat": incoming.place.lat, "lon": incoming.place.lon} if incoming.place else None,
            about={"url": about.url, "title": about.title} if about else None,
            counts=dict(incoming.counts),
            labels=dict(incoming.labels),
            kind=item.kind,
            valence=item.valence,
            addressed=incoming.addressed,
            visibility=incoming.visibility,
            automatic=incoming.automatic,
            dmarc=incoming.dmarc or None,
            reply_kind=(incoming.reply_kind or "") if outgoing and not incoming.automatic else "",
            promised_at=incoming.promised_at and incoming.promised_at.astimezone(UTC),
        )

    def _at(self, incoming: Incoming) -> datetime:
        """Return when it was sent, but not later than now: a fast clock must not move deadlines or follow a reply."""
        return min(sent_in_utc(incoming), self.now)

    def _files(self, messages: Sequence[Message]) -> list[Attachment]:
        return [
            bulk.build_row(
                Attachment,
                message=message,
                name=file.name[:500],
                type=file.type[:200],
                size=file.size,
                content=file.content,
                refused=file.refused[:500],
            )
            for item, message in zip(self.items, messages, strict=True)
            for file in item.incoming.files
        ]

    def _events(self, item: Labelled, strand: Conversation, message: Message) -> Iterable[Event]:
        what, data = event_of(item.incoming)
        inbound = what is EventType.RECEIVED
        at = self._at(item.incoming)
        policy = self.policies.at(at) if inbound else None
        decision = self.decisions.get(root_of(strand).pk)
        if inbound and decision and decision.follows(at, now=self.now):
            data["written_at"], at = at.isoformat(), decision.at + timedelta(microseconds=1)
        yield bulk.build_row(
            Event,
            conversation=message.conversation,
            strand=None if strand is message.conversation else strand,
            what=what,
            at=at,
            message=message,
            policy_id=policy,
            data=data,
        )
        if inbound and self.openers.get(id(strand)) is item and item.department in self.departments:
            yield bulk.build_row(
                Event,
                conversation=message.conversation,
                what=EventType.ROUTED,
                at=self._at(item.incoming),
                rule_id=item.rule["id"] if item.rule.get("id") in self.rules else None,
                data={"department": item.department, **_why(item)},
            )


def _histories(
    conversations: Iterable[Conversation], events: Iterable[Event]
) -> Iterator[tuple[Conversation, list[HistoryEvent]]]:
    """Return these conversations, each with its events."""
    happenings = defaultdict(list)
    for event in events:
        happenings[event.conversation_id].append(event_log.history_event(event))
    return ((row, happenings[row.pk]) for row in conversations)


def _rules_of(items: Iterable[Labelled]) -> set[int]:
    """Return the rules that decided and still exist: one may have been deleted while the steps ran."""
    rule_ids = {item.rule["id"] for item in items if item.rule}
    return set(Rule.objects.filter(pk__in=rule_ids).values_list("pk", flat=True))


def _why(item: Labelled) -> dict[str, Any]:
    """Return why the department was chosen: the rule and its words, the message's own label, or the model's words."""
    if item.rule:
        return {"words": list(item.rule_words), "rule": item.rule}
    if item.incoming.labels.get("department") == item.department:
        return {"given": True}
    suggestions = item.suggestions.get("department") or [{}]
    return {"words": list(suggestions[0].get("words", []))}


def _authors(channel: str, items: Iterable[Labelled]) -> dict[str, Author]:
    writers = {item.incoming.author.id: item.incoming.author for item in items}
    rows = Author.objects.filter(channel=channel, external_id__among=set(writers))
    authors = {row.external_id: row for row in rows}
    missing = {key: writer for key, writer in writers.items() if key not in authors}
    new = [
        bulk.build_row(Author, channel=channel, external_id=w.id, handle=w.handle[:500], name=w.name[:500])
        for w in missing.values()
    ]
    bulk.insert(new, ignore_conflicts=True)
    if missing:  # somebody else may have been faster
        authors |= {row.external_id: row for row in rows.filter(external_id__among=set(missing))}
    return authors

"""Export of all data held on one person, as a ZIP to hand out: messages, their history, and who saw them."""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, Sum
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.interchange import write_line
from portevoix.kernel.messages import Direction, Visibility
from portevoix.record import permissions, personal_data
from portevoix.record.addressee import replies_to
from portevoix.record.event_data import codes_of
from portevoix.record.export import lines
from portevoix.record.models import (
    Access,
    Attachment,
    Author,
    City,
    Contact,
    Conversation,
    Event,
    FindingAnswer,
    Inquiry,
    Message,
    Vector,
)
from portevoix.record.operations.access_log import log
from portevoix.record.operations.erase import identity_of
from portevoix.record.permissions import Capability
from portevoix.record.queries.persons import accounts_of, conversations_of, pending_envelopes, with_parts
from portevoix.text.privacy.person_removal import remove_person

_UNSAFE = re.compile(r"[^\w.() -]+")
_LONGEST_NAME = 120
_README_TEXT = gettext_noop(
    """What {city} holds on a person, on {date}.

person.json: the accounts under which the person wrote, every conversation with all its messages, the notes of
colleagues, questions put to departments and their answers, what happened when, unsent drafts, and who saw it when, by
role. Colleagues are told by their role and not by their name. Under "meaning_read_by" stand the sentence encoders that
made numbers of what a message means; these numbers are kept with it, and go with it. Under "answers_about_them" stand
answers of departments to the city's journal that name the person.

messages.jsonl: the messages again, one a line, in the interchange format of Portevoix, for machines.

attachments: the files that the person sent and the pictures that the city sent, under the numbers of their messages.

What other citizens wrote in the same conversations is not here. Where one of them wrote in private, notes of
colleagues, unsent drafts and questions put to departments are left out too, and so is the subject, unless this person
chose it: look them up in the conversation. Read all of it through before you hand it out: what colleagues wrote may
concern other persons too.
"""
)


def write_export(author: int, to: IO[bytes], *, by: Contact | None, now: datetime) -> None:
    """Write the ZIP and note it in the access log. `by` None: the command line.

    Raise BadInput when no account has that number.
    """
    if by is not None:
        permissions.check(by, Capability.PRIVACY)
    authors = accounts_of(author)
    if not authors:
        raise BadInput(gettext_noop("Nobody is known by the number {number}."), number=author)
    log(Access.What.EXPORTED, by=by, now=now, author=author)
    conversations = conversations_of(authors)
    theirs = _theirs(authors, conversations)
    with ZipFile(to, "w", ZIP_DEFLATED) as file:
        file.writestr(*_readme(now))
        file.writestr("person.json", _json(_person(authors, conversations, now)))
        with file.open("messages.jsonl", "w") as stream:
            for message in lines(theirs):
                stream.write(write_line(message).encode() + b"\n")
        for name, content in _attachments(theirs):
            file.writestr(name, content)


def size_of_files(author: int) -> int:
    """Return how many bytes of files an export of the person would hold."""
    authors = accounts_of(author)
    files = Attachment.objects.filter(message__in=_theirs(authors, conversations_of(authors)), content__isnull=False)
    return int(files.aggregate(bytes=Sum("size"))["bytes"] or 0)


def _theirs(authors: Collection[Author], conversations: Collection[int]) -> Any:
    """Return the person's messages and the city's replies to them."""
    by_them = Q(author__in=authors, direction=Direction.IN)
    return Message.objects.filter(conversation__in=conversations).filter(by_them | replies_to(authors, conversations))


def _readme(now: datetime) -> tuple[str, str]:
    city = City.objects.get()
    with translation.override(city.language):
        name = gettext("README.txt")
        today = date_format(now.astimezone(ZoneInfo(city.timezone)), gettext("j F Y"))
        return name, gettext(_README_TEXT).format(city=city.name, date=today)


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, default=str)


def _person(authors: Sequence[Author], conversations: Collection[int], now: datetime) -> dict[str, Any]:
    every = with_parts(conversations)
    own = with_parts(set(conversations) - _shared_conversations(authors, conversations))
    rows = (
        Conversation.objects.filter(pk__in=conversations).select_related("account", "department").order_by("opened_at")
    )
    return {
        "exported_at": now.isoformat(),
        "accounts": [
            {"number": row.pk, "channel": row.channel, "id": row.external_id, "handle": row.handle, "name": row.name}
            for row in authors
        ],
        "conversations": [_conversation(row, authors) for row in rows],
        "set_aside": [
            {"state": row.state, "received_at": row.received_at, "raw": row.raw}
            for author in authors
            for row in pending_envelopes(author)
        ],
        "answers_about_them": list(_answers_about(authors)),
        **{each.code: [each.export(row) for row in each.of(own)] for each in personal_data.keepers() if each.export},
        "seen": list(_access_lines(authors, every)),
    }


def _conversation(row: Conversation, authors: Collection[Author]) -> dict[str, Any]:
    theirs = _theirs(authors, [row.pk])
    is_shared = bool(_shared_conversations(authors, [row.pk]))
    is_about_others = is_shared and row.author_id not in {author.pk for author in authors}
    query = theirs if is_shared else theirs | Message.objects.filter(conversation=row, direction=Direction.NOTE)
    vectors = Prefetch("vectors", Vector.objects.defer("content").order_by("encoder"))
    messages = (
        query.select_related("contact", "delivery").prefetch_related("attachments", vectors).order_by("sent_at", "pk")
    )
    shown_ids = set(query.values_list("pk", flat=True))
    events = Event.objects.filter(conversation=row).select_related("contact").order_by("at", "pk")
    inquiries = [] if is_shared else row.inquiries.select_related("department")
    return {
        "number": row.pk,
        "channel": row.account.channel,
        "account": row.account.address,
        "subject": "" if is_about_others else row.subject,
        "about": {} if is_about_others else {"url": row.about_url, "title": row.about_title},
        "state": row.state,
        "department": row.department.name if row.department else None,
        "kind": None if is_about_others else row.kind,
        "valence": None if is_about_others else row.valence,
        "language": row.lang,
        "suggested": {} if is_about_others else row.suggestions,
        "messages": [_message(message) for message in messages],
        "inquiries": [_inquiry(inquiry) for inquiry in inquiries],
        "history": [
            {
                "at": event.at,
                "what": event.what,
                "by": _role(event.contact),
                "data": _data(event, shown_ids, is_shared=is_shared),
            }
            for event in events
        ],
    }


def _data(event: Event, shown_ids: Collection[int], *, is_shared: bool) -> dict[str, Any]:
    """Return an event's data; no words where they may be about somebody else."""
    if event.message_id is not None:
        return event.data if event.message_id in shown_ids else {}
    return codes_of(event.data) if is_shared else event.data


def _shared_conversations(authors: Collection[Author], conversations: Collection[int]) -> set[int]:
    """Return those in which notes, drafts and questions may speak of what somebody else wrote in private."""
    rows = Message.objects.filter(conversation__in=conversations, direction=Direction.IN)
    private = rows.filter(visibility=Visibility.PRIVATE).exclude(author__in=authors)
    return set(private.values_list("conversation", flat=True))


def _message(row: Message) -> dict[str, Any]:
    return {
        "number": row.pk,
        "direction": row.direction,
        "by": _role(row.contact),
        "sent_at": row.sent_at,
        "received_at": row.received_at,
        "delivery": row.delivery.state if hasattr(row, "delivery") else None,
        "subject": row.subject,
        "text": row.text,
        "quoted": row.quoted,
        "url": row.url,
        "media": row.media,
        "place": row.place,
        "labels": row.labels,
        "kind": row.kind,
        "valence": row.valence,
        "language": row.lang,
        "visibility": row.visibility,
        "automatic": row.automatic,
        "sender_check": row.dmarc,
        "reply_kind": row.reply_kind or None,
        "promised_at": row.promised_at,
        "retracted_at": row.retracted_at,
        "erased_at": row.erased_at,
        "meaning_read_by": [vector.encoder for vector in row.vectors.all()],
        "files": [
            {"name": file.name, "type": file.type, "size": file.size, "refused": file.refused or None, "alt": file.alt}
            for file in row.attachments.defer("content").order_by("pk")
        ],
    }


def _inquiry(row: Inquiry) -> dict[str, Any]:
    return {
        "department": row.department.name,
        "asked_at": row.asked_at,
        "question": row.question,
        "answered_at": row.answered_at,
        "answer": row.answer,
        "ruling": row.ruling or None,
        "not_before": row.not_before,
        "reason": row.reason,
    }


def _answers_about(authors: Sequence[Author]) -> Iterator[dict[str, Any]]:
    """Yield what departments answered to findings of the journal in which the person is named."""
    person = identity_of(authors)
    rows = FindingAnswer.objects.exclude(text="").select_related("edition").order_by("pk")
    for row in rows.iterator(chunk_size=500):
        if remove_person(row.text, person) != row.text:
            yield {"week": row.edition.week, "department": row.department, "at": row.at, "text": row.text}


def _role(contact: Contact | None) -> str | None:
    """Return a colleague's role: a person has a right to know when and why, seldom to a name."""
    return contact.role if contact else None


def _access_lines(authors: Collection[Author], conversations: Collection[int]) -> Iterator[dict[str, Any]]:
    rows = Access.objects.filter(Q(conversation__in=conversations) | Q(author__in=authors)).order_by("pk")
    for row in rows:
        by = row.role or "command line"
        yield {"at": row.at, "what": row.what, "by": by, "conversation": row.conversation_id}


def _attachments(messages: Any) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents of the attachments, with one file at a time in memory."""
    rows = Attachment.objects.filter(message__in=messages, content__isnull=False).order_by("pk")
    for row in rows.iterator(chunk_size=1):
        name = _UNSAFE.sub("_", row.name)[-_LONGEST_NAME:].strip(" .") or "file"
        yield f"attachments/{row.message_id}-{row.pk}-{name}", bytes(row.content)

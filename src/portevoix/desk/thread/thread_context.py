"""The template contexts of one conversation: its thread, its composer, and one long message."""

from datetime import datetime
from typing import Any

from portevoix.desk import desk_words
from portevoix.desk.composer import pictures, promise_dates, tone_advice
from portevoix.desk.composer.length import length_of
from portevoix.desk.forms import OTHER, ReplyForm
from portevoix.desk.push import colleague_presence
from portevoix.desk.rows import make_row
from portevoix.desk.thread import suggestions, timeline
from portevoix.desk.thread.event_text import Names
from portevoix.kernel.promises import outcome_of
from portevoix.kernel.states import POSSIBLE, EventType, State
from portevoix.record.addressee import addressee, reply_visibility
from portevoix.record.operations import access_log
from portevoix.record.operations.withdraw import deletable
from portevoix.record.permissions import Capability, can, departments, is_confined
from portevoix.record.queries import conversation as conversations
from portevoix.record.queries import merge_candidates as record_matters
from portevoix.record.queries.city import Contact
from portevoix.record.queries.site_cache import SiteCache
from portevoix.web.formatting import by_name

PAGE_OF_MESSAGE = 50_000
"""Characters of a long message on one page."""


def conversation_context(
    contact: Contact,
    pk: int,
    *,
    house: SiteCache,
    now: datetime,
    since: int | None = None,
    reply: ReplyForm | None = None,
) -> dict[str, Any] | None:
    """Return one conversation with its context and composer; None when it does not exist or may not be seen.

    `since`: the version that the colleague's page showed; everything after it is marked as new. `reply`: a composer
    that was rejected. Also record the colleague's presence and the access in the log.
    """
    thread = conversations.thread(contact, pk, house=house, now=now)
    if thread is None:
        return None
    access_log.log(access_log.What.READ, by=contact, now=now, conversation=pk)
    here = colleague_presence.arrive(contact, pk, house=house, now=now)
    return {
        **_thread_context(contact, thread, house=house, since=since),
        "may_reply": can(contact, Capability.REPLY),
        "to_inform": _to_inform(contact, thread),
        "promises": [_promise_badge(promise, now) for promise in thread.promises],
        "ruling": next((inquiry for inquiry in thread.inquiries if inquiry.answered_at), None),
        "mark": make_row(thread.conversation, now),
        "presence": here.others,
        "now": now,
        **_composer(contact, thread, now, reply or here.draft),
        **pictures.picture_context(contact, pk, thread.conversation.account.connector, some=here.pictures),
        "deletable": deletable(thread.conversation.account) if can(contact, Capability.REPLY) else (),
    }


def message_context(contact: Contact, pk: int, number: int, *, page: str, now: datetime) -> dict[str, Any] | None:
    """Return one full message, a page of it at a time; None when it does not exist or may not be seen.

    An unknown page is page 1. Quoted text that was folded away follows the message.
    """
    row = conversations.whole_message(contact, pk, number)
    if row is None:
        return None
    access_log.log(access_log.What.READ, by=contact, now=now, conversation=pk)
    full_text = "\n\n".join(part for part in (row.text, row.quoted) if part)
    count = max(1, -(-len(full_text) // PAGE_OF_MESSAGE))
    requested_page = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1
    current_page = min(max(1, requested_page), count)
    return {
        "message": row,
        "conversation": row.conversation,
        "text": full_text[(current_page - 1) * PAGE_OF_MESSAGE : current_page * PAGE_OF_MESSAGE],
        "page": current_page,
        "pages": count,
        "before": f"?page={current_page - 1}" if current_page > 1 else "",
        "after": f"?page={current_page + 1}" if current_page < count else "",
    }


def _thread_context(
    contact: Contact, thread: conversations.Thread, *, house: SiteCache, since: int | None
) -> dict[str, Any]:
    """Return the thread with its suggestions, and the choices and actions that its state allows."""
    row = thread.conversation
    choices = by_name(house.departments_of(contact))
    names = _names(thread, house, choices)
    receiving = [(department.slug, department.name) for department in choices]
    state = State(row.state)
    return {
        "thread": thread,
        "conversation": row,
        "entries": timeline.entries(thread, names, since=since),
        "history": timeline.history(thread, names),
        "hosts": [(host.pk, host.name) for host in by_name(house.hosts)],
        "departments": receiving,
        "suggestions": suggestions.departments(row, names, receiving),
        "topics": suggestions.topics(thread, names),
        "by_rule": suggestions.by_rule(thread),
        "labels": suggestions.labels(thread),
        "rulings": list(desk_words.RULINGS.items()),
        "possible": {what.value for what in EventType if state in POSSIBLE[what]},
    }


def merge_context(contact: Contact, pk: int, query: str, *, now: datetime) -> dict[str, Any] | None:
    """Return a conversation and the candidates to merge it with; None when it may not be seen.

    Raise BadInput when `query` is the number of a conversation that cannot be merged.
    """
    candidates = record_matters.merge_candidates(contact, pk, query)
    if candidates is None:
        return None
    return {
        "conversation": candidates.conversation,
        "mark": make_row(candidates.conversation, now),
        "others": [make_row(row, now) for row in candidates.others],
        "now": now,
    }


def _names(thread: conversations.Thread, house: SiteCache, choices: list[Any]) -> Names:
    """Return the names of colleagues and departments that the history mentions, those of inquiries included."""
    all_departments = (*house.all_departments.values(), *choices, *(inquiry.department for inquiry in thread.inquiries))
    return Names(
        departments={department.slug: department.name for department in all_departments},
        contacts={host.pk: host.name for host in house.hosts},
        not_before={inquiry.pk: inquiry.not_before for inquiry in thread.inquiries},
    )


def _to_inform(contact: Contact, thread: conversations.Thread) -> list[Any]:
    """Return the open inquiries that this colleague may answer: contacts those of their departments, hosts all."""
    if not can(contact, Capability.INFORM):
        return []
    waiting = [inquiry for inquiry in thread.inquiries if inquiry.answered_at is None]
    if not waiting or not is_confined(contact):
        return waiting
    mine = departments(contact) or []
    return [inquiry for inquiry in waiting if inquiry.department.slug in mine]


def _promise_badge(promise: Any, now: datetime) -> dict[str, Any]:
    outcome = outcome_of(promise.promised_at, answered_at=promise.answered_at, now=now)
    look, icon, word = desk_words.PROMISES[outcome]
    return {"at": promise.promised_at, "look": look, "icon": icon, "word": word}


def _composer(contact: Contact, thread: conversations.Thread, now: datetime, reply: ReplyForm | str) -> dict[str, Any]:
    """Return the context of the composer; empty for a colleague who may not reply.

    `reply` is a form that was rejected, or the text of a draft.
    """
    row = thread.conversation
    if not can(contact, Capability.REPLY):
        return {}
    proposals = promise_dates.proposals(thread.service, now=now) if thread.service else []
    default_promise = "" if proposals else OTHER  # a date is promised by whoever chooses it
    if isinstance(reply, str):
        reply = ReplyForm(initial={"text": reply, "reply": "answer", "promise": default_promise})
    text = reply["text"].value() or ""
    state = draft_state(thread.way, text)
    return {
        "reply": reply,
        "addressee": addressee(row, thread.messages),
        "reply_visibility": reply_visibility(row, thread.messages),
        "seen": row.version,
        "proposals": proposals,
        **state,
    }


def draft_state(way: conversations.ReplyWay, text: str) -> dict[str, Any]:
    """Return the draft's length as its network counts it, the posts it would become, and the advice on its tone."""
    length = length_of(text, way)
    return {"length": length, **tone_advice.tone_context(text, way=way, length=length)}

"""Template contexts of the desk's pages, built from the record."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import localize
from django.utils.functional import Promise as Lazy

from portevoix.desk import labels
from portevoix.desk.composer import pictures, promise_dates, tone_advice
from portevoix.desk.composer.length import length_of
from portevoix.desk.forms import OTHER, InboxForm, ReplyForm
from portevoix.desk.push import presence
from portevoix.desk.thread import suggestions, timeline
from portevoix.desk.thread.event_text import Names
from portevoix.kernel.promises import outcome_of
from portevoix.kernel.states import OPEN_STATES, POSSIBLE, EventType, State
from portevoix.record.addressee import addressee, reply_visibility
from portevoix.record.operations import access_log
from portevoix.record.operations.withdraw import deletable
from portevoix.record.permissions import Capability, can, departments, is_confined
from portevoix.record.queries import conversation as conversations
from portevoix.record.queries import inbox as inboxes
from portevoix.record.queries import merge_candidates as record_matters
from portevoix.record.queries.city import Contact
from portevoix.record.queries.danger import danger
from portevoix.record.queries.inbox import MOST, SOON, Counts, InboxFilter
from portevoix.record.queries.site_cache import SiteCache
from portevoix.web.formatting import by_name
from portevoix.web.templatetags.shell import channel_name

PAGE_OF_MESSAGE = 50_000
"""Characters of a long message on one page."""
_FILTER_NAMES = ("q", "channel", "department", "kind", "addressed")


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of the inbox; `count` is empty when conversations are not counted, "1,000+" when counting stopped."""

    view: str
    label: Lazy
    count: str
    query: str
    current: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation in the list, with the flags that its badges show.

    `promised`: the next deadline is that of a promised answer; `unsure`: its kind is only the most likely one.
    """

    conversation: Any
    late: bool
    soon: bool
    promised: bool
    waiting: bool
    urgent: bool
    open: bool
    unsure: bool


def parse_filters(params: Mapping[str, str]) -> InboxFilter:
    """Return the filters that the address sets. Raise BadInput for a view that does not exist."""
    return InboxFilter(
        view=params.get("view", "open"),
        channel=params.get("channel", ""),
        department=params.get("department", ""),
        kind=params.get("kind", ""),
        addressed=params.get("addressed", ""),
        query=params.get("q", "").strip()[:200],
    )


def build_query(params: Mapping[str, str], **changed: str) -> str:
    """Return the query string of the same list with `changed` parameters; "" for the first page of the whole inbox."""
    query_params = {name: params.get(name, "") for name in ("view", *_FILTER_NAMES, "after", "before")} | changed
    query_params = {name: value for name, value in query_params.items() if value}
    return f"?{urlencode(query_params)}" if query_params else ""


def inbox_context(
    contact: Contact, params: Mapping[str, str], *, house: SiteCache, now: datetime, counted: bool = True
) -> dict[str, Any]:
    """Return the list of conversations with its filters and tabs; `counted`: with the count of each tab.

    Raise BadInput for a view or a page that does not exist.
    """
    filters = parse_filters(params)
    inbox = inboxes.Inbox(contact, filters, house=house, now=now)
    page = inbox.page(after=params.get("after", ""), before=params.get("before", ""))
    first = {"after": "", "before": ""}
    form = _filters(contact, params, house)
    return {
        **tabs_context(params, inbox.counts() if counted else None),
        "filters": form,
        **danger_context(contact, house=house, now=now),
        "rows": [_row(row, now) for row in page.rows],
        "searched": localize(page.searched) if page.searched else "",
        "query": build_query(params),
        "next": build_query(params, **(first | {"after": page.after})) if page.after else "",
        "previous": build_query(params, **(first | {"before": page.before})) if page.before else "",
        "narrowed": any(params.get(name, "") for name in _FILTER_NAMES),
        "chosen": _active_filters(form, params),
        "whole": build_query({}, view="" if filters.view == "open" else filters.view),
        "empty": labels.FOUND_NOTHING if _is_filtered(filters) else labels.EMPTY[filters.view],
        "now": now,
    }


def danger_context(contact: Contact, *, house: SiteCache, now: datetime) -> dict[str, Any]:
    """Return the open conversations that mention danger to people; every list shows them first."""
    alerts = danger(contact, house=house)
    return {
        "danger": [_row(row, now) for row in alerts.rows],
        "danger_count": alerts.number,
        "danger_more": max(0, alerts.number - len(alerts.rows)),
    }


def tabs_context(params: Mapping[str, str], counts: Counts | None = None) -> dict[str, Any]:
    """Return the views of the inbox as tabs, and the current one. Raise BadInput for a view that does not exist."""
    current = parse_filters(params).view
    return {
        "view": current,
        "view_label": labels.VIEWS[current],
        "tabs": [
            Tab(
                view=view,
                label=label,
                count=_count(getattr(counts, view, None)),
                query=build_query(params, view="" if view == "open" else view, after="", before=""),
                current=view == current,
            )
            for view, label in labels.VIEWS.items()
        ],
    }


def _count(number: int | None) -> str:
    if number is None:
        return ""
    return f"{localize(MOST)}+" if number > MOST else localize(number)


def _filters(contact: Contact, params: Mapping[str, str], house: SiteCache) -> InboxForm:
    """Return the form of the filters, filled from the address."""
    return InboxForm(
        {name: params.get(name, "") for name in _FILTER_NAMES},
        channels=[(channel, channel_name(channel)) for channel in house.channels],
        departments=[(row.slug, row.name) for row in by_name(house.departments_of(contact))],
    )


def _active_filters(form: InboxForm, params: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the active filters in words, each with the address without it."""
    return [
        {
            "label": form.fields[name].label,
            "value": dict(getattr(form.fields[name], "choices", ())).get(value, value),
            "without": build_query(params, **{name: "", "after": "", "before": ""}),
        }
        for name in _FILTER_NAMES
        if (value := params.get(name, ""))
    ]


def _is_filtered(filters: InboxFilter) -> bool:
    return replace(filters, view="open") != InboxFilter()


def _row(row: Any, now: datetime) -> Row:
    is_open = State(row.state) in OPEN_STATES
    late = is_open and row.queue_at < now
    return Row(
        conversation=row,
        late=late,
        soon=is_open and not late and row.queue_at < now + SOON,
        promised=is_open and row.promised_at is not None and row.promised_at == row.due_at,
        waiting=row.state == State.AWAITING_DEPARTMENT,
        urgent=is_open and row.urgency > 0,
        open=is_open,
        unsure=suggestions.is_unsure(row),
    )


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
    here = presence.arrive(contact, pk, house=house, now=now)
    return {
        **_thread_context(contact, thread, house=house, since=since),
        "may_reply": can(contact, Capability.REPLY),
        "to_inform": _to_inform(contact, thread),
        "promises": [_promise_badge(promise, now) for promise in thread.promises],
        "ruling": next((inquiry for inquiry in thread.inquiries if inquiry.answered_at), None),
        "mark": _row(thread.conversation, now),
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
        "rulings": list(labels.RULINGS.items()),
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
        "mark": _row(candidates.conversation, now),
        "others": [_row(row, now) for row in candidates.others],
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
    look, icon, word = labels.PROMISES[outcome]
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


def home_url(contact: Contact) -> str:
    """Return the address of the colleague's start page: the inbox, the inquiries or the journal."""
    if can(contact, Capability.REPLY):
        return reverse("desk:inbox")
    if can(contact, Capability.INFORM):
        return reverse("desk:inquiries" if conversations.inquiries_for(contact) else "desk:inbox")
    return reverse("journal:home")

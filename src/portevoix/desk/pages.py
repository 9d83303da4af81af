"""What the desk's pages show: values gathered from the record, ready for a template."""

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
from portevoix.kernel.states import OPEN_STATES, POSSIBLE, State, What
from portevoix.record.addressee import addressee
from portevoix.record.operations import access_log
from portevoix.record.operations.withdraw import deletable
from portevoix.record.permissions import Capability, can, confined, departments
from portevoix.record.queries import conversation as conversations
from portevoix.record.queries import inbox as inboxes
from portevoix.record.queries import merge_candidates as record_matters
from portevoix.record.queries.city import Contact
from portevoix.record.queries.danger import danger
from portevoix.record.queries.inbox import MOST, SOON, Counts, Wanted
from portevoix.record.queries.site_cache import House
from portevoix.web.formatting import by_name
from portevoix.web.templatetags.shell import channel_name

PAGE_OF_MESSAGE = 50_000
"""Characters of a long message on one page."""
_NARROWED = ("q", "channel", "department", "kind", "addressed")


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of the inbox; `count` is empty where nobody counts, "1,000+" where counting stopped."""

    view: str
    label: Lazy
    count: str
    query: str
    current: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation in the list, with what its badges say.

    `promised`: what is due next is a promised answer; `unsure`: its kind is but the most likely one.
    """

    conversation: Any
    late: bool
    soon: bool
    promised: bool
    waiting: bool
    urgent: bool
    open: bool
    unsure: bool


def wanted_of(params: Mapping[str, str]) -> Wanted:
    """What the address narrows the inbox to. Raises BadInput for a view that does not exist."""
    return Wanted(
        view=params.get("view", "open"),
        channel=params.get("channel", ""),
        department=params.get("department", ""),
        kind=params.get("kind", ""),
        addressed=params.get("addressed", ""),
        query=params.get("q", "").strip()[:200],
    )


def query_of(params: Mapping[str, str], **changed: str) -> str:
    """The address's query that asks for the same list; "" when it is the first page of the whole inbox."""
    kept = {name: params.get(name, "") for name in ("view", *_NARROWED, "after", "before")} | changed
    kept = {name: value for name, value in kept.items() if value}
    return f"?{urlencode(kept)}" if kept else ""


def listing(
    contact: Contact, params: Mapping[str, str], *, house: House, now: datetime, counted: bool = True
) -> dict[str, Any]:
    """The list of conversations with its filters and its tabs; `counted`: with how much each tab holds.

    Raises BadInput for a view or a page that does not exist.
    """
    wanted = wanted_of(params)
    inbox = inboxes.Inbox(contact, wanted, house=house, now=now)
    page = inbox.page(after=params.get("after", ""), before=params.get("before", ""))
    first = {"after": "", "before": ""}
    form = _filters(contact, params, house)
    return {
        **views(params, inbox.counts() if counted else None),
        "filters": form,
        **alert(contact, house=house, now=now),
        "rows": [_row(row, now) for row in page.rows],
        "searched": localize(page.searched) if page.searched else "",
        "query": query_of(params),
        "next": query_of(params, **(first | {"after": page.after})) if page.after else "",
        "previous": query_of(params, **(first | {"before": page.before})) if page.before else "",
        "narrowed": any(params.get(name, "") for name in _NARROWED),
        "chosen": _chosen(form, params),
        "whole": query_of({}, view="" if wanted.view == "open" else wanted.view),
        "empty": labels.FOUND_NOTHING if _asks(wanted) else labels.EMPTY[wanted.view],
        "now": now,
    }


def alert(contact: Contact, *, house: House, now: datetime) -> dict[str, Any]:
    """The open conversations that speak of danger to people, which every list tells first."""
    found = danger(contact, house=house)
    return {
        "danger": [_row(row, now) for row in found.rows],
        "danger_count": found.number,
        "danger_more": max(0, found.number - len(found.rows)),
    }


def views(params: Mapping[str, str], counts: Counts | None = None) -> dict[str, Any]:
    """The views of the inbox as tabs, and which one the address asks for. Raises BadInput when there is none."""
    current = wanted_of(params).view
    return {
        "view": current,
        "view_label": labels.VIEWS[current],
        "tabs": [
            Tab(
                view=view,
                label=label,
                count=_count(getattr(counts, view, None)),
                query=query_of(params, view="" if view == "open" else view, after="", before=""),
                current=view == current,
            )
            for view, label in labels.VIEWS.items()
        ],
    }


def _count(number: int | None) -> str:
    if number is None:
        return ""
    return f"{localize(MOST)}+" if number > MOST else localize(number)


def _filters(contact: Contact, params: Mapping[str, str], house: House) -> InboxForm:
    """The form of the filters, as the address fills it."""
    return InboxForm(
        {name: params.get(name, "") for name in _NARROWED},
        channels=[(channel, channel_name(channel)) for channel in house.channels],
        departments=[(row.slug, row.name) for row in by_name(house.departments_of(contact))],
    )


def _chosen(form: InboxForm, params: Mapping[str, str]) -> list[dict[str, Any]]:
    """The filters that are set, in words, each with the address without it."""
    return [
        {
            "label": form.fields[name].label,
            "value": dict(getattr(form.fields[name], "choices", ())).get(value, value),
            "without": query_of(params, **{name: "", "after": "", "before": ""}),
        }
        for name in _NARROWED
        if (value := params.get(name, ""))
    ]


def _asks(wanted: Wanted) -> bool:
    return replace(wanted, view="open") != Wanted()


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
        unsure=suggestions.unsure(row),
    )


def conversation(
    contact: Contact,
    pk: int,
    *,
    house: House,
    now: datetime,
    since: int | None = None,
    reply: ReplyForm | None = None,
) -> dict[str, Any] | None:
    """One conversation with its context and composer; None when it does not exist or may not be seen.

    `since`: the version that the colleague's page had shown, after which everything is marked as new. `reply`: a
    composer that was sent in vain. Says that the colleague is there, and notes it in the access log.
    """
    thread = conversations.thread(contact, pk, house=house, now=now)
    if thread is None:
        return None
    access_log.log(access_log.What.READ, by=contact, now=now, conversation=pk)
    here = presence.arrive(contact, pk, house=house, now=now)
    return {
        **_known(contact, thread, house=house, since=since),
        "may_reply": can(contact, Capability.REPLY),
        "to_inform": _to_inform(contact, thread),
        "promises": [_promised(promise, now) for promise in thread.promises],
        "ruling": next((inquiry for inquiry in thread.inquiries if inquiry.answered_at), None),
        "mark": _row(thread.conversation, now),
        "presence": here.others,
        "now": now,
        **_composer(contact, thread, now, reply or here.draft),
        **pictures.shown(contact, pk, thread.conversation.account.connector, some=here.pictures),
        "deletable": deletable(thread.conversation.account) if can(contact, Capability.REPLY) else (),
    }


def message(contact: Contact, pk: int, number: int, *, page: str, now: datetime) -> dict[str, Any] | None:
    """One message whole, a page of it at a time; None when it does not exist or may not be seen. An unknown page is 1.

    What was folded away from it follows its text.
    """
    found = conversations.whole_message(contact, pk, number)
    if found is None:
        return None
    access_log.log(access_log.What.READ, by=contact, now=now, conversation=pk)
    whole = "\n\n".join(part for part in (found.text, found.quoted) if part)
    count = max(1, -(-len(whole) // PAGE_OF_MESSAGE))
    asked = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1
    shown = min(max(1, asked), count)
    return {
        "message": found,
        "conversation": found.conversation,
        "text": whole[(shown - 1) * PAGE_OF_MESSAGE : shown * PAGE_OF_MESSAGE],
        "page": shown,
        "pages": count,
        "before": f"?page={shown - 1}" if shown > 1 else "",
        "after": f"?page={shown + 1}" if shown < count else "",
    }


def _known(contact: Contact, thread: conversations.Thread, *, house: House, since: int | None) -> dict[str, Any]:
    """What has been said and done, what it is about, and what may become of it."""
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
        "possible": {what.value for what in What if state in POSSIBLE[what]},
    }


def matters(contact: Contact, pk: int, query: str, *, now: datetime) -> dict[str, Any] | None:
    """A conversation and those that may be about the same matter; None when there is none to see.

    Raises BadInput when `query` is the number of one that may not be.
    """
    found = record_matters.matters(contact, pk, query)
    if found is None:
        return None
    return {
        "conversation": found.conversation,
        "mark": _row(found.conversation, now),
        "others": [_row(row, now) for row in found.others],
        "now": now,
    }


def _names(thread: conversations.Thread, house: House, choices: list[Any]) -> Names:
    """What the history calls colleagues and departments, those of its inquiries included."""
    known = (*house.all_departments.values(), *choices, *(inquiry.department for inquiry in thread.inquiries))
    return Names(
        departments={department.slug: department.name for department in known},
        contacts={host.pk: host.name for host in house.hosts},
        not_before={inquiry.pk: inquiry.not_before for inquiry in thread.inquiries},
    )


def _to_inform(contact: Contact, thread: conversations.Thread) -> list[Any]:
    """Inquiries that this colleague may answer: a contact those of their departments, a host those of all."""
    if not can(contact, Capability.INFORM):
        return []
    waiting = [inquiry for inquiry in thread.inquiries if inquiry.answered_at is None]
    if not waiting or not confined(contact):
        return waiting
    mine = departments(contact) or []
    return [inquiry for inquiry in waiting if inquiry.department.slug in mine]


def _promised(promise: Any, now: datetime) -> dict[str, Any]:
    outcome = outcome_of(promise.promised_at, answered_at=promise.answered_at, now=now)
    look, icon, word = labels.PROMISES[outcome]
    return {"at": promise.promised_at, "look": look, "icon": icon, "word": word}


def _composer(contact: Contact, thread: conversations.Thread, now: datetime, reply: ReplyForm | str) -> dict[str, Any]:
    """What the composer needs; nothing for a colleague who may not reply. `reply`: a form sent in vain, or a draft."""
    row = thread.conversation
    if not can(contact, Capability.REPLY):
        return {}
    proposed = promise_dates.proposals(thread.service, now=now) if thread.service else []
    chosen = "" if proposed else OTHER  # a date is promised by whoever chooses it
    if isinstance(reply, str):
        reply = ReplyForm(initial={"text": reply, "reply": "answer", "promise": chosen})
    text = reply["text"].value() or ""
    state = draft_state(thread.way, text)
    return {
        "reply": reply,
        "addressee": addressee(row, thread.messages),
        "seen": row.version,
        "proposals": proposed,
        **state,
    }


def draft_state(way: conversations.Way, text: str) -> dict[str, Any]:
    """How long a draft is, where its network counts, the posts that it would be, and how it sounds."""
    length = length_of(text, way)
    return {"length": length, **tone_advice.told(text, way=way, length=length)}


def home_of(contact: Contact) -> str:
    """Where the colleague's work is: answering, informing, or the journal."""
    if can(contact, Capability.REPLY):
        return reverse("desk:inbox")
    if can(contact, Capability.INFORM):
        return reverse("desk:inquiries" if conversations.inquiries_for(contact) else "desk:inbox")
    return reverse("journal:home")

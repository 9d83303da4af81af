"""The template context of the list of conversations: its tabs, its filters, and the columns of each row."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import localize
from django.utils.functional import Promise as Lazy

from portevoix.desk import desk_words
from portevoix.desk.forms import InboxForm
from portevoix.desk.rows import make_row
from portevoix.record.permissions import Capability, can
from portevoix.record.queries import conversation as conversations
from portevoix.record.queries import inbox as inboxes
from portevoix.record.queries.city import Contact
from portevoix.record.queries.danger import danger
from portevoix.record.queries.inbox import MOST, Counts, InboxFilter
from portevoix.record.queries.site_cache import SiteCache
from portevoix.web.formatting import by_name
from portevoix.web.templatetags.shell import channel_name

_FILTER_NAMES = ("q", "channel", "department", "kind", "addressed")


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of the inbox; `count` is empty when conversations are not counted, "1,000+" when counting stopped."""

    view: str
    label: Lazy
    count: str
    query: str
    current: bool


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
        "rows": [make_row(row, now) for row in page.rows],
        "searched": localize(page.searched) if page.searched else "",
        "query": build_query(params),
        "next": build_query(params, **(first | {"after": page.after})) if page.after else "",
        "previous": build_query(params, **(first | {"before": page.before})) if page.before else "",
        "narrowed": any(params.get(name, "") for name in _FILTER_NAMES),
        "chosen": _active_filters(form, params),
        "whole": build_query({}, view="" if filters.view == "open" else filters.view),
        "empty": desk_words.FOUND_NOTHING if _is_filtered(filters) else desk_words.EMPTY[filters.view],
        "now": now,
    }


def danger_context(contact: Contact, *, house: SiteCache, now: datetime) -> dict[str, Any]:
    """Return the open conversations that mention danger to people; every list shows them first."""
    alerts = danger(contact, house=house)
    return {
        "danger": [make_row(row, now) for row in alerts.rows],
        "danger_count": alerts.number,
        "danger_more": max(0, alerts.number - len(alerts.rows)),
    }


def tabs_context(params: Mapping[str, str], counts: Counts | None = None) -> dict[str, Any]:
    """Return the views of the inbox as tabs, and the current one. Raise BadInput for a view that does not exist."""
    current = parse_filters(params).view
    return {
        "view": current,
        "view_label": desk_words.VIEWS[current],
        "tabs": [
            Tab(
                view=view,
                label=label,
                count=_count(getattr(counts, view, None)),
                query=build_query(params, view="" if view == "open" else view, after="", before=""),
                current=view == current,
            )
            for view, label in desk_words.VIEWS.items()
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


def home_url(contact: Contact) -> str:
    """Return the address of the colleague's start page: the inbox, the inquiries or the journal."""
    if can(contact, Capability.REPLY):
        return reverse("desk:inbox")
    if can(contact, Capability.INFORM):
        return reverse("desk:inquiries" if conversations.inquiries_for(contact) else "desk:inbox")
    return reverse("journal:home")

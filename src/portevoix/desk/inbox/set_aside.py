"""Contexts of the pages with messages and replies that need a person's decision."""

from datetime import datetime
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy

from portevoix.desk.forms import CommonForm
from portevoix.kernel.display_names import plain_name
from portevoix.record.queries import attention, bulk_refusal
from portevoix.record.queries.city import Contact

TITLES = {
    "stuck": gettext_lazy("Replies that did not arrive"),
    "held": gettext_lazy("Messages to admit"),
    "quarantined": gettext_lazy("Messages that could not be taken in"),
}
WORDS_ALIKE = 6
"""Number of words of a message that are searched for in similar ones."""
MOST_ALIKE = 200


def aside_context(contact: Contact, *, sort: str, page: str) -> dict[str, Any]:
    """Return the first rows of each sort, or one page of one sort.

    An unknown sort means all, an unknown page page 1.
    """
    current_sort = sort if sort in attention.SORTS else ""
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1
    listing = attention.aside(contact, sort=current_sort, page=number)
    rows = {
        "stuck": listing.stuck,
        "held": [_envelope(row) for row in listing.held],
        "quarantined": [_envelope(row) for row in listing.quarantined],
    }
    sections = [
        {"sort": name, "title": title, "rows": rows[name], "count": listing.counts[name]}
        for name, title in TITLES.items()
        if listing.counts[name] and current_sort in ("", name)
    ]
    return {
        "count": listing.count,
        "sections": sections,
        "sort": current_sort,
        "page": listing.page,
        "pages": listing.pages,
        "before": _page(current_sort, listing.page - 1) if listing.page > 1 else "",
        "after": _page(current_sort, listing.page + 1) if listing.page < listing.pages else "",
        "here": f"?{urlencode({'sort': current_sort, 'page': listing.page})}" if current_sort else "",
    }


def _page(sort: str, number: int) -> str:
    return f"?{urlencode({'sort': sort, 'page': number})}"


def refusal_preview(contact: Contact, form: CommonForm, *, now: datetime) -> dict[str, Any]:
    """Return the messages that match a valid form, before they are refused."""
    matches = bulk_refusal.find_matches(form.common(before=now), by=contact)
    return {
        "count": matches.count,
        "first": [_envelope(row) for row in matches.first],
        "more": matches.count - len(matches.first),
        "before": now.isoformat(),
    }


def _author_name(identity: str) -> str:
    """Return the identity as a name; a stranger who used the form without leaving a name has none."""
    return gettext("Somebody") if identity.startswith("form:") else identity


def _envelope(row: Any) -> dict[str, Any]:
    preview = row.shown
    author, unreadable = preview["author"] or {}, preview["unreadable"]
    text = (preview["text"] if unreadable is None else unreadable) or ""
    return {
        "pk": row.pk,
        "channel": row.account.channel,
        "account": row.account.address,
        "author": author.get("name") or author.get("handle") or _author_name(author.get("id", "")),
        "subject": preview["subject"] or "",
        "text": text,
        "files": [plain_name(file["name"]) for file in preview["files"] or ()],
        "reason": row.reason,
        "received_at": row.received_at,
        "readable": unreadable is None,
        "whole": bool(preview["whole"]),
        "alike": urlencode({"state": row.state, "words": " ".join(text.split()[:WORDS_ALIKE])[:MOST_ALIKE]}),
    }

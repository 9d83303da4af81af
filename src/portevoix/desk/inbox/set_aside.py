"""What the pages show of what waits for a person's decision."""

from datetime import datetime
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy

from portevoix.desk.forms import CommonForm
from portevoix.kernel.file_names import plain_name
from portevoix.record.queries import attention, bulk_refusal
from portevoix.record.queries.city import Contact

TITLES = {
    "stuck": gettext_lazy("Replies that did not arrive"),
    "held": gettext_lazy("Messages to admit"),
    "quarantined": gettext_lazy("Messages that could not be taken in"),
}
WORDS_ALIKE = 6
"""So many words of a message are looked for in others that may be like it."""
MOST_ALIKE = 200


def aside(contact: Contact, *, sort: str, page: str) -> dict[str, Any]:
    """The beginning of each sort; or one sort, page by page. An unknown sort is none, an unknown page the first."""
    chosen = sort if sort in attention.SORTS else ""
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1
    found = attention.aside(contact, sort=chosen, page=number)
    rows = {
        "stuck": found.stuck,
        "held": [_envelope(row) for row in found.held],
        "quarantined": [_envelope(row) for row in found.quarantined],
    }
    sections = [
        {"sort": name, "title": title, "rows": rows[name], "count": found.counts[name]}
        for name, title in TITLES.items()
        if found.counts[name] and chosen in ("", name)
    ]
    return {
        "count": found.count,
        "sections": sections,
        "sort": chosen,
        "page": found.page,
        "pages": found.pages,
        "before": _page(chosen, found.page - 1) if found.page > 1 else "",
        "after": _page(chosen, found.page + 1) if found.page < found.pages else "",
        "here": f"?{urlencode({'sort': chosen, 'page': found.page})}" if chosen else "",
    }


def _page(sort: str, number: int) -> str:
    return f"?{urlencode({'sort': sort, 'page': number})}"


def fitting(contact: Contact, form: CommonForm, *, now: datetime) -> dict[str, Any]:
    """The messages that have in common what a valid form says, before they are refused."""
    found = bulk_refusal.fitting(form.common(before=now), by=contact)
    return {
        "count": found.count,
        "first": [_envelope(row) for row in found.first],
        "more": found.count - len(found.first),
        "before": now.isoformat(),
    }


def _known_by(identity: str) -> str:
    """Whoever wrote through the form and left nothing is known by no name."""
    return gettext("Somebody") if identity.startswith("form:") else identity


def _envelope(row: Any) -> dict[str, Any]:
    shown = row.shown
    author, unreadable = shown["author"] or {}, shown["unreadable"]
    text = (shown["text"] if unreadable is None else unreadable) or ""
    return {
        "pk": row.pk,
        "channel": row.account.channel,
        "account": row.account.address,
        "author": author.get("name") or author.get("handle") or _known_by(author.get("id", "")),
        "subject": shown["subject"] or "",
        "text": text,
        "files": [plain_name(file["name"]) for file in shown["files"] or ()],
        "reason": row.reason,
        "received_at": row.received_at,
        "readable": unreadable is None,
        "whole": bool(shown["whole"]),
        "alike": urlencode({"state": row.state, "words": " ".join(text.split()[:WORDS_ALIKE])[:MOST_ALIKE]}),
    }

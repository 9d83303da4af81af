"""The feed of a colleague's editions, as Atom (RFC 4287)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator

from portevoix.journal.edition_addresses import department_names, edition_address
from portevoix.journal.editions.decisions import read_editions
from portevoix.journal.editions.edition import Edition
from portevoix.journal.words import figure_words
from portevoix.journal.words.front_lines import write_first_line, write_lines
from portevoix.journal.words.wording import plain
from portevoix.record.queries.city import Contact
from portevoix.record.queries.editions import readable_editions
from portevoix.web.formatting import format_date

MOST_ENTRIES = 20
TYPE = "application/atom+xml; charset=utf-8"
_NAMESPACE = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the feed; `address` is absolute, and its identity."""

    title: str
    address: str
    updated: datetime
    text: str


def list_entries(contact: Contact, *, absolute: Callable[[str], str]) -> list[Entry]:
    """Return the last MOST_ENTRIES stored editions that a colleague may read, in the language that is active.

    `absolute` makes an address of ours absolute.
    """
    names = department_names()
    rows = list(readable_editions(contact).values_list("content", "made_at")[:MOST_ENTRIES])
    editions = read_editions(content for content, _ in rows)
    return [_entry(each, made_at, names, absolute) for each, (_, made_at) in zip(editions, rows, strict=True)]


def _entry(edition: Edition, made_at: datetime, names: dict[str, str], absolute: Callable[[str], str]) -> Entry:
    slug = edition.department
    title = _("{name}, week {number}: {days}").format(
        name=names.get(slug) or edition.department_names.get(slug, slug),
        number=edition.week[6:],
        days=figure_words.week_days(edition),
    )
    return Entry(title, absolute(edition_address(edition.week, slug)), made_at, _write_text(edition))


def _write_text(edition: Edition) -> str:
    """Return the five lines of an edition as text; one line of an edition that has none."""
    lines = write_lines(edition)
    if not lines:
        return plain(write_first_line(edition))
    return "\n".join(_("{name}: {text}").format(name=line.name, text=plain(line.sentence)) for line in lines)


def announce_expiry(expires_at: datetime, *, now: datetime, address: str) -> Entry:
    """Return the entry that says, in its last weeks, until when a link works; `address` is that of its page."""
    text = _("The address of this feed works until {date}. Make a new one on the page “Atom feed” of the journal.")
    day = format_date(timezone.localtime(expires_at))
    return Entry(
        _("The address of this feed expires soon"), f"{address}#{expires_at:%Y-%m-%d}", now, text.format(date=day)
    )


def write_feed(entries: Sequence[Entry], *, city: str, address: str, home: str, made_at: datetime) -> bytes:
    """Return the document. `address` is its own, `home` that of the journal, `made_at` when the link was made."""
    stream = StringIO()
    xml = SimplerXMLGenerator(stream, "utf-8")
    xml.startDocument()
    xml.startElement("feed", {"xmlns": _NAMESPACE, "xml:lang": get_language() or ""})
    _add(xml, "title", _("{journal}, {city}").format(journal=_("The citizens’ journal"), city=city))
    _add(xml, "id", address)
    xml.addQuickElement("link", attrs={"rel": "self", "type": "application/atom+xml", "href": address})
    xml.addQuickElement("link", attrs={"rel": "alternate", "type": "text/html", "href": home})
    _add(xml, "updated", max((each.updated for each in entries), default=made_at).isoformat())
    xml.startElement("author", {})
    _add(xml, "name", city)
    xml.endElement("author")
    for each in entries:
        xml.startElement("entry", {})
        _add(xml, "title", each.title)
        _add(xml, "id", each.address)
        xml.addQuickElement("link", attrs={"rel": "alternate", "type": "text/html", "href": each.address})
        _add(xml, "updated", each.updated.isoformat())
        _add(xml, "content", each.text, type="text")
        xml.endElement("entry")
    xml.endElement("feed")
    return stream.getvalue().encode()


def _add(xml: SimplerXMLGenerator, name: str, text: str, **attributes: str) -> None:
    xml.addQuickElement(name, _NO_XML.sub("", text), attributes)

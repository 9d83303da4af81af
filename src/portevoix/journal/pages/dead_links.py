"""What is said to whoever opens a letter's link that does not answer, and how they go on."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portevoix.journal.edition_addresses import edition_address
from portevoix.journal.storage.answer_links import edition_of
from portevoix.record.queries.signed_links import LinkState, SignedLink
from portevoix.web.formatting import format_date

_TITLES: Mapping[LinkState, str] = {
    LinkState.FORGED: gettext_noop("This address is not whole"),
    LinkState.FOREIGN: gettext_noop("This address is for something else"),
    LinkState.REVOKED: gettext_noop("This address works no more"),
    LinkState.EXPIRED: gettext_noop("This address has expired"),
}
_REASONS: Mapping[LinkState, str] = {
    LinkState.FORGED: gettext_noop(
        "It is not one that we sent: perhaps a part of it was lost on the way. Open it again from the e-mail itself."
    ),
    LinkState.FOREIGN: gettext_noop(
        "It comes from us, and does something else than answer. Each address of our e-mails has one purpose: open the "
        "one below the finding that you want to answer."
    ),
    LinkState.REVOKED: gettext_noop(
        "It was replaced, or you do not answer for this department any more, or its edition is no longer stored."
    ),
    LinkState.EXPIRED: gettext_noop("It worked until {date}. The finding can still be answered."),
}


def explain_link(state: LinkState, link: SignedLink | None) -> dict[str, Any]:
    """Return the context of the page: title, reason, and where to go on after signing in. It names no person."""
    week, department = edition_of(link.about) if link and state == LinkState.EXPIRED else ("", "")
    date = format_date(link.expires_at) if link else ""
    return {
        "title": _(_TITLES[state]),
        "reason": _(_REASONS[state]).format(date=date),
        "address": edition_address(week, department) if week else "",
    }

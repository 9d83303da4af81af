"""The signed links by which a department answers the findings of one edition, without signing in."""

from datetime import datetime, timedelta

from django.urls import reverse

from portevoix.kernel.links import LinkPurpose
from portevoix.record.operations.signed_links import make_link
from portevoix.record.permissions import JournalRight, journal_rights
from portevoix.record.queries.city import Contact
from portevoix.record.queries.signed_links import find_link, sign_link
from portevoix.web.site_address import absolute_address

LASTS = timedelta(days=60)
"""How long a link answers: until long after the dates that most answers promise."""


def answer_address(contact: Contact, week: str, department: str, now: datetime) -> str:
    """Return the address at which a colleague answers an edition; "" for one who may not.

    It is the same each time while it works, as a letter is written again where nobody knows whether it left.
    """
    if JournalRight.ANSWER not in journal_rights(contact, department):
        return ""
    about = f"{week} {department}"
    link = find_link(contact, LinkPurpose.ANSWER_FINDINGS, about)
    if link is None or link.expires_at <= now:
        link = make_link(contact=contact, purpose=LinkPurpose.ANSWER_FINDINGS, about=about, lasts=LASTS, now=now)
    return absolute_address(reverse("journal:answer", args=[sign_link(link)]))


def edition_of(about: str) -> tuple[str, str]:
    """Return the week and the department of the edition that a link is about."""
    week, _, department = about.partition(" ")
    return week, department

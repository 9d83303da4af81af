"""Makes, marks and revokes signed links."""

import secrets
from datetime import datetime, timedelta

from portevoix.kernel.links import LinkPurpose
from portevoix.record.models import Contact, SignedLink

LASTS = timedelta(days=365)


def make_link(
    *, contact: Contact, purpose: LinkPurpose, now: datetime, about: str = "", lasts: timedelta = LASTS
) -> SignedLink:
    """Make the colleague's link for that purpose and what it is about; the one before, if any, works no more."""
    values = {"key": secrets.token_urlsafe(32), "made_at": now, "expires_at": now + lasts, "used_at": None}
    link, _ = SignedLink.objects.update_or_create(contact=contact, purpose=purpose, about=about, defaults=values)
    return link


def mark_used(link: SignedLink, *, now: datetime) -> None:
    """Store when the link was last used to change something; opening it is no use."""
    SignedLink.objects.filter(pk=link.pk).update(used_at=now)


def revoke_link(*, contact: Contact, purpose: LinkPurpose, about: str = "") -> bool:
    """Delete the colleague's link for that purpose, which works no more; return whether there was one."""
    count, _ = SignedLink.objects.filter(contact=contact, purpose=purpose, about=about).delete()
    return bool(count)

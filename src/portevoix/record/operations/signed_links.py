"""Makes and revokes signed links."""

import secrets
from datetime import datetime, timedelta

from portevoix.kernel.links import LinkPurpose
from portevoix.record.models import Contact, SignedLink

LASTS = timedelta(days=365)


def make_link(*, contact: Contact, purpose: LinkPurpose, now: datetime) -> SignedLink:
    """Make the colleague's link for that purpose; the one before, if any, works no more."""
    values = {"key": secrets.token_urlsafe(32), "made_at": now, "expires_at": now + LASTS}
    link, _ = SignedLink.objects.update_or_create(contact=contact, purpose=purpose, defaults=values)
    return link


def revoke_link(*, contact: Contact, purpose: LinkPurpose) -> bool:
    """Delete the colleague's link for that purpose, which works no more; return whether there was one."""
    count, _ = SignedLink.objects.filter(contact=contact, purpose=purpose).delete()
    return bool(count)

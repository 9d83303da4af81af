"""Signed links: the address of a colleague's link, and the colleague for whom an address acts."""

from datetime import datetime

from django.core import signing

from portevoix.kernel.links import LinkPurpose
from portevoix.record.models import Contact, SignedLink

_SEPARATOR = "."


def find_link(contact: Contact, purpose: LinkPurpose) -> SignedLink | None:
    """Return the colleague's link for that purpose, also one that has expired."""
    return SignedLink.objects.filter(contact=contact, purpose=purpose).first()


def sign_link(link: SignedLink) -> str:
    """Return what stands in the link's address: its key, signed for its purpose."""
    return _signer(LinkPurpose(link.purpose)).sign(link.key)


def contact_behind(token: str, purpose: LinkPurpose, *, now: datetime) -> tuple[Contact, SignedLink] | None:
    """Return the colleague for whom an address acts, and the link.

    None for a signature that is not ours or for another purpose, for a link that was revoked or has expired, and for a
    colleague who left.
    """
    try:
        key = _signer(purpose).unsign(token)
    except signing.BadSignature:
        return None
    rows = SignedLink.objects.filter(key=key, purpose=purpose, expires_at__gt=now, contact__is_active=True)
    link = rows.select_related("contact").first()
    return (link.contact, link) if link else None


def _signer(purpose: LinkPurpose) -> signing.Signer:
    return signing.Signer(sep=_SEPARATOR, salt=f"portevoix.link.{purpose}")

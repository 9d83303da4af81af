"""Signed links: the address of a colleague's link, and the colleague for whom an address acts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.core import signing

from portevoix.kernel.links import LinkPurpose
from portevoix.record.models import Contact, SignedLink

_SEPARATOR = "."


class LinkState(StrEnum):
    """What an address with a link is worth."""

    VALID = "valid"
    FORGED = "forged"  # nobody signed it here: made up, or a part of it is missing
    FOREIGN = "foreign"  # signed here, for another purpose
    REVOKED = "revoked"  # replaced by another, revoked, or of a colleague who left
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class LinkReading:
    """What an address with a link is worth, and the link where there is one."""

    state: LinkState
    link: SignedLink | None = None


def find_link(contact: Contact, purpose: LinkPurpose, about: str = "") -> SignedLink | None:
    """Return the colleague's link for that purpose and what it is about, also one that has expired."""
    return SignedLink.objects.filter(contact=contact, purpose=purpose, about=about).first()


def sign_link(link: SignedLink) -> str:
    """Return what stands in the link's address: its key, signed for its purpose."""
    return _signer(LinkPurpose(link.purpose)).sign(link.key)


def contact_behind(token: str, purpose: LinkPurpose, *, now: datetime) -> tuple[Contact, SignedLink] | None:
    """Return the colleague for whom an address acts, and the link.

    None for a signature that is not ours or for another purpose, for a link that was revoked or has expired, and for a
    colleague who left.
    """
    reading = read_link(token, purpose, now=now)
    return (reading.link.contact, reading.link) if reading.link and reading.state == LinkState.VALID else None


def read_link(token: str, purpose: LinkPurpose, *, now: datetime) -> LinkReading:
    """Return what an address is worth for that purpose, so that a page can say why it does not work and help on."""
    key = _find_key(token, purpose)
    if key is None:
        others = (_find_key(token, each) for each in LinkPurpose if each != purpose)
        return LinkReading(LinkState.FOREIGN if any(others) else LinkState.FORGED)
    rows = SignedLink.objects.filter(key=key, purpose=purpose, contact__is_active=True)
    link = rows.select_related("contact").first()
    if link is None:
        return LinkReading(LinkState.REVOKED)
    return LinkReading(LinkState.VALID if link.expires_at > now else LinkState.EXPIRED, link)


def _find_key(token: str, purpose: LinkPurpose) -> str | None:
    """Return the key that was signed for that purpose; None where it was not."""
    try:
        return _signer(purpose).unsign(token)
    except signing.BadSignature:
        return None


def _signer(purpose: LinkPurpose) -> signing.Signer:
    return signing.Signer(sep=_SEPARATOR, salt=f"portevoix.link.{purpose}")

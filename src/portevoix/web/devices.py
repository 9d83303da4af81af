"""Devices from which a colleague has signed in before: wrong passwords typed elsewhere cannot lock them out there.

A signed cookie holds a random name of the device and, of each of its colleagues, a keyed hash that a new password
changes. It signs nobody in.
"""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from portevoix.record.queries.city import Contact

MOST_COLLEAGUES = 8
"""Remembered of one device; the latest ones stay."""
MAX_AGE = 180 * 86400
_SALT = "portevoix.web.devices"


@dataclass(frozen=True, slots=True)
class Device:
    """A device by its random name, and the hashes of those who have signed in there."""

    name: str
    colleagues: tuple[str, ...] = ()


def read_device(cookie: str | None) -> Device | None:
    """Return the device that a cookie of ours describes, None when it is not ours or too old."""
    try:
        name, *colleagues = signing.loads(cookie or "", salt=_SALT, max_age=MAX_AGE)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Device(name, tuple(colleagues))


def known_device(request: HttpRequest, contact: Contact | None) -> Device | None:
    """Return the device that asks, when `contact` has signed in there with the password of today."""
    device = read_device(request.COOKIES.get(settings.DEVICE_COOKIE_NAME))
    return device if device and contact and _hash(contact) in device.colleagues else None


def remember_device(request: HttpRequest, response: HttpResponseBase, contact: Contact) -> None:
    """Add the colleague to the device's cookie."""
    device = read_device(request.COOKIES.get(settings.DEVICE_COOKIE_NAME)) or Device(secrets.token_urlsafe(12))
    mine = _hash(contact)
    others = [one for one in device.colleagues if one != mine][: MOST_COLLEAGUES - 1]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps([device.name, mine, *others], salt=_SALT),
        max_age=MAX_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _hash(contact: Contact) -> str:
    return salted_hmac(_SALT, f"{contact.pk} {contact.password}", algorithm="sha256").hexdigest()[:32]

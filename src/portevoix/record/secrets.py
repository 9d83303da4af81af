"""Encryption of stored secrets, with a key derived from the installation's own."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop

MARK = "encrypted:"


def _fernet() -> Fernet:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"portevoix account secrets")
    return Fernet(base64.urlsafe_b64encode(hkdf.derive(settings.SECRET_KEY.encode())))


def encrypt(secret: str) -> str:
    """Encrypt a secret; an empty one stays empty."""
    return MARK + _fernet().encrypt(secret.encode()).decode() if secret else ""


def decrypt(stored: str) -> str:
    """Decrypt what `encrypt` returned. Raise BadInput when the installation's key has changed."""
    if not stored.startswith(MARK):
        return stored
    try:
        return _fernet().decrypt(stored.removeprefix(MARK)).decode()
    except InvalidToken as error:
        raise BadInput(
            gettext_noop(
                "A stored password cannot be read: the secret key has changed. "
                "Give back the former PORTEVOIX_SECRET_KEY, or type the password again in the settings."
            )
        ) from error

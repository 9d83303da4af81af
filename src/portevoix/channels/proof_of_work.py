"""Proof of work (ALTCHA): the browser solves a small puzzle instead of being watched by a third party."""

import base64
import binascii
import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import altcha

ALGORITHM = "PBKDF2/SHA-256"
COST = 5000
"""Iterations a guess; with the prefix below about a second on a phone."""
PREFIX = "00"
VALID = timedelta(minutes=40)
MOST_CHARACTERS = 10_000


def new_challenge(secret: str, now: datetime) -> dict[str, Any]:
    """Return a signed, JSON-ready puzzle for one form, good until `now` + VALID."""
    challenge = altcha.create_challenge(
        ALGORITHM, cost=COST, key_prefix=PREFIX, expires_at=now + VALID, hmac_secret=secret
    )
    return dict(challenge.to_dict())


def proven(payload: str, secret: str) -> bool:
    """Return whether the payload solves a puzzle that we signed and that has not expired."""
    if not payload or len(payload) > MOST_CHARACTERS:
        return False
    try:
        json.loads(base64.b64decode(payload, validate=True))
        return bool(altcha.verify_solution(payload, secret).verified)
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error):
        return False


def signature_of(payload: str) -> str:
    """Return the signature of the puzzle that a proven payload solves; unlike the payload, it has only one form."""
    return str(json.loads(base64.b64decode(payload))["challenge"]["signature"])


def fingerprint(payload: str) -> str:
    """Return the name of a solution, which is stored with the post so that no solution serves twice."""
    return hashlib.sha256(payload.encode()).hexdigest()

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
    """A puzzle for one form, signed, good until `now` + VALID; JSON-ready."""
    challenge = altcha.create_challenge(
        ALGORITHM, cost=COST, key_prefix=PREFIX, expires_at=now + VALID, hmac_secret=secret
    )
    return dict(challenge.to_dict())


def proven(payload: str, secret: str) -> bool:
    """Whether the payload solves a puzzle that we signed and that has not expired."""
    if not payload or len(payload) > MOST_CHARACTERS:
        return False
    try:
        json.loads(base64.b64decode(payload, validate=True))
        return bool(altcha.verify_solution(payload, secret).verified)
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error):
        return False


def signature_of(payload: str) -> str:
    """The signature of the puzzle that a proven payload solves: it can be written in one way, the payload in many."""
    return str(json.loads(base64.b64decode(payload))["challenge"]["signature"])


def fingerprint(payload: str) -> str:
    """The name of a solution: whoever takes the post keeps it, so that no solution serves twice."""
    return hashlib.sha256(payload.encode()).hexdigest()

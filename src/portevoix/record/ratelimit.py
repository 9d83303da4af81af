"""How often somebody may try: counted in the database, under a keyed hash, so that nobody's address is kept."""

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from portevoix.record.models import Attempt


def _hash(who: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), who.encode(), hashlib.sha256).hexdigest()


def exceeded(kind: str, who: str, *, limit: int, within: timedelta, now: datetime) -> bool:
    """Whether `who` has been noted `limit` times or more in the last while."""
    return Attempt.objects.filter(kind=kind, who=_hash(who), at__gt=now - within)[:limit].count() >= limit


def note(kind: str, who: str, *, now: datetime) -> None:
    Attempt.objects.create(kind=kind, who=_hash(who), at=now)


def forget(kind: str, who: str) -> None:
    """Whoever got it right starts anew."""
    Attempt.objects.filter(kind=kind, who=_hash(who)).delete()


def first_use(proof: str, *, now: datetime) -> bool:
    """Whether this proof of work is seen for the first time; of two callers at once, one gets False."""
    try:
        with transaction.atomic():
            Attempt.objects.create(kind="proof", who=_hash(proof), at=now)
    except IntegrityError:
        return False
    return True

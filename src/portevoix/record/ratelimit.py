"""Rate limits, counted in the database under a keyed hash, so that no address is stored."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Count

from portevoix.kernel.visitor_addresses import SITE_FACTOR, line_of, site_of
from portevoix.record.models import Attempt


def limits_of_place(address: str, most: int, *, of: str = "") -> dict[str, int]:
    """Return the keys counted for a visitor from `address`, the line and its site, with the limit of each.

    `of` names what is counted together with the place, such as the colleague whose password is tried.
    """
    line, site = line_of(address), site_of(address)
    limits = {f"{of} {line}": most}
    return limits if site == line else {**limits, f"{of} {site}": most * SITE_FACTOR}


def is_exceeded(kind: str, limits: Mapping[str, int], *, within: timedelta, now: datetime) -> bool:
    """Return whether one of the keys in `limits` has reached its limit `within` that time."""
    hashes = {_hash(who): most for who, most in limits.items()}
    recent = Attempt.objects.filter(kind=kind, who__in=hashes, at__gt=now - within)
    counts = recent.values_list("who").annotate(times=Count("pk"))
    return any(times >= hashes[who] for who, times in counts)


def note(kind: str, whos: Iterable[str], *, now: datetime) -> None:
    """Count one try for each key."""
    note_all({kind: whos}, now=now)


def note_all(tries: Mapping[str, Iterable[str]], *, now: datetime) -> None:
    """Count one try for each key of each kind, in one statement."""
    rows = [Attempt(kind=kind, who=_hash(who), at=now) for kind, whos in tries.items() for who in whos]
    Attempt.objects.bulk_create(rows)


def forget(kind: str, whos: Iterable[str]) -> None:
    """Delete the tries of these keys, once somebody has succeeded."""
    Attempt.objects.filter(kind=kind, who__in=[_hash(who) for who in whos]).delete()


def take_back(kind: str, whos: Iterable[str], *, at: datetime) -> None:
    """Undo what `note` counted for these keys at that moment."""
    Attempt.objects.filter(kind=kind, who__in=[_hash(who) for who in whos], at=at).delete()


def use_first(proofs: Sequence[str], *, now: datetime) -> set[str]:
    """Mark these proofs of work as used; return those that are used for the first time.

    Of two callers at once only one gets each: the other waits until the first one's transaction has ended.
    """
    hashes = {_hash(proof): proof for proof in proofs}
    table, values = Attempt._meta.db_table, ", ".join(["(%s, %s, %s)"] * len(hashes))
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (kind, who, at) VALUES {values} ON CONFLICT DO NOTHING RETURNING who",  # noqa: S608
            [value for digest in sorted(hashes) for value in ("proof", digest, at)],
        )
        return {hashes[who] for (who,) in cursor.fetchall()}


def _hash(who: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), who.encode(), hashlib.sha256).hexdigest()

"""Stores the workers' signs of life."""

from datetime import datetime, timedelta

from portevoix.record.models import LifeSign

RETENTION = timedelta(days=1)


def sign(*, worker: str, since: datetime, now: datetime) -> None:
    """Record that `worker`, which began at `since`, is alive."""
    LifeSign.objects.update_or_create(worker=worker, defaults={"since": since, "seen_at": now})
    LifeSign.objects.filter(seen_at__lt=now - RETENTION).delete()


def forget() -> None:
    """Delete all signs after a restore: workers alive at the time of the backup use another database."""

    LifeSign.objects.all().delete()

"""Workers say that they are alive."""

from datetime import datetime, timedelta

from portevoix.record.models import LifeSign

RETENTION = timedelta(days=1)


def sign(*, worker: str, since: datetime, now: datetime) -> None:
    """`worker`, which began at `since`, is alive."""
    LifeSign.objects.update_or_create(worker=worker, defaults={"since": since, "seen_at": now})
    LifeSign.objects.filter(seen_at__lt=now - RETENTION).delete()


def forget() -> None:
    """After a restore: those who were alive when the backup was taken work on another database."""
    LifeSign.objects.all().delete()

"""Queries of the stored studies of the Barometer."""

from portevoix.record.models import Study


def studies() -> list[Study]:
    """Return the studies without their results, the latest first."""
    return list(Study.objects.defer("results").order_by("-last_day", "-kept_at"))


def study(pk: int) -> Study | None:
    """Return the study, None when it does not exist."""
    return Study.objects.filter(pk=pk).first()


def latest() -> Study | None:
    """Return the study that ended last; None without any."""
    return Study.objects.order_by("-last_day", "-kept_at").first()

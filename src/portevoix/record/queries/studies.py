"""The studies of the Barometer that are kept."""

from portevoix.record.models import Study


def studies() -> list[Study]:
    """Without what they found, the latest first."""
    return list(Study.objects.defer("results").order_by("-last_day", "-kept_at"))


def study(pk: int) -> Study | None:
    """None when there is none, or none any more."""
    return Study.objects.filter(pk=pk).first()


def latest() -> Study | None:
    """The study that ended last; None without any."""
    return Study.objects.order_by("-last_day", "-kept_at").first()

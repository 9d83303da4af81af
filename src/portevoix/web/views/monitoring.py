"""`/healthz` and `/metrics`: what monitoring asks. Answered before sessions and pages: see `ForMachinesMiddleware`."""

import hmac
from datetime import timedelta

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from portevoix.record.queries.monitoring import pulse
from portevoix.record.queries.schema import differences
from portevoix.web.metrics_text import REGISTRY, disk_suffices, seconds
from portevoix.web.permissions import open_to_all

QUIET = timedelta(minutes=5).total_seconds()
"""After as long, what a worker had in hand is given to another one: it is taken for dead."""
LONGEST = timedelta(minutes=15).total_seconds()
"""What waits longer than that is stuck, not busy."""


@open_to_all
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Whether all is well (200) or not (503), and what it is. Says nothing that a stranger may not know."""
    try:
        told = _seen()
    except Error:
        told = {"database": False}
    good = all(value for value in told.values() if isinstance(value, bool))
    return JsonResponse({"well": good, **told}, status=200 if good else 503)


def _seen() -> dict[str, bool | int | None]:
    """Booleans say what is well; numbers are whole seconds, None where there is nothing."""
    schema = differences()
    if schema.missing or schema.unknown:
        return {"database": True, "migrations": False}
    now = timezone.now()
    beat = pulse(now)
    envelope, delivery = seconds(beat.envelope_since, now), seconds(beat.delivery_since, now)
    seen = seconds(beat.worker_seen_at, now) if beat.worker_seen_at else None
    return {
        "database": True,
        "migrations": True,
        "worker": seen is not None and seen < QUIET,
        "queue": max(envelope, delivery) < LONGEST,
        "disk": disk_suffices(),
        "worker_seen_seconds": None if seen is None else int(seen),
        "oldest_envelope_seconds": int(envelope),
        "oldest_delivery_seconds": int(delivery),
    }


@open_to_all
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, for whoever knows PORTEVOIX_METRICS_TOKEN; without that setting there is no such page."""
    if not settings.METRICS_TOKEN:
        return HttpResponseNotFound()
    given = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)

"""`/healthz` and `/metrics` for monitoring, answered before sessions and pages: see `MonitoredMiddleware`."""

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
"""After this time a worker is taken for dead, and its work is given to another one."""
LONGEST = timedelta(minutes=15).total_seconds()
"""Anything that waits longer is stuck, not busy."""


@open_to_all
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Return the checks, with 200 when all are passed, else 503. They contain nothing confidential."""
    try:
        checks = _check_health()
    except Error:
        checks = {"database": False}
    good = all(value for value in checks.values() if isinstance(value, bool))
    return JsonResponse({"well": good, **checks}, status=200 if good else 503)


def _check_health() -> dict[str, bool | int | None]:
    """Return the checks: booleans are passed or failed; numbers are whole seconds, None without any."""
    schema = differences()
    if schema.missing or schema.unknown:
        return {"database": True, "migrations": False}
    now = timezone.now()
    beat = pulse(now)
    envelope, delivery = seconds(beat.envelope_since, now), seconds(beat.delivery_since, now)
    worker_age = seconds(beat.worker_seen_at, now) if beat.worker_seen_at else None
    return {
        "database": True,
        "migrations": True,
        "worker": worker_age is not None and worker_age < QUIET,
        "queue": max(envelope, delivery) < LONGEST,
        "disk": disk_suffices(),
        "worker_seen_seconds": None if worker_age is None else int(worker_age),
        "oldest_envelope_seconds": int(envelope),
        "oldest_delivery_seconds": int(delivery),
    }


@open_to_all
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return figures for Prometheus to holders of PORTEVOIX_METRICS_TOKEN; without that setting there is no page."""
    if not settings.METRICS_TOKEN:
        return HttpResponseNotFound()
    authorization = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(authorization, f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)

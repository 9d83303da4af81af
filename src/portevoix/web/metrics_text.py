"""Metrics for Prometheus: request times, and figures of the record, queried at each scrape."""

import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from portevoix.exchange.prediction.embedding_config import source
from portevoix.record.queries.embeddings import highest, state
from portevoix.record.queries.monitoring import Counts, Liveness, counts, liveness
from portevoix.record.queries.schema import differences
from portevoix.web import series
from portevoix.web.series import Series

LEAST_FREE = 100_000_000
"""Minimum of free bytes; with less, messages will soon be refused."""
type Values = Mapping[tuple[str, ...], float]


class RecordCollector:
    """A collector of the record's current figures."""

    def collect(self) -> Iterator[Metric]:
        now = timezone.now()
        yield _gauge(series.DISK, {(): disk_free()})
        try:
            schema = differences()
            metrics = (
                [] if schema.missing else [*_record_metrics(liveness(now), counts(now), now), *_embedding_metrics()]
            )
        except Error:
            yield _gauge(series.UP, {(): 0})
            return
        yield _gauge(series.UP, {(): 1})
        yield _gauge(series.MISSING, {(): len(schema.missing)})
        yield _gauge(series.UNKNOWN, {(): len(schema.unknown)})
        yield from metrics


def _record_metrics(beat: Liveness, count: Counts, now: datetime) -> Iterator[Metric]:
    yield _gauge(series.ENVELOPES, {(state,): n for state, n in count.envelopes.items()})
    yield _counter(series.STORED, count.stored)
    yield _gauge(series.OLDEST_ENVELOPE, {(): seconds(beat.envelope_since, now)})
    yield _gauge(series.DELIVERIES, {(state,): n for state, n in count.deliveries.items()})
    yield _gauge(series.OLDEST_DELIVERY, {(): seconds(beat.delivery_since, now)})
    yield _gauge(series.LETTERS, {(state,): n for state, n in count.letters.items()})
    yield _gauge(series.OLDEST_LETTER, {(): seconds(beat.letter_since, now)})
    yield _gauge(series.SUPPRESSED, {(): count.suppressed})
    yield _gauge(series.CONVERSATIONS, {(): count.open})
    yield _gauge(series.LATE, {(): count.late})
    yield _gauge(series.ACCOUNTS, dict(count.accounts))
    yield _gauge(series.TROUBLED, {(): count.troubled})
    yield _gauge(series.WORKERS, {(): count.workers})
    yield _gauge(series.WORKER_SEEN, {(): beat.worker_seen_at.timestamp() if beat.worker_seen_at else 0})


def _embedding_metrics() -> Iterator[Metric]:
    reading = source()
    reading_state = state(reading.name, reading.encoders)
    yield _gauge(series.MEANING_WAITING, {(): reading_state.waiting})
    yield _gauge(series.MEANING_TROUBLED, {(): int(reading_state.trouble is not None)})
    yield _counter(series.VECTORS, highest())


def _counter(what: Series, value: float) -> CounterMetricFamily:
    counter = CounterMetricFamily(what.name, what.help)
    counter.add_metric([], value)
    return counter


def _gauge(what: Series, values: Values) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(what.name, what.help, labels=what.labels)
    for labels, value in values.items():
        gauge.add_metric(labels, value)
    return gauge


def disk_free() -> int:
    """Return the free bytes on the disk of the home, or on that of the embedded database where it has fewer."""
    places = {settings.HOME}
    if connection.vendor == "sqlite" and (file := Path(connection.settings_dict["NAME"])).is_file():
        places.add(file.parent)
    return min(shutil.disk_usage(place).free for place in places)


def disk_suffices() -> bool | None:
    """Return whether the embedded database has room to grow; None for a database on a server."""
    return disk_free() >= LEAST_FREE if connection.vendor == "sqlite" else None


def seconds(since: datetime | None, now: datetime) -> float:
    """Return the seconds since `since`; 0 for None."""
    return max(0.0, (now - since).total_seconds()) if since else 0.0


REGISTRY = CollectorRegistry()
REGISTRY.register(RecordCollector())
REQUESTS = Histogram(
    series.REQUESTS.name,
    series.REQUESTS.help,
    series.REQUESTS.labels,
    buckets=(0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
    registry=REGISTRY,
)
REFUSED = Counter(series.REFUSED.name, series.REFUSED.help, series.REFUSED.labels, registry=REGISTRY)
for status in ("400", "408", "413", "429", "503"):
    REFUSED.labels(status)  # known from the first, as nothing
if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # `portevoix serve` sets it: the figures of all its processes, together
    REGISTRY.unregister(REQUESTS)
    REGISTRY.unregister(REFUSED)
    MultiProcessCollector(REGISTRY)

"""The state of the server as metrics in the text format of Prometheus, made when they are asked for."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import accumulate

from prometheus_client import CONTENT_TYPE_LATEST as MEDIA_TYPE
from prometheus_client import generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from kg import __version__
from kg.release import Release
from server.http.counts import BOUNDS, RequestCounts
from server.processes import memory
from server.workers import Workers

__all__ = ["MEDIA_TYPE", "text"]

_LIMITS = [*map(str, BOUNDS), "+Inf"]


def text(counts: RequestCounts, workers: Workers, release: Release) -> bytes:
    """Return the metrics."""
    return generate_latest(_Families(counts, workers, release))


class _Families(Collector):
    """The families of metrics of one moment."""

    def __init__(self, counts: RequestCounts, workers: Workers, release: Release) -> None:
        self._counts = counts
        self._workers = workers
        self._release = release

    def collect(self) -> Iterator[Metric]:
        """Yield the families."""
        yield from _requests(self._counts)
        yield from _caches(self._counts)
        yield from _pool(self._workers)
        yield from _about(self._release)


def _requests(counts: RequestCounts) -> Iterator[Metric]:
    """Yield what one copy of the counts says, so that the families agree."""
    requests = CounterMetricFamily("kg_requests", "Requests that were answered.", labels=("route", "form", "status"))
    numbers: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * len(_LIMITS))
    seconds: defaultdict[tuple[str, str], float] = defaultdict(float)
    for (route, form, status), latencies in sorted(counts.requests.copy().items()):
        added = latencies.numbers.copy()
        requests.add_metric((route, form, status), sum(added))
        numbers[route, form] = [sum(pair) for pair in zip(numbers[route, form], added, strict=True)]
        seconds[route, form] += latencies.seconds
    yield requests
    times = HistogramMetricFamily("kg_request_seconds", "Time to answer a request.", labels=("route", "form"))
    for kind, each in numbers.items():
        times.add_metric(kind, list(zip(_LIMITS, accumulate(each), strict=True)), seconds[kind])
    yield times
    text = "Requests whose response was not sent to its end."
    yield CounterMetricFamily("kg_requests_broken_off", text, value=counts.broken_off)


def _caches(counts: RequestCounts) -> Iterator[Metric]:
    hits = CounterMetricFamily("kg_cache_hits", "What was found in a cache.", labels=("cache",))
    misses = CounterMetricFamily("kg_cache_misses", "What was not found in a cache.", labels=("cache",))
    sizes = GaugeMetricFamily("kg_cache_bytes", "Size of what is in a cache.", labels=("cache",))
    for name, cache in counts.caches.items():
        hits.add_metric((name,), cache.hits)
        misses.add_metric((name,), cache.misses)
        sizes.add_metric((name,), cache.size)
    return iter((hits, misses, sizes))


def _pool(workers: Workers) -> Iterator[Metric]:
    states = GaugeMetricFamily("kg_workers", "Worker processes.", labels=("state",))
    states.add_metric(("idle",), workers.idle)
    states.add_metric(("busy",), workers.busy)
    yield states
    yield GaugeMetricFamily("kg_queries_waiting", "Queries that wait for a worker.", value=workers.waiting)
    sizes = GaugeMetricFamily("kg_resident_memory_bytes", "Memory; shared pages count in each.", labels=("process",))
    sizes.add_metric(("front",), memory.resident(os.getpid()))
    sizes.add_metric(("workers",), sum(map(memory.resident, workers.processes)))
    yield sizes


def _about(release: Release) -> Iterator[Metric]:
    facts = {"release": release.id, "version": __version__}
    yield InfoMetricFamily("kg_release", "The release that is served, and the program.", value=facts)
    if created := release.manifest["created"]:
        at = datetime.fromisoformat(created).timestamp()
        yield GaugeMetricFamily("kg_release_created_timestamp_seconds", "When the release was made.", value=at)

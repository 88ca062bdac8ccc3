"""Counts what a process enqueues; the database keeps no such count."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

import prometheus_client
from prometheus_client.core import CounterMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from pyclient.app import App, HookContext
from pyclient.metrics.bounded import Bounded

TYPES = 200


def count_enqueued(
    app: App, registry: prometheus_client.CollectorRegistry = prometheus_client.REGISTRY
) -> None:
    """Have ``celers_tasks_enqueued_total`` and ``celers_tasks_enqueued_by_type`` in a registry.

    They count what this process enqueues through the app from now on, for whoever serves the
    registry: a web application next to its own metrics, for instance. The first TYPES names of
    tasks are told apart.
    """
    counts = _Counts()
    app.hooks.add("after_enqueue", counts.add)
    registry.register(counts)


class _Counts(Collector):
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names = Bounded(TYPES)
        self._counts: Counter[str] = Counter()

    def add(self, context: HookContext) -> None:
        with self._lock:
            self._counts[self._names.label(context.task_name or "")] += 1

    def collect(self) -> Iterator[Metric]:
        with self._lock:
            counts = dict(self._counts)
        text = "Tasks that this process enqueued."
        yield CounterMetricFamily("celers_tasks_enqueued", text, value=sum(counts.values()))
        # A counter whose name does not end in _total has no type in the format.
        by_type = Metric("celers_tasks_enqueued_by_type", f"{text[:-1]}, by name.", "unknown")
        for name, number in sorted(counts.items()):
            by_type.add_sample(by_type.name, {"task_name": name}, number)
        yield by_type

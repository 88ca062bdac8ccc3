"""From the answers of the calls to families of metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from pyclient._generated import GetMaintenanceRow, ListQueuesRow, ListWorkersRow, VersionRow
from pyclient._version import installed
from pyclient.metrics.bounded import OTHER, Bounded

QUEUES = 200
WORKERS = 500
#: Seconds of silence after which a worker is no longer shown by name.
GONE_S = 3600

Samples = Iterable[tuple[Iterable[str], float]]


def gauge(name: str, text: str, labels: Iterable[str], samples: Samples) -> Metric:
    """A family with one sample for each set of values of its labels."""
    family = GaugeMetricFamily(name, text, labels=list(labels))
    for values, number in samples:
        family.add_metric(list(values), number)
    return family


def up(is_up: bool) -> Metric:
    """Whether anything else can be said."""
    return gauge("celers_up", "1 = the database answered.", [], [([], is_up)])


def took(seconds: float) -> Metric:
    """How long the database was asked."""
    name = "celers_scrape_duration_seconds"
    return gauge(name, "How long the look at the database took.", [], [([], seconds)])


def builds(version: VersionRow) -> Iterator[Metric]:
    """Which celers asks, and which is asked."""
    yield gauge("celers_build_info", "This celers.", ["version"], [([installed()], 1)])
    yield gauge(
        "celers_schema_version",
        "API level of the deployed schema.",
        ["version", "server"],
        [([version.version, version.server_version], version.api_level)],
    )


def ranked(rows: list[ListQueuesRow]) -> list[ListQueuesRow]:
    """The queues, those with the most to do first."""
    return sorted(rows, key=lambda row: (-(row.ready + row.running), row.queue))


def queues(rows: list[ListQueuesRow]) -> Iterator[Metric]:
    """What waits, runs and is dead; the first QUEUES queues by name, the others added up."""
    shown, others = rows[:QUEUES], rows[QUEUES:]
    tasks = {row.queue: (row.ready, row.scheduled, row.running, row.dead) for row in shown}
    if others:
        ready, scheduled = sum(row.ready for row in others), sum(row.scheduled for row in others)
        running, dead = sum(row.running for row in others), sum(row.dead for row in others)
        tasks[OTHER] = ready, scheduled, running, dead
    yield gauge(
        "celers_queue_size",
        "Tasks that wait, due or not.",
        ["queue"],
        (([queue], ready + scheduled) for queue, (ready, scheduled, _, _) in tasks.items()),
    )
    yield gauge(
        "celers_processing_queue_size",
        "Tasks that are being processed.",
        ["queue"],
        (([queue], running) for queue, (_, _, running, _) in tasks.items()),
    )
    yield gauge(
        "celers_dlq_size",
        "Dead letters.",
        ["queue"],
        (([queue], dead) for queue, (*_, dead) in tasks.items()),
    )
    states = ("ready", "scheduled", "processing", "dead")
    yield gauge(
        "celers_queue_tasks",
        "Tasks that are not finished.",
        ["queue", "state"],
        (
            ([queue, state], number)
            for queue, numbers in tasks.items()
            for state, number in zip(states, numbers, strict=True)
        ),
    )
    yield gauge(
        "celers_queue_oldest_task_age_seconds",
        "How long the ready task waits that waits longest.",
        ["queue"],
        (([row.queue], row.oldest_ready_s or 0) for row in shown),
    )
    yield gauge(
        "celers_queue_paused",
        "1 = claims pass the queue over.",
        ["queue"],
        (([row.queue], row.is_paused) for row in shown),
    )


def workers(rows: list[ListWorkersRow], known: Iterable[str]) -> Iterator[Metric]:
    """Workers by queue and status, and those heard of lately by name.

    Args:
        rows: the newest heartbeat first.
        known: the queues; the first QUEUES have a name of their own.
    """
    names = Bounded(QUEUES, known)
    serving = Counter(
        (names.label(queue), row.status)
        for row in rows
        for queue in sorted({name.strip() for name in (row.queues or "").split(",")} - {""})
    )
    yield gauge(
        "celers_workers",
        "Registered workers by the queues they serve; offline = silent for a minute.",
        ["queue", "status"],
        (([queue, status], number) for (queue, status), number in sorted(serving.items())),
    )
    yield gauge(
        "celers_worker_up",
        "1 = heard of within the minute.",
        ["worker"],
        (
            ([row.worker_id], row.status != "offline")
            for row in rows[:WORKERS]
            if row.heartbeat_age_s < GONE_S
        ),
    )


def duties(rows: list[GetMaintenanceRow]) -> Iterator[Metric]:
    """How late maintenance is."""
    yield gauge(
        "celers_maintenance_overdue_seconds",
        "How late a maintenance duty is.",
        ["duty"],
        (([row.duty], row.overdue_ms / 1000) for row in rows),
    )

"""What a sample says, as numbers that have thresholds. Pure arithmetic."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

#: How much a ready task of a queue counts; one of any other queue counts 1.
QUEUE_WEIGHTS = {"high_priority": 3.0, "high": 3.0, "low_priority": 0.3, "low": 0.3}

#: Fewer tasks tell nothing: the nearest rank of their 95th percentile is the longest of them.
FEWEST_TIMED = 20


@dataclass(frozen=True, slots=True)
class QueueSample:
    """One queue that the pool serves, at one moment.

    Attributes:
        queue: its name.
        is_paused: whether claims pass it over.
        ready: tasks that wait and are due.
        oldest_ready_s: seconds that the one of them waits that waits longest; 0 = none waits.
        workers: registered workers that serve the queue, here and elsewhere.
        completed, failed: tasks that ended within the last minute.
        timed: tasks that the times below are taken of: started and ended within the last minute.
        wait_p95_ms: from due to started; None = no task ended.
        run_p50_ms, run_p95_ms: from started to ended; None = no task ended.
        usual_p50_ms: run_p50_ms of the last hour; None = no task ended.
    """

    queue: str
    is_paused: bool = False
    ready: int = 0
    oldest_ready_s: float = 0.0
    workers: int = 0
    completed: int = 0
    failed: int = 0
    timed: int = 0
    wait_p95_ms: float | None = None
    run_p50_ms: float | None = None
    run_p95_ms: float | None = None
    usual_p50_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """All that a decision rests on.

    Attributes:
        taken_at: when, aware, UTC.
        size: workers that the pool is to have.
        utilization: busy slots / slots, averaged since the sample before, 0..1.
        memory_mb: resident memory of all workers together.
        queues: those that the pool serves.
    """

    taken_at: datetime
    size: int
    utilization: float
    memory_mb: float
    queues: tuple[QueueSample, ...]


@dataclass(frozen=True, slots=True)
class Metrics:
    """What is compared with thresholds. None = nothing ended that it could be taken of.

    Attributes:
        queue_pressure: weighted ready tasks per worker, averaged over the queues.
        worker_utilization: busy slots / slots, averaged since the sample before.
        task_complexity: median run time of the last minute / of the last hour; 1.0 = unknown.
        error_rate: failed / ended tasks of the last minute.
        memory_pressure: resident memory per worker in MB.
        p95_latency_ms: from due to ended, of the slowest queue.
        queue_wait_ms: how long the ready task waits that waits longest.
    """

    queue_pressure: float
    worker_utilization: float
    task_complexity: float
    error_rate: float | None
    memory_pressure: float
    p95_latency_ms: float | None
    queue_wait_ms: float


def measure(sample: Sample) -> Metrics:
    """The metrics of a sample."""
    served = [one for one in sample.queues if not one.is_paused]
    ended = sum(one.completed + one.failed for one in sample.queues)
    failed = sum(one.failed for one in sample.queues)
    return Metrics(
        queue_pressure=_pressure(served, sample.size),
        worker_utilization=sample.utilization,
        task_complexity=_complexity(sample.queues),
        error_rate=failed / ended if ended else None,
        memory_pressure=sample.memory_mb / max(sample.size, 1),
        p95_latency_ms=max(_latencies_ms(sample.queues), default=None),
        queue_wait_ms=1000 * max((one.oldest_ready_s for one in served), default=0.0),
    )


def _pressure(served: Sequence[QueueSample], size: int) -> float:
    """A queue that several pools serve has all their workers; ours register with a delay."""
    if not served:
        return 0.0
    weighted = [
        one.ready / max(one.workers, size, 1) * QUEUE_WEIGHTS.get(one.queue, 1.0) for one in served
    ]
    return math.fsum(weighted) / len(served)


def _complexity(queues: Iterable[QueueSample]) -> float:
    """Median now / median usually of each queue, in proportion to its tasks."""
    ratios = [
        (one.timed, one.run_p50_ms / one.usual_p50_ms)
        for one in queues
        if one.timed >= FEWEST_TIMED and one.run_p50_ms is not None and one.usual_p50_ms
    ]
    if not ratios:
        return 1.0
    return math.fsum(timed * ratio for timed, ratio in ratios) / sum(timed for timed, _ in ratios)


def _latencies_ms(queues: Iterable[QueueSample]) -> list[float]:
    """The server knows waiting and running apart: their sum is the careful estimate."""
    return [
        one.wait_p95_ms + one.run_p95_ms
        for one in queues
        if one.timed >= FEWEST_TIMED and one.wait_p95_ms is not None and one.run_p95_ms is not None
    ]

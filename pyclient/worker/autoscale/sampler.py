"""Gathers what a decision rests on: from the pool, and by the calls of the role viewer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from pyclient._generated import ListQueuesRow
from pyclient.client import Client
from pyclient.worker.autoscale.metrics import QueueSample, Sample
from pyclient.worker.autoscale.target import Target

#: Seconds that times look back, and those that say what is usual.
WINDOW_S, USUAL_S = 60, 3600


class Sampler:
    """Looks at the pool often, and at the server once for each sample."""

    def __init__(self, target: Target, client: Client, queues: Sequence[str]) -> None:
        """Nothing is called yet.

        Args:
            target: the pool.
            client: of an account with the role viewer; not inside a transaction.
            queues: the names of those that the pool serves.
        """
        self._target, self._client = target, client
        self._queues = tuple(dict.fromkeys(queues))
        self._busy = self._slots = 0

    def look(self) -> None:
        """Note how many slots are busy now."""
        busy, slots = self._target.busy()
        self._busy += busy
        self._slots += slots

    def take(self) -> Sample:
        """The sample since the one before.

        Raises:
            AccessDenied: the account lacks the role viewer.
            CelersError: the server cannot be asked.
        """
        utilization = min(1.0, self._busy / self._slots) if self._slots else 0.0
        self._busy = self._slots = 0
        listed = {row.queue: row for row in self._client.call_list_queues()}
        return Sample(
            taken_at=datetime.now(UTC),
            size=self._target.size,
            utilization=utilization,
            memory_mb=self._target.memory_mb(),
            queues=tuple(
                self._of_queue(listed[name]) if name in listed else QueueSample(name)
                for name in self._queues
            ),
        )

    def _of_queue(self, row: ListQueuesRow) -> QueueSample:
        """A queue that the server does not list has neither tasks nor settings: not asked for."""
        ended = self._client.call_get_task_throughput(row.queue)
        times = self._client.call_get_task_latency_percentiles(row.queue, WINDOW_S)
        usual = self._client.call_get_task_latency_percentiles(row.queue, USUAL_S)
        return QueueSample(
            queue=row.queue,
            is_paused=row.is_paused,
            ready=row.ready,
            oldest_ready_s=row.oldest_ready_s or 0.0,
            workers=row.workers,
            completed=ended.completed_last_minute,
            failed=ended.failed_last_minute,
            timed=times.task_count,
            wait_p95_ms=times.wait_p95_ms,
            run_p50_ms=times.run_p50_ms,
            run_p95_ms=times.run_p95_ms,
            usual_p50_ms=usual.run_p50_ms,
        )

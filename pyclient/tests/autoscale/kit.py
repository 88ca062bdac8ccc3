"""A pool whose size is only noted, on a real server with real tasks."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import pyclient
from pyclient.dsn import Dsn
from pyclient.worker.autoscale import Autoscaler, AutoscalerConfig, resident_mb

#: Decides ten times a second.
QUICK = AutoscalerConfig(
    interval_s=0.1,
    max_workers=6,
    scale_up_cooldown_seconds=0,
    scale_down_cooldown_seconds=0,
    enable_adaptive_thresholds=False,
)
Start = Callable[..., Autoscaler]
Account = Callable[[str], tuple[str, Dsn]]


class Pool:
    """Workers that the test plays: what it has claimed is what they are busy with."""

    def __init__(self, client: pyclient.Client, size: int = 2) -> None:
        self.size = size
        self.held: list[Any] = []
        self._client = client

    def resize(self, size: int) -> None:
        """Only note it."""
        self.size = size

    def busy(self) -> tuple[int, int]:
        """One slot a worker."""
        return min(len(self.held), self.size), self.size

    def memory_mb(self) -> float:
        """All workers are in this process."""
        return resident_mb([os.getpid()])

    def claim(self, count: int) -> None:
        """Be busy."""
        self.held += self._client.call_dequeue_batch("mail", "w", count)

    def finish(self, failing: int = 0) -> None:
        """End all that is held, the first ones badly."""
        for task in self.held[:failing]:
            self._client.call_reject(task.task_id, task.receipt, "no luck", retry=False)
        for task in self.held[failing:]:
            self._client.call_ack(task.task_id, task.receipt)
        self.held.clear()


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait for something that the autoscaler brings about, at most 30 s."""
    tick = threading.Event()
    for _ in range(1500):
        found = condition()
        if found:
            return found
        tick.wait(0.02)
    raise AssertionError(f"never saw {what}")


def enqueue(client: pyclient.Client, count: int, queue: str = "mail") -> None:
    """Tasks that are ready."""
    client.call_enqueue_batch(queue, [{"task_name": "t", "payload": {}}] * count)

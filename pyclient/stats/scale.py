"""One number that tells an autoscaler how many workers a queue needs.

Each number is never missing: an unknown queue needs nothing. A queue that is paused asks for no
worker beyond those for the tasks that run.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from pyclient.client import Client
from pyclient.stats.pace import measure

KINDS = ("backlog", "latency", "desired")
#: Seconds that a task is taken to run where none has ended lately.
ASSUMED_RUN_S = 1.0


@dataclass(frozen=True, slots=True)
class Target:
    """What ``desired`` aims at.

    Attributes:
        wait_s: seconds within which what is ready now shall be started.
        concurrency: tasks that one worker runs at once.
        least: workers there shall always be.
        most: workers there shall never be more than.
    """

    wait_s: float = 30.0
    concurrency: int = 1
    least: int = 0
    most: int = 100


@dataclass(frozen=True, slots=True)
class Scale:
    """A number, and how it came about."""

    queue: str
    kind: str
    value: float
    reason: str
    is_paused: bool
    ready: int
    running: int


def backlog(client: Client, queue: str) -> Scale:
    """Tasks that are ready or run; from celers_queue_size and celers_is_paused."""
    size = client.call_queue_size(queue)
    is_paused = client.call_is_paused(queue).is_paused
    ready = 0 if is_paused else size.ready
    reason = "paused: only what runs counts" if is_paused else "ready and running"
    value = ready + size.running
    return Scale(queue, "backlog", value, reason, is_paused, size.ready, size.running)


def latency(client: Client, queue: str) -> Scale:
    """Seconds that the ready task waits that waits longest; from celers_list_queues."""
    row = next((row for row in client.call_list_queues() if row.queue == queue), None)
    if row is None:
        return Scale(queue, "latency", 0, "the queue has no tasks", False, 0, 0)
    value = 0 if row.is_paused else row.oldest_ready_s or 0
    reason = "paused" if row.is_paused else "the longest waiting ready task"
    return Scale(queue, "latency", value, reason, row.is_paused, row.ready, row.running)


def desired(client: Client, queue: str, target: Target) -> Scale:
    """Workers that the queue needs.

    Enough for what runs; for the load of the last minute, by Little's law; and for starting what
    is ready within the target. The largest of the three decides. From celers_queue_size,
    celers_is_paused and celers_get_task_latency_percentiles.
    """
    size = client.call_queue_size(queue)
    is_paused = client.call_is_paused(queue).is_paused
    pace = measure(client, queue)
    run_s = ASSUMED_RUN_S if pace.run_s is None else pace.run_s
    ready = 0 if is_paused else size.ready
    load = 0.0 if is_paused else pace.per_s * run_s
    needs = {
        f"{size.running} running": float(size.running),
        f"{pace.per_s:.3g}/s of {run_s:.3g} s": load,
        f"{ready} ready of {run_s:.3g} s in {target.wait_s:.3g} s": ready * run_s / target.wait_s,
    }
    decisive, at_once = max(needs.items(), key=lambda need: need[1])
    workers = math.ceil(round(at_once / target.concurrency, 6))
    value = min(max(workers, target.least), target.most)
    reason = f"{decisive}: {at_once:.3g} at once, {target.concurrency} per worker"
    if value != workers:
        reason += f", held within {target.least} and {target.most}"
    return Scale(queue, "desired", value, reason, is_paused, size.ready, size.running)

"""The workloads: what a client does in one cycle, how many clients, and what is promised.

A cycle is written once and runs on both systems.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from loadtests.driver import Cycle, Log
from loadtests.queues import Queue


@dataclass(frozen=True)
class Workload:
    """One line of the table.

    Attributes:
        name: how --only calls it: what it does, the size of a batch, x, the number of clients.
        about: what is done, in a few words.
        clients: processes with a connection each.
        cycle: what each repeats.
        batch: tasks per call.
        target: the ratio that is promised, None where nothing is.
        per_s: tasks that a fast machine may take out of the queue in a second: (celers, baseline);
            how many are loaded before the first run. None where the cycle needs none.
        is_quick: part of --quick.
    """

    name: str
    about: str
    clients: int
    cycle: Cycle
    batch: int = 1
    target: float | None = None
    per_s: tuple[int, int] | None = None
    is_quick: bool = True


def enqueue_one(queue: Queue, log: Log) -> int:
    """Enqueue one task with a call of its own."""
    log.enqueued.append(queue.enqueue())
    return 1


def enqueue_bulk(queue: Queue, log: Log) -> int:
    """Enqueue 1,000 tasks with one call."""
    log.enqueued += queue.enqueue_many(1000)
    return 1000


def claim_and_ack(size: int) -> Cycle:
    """Claim up to so many tasks, then complete them with a second call."""

    def cycle(queue: Queue, log: Log) -> int:
        began_ns = time.perf_counter_ns()
        found = queue.holds() or queue.claim(size)  # it holds some after a refused ack
        if found:
            began_ns = log.part("claim", began_ns)
            log.completed += queue.ack()
            log.part("ack", began_ns)
        return found

    return cycle


def step(size: int) -> Cycle:
    """Complete the tasks held and claim up to so many, in one call where there is one."""

    def cycle(queue: Queue, log: Log) -> int:
        completed, found = queue.step(size)
        log.completed += completed
        return found

    return cycle


def enqueue_and_step(queue: Queue, log: Log) -> int:
    """Enqueue one task, complete the one held and claim one: the whole life of a task."""
    began_ns = time.perf_counter_ns()
    log.enqueued.append(queue.enqueue())
    began_ns = log.part("enqueue", began_ns)
    completed, found = queue.step(1)
    log.completed += completed
    log.part("step", began_ns)
    return found


_ENQUEUE = "enqueue one at a time"
_BULK = "enqueue 1,000 a call"
_ACK = "claim 1, ack 1: two calls"
_STEP = "claim 1 + ack 1: celers_step"
_ACK_BATCH = "claim 100, ack 100: two calls"
_STEP_BATCH = "claim 100 + ack 100: celers_step"
_ONE = (8_000, 4_000)
_MANY = (60_000, 15_000)

WORKLOADS = (
    Workload("enqueue1x1", _ENQUEUE, 1, enqueue_one, 1, 1.0),
    Workload("enqueue1x8", _ENQUEUE, 8, enqueue_one, 1, 1.0),
    Workload("bulk1000x1", _BULK, 1, enqueue_bulk, 1000, 8.0),
    Workload("bulk1000x8", _BULK, 8, enqueue_bulk, 1000, 8.0, is_quick=False),
    Workload("ack1x1", _ACK, 1, claim_and_ack(1), 1, None, _ONE, is_quick=False),
    Workload("ack1x8", _ACK, 8, claim_and_ack(1), 1, 1.7, _ONE),
    Workload("step1x1", _STEP, 1, step(1), 1, None, _ONE, is_quick=False),
    Workload("step1x8", _STEP, 8, step(1), 1, 2.5, _ONE),
    Workload("batch100x1", _ACK_BATCH, 1, claim_and_ack(100), 100, None, _MANY, is_quick=False),
    Workload("batch100x8", _ACK_BATCH, 8, claim_and_ack(100), 100, 5.0, _MANY),
    Workload("step100x8", _STEP_BATCH, 8, step(100), 100, 5.0, _MANY),
)

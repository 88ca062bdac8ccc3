"""What the supervisor and its children are told."""

from __future__ import annotations

import logging
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from pyclient.dsn import Dsn

if TYPE_CHECKING:
    from pyclient.config import Settings

log = logging.getLogger("celers.worker")

PROCESS, THREAD, ASYNCIO = "process", "thread", "asyncio"
_SLOTS = {THREAD: 10, ASYNCIO: 100}


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """How a worker works.

    Attributes:
        place: where the app is, ``package.module:app``.
        dsn: of the schema.
        queues: in order of preference; with weights, how often each goes first.
        weights: by queue, relative; empty = the order is strict.
        pool: where tasks run: "process", one at a time in the main thread of each process;
            "thread", in threads; "asyncio", in an event loop.
        processes: at the start; autoscaling changes their number.
        slots: tasks at a time in one process; 1 in the pool "process".
        most_tasks: at a time in all processes together; None = no limit of its own.
        prefetch: tasks that are claimed at a time for each that can run, 1 = none ahead; 0 = as
            many as run within 50 ms.
        lease_s: seconds after which the tasks of a worker that vanished come back.
        grace_s: seconds from the wish to end until running tasks are given up.
        force_after_s: seconds after its timeout, or after it was asked to stop, until the process
            of a task that goes on is killed.
        max_tasks: tasks after which a process is replaced; None = never.
        max_memory_mb: resident memory above which a process is replaced once its tasks have ended.
        kill_memory_mb: resident memory above which a process is killed.
        most_waiting: tasks in hand and not begun from which on nothing is claimed.
        pressure_delay_s: seconds until that is looked at again.
        heartbeat_s: longest time between two signs of life to the server.
        is_burst: end when no task is ready; scheduled ones, and so those that wait for their next
            attempt, are not waited for.
        modules: imported by every process, so that their tasks are known.
        prefix: what the names of its processes begin with; None = ``app@host``.
        breaker: arguments of the CircuitBreaker around what tasks themselves call.
        has_tracing: whether spans are made.
        log_level, log_format: as pyclient.logs.configure() takes them.
    """

    place: str
    dsn: Dsn
    queues: tuple[str, ...] = ("default",)
    weights: dict[str, float] = field(default_factory=dict)
    pool: str = PROCESS
    processes: int = 1
    slots: int = 1
    most_tasks: int | None = None
    prefetch: int = 0
    lease_s: int = 60
    grace_s: float = 30.0
    force_after_s: float = 5.0
    max_tasks: int | None = None
    max_memory_mb: int | None = None
    kill_memory_mb: int | None = None
    most_waiting: int = 1000
    pressure_delay_s: float = 0.1
    heartbeat_s: float = 20.0
    is_burst: bool = False
    modules: tuple[str, ...] = ()
    prefix: str | None = None
    breaker: dict[str, Any] = field(default_factory=dict)
    has_tracing: bool = True
    log_level: str = "info"
    log_format: str = "pretty"

    def worker_id(self, app_name: str, pid: int) -> str:
        """What a process is called: for people, as leases go by receipt and not by name."""
        return f"{self.prefix or f'{app_name}@{socket.gethostname()[:120]}'}:{pid}"

    @property
    def most_processes(self) -> int:
        """How many processes may run."""
        return 1000 if self.most_tasks is None else max(1, self.most_tasks // self.slots)

    @classmethod
    def from_settings(cls, settings: Settings, place: str, dsn: Dsn) -> Self:
        """From what files, environment and flags say."""
        workers = settings.workers
        is_process = workers.pool == PROCESS
        slots = 1 if is_process else workers.concurrency or _SLOTS[workers.pool]
        processes = (is_process and workers.concurrency) or workers.initial_count
        heartbeat_s = workers.heartbeat_interval or min(workers.lease_s / 3, 20.0)
        if workers.max_concurrent_tasks is not None:
            slots = min(slots, workers.max_concurrent_tasks)
            processes = min(processes, max(1, workers.max_concurrent_tasks // slots))
        weights = {name: float(weight) for name, weight in workers.queues.items()}
        return cls(
            place=place,
            dsn=dsn,
            queues=tuple(workers.queues),
            weights=weights if workers.queue_order == "weighted" else {},
            pool=workers.pool,
            processes=processes,
            slots=slots,
            most_tasks=workers.max_concurrent_tasks,
            prefetch=workers.prefetch,
            lease_s=workers.lease_s,
            grace_s=workers.shutdown_grace_period,
            force_after_s=workers.hard_timeout_after_s,
            max_tasks=workers.max_tasks_per_child,
            max_memory_mb=workers.max_memory_mb,
            kill_memory_mb=workers.kill_memory_mb,
            most_waiting=workers.queue_size_threshold,
            pressure_delay_s=workers.backpressure_delay_ms / 1000,
            heartbeat_s=heartbeat_s,
            is_burst=workers.burst,
            modules=tuple(settings.auto_register.modules) if settings.auto_register.enabled else (),
            prefix=workers.worker_prefix,
            breaker=settings.breaker.model_dump(),
            has_tracing=settings.tracing.enabled,
            log_level=settings.logging.level,
            log_format=settings.logging.format,
        )

"""The section [workers]: the processes that run tasks."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from pyclient.config.section import Section, fault
from pyclient.config.words import read_list, read_map

_QUEUE = re.compile(r"[A-Za-z0-9_.:-]{1,64}\Z")
_HEAVIEST = 1000


def _read_queues(value: object) -> object:
    """Names in order, each with its weight; without weights they all weigh 1."""
    queues = read_map(value)
    names = list(queues) if isinstance(queues, dict) else read_list(value)
    if not isinstance(names, list):
        raise fault("must be names of queues, or a table of names and weights")
    if not names:
        raise fault("names no queue")
    for name in names:
        if not isinstance(name, str):
            raise fault("must hold names")
        if not _QUEUE.match(name):
            raise fault(f"{name[:80]!r} is no queue: 1 to 64 of A-Z a-z 0-9 _ . : -")
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise fault(f"names the queue {twice} twice")
    return queues if isinstance(queues, dict) else dict.fromkeys(names, 1)


def _refuse_switch(value: object) -> object:
    if isinstance(value, bool):
        raise fault("must be a whole number")
    return value


Weight = Annotated[int, BeforeValidator(_refuse_switch), Field(ge=1, le=_HEAVIEST)]
Queues = Annotated[dict[str, Weight], BeforeValidator(_read_queues)]


class Workers(Section):
    """The processes that run tasks."""

    initial_count: int = Field(
        default=2,
        ge=1,
        le=1000,
        description="Processes to begin with; the autoscaler may change their number.",
    )
    concurrency: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        description="Tasks at once: in the pool process its number of processes, in the others the "
        "threads or coroutines of one process. Without it: initial_count, 10, 100.",
        examples=[8],
    )
    max_concurrent_tasks: int | None = Field(
        default=None,
        ge=1,
        le=100_000,
        description="Tasks at once in all processes of this worker together. "
        "Without it there is no further limit.",
        examples=[50],
    )
    pool: Literal["process", "thread", "asyncio"] = Field(
        default="process",
        description="Where tasks run: one at a time in each process, in its threads, or in its "
        "event loop.",
    )
    queues: Queues = Field(
        default={"default": 1},
        description="Names in order of preference, or a table of names and weights "
        f"(1 to {_HEAVIEST}).",
    )
    queue_order: Literal["strict", "weighted"] = Field(
        default="strict",
        description="strict: a queue is looked at when those before it are empty. "
        "weighted: queues take turns by their weights.",
    )
    prefetch: int = Field(
        default=0,
        ge=0,
        le=1000,
        description="Tasks that a process claims at a time for each that it can run: "
        "1 = none ahead; 0 = as their durations suggest.",
    )
    lease_s: int = Field(
        default=60,
        ge=3,
        le=86_400,
        description="Seconds after which the tasks of a process that died come back.",
    )
    heartbeat_interval: float | None = Field(
        default=None,
        ge=1,
        le=3600,
        description="Seconds between two signs of life, at most half of lease_s. "
        "Without it a third of lease_s, at most 20.",
        examples=[15],
    )
    shutdown_grace_period: float = Field(
        default=30,
        ge=0,
        le=86_400,
        description="Seconds that running tasks have to end when the worker is told to end.",
    )
    hard_timeout_after_s: float = Field(
        default=5,
        ge=0,
        le=86_400,
        description="Seconds after a task's timeout until its process is killed, "
        "if the task has not ended.",
    )
    max_tasks_per_child: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000_000,
        description="Tasks after which a process is replaced. Without it never.",
        examples=[1000],
    )
    max_memory_mb: int | None = Field(
        default=None,
        ge=1,
        le=16_777_216,
        description="Megabytes of resident memory from which a process is replaced, after its "
        "running tasks. Without it never.",
        examples=[512],
    )
    kill_memory_mb: int | None = Field(
        default=None,
        ge=1,
        le=16_777_216,
        description="Megabytes of resident memory from which a process is killed at once. "
        "Without it never.",
        examples=[1024],
    )
    queue_size_threshold: int = Field(
        default=1000,
        ge=1,
        le=1_000_000,
        description="Claimed tasks that wait for a free place from which the worker pauses "
        "before it claims again.",
    )
    backpressure_delay_ms: int = Field(
        default=100,
        ge=1,
        le=60_000,
        description="Milliseconds of that pause.",
    )
    burst: bool = Field(
        default=False,
        description="End when no task is ready. Scheduled ones, retries too, are not waited for.",
    )
    worker_prefix: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        description="What the names of the processes begin with. Without it the app's name and "
        "the host's.",
        examples=["mail"],
    )
    health_host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address on which /livez, /readyz and /startupz are served.",
    )
    health_port: int | None = Field(
        default=None,
        ge=0,
        le=65_535,
        description="Port on which they are served; 0 = any that is free. "
        "Without it they are not served.",
        examples=[8081],
    )
    heartbeat_file: Path | None = Field(
        default=None,
        description="File that is touched at every sign of life. Without it there is none.",
        examples=["worker.alive"],
    )
    watch: bool = Field(
        default=False,
        description="Begin anew whenever a Python file below the current directory changes: "
        "for development.",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.heartbeat_interval is not None and self.heartbeat_interval > self.lease_s / 2:
            raise fault(
                f"must be at most half of lease_s ({self.lease_s})", "heartbeat_interval", "lease_s"
            )
        soft, hard = self.max_memory_mb, self.kill_memory_mb
        if soft is not None and hard is not None and hard < soft:
            raise fault(
                f"must be at least max_memory_mb ({soft})", "kill_memory_mb", "max_memory_mb"
            )
        if self.queue_order == "strict" and any(weight != 1 for weight in self.queues.values()):
            raise fault('has weights, which need queue_order = "weighted"', "queues", "queue_order")
        return self

"""How soon a task starts that comes while 30 workers wait, and what their waiting costs."""

from __future__ import annotations

import contextlib
import json
import random
import time
from array import array
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier, Event
from typing import TYPE_CHECKING

from loadtests import ledger, server, stats
from loadtests.compare import Line, Runner, Side
from loadtests.driver import PROCESSES, READY_S, Log, Run, Team, attempt
from loadtests.queues import Queue, System
from loadtests.workloads import enqueue_and_step

if TYPE_CHECKING:
    from loadtests.scenarios import Bench

WORKERS = 30
_INTERVAL_S = 0.05
_JITTER = 0.2
_SETTLE_S = 2.0
# So long that the slowest poller has found the last task.
_LAST_S = 1.2
_P50_MS, _P95_MS, _PER_S = 3.0, 8.0, 30.0


@dataclass(frozen=True)
class _Found:
    """One system's answer."""

    latency: stats.Latency
    enqueue: stats.Latency | None
    statements_per_s: float
    logged_per_s: float  # bytes of binary log while idle


def lines(bench: Bench, *, is_held: bool) -> Iterator[Line]:
    """From the enqueue's call to the claim's return, on an idle system; and the enqueue's part."""
    with bench.systems() as systems:
        ours, theirs = (_measure(bench, system, is_held=is_held) for system in systems)
    a, b = ours.latency, theirs.latency
    is_met = a.p50_ms <= _P50_MS and a.p95_ms <= _P95_MS and ours.statements_per_s < _PER_S
    snapshot = " beside a held snapshot" if is_held else ""
    name = f"wake{'held' if is_held else ''}1x{WORKERS}"
    yield Line(
        name,
        f"enqueue → claim, {WORKERS} waiting workers, a task every {_INTERVAL_S * 1000:g} ms"
        f"{snapshot}; the ratio is that of the p50; target: p50 and p95 in ms",
        Side(None, a),
        Side(None, b),
        b.p50_ms / a.p50_ms,
        target=f"{_P50_MS:g}/{_P95_MS:g}",
        is_met=is_met,
        note=f"idle: {ours.statements_per_s:.1f} statements/s (target < {_PER_S:g}) and "
        f"{ours.logged_per_s:,.0f} bytes/s of binary log, "
        f"baseline {theirs.statements_per_s:.1f} and {theirs.logged_per_s:,.0f}",
    )
    yield Line(
        f"{name} enqueue",
        "",
        Side(None, ours.enqueue),
        Side(None, theirs.enqueue),
        None,
        is_part=True,
    )


def _measure(bench: Bench, system: System, *, is_held: bool) -> _Found:
    held: AbstractContextManager[None] = server.snapshot(system.dsn) if is_held else nullcontext()
    with held:
        if is_held:  # something for a claim to stumble over
            Runner(system, bench.tally).once(enqueue_and_step, bench.load(8), None)
        system.begin()
        return _wake(bench, system)


def _wake(bench: Bench, system: System) -> _Found:
    barrier, is_over = PROCESSES.Barrier(WORKERS + 1), PROCESSES.Event()
    with Team() as team, contextlib.closing(system.queue()) as queue:
        for _ in range(WORKERS):
            team.start(_worker, system, barrier, is_over)
        barrier.wait(READY_S)
        time.sleep(_SETTLE_S)
        idle = _idle(bench, system)
        producer = Log()
        sent = _produce(queue, bench.samples, producer)
        time.sleep(_LAST_S)
        is_over.set()
        logs: list[Log] = team.results()
    done = Run(0, 0, logs)
    ledger.check(system, sent + done.enqueued, done.completed)
    bench.tally.add(system, done)
    found = stats.latency(log.parts.get("wake", array("q")) for log in logs)
    if found is None:
        raise ledger.LedgerWrong(f"{system.name}: none of {len(sent)} tasks woke a worker")
    return _Found(found, stats.latency(producer.parts.values()), *idle)


def _idle(bench: Bench, system: System) -> tuple[float, float]:
    """Statements that the workers send, and bytes of binary log, per second while they wait."""
    statements, logged = bench.server.questions(system.dsn), bench.server.binary_log_bytes()
    began = time.perf_counter()
    time.sleep(bench.idle_s)
    statements = bench.server.questions(system.dsn) - statements
    logged = bench.server.binary_log_bytes() - logged
    took_s = time.perf_counter() - began
    return statements / took_s, logged / took_s


def _produce(queue: Queue, count: int, log: Log) -> list[str]:
    ids = []
    for _ in range(count):
        time.sleep(_INTERVAL_S * random.uniform(1 - _JITTER, 1 + _JITTER))
        sent_ns = time.perf_counter_ns()
        ids.append(queue.enqueue(json.dumps({"sent_ns": sent_ns})))
        log.part("enqueue", sent_ns)
    return ids


def _worker(system: System, barrier: Barrier, is_over: Event) -> Log:
    log = Log()
    with contextlib.closing(system.queue()) as queue:
        # One task each before the clock runs: a connection's first call compiles its routines.
        log.enqueued.append(queue.enqueue('{"sent_ns": null}'))
        while not attempt(queue, _wait_and_ack, log):
            pass
        barrier.wait(READY_S)
        time.sleep(
            random.SystemRandom().uniform(0, 1)
        )  # workers that poll do so each at its own time
        while not is_over.is_set():
            attempt(queue, _wait_and_ack, log)
    return log


def _wait_and_ack(queue: Queue, log: Log) -> int:
    found = queue.holds() or queue.wait()
    if found:
        sent_ns = json.loads(queue.payloads()[0])["sent_ns"]
        if sent_ns is not None:
            log.part("wake", sent_ns)
        log.completed += queue.ack()
    return found

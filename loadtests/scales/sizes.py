"""Dimensions of a call and of its callers: batches, clients, payloads, priorities, queues."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

from loadtests.driver import Cycle, Log
from loadtests.queues import Queue
from loadtests.scales.points import Point, Promise
from loadtests.scales.stage import Stage, emptied, part, point
from loadtests.scales.system import ScaleQueue, Shape, ours
from loadtests.workloads import claim_and_ack, enqueue_one, step

_BATCHES = [1, 10, 100, 1000]
_CLIENTS = [1, 2, 4, 8, 16, 32, 64]
_PAYLOADS = [100, 1024, 10 * 1024, 100 * 1024, 1024 * 1024]
_LEVELS = [1, 10, 100]
_QUEUES = [1, 10, 100, 1000]
#: Tasks that a fast server may take out of the queue in a second, one by one.
_PER_S = 8_000
_TAIL_SAMPLES = 200
#: Of payloads that are loaded for a run; large ones are used up soon.
_LOADED_BYTES = 256 << 20
_SHORT_WARMUP_S = 0.2
CLAIM = "claim of a batch"


def batch(stage: Stage) -> Iterator[Point]:
    """The tasks that were enqueued are there for the two others."""
    with stage.trial() as trial:
        for size in stage.sizes.some(_BATCHES):
            label = f"{size:,}"
            with trial.queue():
                found = trial.run(_enqueue_batch(size))
                yield point(found, "celers_enqueue_batch", size, label)
                found = trial.run(step(size))
                yield point(found, "celers_step", size, label, emptied(found, stage.sizes.seconds))
                found = trial.run(claim_and_ack(size))
                note = emptied(found, stage.sizes.seconds)
                yield point(found, "claim + ack", size, label, note)
                yield part(found, "claim", CLAIM, size, label)


def batch_promises(points: list[Point]) -> Iterator[Promise]:
    """No unexplained tail."""
    for found in points:
        if found.series != CLAIM or (found.x or 0) < 10 or found.latency is None:
            continue
        if found.latency.samples < _TAIL_SAMPLES:
            continue  # its p99 is the worst of a handful
        times = found.latency.p99_ms / found.latency.p50_ms
        yield Promise(
            f"claim of {found.label}: p99 at most 3 times its p50",
            f"{times:.1f} times",
            times <= 3,
        )


def clients(stage: Stage) -> Iterator[Point]:
    """Those that enqueue leave the tasks for those that step."""
    with stage.trial() as trial:
        for count in stage.sizes.some(_CLIENTS):
            label = f"{count}"
            with trial.queue():
                yield point(trial.run(enqueue_one, count), "celers_enqueue", count, label)
                found = trial.run(step(1), count)
                yield point(found, "celers_step", count, label, emptied(found, stage.sizes.seconds))


def client_promises(points: list[Point]) -> Iterator[Promise]:
    """As many as come: never below 80 % of the best."""
    for name in dict.fromkeys(found.series for found in points):
        row = [found for found in points if found.series == name]
        best = max(row, key=lambda found: found.rate)
        for text, some in (
            ("never below 80 % of the best", row),
            ("the same, from the best on", row[row.index(best) :]),
        ):
            least = min(some, key=lambda found: found.rate)
            share = least.rate / best.rate
            yield Promise(
                f"{name}, {row[0].label} to {row[-1].label} clients: {text}",
                f"{share:.2f} of it with {least.label}, best with {best.label}",
                share >= 0.8,
            )


def payloads(stage: Stage) -> Iterator[Point]:
    """Those that enqueue leave the tasks for those that step."""
    with stage.trial() as trial:
        for size in stage.sizes.some(_PAYLOADS):
            label = _bytes(size)
            with trial.queue(Shape(payload=payload(size))):
                yield point(trial.run(ENQUEUE_SHAPED), "celers_enqueue", size, label)
                trial.load(min(_enough(stage), _LOADED_BYTES // size))
                found = trial.run(step(1), warmup_s=_SHORT_WARMUP_S)
                yield point(found, "celers_step", size, label, emptied(found, stage.sizes.seconds))


def priorities(stage: Stage) -> Iterator[Point]:
    """Each task has the next of so many priorities."""
    with stage.trial() as trial:
        for levels in stage.sizes.some(_LEVELS):
            with trial.queue(Shape(levels=levels)):
                trial.load(_enough(stage))
                found = trial.run(step(1))
                note = emptied(found, stage.sizes.seconds)
                yield point(found, "celers_step", levels, f"{levels}", note)


def queues(stage: Stage) -> Iterator[Point]:
    """Tasks evenly over so many queues; a claim names all of them, or each the next one."""
    with stage.trial() as trial:
        for series, is_list in (("claim from a list", True), ("claim from each in turn", False)):
            for count in stage.sizes.some(_QUEUES):
                with trial.queue(Shape(queues=count, is_list=is_list)):
                    trial.load(_enough(stage))
                    found = trial.run(CLAIM_TURN)
                    note = emptied(found, stage.sizes.seconds)
                    yield point(found, series, count, f"{count:,}", note)


def payload(size: int) -> str:
    """JSON text of exactly so many bytes."""
    frame = len(json.dumps({"text": ""}))
    return json.dumps({"text": ("celers " * (size // 7 + 1))[: size - frame]})


def _enough(stage: Stage) -> int:
    return int(_PER_S * stage.sizes.seconds * 1.25)


def _bytes(size: int) -> str:
    for unit, count in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size >= count:
            return f"{size // count} {unit}"
    return f"{size} B"


def _enqueue_batch(size: int) -> Cycle:
    def cycle(queue: Queue, log: Log) -> int:
        log.enqueued += queue.enqueue_many(size)
        return size

    return cycle


def _enqueue_shaped(queue: ScaleQueue, log: Log) -> int:
    log.enqueued.append(queue.enqueue_shaped())
    return 1


def _claim_turn(queue: ScaleQueue, log: Log) -> int:
    """Claim one and acknowledge it; the claim is from the next queue, or from the list."""
    if not queue.holds():
        queue.turn()
        queue.claim(1)
    began_ns = time.perf_counter_ns()
    ids = queue.ack()
    log.part("ack", began_ns)
    log.completed += ids
    return len(ids)


ENQUEUE_SHAPED = ours(_enqueue_shaped)
CLAIM_TURN = ours(_claim_turn)

"""Dimensions of what stands in the tables: tasks that wait, that are not due, that have ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from loadtests.scales.points import Point, Promise
from loadtests.scales.stage import Stage, Trial, point
from loadtests.workloads import enqueue_and_step

LIFE = "enqueue + step"
#: The server writes back what was filled in while the first calls come.
_WARMUP_S = 3.0
_FEW = 10_000
#: Times as long as usual: these points are compared with each other.
_LONGER = 2
_DELAY = '{"delay_s": 86400}'
_KEPT = 0.8
_FLAT = 0.2


def ready(stage: Stage) -> Iterator[Point]:
    """So many ready tasks, of which each cycle adds one and takes the oldest."""
    return _rising(stage, lambda trial, count: trial.fill(count))


def delayed(stage: Stage) -> Iterator[Point]:
    """So many tasks that are due in a day."""
    return _rising(stage, lambda trial, count: trial.fill(count, _DELAY))


def finished(stage: Stage) -> Iterator[Point]:
    """So many completed tasks of the same queue."""
    return _rising(stage, lambda trial, count: trial.fill_ended(count))


def _rising(stage: Stage, fill: Callable[[Trial, int], None]) -> Iterator[Point]:
    filled = 0
    with stage.trial() as trial, trial.queue():
        for amount in stage.sizes.amounts():
            fill(trial, amount - filled)
            warmup_s = _WARMUP_S if amount - filled > _FEW else None
            filled = amount
            seconds = stage.sizes.seconds * _LONGER
            found = trial.run(enqueue_and_step, seconds=seconds, warmup_s=warmup_s)
            yield point(found, LIFE, amount, f"{amount:,}")


def deep_promises(points: list[Point]) -> Iterator[Promise]:
    """Deep is as fast as shallow."""
    if len(points) < 2:
        return
    least = min(points[1:], key=lambda found: found.rate)
    share = least.rate / points[0].rate
    yield Promise(
        f"any depth within 20 % of {points[0].label}",
        f"{share:.2f} of it at {least.label}",
        share >= _KEPT,
    )


def flat_promises(points: list[Point]) -> Iterator[Promise]:
    """A task costs the same whatever history there is."""
    some = [found for found in points if (found.x or 0) >= _FEW and found.server_us]
    if len(some) < 2:
        return
    first = some[0].server_us or 0.0
    farthest = max(some, key=lambda found: abs((found.server_us or 0.0) / first - 1))
    times = (farthest.server_us or 0.0) / first
    yield Promise(
        f"the server's time per task within 20 % from {some[0].label} to {some[-1].label} finished",
        f"{times:.2f} times at {farthest.label}",
        abs(times - 1) <= _FLAT,
    )

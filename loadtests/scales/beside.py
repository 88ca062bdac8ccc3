"""Dimensions of what goes on beside: a held snapshot, a dump, retries, long tasks."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

from loadtests import server, stats
from loadtests.driver import Cycle, Log, Team
from loadtests.scales import dump
from loadtests.scales.depths import LIFE
from loadtests.scales.points import Point, Promise
from loadtests.scales.stage import Stage, point
from loadtests.scales.system import ScaleQueue, ours
from loadtests.workloads import enqueue_and_step

_WINDOWS = 6
_LASTING = 0.9
HELD = "beside a held snapshot"
_REJECT_EVERY = 10
_LONG_TASKS = 1000
_LONG_S = 5.0
_DUMPED = 200_000


def held(stage: Stage) -> Iterator[Point]:
    """First without a snapshot, then the windows of the time beside it."""
    window_s = stage.sizes.held_s / _WINDOWS
    with stage.trial() as trial:
        with trial.queue():
            found = trial.run(enqueue_and_step, seconds=window_s)
            yield point(found, "no snapshot", None, "free")
        with trial.queue(), server.snapshot(trial.system.dsn):
            found = trial.run(enqueue_and_step, seconds=stage.sizes.held_s)
        for number, (begin_ns, end_ns) in enumerate(found.windows(window_s)[:_WINDOWS], start=1):
            label = f"{(number - 1) * window_s:g} to {number * window_s:g} s"
            rate = found.rate_between(begin_ns, end_ns)
            latency = stats.latency(found.durations(begin_ns, end_ns))
            yield Point(HELD, number * window_s, label, rate, latency)


def held_promises(points: list[Point]) -> Iterator[Promise]:
    """A minute beside a snapshot ends as it began."""
    row = [found for found in points if found.series == HELD]
    share = row[-1].rate / row[0].rate
    yield Promise(
        f"{row[-1].label} within 10 % of {row[0].label}", f"{share:.2f} of it", share >= _LASTING
    )


def dumped(stage: Stage) -> Iterator[Point]:
    """Before, during and after dumps of a database with some history."""
    command = dump.command(stage.dsn)
    with stage.trial() as trial, trial.queue():
        trial.fill_ended(min(_DUMPED, stage.sizes.most))
        yield point(trial.run(enqueue_and_step), LIFE, None, "before")
        with Team() as team, dump.Ending() as ending:
            team.start(dump.again_and_again, command, trial.system.dsn, ending)
            found = trial.run(enqueue_and_step, seconds=max(stage.sizes.seconds, 4.0))
            ending.set()
            [dumps] = team.results()
        note = f"{dumps} begun and ended meanwhile"
        yield point(found, LIFE, None, "during mysqldump --single-transaction", note)
        yield point(trial.run(enqueue_and_step), LIFE, None, "after")


def retries(stage: Stage) -> Iterator[Point]:
    """Of the first attempts none fails, then every tenth."""
    with stage.trial() as trial:
        for label, every in (("none", 0), (f"1 in {_REJECT_EVERY}", _REJECT_EVERY)):
            with trial.queue():
                yield point(trial.run(life(every)), LIFE, None, f"{label} rejected")


def long_tasks(stage: Stage) -> Iterator[Point]:
    """Without leases held by somebody else, then beside a thousand of them."""
    seconds = stage.sizes.seconds if stage.sizes.is_short else _LONG_S
    with stage.trial() as trial:
        for count in (0, _LONG_TASKS):
            with trial.queue():
                trial.load(count)
                with trial.holder() as holder:
                    held_count = holder.hold(count)
                    found = trial.run(enqueue_and_step, seconds=seconds)
                label = f"{held_count:,} leases held meanwhile"
                yield point(found, LIFE, held_count, label)


def life(every: int) -> Cycle:
    """Enqueue one task and step; every so many-th task held is rejected, 0 = none."""
    numbers = itertools.count(1)

    def cycle(queue: ScaleQueue, log: Log) -> int:
        began_ns = time.perf_counter_ns()
        log.enqueued.append(queue.enqueue())
        began_ns = log.part("enqueue", began_ns)
        is_reject = bool(every) and next(numbers) % every == 0
        completed, _ = queue.step_rejecting(is_reject)
        log.completed += completed
        log.part("step", began_ns)
        return len(completed)

    return ours(cycle)

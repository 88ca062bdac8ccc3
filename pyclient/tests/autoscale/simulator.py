"""A queue and its workers as events in simulated time, scaled by the real controller."""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from pyclient.worker.autoscale import AutoscalerConfig, Controller, Decision, QueueSample, Sample

#: Tasks per second at a moment, in seconds from the beginning.
Rate = Callable[[float], float]
#: Seconds that a task runs which begins at a moment.
RunTime = Callable[[random.Random, float], float]

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_MINUTE_S = 60.0
#: Tasks of which the usual run time is taken: the server takes those of an hour.
_USUAL = 1000


@dataclass(frozen=True, slots=True)
class Point:
    """What was seen and decided at the end of one interval."""

    at_s: float
    size: int
    ready: int
    oldest_s: float
    arrived: int
    utilization: float
    decision: Decision


@dataclass(frozen=True, slots=True)
class _Ended:
    at_s: float
    waited_s: float
    ran_s: float
    is_failed: bool


class Simulation:
    """One queue, workers of one slot each that take a while to start and end their task first."""

    def __init__(
        self,
        config: AutoscalerConfig,
        rate: Rate,
        *,
        peak: float,
        run_time: RunTime = lambda dice, at_s: 1.0,
        failing: Rate = lambda at_s: 0.0,
        size: int = 1,
        start_s: float = 2.0,
        seed: int = 1,
    ) -> None:
        """Nothing has arrived yet.

        Args:
            config: of the controller.
            rate: arrivals per second, never more than `peak`.
            peak: what the rate never exceeds.
            run_time: of a task.
            failing: share of tasks that fail.
            size: workers to begin with.
            start_s: seconds until a new worker takes its first task.
            seed: of all chance in it.
        """
        self.controller = Controller(config)
        self.points: list[Point] = []
        self._config, self._rate, self._peak = config, rate, peak
        self._run_time, self._failing, self._start_s = run_time, failing, start_s
        self._dice = random.Random(seed)
        self._now_s = 0.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._ready: deque[float] = deque()
        self._ended: deque[_Ended] = deque()
        self._usual_s: deque[float] = deque(maxlen=_USUAL)
        self.size = self._alive = size
        self._busy = self._arrived = 0
        self._busy_s = self._alive_s = 0.0

    def run(self, seconds: float) -> list[Point]:
        """Let time pass; what was seen and decided in it."""
        until_s, before = self._now_s + seconds, len(self.points)
        if not self.points:
            self._at(0.0, self._arrive)
            self._at(self._config.interval_s, self._decide)
        while self._events and self._events[0][0] <= until_s:
            at_s, _, event = heapq.heappop(self._events)
            self._count(at_s)
            event()
        self._count(until_s)
        return self.points[before:]

    def _at(self, at_s: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (at_s, next(self._order), event))

    def _count(self, now_s: float) -> None:
        """Sum up busy and living workers until now."""
        passed_s, self._now_s = now_s - self._now_s, now_s
        self._busy_s += self._busy * passed_s
        self._alive_s += self._alive * passed_s

    def _arrive(self) -> None:
        """By thinning: as many as at the peak come by, and the rate says how many of them stay."""
        if self._dice.random() * self._peak < self._rate(self._now_s):
            self._arrived += 1
            self._ready.append(self._now_s)
            self._serve()
        self._at(self._now_s + self._dice.expovariate(self._peak), self._arrive)

    def _serve(self) -> None:
        while self._ready and self._busy < min(self._alive, self.size):
            came_s = self._ready.popleft()
            self._busy += 1
            ran_s = self._run_time(self._dice, self._now_s)
            is_failed = self._dice.random() < self._failing(self._now_s)
            waited_s = self._now_s - came_s
            ended = _Ended(self._now_s + ran_s, waited_s, ran_s, is_failed)
            self._at(ended.at_s, partial(self._end, ended))

    def _end(self, ended: _Ended) -> None:
        self._ended.append(ended)
        self._usual_s.append(ended.ran_s)
        self._busy -= 1
        self._alive = max(self._busy, min(self._alive, self.size))
        self._serve()

    def _decide(self) -> None:
        sample = self._sample()
        decision = self.controller.decide(sample, self._now_s)
        queue = sample.queues[0]
        self.points.append(
            Point(
                self._now_s,
                self.size,
                queue.ready,
                queue.oldest_ready_s,
                self._arrived,
                sample.utilization,
                decision,
            )
        )
        self._arrived = 0
        self._resize(decision.to_size)
        self._at(self._now_s + self._config.interval_s, self._decide)

    def _resize(self, size: int) -> None:
        for _ in range(size - self.size):
            self._at(self._now_s + self._start_s, self._join)
        self.size = size
        self._alive = max(self._busy, min(self._alive, size))

    def _join(self) -> None:
        self._alive = max(self._alive, min(self._alive + 1, self.size))
        self._serve()

    def _sample(self) -> Sample:
        while self._ended and self._ended[0].at_s <= self._now_s - _MINUTE_S:
            self._ended.popleft()
        failed = sum(one.is_failed for one in self._ended)
        runs_ms = sorted(1000 * one.ran_s for one in self._ended)
        utilization = self._busy_s / self._alive_s if self._alive_s else 0.0
        self._busy_s = self._alive_s = 0.0
        return Sample(
            taken_at=_BEGIN + timedelta(seconds=self._now_s),
            size=self.size,
            utilization=min(utilization, 1.0),
            memory_mb=60.0 * self.size,
            queues=(
                QueueSample(
                    "default",
                    ready=len(self._ready),
                    oldest_ready_s=self._now_s - self._ready[0] if self._ready else 0.0,
                    workers=self.size,
                    completed=len(self._ended) - failed,
                    failed=failed,
                    timed=len(self._ended),
                    wait_p95_ms=percentile(
                        sorted(1000 * one.waited_s for one in self._ended), 0.95
                    ),
                    run_p50_ms=percentile(runs_ms, 0.50),
                    run_p95_ms=percentile(runs_ms, 0.95),
                    usual_p50_ms=percentile(sorted(1000 * ran_s for ran_s in self._usual_s), 0.50),
                ),
            ),
        )


def percentile(ordered: list[float], share: float) -> float | None:
    """The nearest rank, as the server has it."""
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else None


def turns(points: list[Point]) -> int:
    """How often the pool changed its direction."""
    changes = [one.decision.action for one in points if one.decision.action != "hold"]
    return sum(before != after for before, after in itertools.pairwise(changes))

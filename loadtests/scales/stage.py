"""Where a dimension is measured: a database of its own, runs in it, and the account of each."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from loadtests import ledger, stats
from loadtests.driver import Cycle, Load, Run, run
from loadtests.processor import Processor
from loadtests.queues import Fault, Link
from loadtests.scales import fill
from loadtests.scales.points import Point
from loadtests.scales.system import (
    ENDED_TAIL,
    WAITING_TAIL,
    ScaleQueue,
    ScaleSystem,
    Shape,
)
from loadtests.server import Server
from pyclient.dsn import Dsn

#: Clients, where their number is not what is varied.
CLIENTS = 8
_WARMUP_SHARE = 0.25
_RAN_THROUGH = 0.9


class Skip(Exception):
    """A dimension that cannot be measured here; the text says why."""


@dataclass(frozen=True)
class Sizes:
    """How long and how far.

    Attributes:
        seconds: how long a run counts.
        held_s: how long a snapshot is held.
        rounds: how often variants that are compared with each other alternate.
        most: the most tasks that wait or have ended.
        is_short: only some points of each dimension.
    """

    seconds: float
    held_s: float
    rounds: int
    most: int
    is_short: bool = False

    def some(self, values: list[int]) -> list[int]:
        """The values to measure: all of them, or the first, one between and the last."""
        if not self.is_short or len(values) <= 3:
            return values
        return [values[0], values[len(values) // 2], values[-1]]

    def amounts(self) -> list[int]:
        """0, and the powers of ten from 10,000 to the most."""
        return [0] + [10**power for power in range(4, 8) if 10**power <= self.most]


@dataclass
class Stage:
    """What a dimension needs to run.

    Attributes:
        ledgers: how many were checked; a wrong one ends everything.
        refusals: deadlocks and lock timeouts that reached a client, by error number.
    """

    dsn: Dsn
    server: Server
    processor: Processor
    sizes: Sizes
    ledgers: int = 0
    refusals: Counter[int] = field(default_factory=Counter)

    @contextmanager
    def trial(self) -> Iterator[Trial]:
        """celers in a new database, dropped at the end."""
        name = f"celers_scales_{os.getpid()}_{secrets.token_hex(2)}"
        system = ScaleSystem(dataclasses.replace(self.dsn, database=name))
        try:
            system.create()
            yield Trial(self, system)
        finally:
            system.drop()


class Trial:
    """Runs on one system, and what is to be found in it after them."""

    def __init__(self, stage: Stage, system: ScaleSystem) -> None:
        self.stage = stage
        self.system = system
        self._enqueued: list[str] = []
        self._completed: list[str] = []
        self._copies = 0
        self._numbers: Counter[str] = Counter()

    @contextmanager
    def queue(self, shape: Shape | None = None) -> Iterator[None]:
        """A new queue for the runs of the block; at its end their ledger is checked."""
        self.system.shape = shape or Shape()
        self.system.begin()
        self._enqueued, self._completed, self._copies = [], [], 0
        yield
        self.check()

    def check(self) -> None:
        """Compare all that the clients were answered since the queue began with what there is.

        Raises:
            LedgerWrong: a task was lost, doubled or made up.
        """
        ledger.check(self.system, None if self._copies else self._enqueued, self._completed)
        wanted, found = len(self._enqueued) + self._copies, self.system.standing()
        if wanted != found:
            raise ledger.LedgerWrong(f"{wanted} tasks were put in, {found} are there")
        self.stage.ledgers += 1

    def run(
        self,
        cycle: Cycle,
        clients: int = CLIENTS,
        *,
        seconds: float | None = None,
        warmup_s: float | None = None,
    ) -> Run:
        """Run a cycle in client processes, and account for what they did."""
        seconds = seconds or self.stage.sizes.seconds
        warmup_s = max(0.3, seconds * _WARMUP_SHARE) if warmup_s is None else warmup_s
        load = Load(clients, seconds, warmup_s, self.stage.processor.server_s)
        found = run(self.system, cycle, load)
        self.account(found)
        return found

    def account(self, found: Run) -> None:
        """Have the ledger know what the clients of a run were answered."""
        self._enqueued += found.enqueued
        self._completed += found.completed
        self.stage.refusals += found.errors

    def load(self, count: int) -> None:
        """Put tasks into the queue before the clock runs."""
        with contextlib.closing(self.system.shaped()) as queue:
            self._enqueued += queue.load(count)

    def fill(self, count: int, options: str | None = None) -> None:
        """Have so many more tasks wait, made fast.

        Args:
            count: how many.
            options: of celers_enqueue for each, JSON.
        """
        if not count:
            return
        with contextlib.closing(self.system.shaped()) as queue:
            original = queue.enqueue_with(options) if options else queue.enqueue()
        self._enqueued.append(original)
        self._copy(original, WAITING_TAIL, count)
        self._copies += count

    def fill_ended(self, count: int) -> None:
        """Have so many more tasks stand as completed, made fast. They are not of the account."""
        if not count:
            return
        with contextlib.closing(self.system.shaped()) as queue:
            [original] = queue.load(1)
            queue.claim(1)
            if queue.ack() != [original]:
                raise Fault("the queue was not empty")
        self._enqueued.append(original)
        self._completed.append(original)
        self._copy(original, ENDED_TAIL, count)

    def _copy(self, original: str, tail: str, count: int) -> None:
        first = self._numbers[tail]
        fill.copy(self.system.dsn, fill.Original(original, tail), first, first + count)
        self._numbers[tail] += count

    @contextmanager
    def holder(self) -> Iterator[ScaleQueue]:
        """One more client; what it holds at the end it completes."""
        with contextlib.closing(self.system.shaped()) as queue:
            yield queue
            self._completed += queue.ack()

    def sql(self, text: str) -> list[tuple[object, ...]]:
        """Send one statement to the database."""
        with contextlib.closing(Link(self.system.dsn)) as link:
            return link.run(text.encode())


def point(found: Run, series: str, x: float | None, label: str, note: str = "") -> Point:
    """A run as a point."""
    return Point(
        series,
        x,
        label,
        found.rate,
        stats.latency(found.durations()),
        found.server_us,
        note,
    )


def emptied(found: Run, seconds: float) -> str:
    """A word for a run that had nothing left to do before its time was over."""
    if found.seconds >= seconds * _RAN_THROUGH:
        return ""
    return f"ran empty after {found.seconds:.1f} s"


def part(found: Run, name: str, series: str, x: float | None, label: str) -> Point:
    """One of the calls that a cycle consists of, as a point: what its clients did of it in all."""
    logs = [log.parts[name] for log in found.logs if name in log.parts]
    return Point(series, x, label, found.rate, stats.latency(logs))


def joined(runs: list[Run], series: str, x: float | None, label: str, note: str = "") -> Point:
    """Runs of the same as one point: medians of the rates, all samples of the latencies."""
    cycles = [one for found in runs for one in found.durations()]
    spent = [found.server_us for found in runs if found.server_us is not None]
    rate = stats.median([found.rate for found in runs]) or 0.0
    return Point(series, x, label, rate, stats.latency(cycles), stats.median(spent), note)

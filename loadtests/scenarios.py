"""Everything that can be run, by name: the workloads and the scenarios of several phases."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial

from loadtests import deep, held, wake
from loadtests.baseline import Baseline
from loadtests.compare import Line, Tally, compare
from loadtests.driver import Load
from loadtests.processor import Processor
from loadtests.queues import Celers, System
from loadtests.server import Server
from loadtests.workloads import WORKLOADS, Workload
from pyclient.dsn import Dsn

_WARMUP_SHARE = 0.25


@dataclass
class Bench:
    """What a scenario needs to run.

    Attributes:
        seconds: how long a run of a workload counts.
        rounds: how often the systems alternate.
        held_s: how long a snapshot is held.
        samples: tasks of a latency measurement.
        idle_s: how long the statements of idle workers are counted.
    """

    dsn: Dsn
    server: Server
    processor: Processor
    seconds: float
    rounds: int
    held_s: float
    samples: int
    idle_s: float
    tally: Tally = field(default_factory=Tally)

    def load(self, clients: int) -> Load:
        """How so many clients are run for the usual time."""
        warmup_s = max(0.3, self.seconds * _WARMUP_SHARE)
        return Load(clients, self.seconds, warmup_s, self.processor.server_s)

    def at(self, name: str) -> Dsn:
        """A database of this process, for one of the systems."""
        return dataclasses.replace(self.dsn, database=f"celers_bench_{os.getpid()}_{name}")

    @contextmanager
    def systems(self) -> Iterator[tuple[System, System]]:
        """celers and the baseline in new databases, dropped at the end."""
        both: tuple[System, System] = Celers(self.at("celers")), Baseline(self.at("baseline"))
        with ExitStack() as stack:
            for system in both:
                system.create()
                stack.callback(system.drop)
            yield both


@dataclass(frozen=True)
class Scenario:
    """A name of --only.

    Attributes:
        is_quick: part of --quick.
        is_extra: takes long and runs only when asked for.
    """

    name: str
    run: Callable[[Bench], Iterator[Line]]
    is_quick: bool = True
    is_extra: bool = False

    def answers_to(self, name: str) -> bool:
        """Whether it is meant: by its name, or without the number of clients, or of tasks."""
        whole = self.name
        return name in (whole, whole.rpartition("x")[0], whole.rstrip("0123456789x"))


def _workload(workload: Workload) -> Scenario:
    def run(bench: Bench) -> Iterator[Line]:
        with bench.systems() as systems:
            load = bench.load(workload.clients)
            yield from compare(workload, systems, load, bench.rounds, bench.tally)

    return Scenario(workload.name, run, is_quick=workload.is_quick)


SCENARIOS: tuple[Scenario, ...] = (
    *map(_workload, WORKLOADS),
    Scenario(f"wake1x{wake.WORKERS}", partial(wake.lines, is_held=False)),
    Scenario(f"wakeheld1x{wake.WORKERS}", partial(wake.lines, is_held=True), is_quick=False),
    Scenario(f"held1x{held.CLIENTS}", held.lines),
    Scenario(f"deep1x{deep.CLIENTS}", deep.lines, is_extra=True),
)

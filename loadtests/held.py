"""The life of a task at full speed, free and while another session holds a snapshot open.

Deleted rows stay in the tables until the oldest snapshot is gone. What does not know where the
living ones begin walks over all of them with every claim.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from loadtests import server, stats
from loadtests.compare import Line, Runner, Side
from loadtests.driver import Run
from loadtests.queues import System
from loadtests.workloads import enqueue_and_step

if TYPE_CHECKING:
    from loadtests.scenarios import Bench

CLIENTS = 8
_WINDOWS = 6
_TARGET = 0.8
_WARMUP_S = 1.0
_ABOUT = "enqueue 1, then claim 1 + ack 1 by celers_step"


@dataclass(frozen=True)
class _Found:
    """One system's runs."""

    free: Run
    held: Run
    windows: list[tuple[int, int]]

    def free_side(self) -> Side:
        """The run without a snapshot as a side of a line."""
        return Side(self.free.rate, stats.latency(self.free.durations()), self.free.server_us)

    def held_side(self, window: int) -> Side:
        """One window as a side of a line."""
        begin_ns, end_ns = self.windows[window]
        latency = stats.latency(self.held.durations(begin_ns, end_ns))
        return Side(self.held.rate_between(begin_ns, end_ns), latency)

    def rates(self) -> list[float]:
        """The rate in each window."""
        return [self.held.rate_between(*window) for window in self.windows]

    def lasting(self) -> float:
        """How much of the first window's rate is left in the last."""
        rates = self.rates()
        return rates[-1] / rates[0] if rates[0] else 0.0

    def story(self) -> str:
        """The rates in words."""
        listed = " ".join(f"{rate:,.0f}" for rate in self.rates())
        return f"{self.lasting():.2f} of it in the end ({listed})"


def lines(bench: Bench) -> Iterator[Line]:
    """One line without a snapshot, one for the first and one for the last sixth of it."""
    seconds = bench.held_s / _WINDOWS
    with bench.systems() as systems:
        ours, theirs = (_measure(bench, system, seconds) for system in systems)
    yield _line(
        "held1x8 free", f"{CLIENTS} clients: {_ABOUT}", ours.free_side(), theirs.free_side()
    )
    yield _line(
        "held1x8 first",
        f"the same, first {seconds:g} s of {bench.held_s:g} s of a held snapshot",
        ours.held_side(0),
        theirs.held_side(0),
    )
    yield dataclasses.replace(
        _line(
            "held1x8 last",
            f"the same, last {seconds:g} s; target: share of the first",
            ours.held_side(-1),
            theirs.held_side(-1),
        ),
        target=f"{_TARGET:g}",
        is_met=ours.lasting() >= _TARGET,
        note=f"celers {ours.story()}; baseline {theirs.story()}",
    )


def _measure(bench: Bench, system: System, seconds: float) -> _Found:
    runner, usual = Runner(system, bench.tally), bench.load(CLIENTS)
    short = dataclasses.replace(usual, seconds=seconds, warmup_s=_WARMUP_S)
    free = runner.once(enqueue_and_step, short, None)
    with server.snapshot(system.dsn):
        whole = dataclasses.replace(short, seconds=seconds * _WINDOWS)
        held = runner.once(enqueue_and_step, whole, None)
    return _Found(free, held, held.windows(seconds)[:_WINDOWS])


def _line(name: str, about: str, ours: Side, theirs: Side) -> Line:
    found = ours.rate / theirs.rate if ours.rate and theirs.rate else None
    return Line(name, about, ours, theirs, found)

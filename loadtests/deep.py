"""Claims from a queue with 1,000,000 ready tasks and 1,000,000 delayed ones, and from a small one.

The delayed tasks come first: in a table that does not keep them apart they stand in the way.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING

from loadtests import ledger
from loadtests.compare import Line, Runner, preload
from loadtests.driver import Team, run
from loadtests.queues import System
from loadtests.workloads import step

if TYPE_CHECKING:
    from loadtests.scenarios import Bench

CLIENTS = 8
_DEEP = 1_000_000
_SHALLOW = 10_000
_DELAY_S = 86_400
_LOADERS = 2
_SLICE = 50_000
_TARGET = 0.8
# The server writes back what was loaded while the first claims come.
_WARMUP_S = 5.0
#: Tasks that a fast machine may take in a second, so that the small queue stays above its size.
_PER_S = 8_000


def lines(bench: Bench) -> Iterator[Line]:
    """One line with 10,000 ready tasks at the least, one with millions."""
    with bench.systems() as systems:
        shallow = [_measure(bench, system, _SHALLOW, is_deep=False) for system in systems]
        deep = [_measure(bench, system, _DEEP, is_deep=True) for system in systems]
    yield _line(
        "deep1x8 few", f"{CLIENTS} clients: celers_step, {_SHALLOW:,} ready or more", shallow
    )
    kept, theirs = (_rate(b) / _rate(a) for a, b in zip(shallow, deep, strict=True))
    yield dataclasses.replace(
        _line(
            "deep1x8 many", f"the same, {_DEEP:,} ready and {_DEEP:,} delayed; target: kept", deep
        ),
        target=f"{_TARGET:g}",
        is_met=kept >= _TARGET,
        note=f"celers keeps {kept:.2f}, baseline {theirs:.2f}",
    )


def _measure(bench: Bench, system: System, ready: int, *, is_deep: bool) -> Runner:
    runner = Runner(system, bench.tally)
    load = dataclasses.replace(bench.load(CLIENTS), warmup_s=_WARMUP_S)
    system.begin()
    if is_deep:
        _fill(system, _DEEP, _DELAY_S)
    else:
        ready += int(_PER_S * (load.seconds + load.warmup_s))
    _fill(system, ready, 0)
    found = run(system, step(1), load)
    ledger.check(system, None, found.completed)
    bench.tally.add(system, found)
    runner.runs.append(found)
    return runner


def _fill(system: System, count: int, delay_s: int) -> None:
    """Load in several processes: the ids are too many to be kept."""
    share = count // _LOADERS
    with Team() as team:
        for _ in range(_LOADERS):
            team.start(_fill_share, system, share, delay_s)
        team.results()


def _fill_share(system: System, count: int, delay_s: int) -> None:
    for start in range(0, count, _SLICE):
        preload(system, min(_SLICE, count - start), delay_s)


def _line(name: str, about: str, runners: list[Runner]) -> Line:
    ours, theirs = runners
    found = _rate(ours) / _rate(theirs) if _rate(theirs) else None
    return Line(name, about, ours.side(), theirs.side(), found)


def _rate(runner: Runner) -> float:
    return runner.runs[-1].rate

"""Run a workload on both systems in turn, and make a line of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from loadtests import ledger, stats
from loadtests.driver import Cycle, Load, Log, Run, run
from loadtests.queues import System
from loadtests.workloads import Workload

_LOAD_MARGIN = 1.3
_LOAD_MORE = 2000


@dataclass(frozen=True)
class Side:
    """What one system did.

    Attributes:
        rate: tasks per second, the median of its runs.
        latency: of all its runs together.
        server_us: processor time of the server per task in microseconds, the median of its runs.
        rates: of each run, in their order.
    """

    rate: float | None
    latency: stats.Latency | None
    server_us: float | None = None
    rates: tuple[float, ...] = ()


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    name: str
    about: str
    celers: Side
    baseline: Side
    ratio: float | None
    target: str = ""
    is_met: bool | None = None
    is_part: bool = False
    note: str = ""


@dataclass
class Tally:
    """What must be nothing at all in the end."""

    ledgers: int = 0
    refusals: dict[str, Counter[int]] = field(
        default_factory=lambda: {"celers": Counter(), "baseline": Counter()}
    )

    def add(self, system: System, run: Run) -> None:
        """Count the deadlocks and lock timeouts that clients saw."""
        self.ledgers += 1
        self.refusals[system.name] += run.errors


class Runner:
    """Runs one system again and again; knows from the last run how much to load for the next."""

    def __init__(self, system: System, tally: Tally) -> None:
        self.system = system
        self.runs: list[Run] = []
        self._tally = tally

    def once(self, cycle: Cycle, load: Load, per_s: int | None) -> Run:
        """Load, run, and check the ledger."""
        self.system.begin()
        loaded = self._preload(load, per_s) if per_s else []
        found = run(self.system, cycle, load)
        ledger.check(self.system, loaded + found.enqueued, found.completed)
        self._tally.add(self.system, found)
        self.runs.append(found)
        return found

    def _preload(self, load: Load, per_s: int) -> list[str]:
        if self.runs:
            per_s = int(self.runs[-1].rate * _LOAD_MARGIN)
        count = int(per_s * (load.seconds + load.warmup_s)) + _LOAD_MORE
        return preload(self.system, count)

    def side(self, part: str | None = None, per_call: float = 0) -> Side:
        """The runs as a side of a line: of whole cycles, or of one of their calls.

        The rate of a call is what its clients would reach if they did nothing else.
        """
        if part is not None:
            return self._part(part, per_call)
        rates = tuple([found.rate for found in self.runs])
        cycles = [one for found in self.runs for one in found.durations()]
        spent = [found.server_us for found in self.runs if found.server_us is not None]
        return Side(stats.median(rates), stats.latency(cycles), stats.median(spent), rates)

    def _part(self, part: str, per_call: float) -> Side:
        logs = [log for found in self.runs for log in found.logs if part in log.parts]
        rates = tuple([_call_rate(found.logs, part, per_call) for found in self.runs])
        timed = stats.latency(log.parts[part] for log in logs)
        return Side(stats.median(rates), timed, rates=rates)


def preload(system: System, count: int, delay_s: int = 0) -> list[str]:
    """Put tasks into the queue before the clock runs."""
    queue = system.queue()
    try:
        return queue.load(count, delay_s)
    finally:
        queue.close()


def compare(
    workload: Workload, systems: tuple[System, System], load: Load, rounds: int, tally: Tally
) -> list[Line]:
    """The workload's line, and one for each of its calls where it makes several."""
    runners = [Runner(system, tally) for system in systems]
    guesses = workload.per_s or (None, None)
    for _ in range(rounds):
        for runner, per_s in zip(runners, guesses, strict=True):
            runner.once(workload.cycle, load, per_s)
    return [_whole(workload, *runners), *_parts(workload, *runners)]


def _whole(workload: Workload, ours: Runner, theirs: Runner) -> Line:
    found = stats.ratio([a.rate for a in ours.runs], [b.rate for b in theirs.runs])
    shortest = min(a.seconds for a in ours.runs + theirs.runs)
    wanted = max(a.seconds for a in ours.runs + theirs.runs)
    return Line(
        workload.name,
        workload.about,
        ours.side(),
        theirs.side(),
        found,
        target=f"{workload.target:g}" if workload.target else "",
        is_met=None if workload.target is None or found is None else found >= workload.target,
        note="" if shortest > wanted / 2 else f"ran empty after {shortest:.1f} s",
    )


def _parts(workload: Workload, ours: Runner, theirs: Runner) -> list[Line]:
    names = ours.runs[0].parts()
    lines = []
    for name in names:
        a, b = (runner.side(name, workload.batch) for runner in (ours, theirs))
        found = a.rate / b.rate if a.rate and b.rate else None
        lines.append(Line(f"{workload.name} {name}", "", a, b, found, is_part=True))
    return lines


def _call_rate(logs: list[Log], part: str, per_call: float) -> float:
    total_s = sum(sum(log.parts.get(part, ())) for log in logs) / 1e9
    calls = sum(len(log.parts.get(part, ())) for log in logs)
    return len(logs) * calls * per_call / total_s if total_s else 0.0

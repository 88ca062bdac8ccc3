"""What a side-by-side run found, as drawings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from loadtests import plots
from loadtests.peers.results import FAILED, Record, Results
from loadtests.peers.tables import OURS, title_of

_RATE = "tasks per second"
#: Points of a line over time.
_POINTS = 12


@dataclass(frozen=True)
class Chart:
    """A drawing.

    Attributes:
        name: of its file, without the ending.
        about: what it shows, for those who do not see it.
    """

    name: str
    about: str
    figure: Figure


def of(results: Results) -> Iterator[Chart]:
    """The drawings for which there are records."""
    measured = [one for one in results.records if one.outcome != FAILED]
    yield from _held([one for one in measured if one.key.workload == "W6"])
    yield from _latency([one for one in measured if one.key.workload == "W4"])
    for batch in (1, 100):
        yield from _depth(measured, batch)


def _held(records: Sequence[Record]) -> Iterator[Chart]:
    some = [one for one in records if one.key.case == "held" and len(one.series) >= _POINTS]
    if not some:
        return
    about = "Throughput beside a held snapshot"
    rows = [plots.Line(one.key.peer, *_means(one), is_first=_is_ours(one)) for one in some]
    clients = max(one.key.clients for one in some)
    title = f"{about}: {clients} clients enqueue, claim and complete"
    yield Chart("peers-held", about, plots.lines(title, "seconds", _RATE, rows))


def _means(record: Record) -> tuple[list[float], list[float]]:
    """Middles of stretches of time, and the rates in them."""
    size = len(record.series) // _POINTS
    starts = range(0, len(record.series) - size + 1, size)
    rates = [sum(record.series[start : start + size]) / size for start in starts]
    return [start + size / 2 for start in starts], rates


def _latency(records: Sequence[Record]) -> Iterator[Chart]:
    """The best variant of each system, as it seems to a user in the middle of all cases."""
    best: dict[str, plots.Range] = {}
    usual: dict[str, str] = {}
    for one in records:
        variant = usual.setdefault(one.key.peer, one.key.variant)
        if one.p50_ms is None or one.p95_ms is None or one.p99_ms is None:
            continue
        peer = one.key.peer
        if peer not in best or one.p50_ms < best[peer].p50:
            times = one.p50_ms, one.p95_ms, one.p99_ms
            name = peer if one.key.variant == variant else title_of(one)
            best[peer] = plots.Range(name, *times, is_first=_is_ours(one))
    if not best:
        return
    about = "From enqueue to start of execution on an idle system"
    rows = sorted(best.values(), key=lambda row: row.p50)
    yield Chart("peers-latency", about, plots.ranges(about, "milliseconds", rows))


def _depth(records: Sequence[Record], batch: int) -> Iterator[Chart]:
    """Alone in the queue, and among many others in either order."""
    deep = [one for one in records if one.key.workload == "W7" and one.key.batch == batch]
    if not deep:
        return
    clients = max(one.key.clients for one in deep)
    shallow = [
        one
        for one in records
        if one.key.workload == "W5" and (one.key.clients, one.key.batch) == (clients, batch)
    ]
    cases = ("", "ready first", "delayed first")
    rates: dict[str, dict[str, float]] = {}
    for one in shallow + [one for one in deep if one.key.clients == clients]:
        if one.rate is not None:
            rates.setdefault(one.key.peer, {})[one.key.case] = one.rate
    tasks = max(one.tasks for one in deep)
    rows = [
        plots.Line(peer, range(3), [row.get(case) for case in cases], is_first=peer == OURS)
        for peer, row in rates.items()
        if len(row) > 1
    ]
    if not rows:
        return
    about = f"Claim and complete {batch} per call by depth, {clients} clients"
    beside = f"tasks beside: none, or {tasks:,} ready and {tasks:,} delayed"
    ticks = ("none", "ready inserted first", "delayed inserted first")
    yield Chart(f"peers-depth-{batch}", about, plots.lines(about, beside, _RATE, rows, ticks))


def _is_ours(record: Record) -> bool:
    return record.key.peer == OURS

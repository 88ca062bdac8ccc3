"""The records of a side-by-side run as tables, each figure beside that of celers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from loadtests.peers.results import DOES_NOT_FINISH, FAILED, OK, Record, Results

OURS = "celers"
#: The setting of its workers that it ships with.
_SHIPPED = "default"
#: Parts that a series is cut into, to compare its beginning and its end.
_PARTS = 6
#: A run beside which others used more cores is marked.
_NOISY_CORES = 0.5
_NOTHING = "-"


@dataclass(frozen=True)
class Workload:
    """A table of the page.

    Attributes:
        name: W1 to W7.
        title: what is done, in words.
        table: makes it of the workload's records.
    """

    name: str
    title: str
    table: Callable[[Sequence[Record]], str]


def of(results: Results) -> Iterator[str]:
    """Heading, sentence and table of each workload that was measured."""
    for workload in WORKLOADS:
        records = [one for one in results.records if one.key.workload == workload.name]
        if records:
            ours_first = sorted(records, key=lambda one: one.key.peer != OURS)
            yield f"## {workload.name}: {workload.title}"
            yield workload.table(ours_first)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, is_of_figures: bool = True) -> str:
    """A table in Markdown; figures stand to the right, except for the first column."""
    side = "---:" if is_of_figures else "---"
    whole = [head, ["---"] + [side] * (len(head) - 1), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in whole)


def title_of(record: Record) -> str:
    """The system, with the variant of its workers where there is one."""
    return record.key.peer + (f" [{record.key.variant}]" if record.key.variant else "")


def ends(record: Record) -> tuple[float, float] | None:
    """Tasks per second in the first and in the last sixth of the time; None without a series."""
    size = len(record.series) // _PARTS
    if not size:
        return None
    return sum(record.series[:size]) / size, sum(record.series[-size:]) / size


def reference(records: Sequence[Record], record: Record) -> Record | None:
    """The record of celers that was made as this one, by the workers that it ships with."""
    key = record.key
    same = [
        one
        for one in records
        if one.key.peer == OURS
        and (one.key.workload, one.key.case, one.key.clients, one.key.batch)
        == (key.workload, key.case, key.clients, key.batch)
    ]
    return min(same, key=lambda one: one.key.variant != _SHIPPED, default=None)


def _with_times(records: Sequence[Record]) -> str:
    """A line for each record: rate, ratio, percentiles."""
    rows = []
    for record in records:
        found = reference(records, record)
        share = _ratio(record.rate, found.rate if found else None)
        rows.append((title_of(record), _rate(record), share, *_times(record)))
    return table(("system", "tasks/s", "of celers", "p50 ms", "p95", "p99"), rows)


def _latency(records: Sequence[Record]) -> str:
    """A line for each record: percentiles, and the ratio of the middle."""
    rows = []
    for record in records:
        found = reference(records, record)
        share = _ratio(record.p50_ms, found.p50_ms if found else None)
        first, *others = _times(record)
        state = "" if record.outcome == OK else record.outcome
        rows.append((title_of(record), first, share, *others, f"{state} {_mark(record)}".strip()))
    return table(("system", "p50 ms", "of celers", "p95", "p99", ""), rows)


def _crossed(records: Sequence[Record], name: Callable[[Record], str]) -> str:
    """A line for each system, a pair of columns for each way in which it was measured."""
    ways = list(dict.fromkeys(map(name, sorted(records, key=_order))))
    lines: dict[str, dict[str, Record]] = {}
    for record in records:
        lines.setdefault(title_of(record), {})[name(record)] = record
    rows = []
    for title, found in lines.items():
        cells = [title]
        for way in ways:
            cells += _pair(records, found.get(way))
        rows.append(cells)
    head = ["system"] + [cell for way in ways for cell in (f"{way}: tasks/s", "of celers")]
    return table(head, rows)


def _pair(records: Sequence[Record], record: Record | None) -> tuple[str, str]:
    if record is None:
        return _NOTHING, ""
    ours = reference(records, record)
    return _rate(record), _ratio(record.rate, ours.rate if ours else None)


def _drain(records: Sequence[Record]) -> str:
    def name(record: Record) -> str:
        return f"{record.key.clients} process" + ("es" if record.key.clients > 1 else "")

    return _crossed(records, name)


def _raw(records: Sequence[Record]) -> str:
    def name(record: Record) -> str:
        return f"{record.key.clients} x {record.key.batch}"

    return _crossed(records, name)


def _deep(records: Sequence[Record]) -> str:
    def name(record: Record) -> str:
        return f"{record.key.clients} x {record.key.batch}, {record.key.case}"

    return _crossed(records, name)


def _held(records: Sequence[Record]) -> str:
    """A line for each system: free, then the beginning and the end beside a snapshot."""
    lines: dict[str, dict[str, Record]] = {}
    for record in records:
        lines.setdefault(record.key.peer, {})[record.key.case] = record
    ours = lines.get(OURS, {}).get("held")
    rows = []
    for peer, found in lines.items():
        free, held = found.get("free"), found.get("held")
        cells = [peer, _rate(free) if free else _NOTHING]
        pair, our_pair = (ends(one) if one else None for one in (held, ours))
        if held is None or pair is None:
            rows.append((*cells, _rate(held) if held else _NOTHING, "", "", ""))
            continue
        kept = f"{pair[1] / pair[0]:.2f}" if pair[0] else ""
        share = _ratio(pair[1], our_pair[1] if our_pair else None)
        last = f"{_figure(pair[1])} {_mark(held)}".strip()
        rows.append((*cells, _figure(pair[0]), last, kept, share))
    head = ("system", "free", "held: first sixth", "last sixth", "kept", "last, of celers")
    return table(head, rows)


def _order(record: Record) -> tuple[int, int, str]:
    return record.key.batch, record.key.clients, record.key.case


def _rate(record: Record) -> str:
    if record.outcome == FAILED:
        return "failed"
    if record.rate is None:
        return _NOTHING
    stopped = " (stopped)" if record.outcome == DOES_NOT_FINISH else ""
    return f"{_figure(record.rate)}{stopped} {_mark(record)}".strip()


def _mark(record: Record) -> str:
    """What makes a figure worth less: its ledger, or others on the machine."""
    marks = ["**WRONG**"] if record.is_wrong else []
    if record.others_cores is not None and record.others_cores > _NOISY_CORES:
        marks.append("(not quiet)")
    return " ".join(marks)


def _times(record: Record) -> tuple[str, str, str]:
    first, second, third = (
        _NOTHING if value is None else f"{value:.2f}" if value < 100 else f"{value:,.0f}"
        for value in (record.p50_ms, record.p95_ms, record.p99_ms)
    )
    return first, second, third


def _ratio(value: float | None, ours: float | None) -> str:
    if value is None or not ours:
        return ""
    ratio = value / ours
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.2g}"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


WORKLOADS = (
    Workload("W1", "one client enqueues one task per call", _with_times),
    Workload("W2", "one client enqueues many tasks per call", _with_times),
    Workload("W3", "worker processes drain loaded no-op tasks", _drain),
    Workload("W4", "from enqueue to start of execution on an idle system", _latency),
    Workload("W5", "the broker alone: clients x tasks per claim and completion", _raw),
    Workload("W6", "enqueue, claim and complete one, free and beside a held snapshot", _held),
    Workload("W7", "W5 on as many ready and delayed tasks, by what was inserted first", _deep),
)

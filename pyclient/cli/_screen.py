"""One look at everything, drawn for `celers top`: queues, workers, the latest dead letters."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group
from rich.table import Table
from rich.text import Text

from pyclient.cli._output import as_number, visible
from pyclient.cli._table import as_span, as_text
from pyclient.stats.watch import Frame, QueueLine

_NUMBERS = (
    "READY",
    "SCHEDULED",
    "RUNNING",
    "DLQ",
    "OLDEST",
    "P95 WAIT",
    "IN/s",
    "OUT/s",
    "WORKERS",
)
# Left out where the screen is narrow.
_NARROW = 100
_DISPENSABLE = ("SCHEDULED", "P95 WAIT")
# Columns that share what room there is, and how; all others are as wide as what stands in them.
_WIDE = {"QUEUE": 1, "WORKER": 2, "QUEUES": 1, "TASK": 1, "ERROR": 3}
_LATE_S = 60
# The line at the top, a blank line and a heading for each of the three tables, and below two of
# them how many more there are.
_FRAMING = 1 + 3 * 2 + 2


def draw(frame: Frame, title: str, trouble: str | None, *, width: int, height: int | None) -> Group:
    """The whole screen.

    Args:
        frame: what was seen.
        title: which schema it is.
        trouble: why it could not be looked at again since then.
        width: characters of a line.
        height: lines of the screen, None = as many as it takes.
    """
    queues, workers, failures = _shares(frame, height)
    busiest = sorted(frame.queues, key=lambda line: -(line.counts.ready + line.counts.running))
    shown = sorted(busiest[:queues], key=lambda line: line.counts.queue)
    return Group(
        _headline(frame, title, trouble),
        "",
        _queues(shown, is_narrow=width < _NARROW),
        *_rest(frame.queue_count - len(shown)),
        "",
        _workers(frame, workers),
        *_rest(len(frame.workers) - workers),
        "",
        _failures(frame, failures),
    )


def _shares(frame: Frame, height: int | None) -> tuple[int, int, int]:
    """How many lines each table gets: all it has, or an equal share of what is left."""
    wanted = (len(frame.queues), len(frame.workers), len(frame.failures))
    if height is None:
        return wanted[0], wanted[1], min(wanted[2], 10)
    left = max(height - _FRAMING, 0)
    shares = [0, 0, 0]
    for done, index in enumerate(sorted(range(3), key=lambda index: wanted[index])):
        shares[index] = min(wanted[index], left // (3 - done))
        left -= shares[index]
    return shares[0], shares[1], shares[2]


def _headline(frame: Frame, title: str, trouble: str | None) -> Text:
    line = Text(f"{frame.at:%H:%M:%S} UTC  ", no_wrap=True, overflow="ellipsis")
    if trouble is not None:
        line.append(f"as it was then: {visible(trouble)}", style="bold red")
    elif frame.overdue_s > _LATE_S:
        line.append(f"maintenance is {as_span(round(frame.overdue_s))} late", style="yellow")
    else:
        line.append("maintenance is on time", style="green")
    return line.append(f"  {visible(title)}", style="bold")


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="reverse", expand=True)
    for heading in headings:
        table.add_column(
            heading,
            justify="right" if heading in _NUMBERS else "left",
            no_wrap=True,
            overflow="ellipsis",
            ratio=_WIDE.get(heading),
        )
    return table


def _queues(lines: Iterable[QueueLine], *, is_narrow: bool) -> Table:
    headings = ("QUEUE", "STATE", *_NUMBERS)
    shown = [name for name in headings if not (is_narrow and name in _DISPENSABLE)]
    table = _table(*shown)
    for line in lines:
        row = line.counts
        cells: dict[str, str | Text] = {
            "QUEUE": visible(row.queue),
            "STATE": Text("paused", "yellow") if row.is_paused else Text("active", "green"),
            "READY": as_number(row.ready),
            "SCHEDULED": as_number(row.scheduled),
            "RUNNING": as_number(row.running),
            "DLQ": Text(as_number(row.dead), "red" if row.dead else ""),
            "OLDEST": "-" if row.oldest_ready_s is None else as_span(round(row.oldest_ready_s)),
            "P95 WAIT": _milliseconds(line.pace.wait_p95_ms),
            "IN/s": "-" if line.in_rate is None else as_number(line.in_rate),
            "OUT/s": as_number(line.pace.per_s),
            "WORKERS": str(row.workers),
        }
        table.add_row(*(cells[name] for name in shown))
    return table


def _workers(frame: Frame, most: int) -> Table:
    table = _table("WORKER", "STATUS", "QUEUES", "RUNNING", "HEARD")
    for row in frame.workers[:most]:
        table.add_row(
            visible(row.worker_id),
            as_text("status", row.status),
            visible(row.queues or "-"),
            as_number(row.running),
            f"{as_span(row.heartbeat_age_s)} ago",
        )
    return table


def _failures(frame: Frame, most: int) -> Table:
    table = _table("DEAD LETTER", "QUEUE", "TASK", "ERROR")
    for row in frame.failures[:most]:
        age_s = max(0, round((frame.at - row.died_at).total_seconds()))
        error = (row.error or row.reason).strip().splitlines() or [row.reason]
        table.add_row(f"{as_span(age_s)} ago", row.queue, visible(row.task_name), visible(error[0]))
    return table


def _rest(count: int) -> list[Text]:
    return [Text(f"and {count} more", style="dim")] if count > 0 else []


def _milliseconds(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}ms" if value < 1000 else as_span(round(value / 1000))

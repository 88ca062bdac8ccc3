"""``python -m loadtests.tail``: where the slowest calls of ``celers_step`` spend their time.

Clients enqueue and step in batches of 100, with each value of ``innodb_log_writer_threads`` in
turn. A first run of each says what is usual; in a second one performance_schema keeps every
statement, and the calls that took more than three times the usual are looked into.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loadtests import report, stats
from loadtests.driver import Load, Log, Run, run
from loadtests.profile import all_events
from loadtests.queues import Celers, Fault, Link, Queue
from loadtests.scales.settings import changed
from loadtests.server import Server
from pyclient.dsn import Dsn, from_environment

_SETTING, _VALUES = "innodb_log_writer_threads", ("OFF", "ON")
_BATCH, _CLIENTS, _SLOW = 100, 8, 3
#: performance_schema keeps 10,000 statements of all sessions: about a second of them.
_LOOK_S = 0.3
_STEP = "step"
_EVENTS = """
    SELECT
        slow.thread_id,
        slow.event_id,
        slow.timer_wait / 1e9,
        COALESCE(SUM(inner_one.timer_wait), 0) / 1e9
    FROM performance_schema.events_statements_history_long AS slow
    LEFT JOIN performance_schema.events_statements_history_long AS inner_one
        ON inner_one.thread_id = slow.thread_id
        AND inner_one.event_id BETWEEN slow.event_id AND slow.end_event_id
        AND inner_one.sql_text LIKE 'COMMIT%'
    WHERE
        slow.nesting_event_level = 0
        AND slow.sql_text LIKE 'CALL celers_step%'
        AND slow.timer_wait > {} * 1e9
    GROUP BY slow.thread_id, slow.event_id, slow.timer_wait
"""
_FLUSHES = """
    SELECT MAX(max_timer_misc) / 1e9
    FROM performance_schema.file_summary_by_event_name
    WHERE event_name IN ('wait/io/file/innodb/innodb_log_file', 'wait/io/file/sql/binlog')
"""


@dataclass
class Slow:
    """Calls that took long, by session and number: milliseconds, and those of them in COMMIT."""

    calls: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)

    def share(self) -> float:
        """Of the time of all of them, how much was in COMMIT."""
        whole = sum(ms for ms, _ in self.calls.values())
        return sum(ms for _, ms in self.calls.values()) / whole if whole else 0.0


def cycle(queue: Queue, log: Log) -> int:
    """Enqueue 100 tasks, complete those held and claim 100; the latter is timed."""
    log.enqueued += queue.enqueue_many(_BATCH)
    began_ns = time.perf_counter_ns()
    completed, found = queue.step(_BATCH)
    log.part(_STEP, began_ns)
    log.completed += completed
    return found


def main(words: Sequence[str] | None = None) -> int:
    """Measure, and print Markdown."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.tail", description=__doc__)
    parser.add_argument("--seconds", type=float, default=15, help="that each run counts (15)")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the page here too")
    options = parser.parse_args(words)
    dsn = dataclasses.replace(from_environment(None), database=None)
    with contextlib.closing(Server(dsn)) as server:
        lines = [
            "# The tail",
            "",
            f"Written by `python -m loadtests.tail --markdown`: {_CLIENTS} clients, each "
            f"enqueues {_BATCH} tasks and calls `celers_step` for {_BATCH}, in turn.",
            "",
            report.header(server.facts()),
            "",
            f"| {_SETTING} | tasks/s | p50 of a step, ms | p99 | times | slower than {_SLOW} x "
            "p50 | of their time in COMMIT | longest flush of a log, ms |",
            "|---|---:|---:|---:|---:|---:|---:|---:|",
        ]
    try:
        lines += _rows(dsn, options.seconds)
    except Fault as fault:
        print(f"WRONG: {fault}", file=sys.stderr)
        return 1
    print("\n".join(lines))
    if options.markdown:
        options.markdown.write_text("\n".join(lines) + "\n")
    return 0


def _rows(dsn: Dsn, seconds: float) -> Iterator[str]:
    celers = Celers(dataclasses.replace(dsn, database=f"celers_bench_{os.getpid()}_tail"))
    load = Load(_CLIENTS, seconds, 1.0, lambda: None)
    try:
        celers.create()
        for value in _VALUES:
            with changed(dsn, {_SETTING: value}):
                celers.begin()
                usual = run(celers, cycle, load)
                p50_ms, p99_ms = _times(usual)
                slow, flush_ms, calls = _watched(dsn, celers, load, _SLOW * p50_ms)
            yield (
                f"| {value} | {usual.rate:,.0f} | {p50_ms:.1f} | {p99_ms:.1f} "
                f"| {p99_ms / p50_ms:.1f} | {len(slow.calls)} of {calls:,} | {slow.share():.0%} "
                f"| {flush_ms:.1f} |"
            )
    finally:
        celers.drop()


def _times(found: Run) -> tuple[float, float]:
    latency = stats.latency(log.parts[_STEP] for log in found.logs)
    assert latency is not None
    return latency.p50_ms, latency.p99_ms


def _watched(dsn: Dsn, celers: Celers, load: Load, slow_ms: float) -> tuple[Slow, float, int]:
    """A run with every statement kept: the slow calls, the longest flush, and how many calls."""
    slow, is_over = Slow(), threading.Event()
    with contextlib.closing(Link(dsn)) as link, all_events(link):
        link.run(b"TRUNCATE performance_schema.events_statements_history_long")
        link.run(b"TRUNCATE performance_schema.file_summary_by_event_name")
        watcher = threading.Thread(target=_watch, args=(link, slow, slow_ms, is_over))
        watcher.start()
        try:
            found = run(celers, cycle, load)
        finally:
            is_over.set()
            watcher.join()
        [(flush_ms,)] = link.run(_FLUSHES.encode())
    return slow, float(flush_ms), sum(len(log.parts[_STEP]) for log in found.logs)


def _watch(link: Link, slow: Slow, slow_ms: float, is_over: threading.Event) -> None:
    while not is_over.wait(_LOOK_S):
        for thread, event, whole_ms, commit_ms in link.run(_EVENTS.format(slow_ms).encode()):
            slow.calls[thread, event] = float(whole_ms), float(commit_ms)


if __name__ == "__main__":
    sys.exit(main())

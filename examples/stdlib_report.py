"""What the queue knows at the end of the demonstration, by its own calls."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pyclient
from pyclient._generated import GetResultRow, ListTasksRow
from pyclient.dsn import Dsn

_PAGE = 1000
_SLOWEST = 5
_WINDOW_S = 3600
_PLACE = re.compile(r" \([^()]*, line \d+\)$")


class _Found(NamedTuple):
    """One task that succeeded."""

    task: ListTasksRow
    result: GetResultRow


def show(client: pyclient.Client, queue: str, dsn: Dsn) -> None:
    """Print the report about everything in one queue."""
    found = list(_results(client, queue))
    for lines in (
        _totals(client, queue, found),
        _slowest(found),
        _dead_letters(client, queue),
        _percentiles(client, queue),
        _further(queue, dsn),
    ):
        print()
        print("\n".join(lines))


def _results(client: pyclient.Client, queue: str) -> Iterator[_Found]:
    after: str | None = None
    while page := client.call_list_tasks(queue, "completed", _PAGE, after_id=after):
        for task in page:
            result = client.call_get_result(task.task_id)
            if result is not None:
                yield _Found(task, result)
        after = page[-1].task_id


def _totals(client: pyclient.Client, queue: str, found: list[_Found]) -> list[str]:
    [now] = client.call_get_statistics(queue)
    started = min(one.task.started_at for one in found if one.task.started_at)
    ended = max(one.task.finished_at for one in found if one.task.finished_at)
    attempts = sum(one.task.attempt for one in found) + sum(
        letter.attempt for letter in client.call_list_dlq(queue, _PAGE)
    )
    seconds = (ended - started).total_seconds()
    workers = len({one.task.worker_id for one in found})
    counts: Counter[str] = Counter()
    for one in found:
        counts.update({key: value for key, value in one.result.result.items() if key != "file"})
    return [
        f"{now.total + now.dlq} files: {now.completed} indexed, {now.dlq} dead letters.",
        f"{attempts} attempts by {workers} processes in {seconds:.1f} s,"
        f" {attempts / seconds:,.0f} per second.",
        "The library has " + ", ".join(f"{count:,} {what}" for what, count in counts.items()) + ".",
    ]


def _slowest(found: list[_Found]) -> list[str]:
    slowest = sorted(found, key=lambda one: one.result.runtime_ms or 0, reverse=True)[:_SLOWEST]
    return ["The slowest files"] + [
        f"{one.result.runtime_ms or 0:6,} ms  {one.result.result['file']}" for one in slowest
    ]


def _dead_letters(client: pyclient.Client, queue: str) -> list[str]:
    letters = client.call_list_dlq(queue, _PAGE)
    sentences = ((letter.error or "").partition("\n")[0] for letter in letters)
    errors = Counter(_PLACE.sub("", sentence) for sentence in sentences)
    return ["Dead letters by error"] + [
        f"{count:6}     {error:.88}" for error, count in errors.most_common()
    ]


def _percentiles(client: pyclient.Client, queue: str) -> list[str]:
    row = client.call_get_task_latency_percentiles(queue, _WINDOW_S)
    waits = (row.wait_p50_ms, row.wait_p95_ms, row.wait_p99_ms)
    runs = (row.run_p50_ms, row.run_p95_ms, row.run_p99_ms)
    table = {"from due to started": waits, "from started to ended": runs}
    heads = "".join(f"{head:>12}" for head in ("p50", "p95", "p99"))
    return [f"{'Milliseconds':24}{heads}"] + [
        f"  {what:22}" + "".join(f"{value or 0:12,.1f}" for value in values)
        for what, values in table.items()
    ]


def _further(queue: str, dsn: Dsn) -> list[str]:
    place = f"--socket={dsn.socket}" if dsn.socket else f"--host={dsn.host} --port={dsn.port}"
    password = "-p " if dsn.password else ""
    return [
        "To look around: `make shell ARGS=celers_demo`, or the line below. A server that was",
        "started for this run is gone by now; `make up` starts one that stays.",
        f"  mysql {shlex.join(place.split(' '))} --user={dsn.user} {password}{dsn.database}",
        f"  CALL celers_get_statistics('{queue}');",
        f"  CALL celers_list_dlq('{queue}', 10, NULL);",
        f"  CALL celers_list_tasks('{queue}', 'completed', 10, NULL);",
        "  CALL celers_list_workers(60);",
        "  SELECT id, outcome, started_at, error FROM celers_attempts"
        " WHERE outcome = 'retried' LIMIT 10;",
    ]

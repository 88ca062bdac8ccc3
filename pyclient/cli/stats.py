"""``celers stats``: figures about queues, tasks or workers, once or again and again."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import click

from pyclient.cli._common import DURATION, Cli, common
from pyclient.client import Client
from pyclient.stats.watch import QueueLine, Watch

Records = list[dict[str, Any]]

QUEUE = "celers.queue_stats/1"
TASK = "celers.task_stats/1"
WORKER = "celers.worker_stats/1"
NEWEST = 1000

_QUEUE_COLUMNS = (
    "queue",
    "is_paused",
    "ready",
    "scheduled",
    "running",
    "dead",
    "oldest_ready_s",
    "wait_p95_ms",
    "run_p50_ms",
    "run_p95_ms",
    "in_rate",
    "out_rate",
    "workers",
)
_STATES = ("pending", "processing", "completed", "failed", "cancelled", "expired", "dead")
_TASK_COLUMNS = ("task_name", "tasks", *_STATES, "errors", "crashes", "run_mean_ms")
_WORKER_COLUMNS = ("worker_id", "status", "queues", "running", "heartbeat_age_s", "started_at")


@click.command()
@click.option("-i", "--interval", "interval_s", type=DURATION, help="Again after this time.")
@click.option(
    "--by",
    type=click.Choice(["queue", "task", "worker"]),
    default="queue",
    show_default=True,
    help="What each line is about.",
)
@common
def stats(cli: Cli, interval_s: float | None, by: str) -> None:
    """Show figures about each queue, each name of a task, or each worker.

    Percentiles, and OUT RATE in tasks per second, are of the tasks that ended within the last
    minute, dead letters apart; with an interval, since the figures before, and then there is IN
    RATE. Figures by task are of the newest 1000 tasks. The role viewer is enough.
    """
    if interval_s is not None and interval_s <= 0:
        raise click.BadParameter("must be more than nothing", param_hint="--interval")
    schema, columns, look = {
        "queue": (QUEUE, _QUEUE_COLUMNS, _by_queue(cli.client)),
        "task": (TASK, _TASK_COLUMNS, lambda: _by_task(cli.client)),
        "worker": (WORKER, _WORKER_COLUMNS, lambda: _by_worker(cli.client)),
    }[by]
    if interval_s is None:
        records = look()
        cli.output.things(schema, records, columns)
        if not records:
            cli.output.note(f"there is no {by} yet")
    elif cli.output.is_for_people:
        for at, records in _again(look, interval_s):
            cli.output.line(f"{at:%H:%M:%S} UTC")
            cli.output.things(schema, records, columns)
            cli.output.line("")
    else:
        lines = (
            {"at": at, **record} for at, records in _again(look, interval_s) for record in records
        )
        cli.output.things(schema, lines, ("at", *columns))


def _again(look: Callable[[], Records], interval_s: float) -> Iterator[tuple[datetime, Records]]:
    """What is seen now, and after each interval, without end."""
    due = time.monotonic()
    while True:
        yield datetime.now(UTC), look()
        due = max(due + interval_s, time.monotonic())
        time.sleep(due - time.monotonic())


def _by_queue(client: Client) -> Callable[[], Records]:
    watch = Watch(client)
    return lambda: [queue_record(line) for line in watch.look().queues]


def queue_record(line: QueueLine) -> dict[str, Any]:
    """A queue's figures by the names of their columns."""
    pace = line.pace
    return {
        **line.counts._asdict(),
        "wait_p50_ms": pace.wait_p50_ms,
        "wait_p95_ms": pace.wait_p95_ms,
        "run_p50_ms": pace.run_p50_ms,
        "run_p95_ms": pace.run_p95_ms,
        "in_rate": line.in_rate,
        "out_rate": pace.per_s,
        "window_s": pace.window_s,
    }


def _by_task(client: Client) -> Records:
    rows = client.call_list_tasks(None, None, NEWEST)
    records = []
    for name in sorted({row.task_name for row in rows}):
        own = [row for row in rows if row.task_name == name]
        states = Counter(row.state for row in own)
        runs = [
            (row.finished_at - row.started_at).total_seconds() * 1000
            for row in own
            if row.finished_at and row.started_at
        ]
        records.append(
            {
                "task_name": name,
                "tasks": len(own),
                **{state: states[state] for state in _STATES},
                "errors": sum(row.errors for row in own),
                "crashes": sum(row.crashes for row in own),
                "run_mean_ms": sum(runs) / len(runs) if runs else None,
                "oldest_at": min(row.created_at for row in own),
            }
        )
    return records


def _by_worker(client: Client) -> Records:
    return [row._asdict() for row in client.call_list_workers()]

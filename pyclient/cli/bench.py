"""``celers bench``: measure this server with real tasks."""

from __future__ import annotations

from typing import Any

import click

import pyclient
from pyclient.bench import OPERATIONS, Bench, clean_up
from pyclient.cli._common import DURATION, Cli, common, in_time
from pyclient.errors import AccessDenied

BENCH = "celers.bench/1"
_COLUMNS = ("operation", "count", "per_second", "p50_ms", "p95_ms", "p99_ms", "max_ms")
_LONGEST_S = 3600


@click.command()
@click.option(
    "--producers",
    type=click.IntRange(1, 200),
    default=4,
    show_default=True,
    help="Threads that enqueue.",
)
@click.option(
    "--workers",
    type=click.IntRange(0, 200),
    default=8,
    show_default=True,
    help="Threads that claim and acknowledge.",
)
@click.option(
    "--duration", "duration_s", type=DURATION, default="30s", show_default=True, help="How long."
)
@common
def bench(cli: Cli, producers: int, workers: int, duration_s: float) -> None:
    """Measure this server with real tasks, one call each.

    They go through a queue of its own, which is emptied at the end, also after Ctrl-C; for that
    the account needs the role admin. It is real load: on a server that others use they feel it.
    start is from before a task is enqueued to after it is claimed.
    """
    if not 0 < duration_s <= _LONGEST_S:
        raise click.BadParameter("must be more than nothing, at most 1h", param_hint="--duration")
    size = producers + workers + 1
    with pyclient.connect(in_time(cli.where(), cli.timeout_s), pool_size=size) as client:
        found = Bench(client, producers, workers)
        client.call_list_tasks(found.queue, "pending", 1)  # or what is left could not be cancelled
        cli.output.note(
            f"{producers} producers and {workers} workers on MySQL {client.server_version}, "
            f"queue {found.queue}"
        )
        try:
            found.run(duration_s)
        finally:
            _show(cli, found)
            _clean_up(cli, client, found)


def _show(cli: Cli, found: Bench) -> None:
    records = [_record(found, operation) for operation in OPERATIONS]
    if records := [record for record in records if record["count"]]:
        cli.output.things(BENCH, records, _COLUMNS)


def _record(found: Bench, operation: str) -> dict[str, Any]:
    timings = found.timings[operation]
    count = len(timings.values_ms)
    return {
        "operation": operation,
        "count": count,
        "per_second": round(count / found.elapsed_s, 1) if found.elapsed_s else 0.0,
        "p50_ms": timings.percentile(0.5),
        "p95_ms": timings.percentile(0.95),
        "p99_ms": timings.percentile(0.99),
        "max_ms": timings.percentile(1),
    }


def _clean_up(cli: Cli, client: pyclient.Client, found: Bench) -> None:
    if not found.enqueued:
        return
    try:
        clean_up(client, found.queue)
    except AccessDenied:
        cli.output.note(
            f"the tasks of {found.queue} stay until their retention is over: deleting them takes"
            " the role admin"
        )

"""``celers maintenance``: do the duties of maintenance, look at them, change their pace."""

from __future__ import annotations

import time
from collections.abc import Callable

import click

from pyclient.cli._common import DURATION, Cli, common
from pyclient.client import Client

DUTY = "celers.duty/1"
RUN = "celers.duty_run/1"
_COLUMNS = (
    "duty",
    "is_enabled",
    "period_ms",
    "batch_limit",
    "overdue_ms",
    "last_at",
    "last_count",
    "last_ms",
    "last_error",
)
_RUN_COLUMNS = ("duty", "outcome", "runs", "row_count")
_DEFAULT_BATCH = 1000

#: The duties that have a call of their own; it answers with the number of rows it moved.
CALLS: dict[str, Callable[[Client, int], int]] = {
    "promote_due": lambda client, limit: client.call_promote_due(limit).promoted,
    "recover_expired": lambda client, limit: client.call_recover_expired(limit).recovered,
    "apply_priority_aging": lambda client, limit: (
        client.call_apply_priority_aging(limit=limit).raised
    ),
    "archive_completed_tasks": lambda client, limit: (
        client.call_archive_completed_tasks(limit=limit).deleted
    ),
    "apply_dlq_retention": lambda client, limit: (
        client.call_apply_dlq_retention(limit=limit).deleted
    ),
}


@click.group()
def maintenance() -> None:
    """Do the duties of maintenance, look at them, change their pace.

    Claims and the event scheduler do them by themselves. Where nobody claims and the scheduler is
    off, `celers maintenance run` from cron is enough.
    """


@maintenance.command()
@click.argument("duties", metavar="[DUTY]...", nargs=-1, type=click.Choice(list(CALLS)))
@click.option(
    "--batch", type=click.IntRange(1, 1000), help="Rows at a time, for a DUTY.  [default: 1000]"
)
@click.option(
    "--sleep",
    "sleep_s",
    type=DURATION,
    help="Pause between two batches of a DUTY.  [default: 50ms]",
)
@common
def run(cli: Cli, duties: tuple[str, ...], batch: int | None, sleep_s: float | None) -> None:
    """Do everything that is due; or each DUTY to its end, whether it is due or not.

    DUTY is promote_due, recover_expired, apply_priority_aging, archive_completed_tasks or
    apply_dlq_retention, and takes the role admin; what is due may be done with the role worker.
    Each batch is a transaction of its own, so that it can be ended at any time.
    """
    if duties:
        pause_s = 0.05 if sleep_s is None else sleep_s
        records = (_finished(cli, duty, batch or _DEFAULT_BATCH, pause_s) for duty in duties)
    elif batch is not None or sleep_s is not None:
        raise click.UsageError("--batch and --sleep are for a DUTY that is named")
    else:
        records = (row._asdict() for row in cli.client.call_tick())
    cli.output.things(RUN, records, _RUN_COLUMNS)


def _finished(cli: Cli, duty: str, batch: int, pause_s: float) -> dict[str, object]:
    """One duty, batch by batch, until a batch is not full."""
    runs = total = 0
    while True:
        count = CALLS[duty](cli.client, batch)
        runs, total = runs + 1, total + count
        if count < batch:
            return {"duty": duty, "outcome": "done", "runs": runs, "row_count": total}
        if cli.verbosity > 0:
            cli.output.note(f"{duty}: {total} rows so far")
        time.sleep(pause_s)


@maintenance.command("list")
@common
def list_duties(cli: Cli) -> None:
    """List the duties: how often, how much at a time, and how it went."""
    records = (row._asdict() for row in cli.client.call_get_maintenance())
    cli.output.things(DUTY, records, _COLUMNS)


@maintenance.command("set")
@click.argument("duty")
@click.option("--period", "period_s", type=DURATION, help="Time between two runs, 10ms to 1d.")
@click.option("--batch", type=click.IntRange(1, 1000), help="Rows at a time.")
@click.option("--enable/--disable", "is_enabled", default=None, help="Switch it on or off.")
@common
def set_duty(
    cli: Cli, duty: str, period_s: float | None, batch: int | None, is_enabled: bool | None
) -> None:
    """Change the pace of DUTY, or switch it on or off."""
    if period_s is None and batch is None and is_enabled is None:
        raise click.UsageError("nothing to set: --period, --batch, --enable or --disable")
    row = cli.client.call_set_maintenance(
        duty,
        period_ms=None if period_s is None else round(period_s * 1000),
        batch_limit=batch,
        is_enabled=is_enabled,
    )
    cli.output.thing(DUTY, row._asdict())

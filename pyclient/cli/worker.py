"""``celers worker``: run tasks, and look at who does."""

from __future__ import annotations

import traceback
from typing import Any

import click

from pyclient.cli._common import DURATION, Cli, common, dry_run, yes
from pyclient.cli._output import visible
from pyclient.cli._pages import record
from pyclient.config import load
from pyclient.config.flags import option

WORKER = "celers.worker/1"
_COLUMNS = ("worker_id", "status", "queues", "running", "heartbeat_age_s", "hostname", "pid")
_STALE_HELP = "Silence after which a worker counts as offline.  [default: 1m]"


@click.group()
def worker() -> None:
    """Run tasks, and look at who does."""


@worker.command()
@click.argument("app")
@common
@option("workers", "queues", "-Q", "--queues")
@option("workers", "queue_order", "--queue-order")
@option("workers", "pool", "--pool")
@option("workers", "concurrency", "-c", "--concurrency")
@option("workers", "initial_count", "-w", "--workers")
@option("workers", "prefetch", "--prefetch")
@option("workers", "lease_s", "--lease")
@option("workers", "burst", "--burst")
@option("workers", "max_tasks_per_child", "--max-tasks")
@option("workers", "max_memory_mb", "--max-memory")
@option("workers", "kill_memory_mb", "--kill-memory")
@option("workers", "shutdown_grace_period", "--shutdown-grace")
@option("workers", "hard_timeout_after_s", "--hard-timeout-after")
@option("workers", "health_host", "--health-host")
@option("workers", "health_port", "--health-port")
@option("workers", "heartbeat_file", "--heartbeat-file")
@option("workers", "watch", "--watch")
@option("workers", "worker_prefix", "--worker-prefix")
@option("autoscaler", "enabled", "-a", "--enable-autoscaler")
@click.option("--autoscale", metavar="MIN,MAX", help="The same, between so many processes.")
@option("autoscaler", "advise_only", "--advise-only")
@option("autoscaler", "min_workers", "--autoscaler-min-workers")
@option("autoscaler", "max_workers", "--autoscaler-max-workers")
@option("autoscaler", "consecutive_signals_required", "--autoscaler-consecutive-signals")
@option("scheduler", "enabled", "-s", "--enable-scheduler")
@option("logging", "level", "--log-level")
@option("logging", "format", "--log-format")
@click.pass_context
def run(ctx: click.Context, cli: Cli, /, app: str, autoscale: str | None, **flags: Any) -> None:
    """Run the tasks of APP, which is package.module:app.

    SIGTERM or Ctrl-C ends it after the running tasks, for which they have the grace period; a
    second one ends it at once, and what is given up runs again. The exit code is 1 if how a task
    ended could not be handed in.
    """
    from pyclient import logs
    from pyclient.worker.service import Service

    if autoscale is not None:
        flags |= _bounds(autoscale)
    settings = load(cli.config, flags | {"dsn": cli.dsn})
    logs.configure(settings.logging.level, settings.logging.format)
    try:
        service = Service(settings, app, settings.dsn or cli.where())
    except Exception as error:
        if (own := _own_traceback(error)) is not None:
            click.echo(visible(own, keep="\n"), err=True, nl=False)
            raise click.ClickException(f"{app} cannot be imported") from error
        if isinstance(error, ValueError):
            raise click.BadParameter(str(error), param_hint="APP") from error
        raise
    ctx.exit(service.run())


def _own_traceback(error: Exception) -> str | None:
    """The traceback from the app's module on, None where the error is not from its import."""
    trace, is_importing = error.__traceback__, False
    while trace is not None:
        was_importing = is_importing
        is_importing = trace.tb_frame.f_code.co_filename.startswith("<frozen importlib")
        if was_importing and not is_importing:
            break
        trace = trace.tb_next
    if trace is None and not isinstance(error, SyntaxError):
        return None
    return "".join(traceback.format_exception(type(error), error, trace))


def _bounds(text: str) -> dict[str, Any]:
    least, _, most = text.partition(",")
    if not (least.isdigit() and most.isdigit()):
        raise click.BadParameter("is of the form MIN,MAX", param_hint="--autoscale")
    return {
        "autoscaler__enabled": True,
        "autoscaler__min_workers": int(least),
        "autoscaler__max_workers": int(most),
    }


@worker.command("list")
@click.option("--stale-after", "stale_s", type=DURATION, default=60.0, help=_STALE_HELP)
@common
def list_workers(cli: Cli, stale_s: float) -> None:
    """List the workers: each process of each of them, the last heard of first."""
    rows = cli.client.call_list_workers(max(1, round(stale_s)))
    cli.output.things(WORKER, map(record, rows), _COLUMNS)
    if not rows:
        cli.output.note("no worker is registered")


@worker.command()
@click.option("--older-than", "age_s", type=DURATION, default=3600.0, show_default="1h")
@dry_run
@yes
@common
def reap(cli: Cli, age_s: float, dry_run: bool, is_sure: bool) -> None:
    """Forget workers that were not heard of for long.

    It only takes them off the list. Their tasks come back by themselves when their leases run out.
    """
    rows = cli.client.call_list_workers(max(1, round(age_s)))
    silent = [row for row in rows if row.heartbeat_age_s > age_s]
    if dry_run or not silent:
        cli.output.things(WORKER, map(record, silent), _COLUMNS)
        cli.output.note(f"{len(silent)} of {len(rows)} workers were silent for so long")
        return
    cli.confirm(f"Forget {len(silent)} of {len(rows)} workers?", is_sure=is_sure)
    gone = [cli.client.call_unregister_worker(row.worker_id) for row in silent]
    cli.output.things(WORKER, map(record, gone), ("worker_id", "deleted"))

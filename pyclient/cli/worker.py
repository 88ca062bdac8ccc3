"""``celers worker``: run tasks."""

from __future__ import annotations

import functools
import os
from typing import Any

import click

from pyclient.dsn import from_environment
from pyclient.worker.config import WorkerConfig, log_to_stderr
from pyclient.worker.supervisor import Supervisor

_LEVELS = ("debug", "info", "warning", "error")
_option = functools.partial(click.option, show_envvar=True)


@click.command(context_settings={"show_default": True})
@click.argument("app")
@_option("--dsn", envvar="CELERS_DSN", help="mysql://user:password@host:3306/database")
@_option(
    "-Q",
    "--queues",
    default="default",
    envvar="CELERS_QUEUES",
    help="Names separated by commas, in order of preference.",
)
@_option(
    "-c",
    "--concurrency",
    type=click.IntRange(1, 1000),
    default=lambda: os.cpu_count() or 1,
    show_default="number of processors",
    envvar="CELERS_CONCURRENCY",
    help="Processes; each runs one task at a time.",
)
@_option(
    "--prefetch",
    type=click.IntRange(1, 1000),
    default=1,
    envvar="CELERS_PREFETCH",
    help="Tasks that a process claims at a time: more for many short ones.",
)
@_option(
    "--lease",
    "lease_s",
    type=click.IntRange(3, 86_400),
    default=60,
    envvar="CELERS_LEASE",
    help="Seconds after which the tasks of a process that died come back.",
)
@_option(
    "--burst",
    is_flag=True,
    envvar="CELERS_BURST",
    help="End when no task is ready. Scheduled ones, retries too, are not waited for.",
)
@_option(
    "--log-level",
    type=click.Choice(_LEVELS, case_sensitive=False),
    default="info",
    envvar="CELERS_LOG_LEVEL",
    help="On stderr, one line per event.",
)
@click.pass_context
def worker(
    ctx: click.Context, /, app: str, dsn: str | None, burst: bool, log_level: str, **options: Any
) -> None:
    """Run the tasks of APP, which is package.module:app.

    SIGTERM or Ctrl-C ends it after the running tasks, a second one at once; the exit code is 1 if
    how a task ended could not be handed in.
    """
    config = WorkerConfig(
        place=app, dsn=from_environment(dsn), is_burst=burst, log_level=log_level, **options
    )
    log_to_stderr(log_level)
    try:
        supervisor = Supervisor(config)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="APP") from error
    ctx.exit(supervisor.run())

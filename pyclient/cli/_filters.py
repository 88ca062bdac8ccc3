"""The options that say which tasks are meant."""

from __future__ import annotations

import click

from pyclient.cli._complete import complete_queue, complete_task

of_queue = click.option(
    "-Q", "--queue", metavar="NAME", shell_complete=complete_queue, help="Only of this queue."
)
of_task = click.option(
    "--task", "task_name", metavar="NAME", shell_complete=complete_task, help="Only of this name."
)
most = click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(1, 1_000_000),
    default=100,
    show_default=True,
    help="At most so many.",
)
begin_below = click.option(
    "--after", "--cursor", type=click.UUID, metavar="ID", help="Begin below this task."
)

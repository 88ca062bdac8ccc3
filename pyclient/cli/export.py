"""``celers export``: tasks as lines of JSON, with all that is needed to enqueue them again."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import click

from pyclient.cli._common import Cli, common
from pyclient.cli._exported import write_line
from pyclient.cli._filters import of_queue, of_task
from pyclient.cli._output import as_json, as_number, count_of
from pyclient.cli._pages import pages
from pyclient.cli.task import STATES
from pyclient.errors import NotFound


@click.command()
@of_queue
@click.option("--state", type=click.Choice(STATES), default="pending", show_default=True)
@of_task
@common
def export(cli: Cli, queue: str | None, state: str, task_name: str | None) -> None:
    """Write tasks to stdout, one JSON object a line, the oldest first.

    `celers import` reads them. Nothing is taken out of the queue; tasks that move on while others
    are written are left out.
    """
    page = functools.partial(cli.client.call_list_tasks, queue, state, task_name=task_name)
    write_tasks(cli, [row.task_id for row in pages(page)], state)


def write_tasks(cli: Cli, newest_first: Sequence[str], state: str) -> None:
    """Write the tasks that are still in this state, the last of the list first.

    The order of the lines is the order in which an import enqueues them.
    """
    count = 0
    for task_id in cli.output.track(newest_first[::-1], "export"):
        try:
            task = cli.client.call_get_task(task_id)
        except NotFound:
            continue
        if task.state == state:
            click.echo(as_json(write_line(task)))
            count += 1
    moved = len(newest_first) - count
    tail = f", {as_number(moved)} had moved on" if moved else ""
    cli.output.note(f"{count_of(count, 'task')}{tail}")

"""``celers task``: look at tasks, follow them, and change what becomes of them."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import click

from pyclient.cli import _tail
from pyclient.cli._common import Cli, common, dry_run, yes
from pyclient.cli._each import OUTCOME, deleting, show_change, show_each
from pyclient.cli._filters import begin_below, most, of_queue, of_task
from pyclient.cli._group import CONFLICT, NOT_FOUND
from pyclient.cli._output import as_number, count_of
from pyclient.cli._pages import pages, record
from pyclient.cli._shown import describe
from pyclient.cli._watch import ENDED
from pyclient.errors import NotFound

TASK = "celers.task/1"
STATES = ("pending", "processing", "completed", "failed", "cancelled", "expired", "dead")
_COLUMNS = ("task_id", "queue", "task_name", "state", "attempt", "created_at", "error")
_AT_A_TIME = 1000

_ids = click.argument("task_ids", metavar="ID...", type=click.UUID, nargs=-1, required=True)


@click.group()
def task() -> None:
    """Look at tasks, follow them, and change what becomes of them."""


@task.command("list")
@of_queue
@click.option("--state", type=click.Choice(STATES), help="Only in this state.")
@of_task
@most
@begin_below
@common
def list_tasks(
    cli: Cli,
    queue: str | None,
    state: str | None,
    task_name: str | None,
    limit: int,
    after: UUID | None,
) -> None:
    """List tasks, the newest first."""
    page = functools.partial(cli.client.call_list_tasks, queue, state, task_name=task_name)
    rows = list(itertools.islice(pages(page, after=after, size=limit), limit))
    cli.output.things(TASK, map(record, rows), _COLUMNS)
    if not rows:
        cli.output.note("no task is like that")
    elif len(rows) == limit:
        cli.output.note(f"there may be more: --after {rows[-1].task_id}")


@task.command()
@click.argument("task_id", metavar="ID", type=click.UUID)
@click.option("--show-payload", "has_payload", is_flag=True, help="The payload too.")
@common
def show(cli: Cli, task_id: UUID, has_payload: bool) -> None:
    """Show all there is to know of one task."""
    cli.output.thing(TASK, describe(cli, str(task_id), has_payload=has_payload))


@task.command()
@_ids
@common
def retry(cli: Cli, task_ids: Sequence[UUID]) -> None:
    """Put dead letters back into their queues."""
    show_each(cli, list(map(str, task_ids)), cli.client.call_requeue_from_dlq)


@task.command()
@_ids
@click.option("--reason", help="Kept as the error of a task that waited.")
@common
def cancel(cli: Cli, task_ids: Sequence[UUID], reason: str | None) -> None:
    """Cancel tasks that wait, and ask the workers of those that run to stop them."""
    rows = [
        row
        for start in range(0, len(task_ids), _AT_A_TIME)
        for row in cli.client.call_cancel_batch(
            list(map(str, task_ids[start : start + _AT_A_TIME])), reason=reason
        )
    ]
    cli.output.things(OUTCOME, map(record, rows), ("task_id", "outcome"))
    outcomes = {row.outcome for row in rows}
    if "not_found" in outcomes:
        raise SystemExit(NOT_FOUND)
    if not outcomes <= {"cancelled", "cancel_requested"}:
        raise SystemExit(CONFLICT)


@task.command()
@_ids
@dry_run
@yes
@common
def delete(cli: Cli, task_ids: Sequence[UUID], dry_run: bool, is_sure: bool) -> None:
    """Delete tasks that have ended, with their history and results; cancel others first."""
    named = list(map(str, task_ids))
    ended = sum(_has_ended(cli, task_id) for task_id in named)
    what = f"{as_number(ended)} of {count_of(len(named), 'task')}"
    if dry_run:
        show_change(cli, "delete", what, ended, None)
        return
    if ended:
        cli.confirm(f"Delete {what}?", is_sure=is_sure)
    show_each(cli, named, deleting(cli.client.call_delete_task))


def _has_ended(cli: Cli, task_id: str) -> bool:
    try:
        return cli.client.call_get_task(task_id).state in ENDED
    except NotFound:
        return False


@task.command()
@click.argument("task_id", metavar="[ID]", type=click.UUID, required=False)
@of_queue
@of_task
@common
def tail(cli: Cli, task_id: UUID | None, **filters: Any) -> None:
    """Follow new tasks, or the changes of one task until it has ended.

    Of one task the exit code is 1 if it ended in any other way than completed.
    """
    if task_id is None:
        _tail.follow_new(cli, TASK, **filters)
    elif any(filters.values()):
        raise click.UsageError("one task needs no --queue and no --task")
    else:
        _tail.follow_one(cli, TASK, str(task_id))

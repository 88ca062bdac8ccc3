"""``celers dlq``: look at dead letters, put them back, delete them."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import click

from pyclient._generated import ListDlqRow
from pyclient.cli._common import DURATION, Cli, common, dry_run, yes
from pyclient.cli._each import change_each, deleting, in_batches, show_change, show_each
from pyclient.cli._filters import begin_below, most, of_queue, of_task
from pyclient.cli._output import as_number, count_of
from pyclient.cli._pages import pages, record
from pyclient.cli._shown import describe
from pyclient.cli.export import write_tasks
from pyclient.errors import Conflict

DEAD_LETTER = "celers.dead_letter/1"
_COLUMNS = ("task_id", "queue", "task_name", "reason", "errors", "died_at", "error")
_LEAST_RETENTION_S = 3600

_ids = click.argument("task_ids", metavar="[ID...]", type=click.UUID, nargs=-1)
_all = click.option("--all", "is_all", is_flag=True, help="All dead letters that there are.")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which dead letters are meant.

    Attributes:
        queue: only of this queue, None = any.
        task_name: only of this name, None = any.
        error: only where the error contains this text, None = any.
        older_s: only those that died longer ago than this many seconds, None = any.
    """

    queue: str | None
    task_name: str | None
    error: str | None
    older_s: float | None

    def rows(self, cli: Cli, **start: Any) -> Iterator[ListDlqRow]:
        """The dead letters, the newest tasks first."""
        page = functools.partial(
            cli.client.call_list_dlq,
            self.queue,
            task_name=self.task_name,
            error_contains=self.error,
        )
        found = pages(page, **start)
        if self.older_s is None:
            return found
        latest = datetime.now(UTC) - timedelta(seconds=self.older_s)
        return (row for row in found if row.died_at < latest)

    @property
    def age_s(self) -> int | None:
        """The age, where celers_apply_dlq_retention can find them by it; else None."""
        if self.older_s is None or self.older_s < _LEAST_RETENTION_S:
            return None
        return math.ceil(self.older_s) if self.task_name is None and self.error is None else None

    @property
    def is_empty(self) -> bool:
        """Whether it lets everything pass."""
        return self == Filter(None, None, None, None)


def _filtered(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the filters; it gets them as the Filter ``only``."""

    @of_queue
    @of_task
    @click.option("--error", metavar="TEXT", help="Only where the error contains this text.")
    @click.option("--older-than", "older_s", type=DURATION, help="Only those dead for longer.")
    @functools.wraps(command)
    def with_filter(
        queue: str | None,
        task_name: str | None,
        error: str | None,
        older_s: float | None,
        **rest: Any,
    ) -> Any:
        return command(only=Filter(queue, task_name, error, older_s), **rest)

    return with_filter


@click.group()
def dlq() -> None:
    """Look at dead letters, put them back, delete them."""


@dlq.command("list")
@_filtered
@most
@begin_below
@common
def list_dlq(cli: Cli, only: Filter, limit: int, after: UUID | None) -> None:
    """List dead letters, the newest tasks first."""
    rows = list(itertools.islice(only.rows(cli, after=after, size=limit), limit))
    cli.output.things(DEAD_LETTER, map(record, rows), _COLUMNS)
    if not rows:
        cli.output.note("no dead letter is like that")
    elif len(rows) == limit:
        cli.output.note(f"there may be more: --after {rows[-1].task_id}")


@dlq.command()
@click.argument("task_id", metavar="ID", type=click.UUID)
@click.option("--show-payload", "has_payload", is_flag=True, help="The payload too.")
@common
def show(cli: Cli, task_id: UUID, has_payload: bool) -> None:
    """Show all there is to know of one dead letter."""
    task = describe(cli, str(task_id), has_payload=has_payload)
    just_above = UUID(int=min(task_id.int + 1, 2**128 - 1))
    rows = cli.client.call_list_dlq(limit=1, after_id=just_above)
    if not rows or rows[0].task_id != task["task_id"]:
        raise Conflict(f"the task is no dead letter: it is {task['state']}")
    cli.output.thing(DEAD_LETTER, {**record(rows[0]), **task})


@dlq.command()
@_ids
@_filtered
@_all
@dry_run
@yes
@common
def retry(cli: Cli, only: Filter, is_sure: bool, **chosen: Any) -> None:
    """Put dead letters back into their queues: these ones, or all that pass the filters."""
    is_named = bool(chosen["task_ids"])
    _change(cli, only, "requeue", cli.client.call_requeue_from_dlq, is_sure or is_named, **chosen)


@dlq.command()
@_ids
@_filtered
@_all
@dry_run
@yes
@common
def purge(cli: Cli, only: Filter, is_sure: bool, **chosen: Any) -> None:
    """Delete dead letters for good: these ones, or all that pass the filters."""
    one = deleting(cli.client.call_purge_dlq)
    # by age alone the server does it a thousand at a time
    age_s = only.age_s
    many = cli.client.call_apply_dlq_retention
    at_once = None if age_s is None else functools.partial(in_batches, many, only.queue, age_s)
    _change(cli, only, "delete", one, is_sure, at_once=at_once, **chosen)


def _change(
    cli: Cli,
    only: Filter,
    verb: str,
    call: Callable[[str], Any],
    is_sure: bool,
    *,
    at_once: Callable[[], int] | None = None,
    task_ids: Sequence[UUID],
    is_all: bool,
    dry_run: bool,
) -> None:
    """Do it to the dead letters that are named, or to all that pass the filters."""
    if task_ids and (is_all or not only.is_empty):
        raise click.UsageError("give ids, or filters, or --all")
    if not task_ids and only.is_empty and not is_all:
        raise click.UsageError("say which: ids, filters, or --all")
    named = [str(task_id) for task_id in task_ids]
    found = named or [row.task_id for row in only.rows(cli)]
    total = max(len(found), cli.client.call_queue_size(only.queue).dead)
    what = f"{as_number(len(found))} of {count_of(total, 'dead letter')}"
    if dry_run:
        show_change(cli, verb, what, len(found), None)
        return
    if found:
        cli.confirm(f"{verb.capitalize()} {what}?", is_sure=is_sure)
    if named:
        show_each(cli, named, call)
    elif at_once is not None:
        show_change(cli, verb, what, len(found), at_once())
    else:
        change_each(cli, verb, what, found, call)


@dlq.command()
@_filtered
@common
def export(cli: Cli, only: Filter) -> None:
    """Write dead letters to stdout, one JSON object a line, as `celers export` does."""
    write_tasks(cli, [row.task_id for row in only.rows(cli)], "dead")

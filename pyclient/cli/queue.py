"""``celers queue``: look at queues, stop and resume them, empty and configure them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from pyclient.cli._common import Cli, common, dry_run, yes
from pyclient.cli._complete import complete_queue
from pyclient.cli._each import in_batches, show_change
from pyclient.cli._output import count_of
from pyclient.cli._pages import record
from pyclient.cli._rights import advice
from pyclient.cli._settings import read_settings
from pyclient.errors import AccessDenied, NotFound

QUEUE = "celers.queue/1"
STATE = "celers.queue_state/1"
CONFIG = "celers.queue_config/1"
_SIZES = ("ready", "scheduled", "running", "dead")
_WAITING = ("ready", "scheduled")
_COLUMNS = ("queue", "is_paused", *_SIZES, "oldest_ready_s", "workers")
_FLOW = ("tasks_per_second", "completed_last_hour", "failed_last_hour", "wait_p95_ms", "run_p95_ms")

_name = click.argument("name", metavar="QUEUE", shell_complete=complete_queue)
_names = click.argument(
    "names", metavar="QUEUE...", nargs=-1, required=True, shell_complete=complete_queue
)


@click.group()
def queue() -> None:
    """Look at queues, stop and resume them, empty and configure them."""


@queue.command("list")
@common
def list_queues(cli: Cli) -> None:
    """List the queues that have tasks or settings."""
    rows = cli.client.call_list_queues()
    cli.output.things(QUEUE, map(record, rows), _COLUMNS)
    if not rows:
        cli.output.note("there is no queue yet")


@queue.command()
@_name
@common
def show(cli: Cli, name: str) -> None:
    """Show how one queue is doing."""
    fields = dict.fromkeys((*_COLUMNS, *_FLOW))
    try:
        found = _all_of(cli, name)
    except AccessDenied as error:
        cli.output.note(f"not all is shown: {advice(error, cli.where().database) or error}")
        found = {**record(cli.client.call_is_paused(name)), **_sizes(cli, name)}
    cli.output.thing(QUEUE, fields | found)


def _all_of(cli: Cli, name: str) -> dict[str, Any]:
    """What the role viewer may see."""
    row = next((row for row in cli.client.call_list_queues() if row.queue == name), None)
    if row is None:
        raise NotFound(f"there is no queue {name}")
    flow = {
        **record(cli.client.call_get_task_throughput(name)),
        **record(cli.client.call_get_task_latency_percentiles(name)),
    }
    return record(row) | {key: flow[key] for key in _FLOW}


def _sizes(cli: Cli, name: str) -> dict[str, Any]:
    return record(cli.client.call_queue_size(name))


@queue.command()
@_names
@common
def pause(cli: Cli, names: Sequence[str]) -> None:
    """Stop handing out tasks; what runs goes on."""
    rows = [cli.client.call_pause(name) for name in names]
    cli.output.things(STATE, map(record, rows), ("queue", "is_paused"))


@queue.command()
@_names
@common
def resume(cli: Cli, names: Sequence[str]) -> None:
    """Hand out tasks again."""
    rows = [cli.client.call_resume(name) for name in names]
    cli.output.things(STATE, map(record, rows), ("queue", "is_paused"))


@queue.command()
@_name
@click.option("--state", type=click.Choice(("ready", "scheduled")), help="Only these.")
@dry_run
@yes
@common
def purge(cli: Cli, name: str, state: str | None, dry_run: bool, is_sure: bool) -> None:
    """Delete the tasks of a queue that wait; what runs and dead letters stay."""
    sizes = _sizes(cli, name)
    count = sum(sizes[each] for each in _WAITING if state in (None, each))
    what = f"{count_of(count, 'waiting task')} of {name}"
    if dry_run:
        show_change(cli, "delete", what, count, None)
        return
    if count:
        cli.confirm(f"Delete {what}?", is_sure=is_sure)
    deleted = in_batches(cli.client.call_purge_queue, name, state=state)
    show_change(cli, "delete", what, count, deleted)


@queue.group()
def config() -> None:
    """Look at the settings of a queue, and change them."""


@config.command()
@click.argument("name", metavar="[QUEUE]", default="*", shell_complete=complete_queue)
@common
def get(cli: Cli, name: str) -> None:
    """Show the settings that hold for a queue; without one, the defaults of all."""
    cli.output.thing(CONFIG, record(cli.client.call_get_queue_config(name)))


@config.command("set")
@_name
@click.argument("words", metavar="KEY=VALUE...", nargs=-1, required=True)
@common
def set_config(cli: Cli, name: str, words: Sequence[str]) -> None:
    """Change settings of a queue; KEY=default takes one back, and QUEUE '*' means all queues.

    Spans of time may be written as 90, 10s, 5m, 2h30m or 7d.
    """
    settings = read_settings("celers_set_queue_config", words)
    cli.output.thing(CONFIG, record(cli.client.call_set_queue_config(name, **settings)))

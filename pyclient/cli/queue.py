"""``celers queue``: look at queues, stop and resume them, empty and configure them."""

from __future__ import annotations

import click

from pyclient.cli._common import Cli, common

QUEUE = "celers.queue/1"
_COLUMNS = ("queue", "is_paused", "ready", "scheduled", "running", "dead")


@click.group()
def queue() -> None:
    """Look at queues, stop and resume them, empty and configure them."""


@queue.command("list")
@common
def list_queues(cli: Cli) -> None:
    """List the queues that have tasks or settings."""
    cli.output.things(QUEUE, (row._asdict() for row in cli.client.call_list_queues()), _COLUMNS)

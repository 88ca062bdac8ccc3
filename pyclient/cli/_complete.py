"""Names of queues and tasks for the shell's completion: quick, or none at all."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import replace

import click
from click.shell_completion import CompletionItem

import pyclient
from pyclient._retry import RetryPolicy
from pyclient.cli._output import visible
from pyclient.client import Client
from pyclient.dsn import from_environment
from pyclient.errors import CelersError

_PATIENCE_S = 1
_TASKS_LOOKED_AT = 200


def _queues(client: Client) -> Iterable[str]:
    return (row.queue for row in client.call_list_queues())


def _tasks(client: Client) -> Iterable[str]:
    return (row.task_name for row in client.call_list_tasks(limit=_TASKS_LOOKED_AT))


def _names(
    found: Callable[[Client], Iterable[str]],
) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    def complete(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        # Nothing is said while somebody types: no server, no right, no name.
        with contextlib.suppress(CelersError):
            dsn = replace(
                from_environment(ctx.params.get("dsn")),
                connect_timeout=_PATIENCE_S,
                read_timeout=_PATIENCE_S,
                write_timeout=_PATIENCE_S,
            )
            with pyclient.connect(dsn, retry=RetryPolicy(1, 0, 0)) as client:
                names = sorted(set(found(client)))
            return [
                CompletionItem(name)
                for name in names
                if name.startswith(incomplete) and name == visible(name) and not name.isspace()
            ]
        return []

    return complete


complete_queue = _names(_queues)
complete_task = _names(_tasks)

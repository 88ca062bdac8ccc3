"""``celers task tail``: new tasks as they come, or the changes of one task."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from uuid import UUID

from pyclient._generated import ListTasksRow
from pyclient.cli._common import Cli
from pyclient.cli._group import FAILED
from pyclient.cli._pages import record
from pyclient.cli._shown import without_payload
from pyclient.cli._watch import changes

_Page = Callable[..., list[ListTasksRow]]

_PAUSE_S = 0.5
_PAGE = 200
_NEW = ("created_at", "task_id", "queue", "task_name", "state")
_CHANGED = ("task_id", "state", "attempt", "worker_id", "error")


def follow_one(cli: Cli, schema: str, task_id: str) -> None:
    """Show the task at each change until it has ended; code 1 unless it is completed."""
    state = ""

    def records() -> Iterator[dict[str, object]]:
        nonlocal state
        for task in changes(cli.client, task_id):
            state = task.state
            yield without_payload(task)

    cli.output.stream(schema, records(), _CHANGED)
    if state != "completed":
        raise SystemExit(FAILED)


def follow_new(cli: Cli, schema: str, *, queue: str | None, task_name: str | None) -> None:
    """Show tasks as they are enqueued, until the user ends it."""
    page = functools.partial(cli.client.call_list_tasks, queue, limit=_PAGE, task_name=task_name)
    known = page(after_id=_tomorrow())
    cli.output.stream(schema, map(record, _new_tasks(page, known)), _NEW)


def _new_tasks(page: _Page, known: list[ListTasksRow]) -> Iterator[ListTasksRow]:
    """Tasks that were not known at first.

    A new task is not always the first of the list, because clocks differ and an id is made before
    its task is committed: each look goes back over a part of what the look before has seen. Ids
    that are not made of the time (those of tasks with a key) are passed over.
    """
    while True:
        seen = {row.task_id for row in known}
        newest, oldest = (known[0].task_id, known[-1].task_id) if known else ("", "")
        time.sleep(_PAUSE_S)
        known = _look(page, newest)
        new = (row for row in known if row.task_id not in seen and row.task_id > oldest)
        yield from reversed(list(new))


def _look(page: _Page, newest: str) -> list[ListTasksRow]:
    """The first of the list, down to a page that reaches below the newest one known."""
    found: list[ListTasksRow] = []
    after = _tomorrow()
    while rows := page(after_id=after):
        found += rows
        after = rows[-1].task_id
        if after < newest:
            break
    return found


def _tomorrow() -> str:
    """The first id of a day from now."""
    return str(UUID(int=(time.time_ns() // 1_000_000 + 86_400_000) << 80))

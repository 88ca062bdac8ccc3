"""Following one task until it has ended."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

from pyclient._generated import GetTaskRow
from pyclient.client import Client

ENDED = frozenset(("completed", "failed", "cancelled", "expired", "dead"))
_FIRST_PAUSE_S, _LONGEST_PAUSE_S, _GROWTH = 0.05, 1.0, 1.3


def changes(client: Client, task_id: str, timeout_s: float | None = None) -> Iterator[GetTaskRow]:
    """The task as it is, and again whenever its state, attempt, due time or error has changed.

    The last one has ended, unless timeout_s has passed before.

    Raises:
        TaskNotFound: there is no such task, or its record was deleted meanwhile.
    """
    give_up_at = None if timeout_s is None else time.monotonic() + timeout_s
    seen = None
    for count in itertools.count():
        task = client.call_get_task(task_id)
        now = (task.state, task.attempt, task.due_at, task.error, task.cancel_requested_at)
        if now != seen:
            yield task
            seen = now
        if task.state in ENDED or (give_up_at is not None and time.monotonic() >= give_up_at):
            return
        pause_s = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * _GROWTH ** min(count, 20))
        if give_up_at is not None:
            pause_s = min(pause_s, max(0.0, give_up_at - time.monotonic()))
        time.sleep(pause_s)

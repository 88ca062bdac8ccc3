"""What takes items away: an app's way to the server."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Protocol, TypeVar

from pyclient.app.handle import TaskHandle
from pyclient.app.item import Item
from pyclient.client import Client
from pyclient.errors import TaskIdReused, TaskNotFound
from pyclient.types import RawJson

R = TypeVar("R")
#: The most tasks that celers_enqueue_batch takes.
_BATCH = 1000


class Sender(Protocol):
    """Takes items away. An app's can be replaced, by one that runs them at once say."""

    def send(self, item: Item[R]) -> TaskHandle[R]:
        """Send one."""

    def send_many(self, items: Sequence[Item[R]]) -> list[TaskHandle[R]]:
        """Send many of one queue; the handles are in the order of the items."""


class DatabaseSender:
    """Sends to the server."""

    def send(self, item: Item[R]) -> TaskHandle[R]:
        """Enqueue one task."""
        payload = RawJson(item.payload) if isinstance(item.payload, str) else item.payload
        client = item.client or item.app.client
        try:
            row = client.call_enqueue(item.queue, item.task_name, payload, **item.all_options())
        except TaskIdReused:
            if not (item.is_unlike_itself and _stands_already(item, client)):
                raise
            return TaskHandle(item.app, item.task_id, created=False)
        return TaskHandle(item.app, row.task_id, created=row.created)

    def send_many(self, items: Sequence[Item[R]]) -> list[TaskHandle[R]]:
        """Enqueue tasks in batches of at most 1000, each of them a transaction."""
        handles: list[TaskHandle[R]] = []
        for (_, goes_alone), group in groupby(items, _companions):
            neighbours = list(group)
            if goes_alone:
                handles += map(self.send, neighbours)
                continue
            for start in range(0, len(neighbours), _BATCH):
                handles += _send_batch(neighbours[start : start + _BATCH])
        return handles


def _companions(item: Item[object]) -> tuple[int, bool]:
    return id(item.client), item.is_unlike_itself


def _send_batch(items: Sequence[Item[R]]) -> list[TaskHandle[R]]:
    client = items[0].client or items[0].app.client
    rows = client.call_enqueue_batch(items[0].queue, [item.as_batch_item() for item in items])
    return [
        TaskHandle(item.app, row.task_id, created=row.created)
        for item, row in zip(items, rows, strict=True)
    ]


def _stands_already(item: Item[object], client: Client) -> bool:
    """Whether the task that has this id already is the same, once decoded."""
    try:
        known = client.call_get_task(item.task_id)
    except TaskNotFound:  # younger than the snapshot of the caller's transaction
        return False
    payload = known.payload if known.payload_binary is None else known.payload_binary
    codec = item.app.codec
    return (
        (known.queue, known.task_name) == (item.queue, item.task_name)
        and payload is not None
        and codec.decode(payload, known.content_type)
        == codec.decode(item.payload, item.content_type or "")
    )

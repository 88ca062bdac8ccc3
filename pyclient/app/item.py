"""One task ready to be sent, and what sends it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from pyclient._encode import new_uuid
from pyclient.app.handle import TaskHandle
from pyclient.app.options import keyed_id
from pyclient.client import Client
from pyclient.types import RawJson

if TYPE_CHECKING:
    from pyclient.app.application import App

R = TypeVar("R", covariant=True)
#: The most tasks that celers_enqueue_batch takes.
BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Generic[R]):
    """One task ready to be sent: what ``task.item(…)`` makes and ``app.enqueue_many()`` takes.

    Attributes:
        app: that it is sent by.
        task_id: the id that it will have.
        queue: where it goes.
        task_name: its name.
        payload: the encoded arguments, JSON text or bytes.
        content_type: media type of the payload, None = application/json.
        options: what else celers_enqueue is told, in its words.
        headers: handed to the worker with it.
        client: of the caller's, None = that of the app.
    """

    app: App = field(repr=False)
    task_id: str
    queue: str
    task_name: str
    payload: str | bytes
    content_type: str | None
    options: Mapping[str, Any]
    headers: Mapping[str, Any]
    client: Client | None = None

    def all_options(self) -> dict[str, Any]:
        """The options of celers_enqueue, the id, the headers and the content type among them."""
        chosen = {"task_id": self.task_id, **self.options}
        if self.headers:
            chosen["headers"] = dict(self.headers)
        if self.content_type is not None:
            chosen["content_type"] = self.content_type
        return chosen

    def as_batch_item(self) -> dict[str, Any]:
        """It as one item of ``call_enqueue_batch(item.queue, items)``."""
        payload = (
            {"payload": self.payload}
            if isinstance(self.payload, str)
            else {"payload_base64": base64.b64encode(self.payload).decode()}
        )
        return {"task_name": self.task_name, **payload, **self.all_options()}


def make_item(
    app: App,
    task_name: str,
    value: Any,
    options: Mapping[str, Any],
    *,
    queue: str,
    key: str | None = None,
    client: Client | None = None,
) -> Item[Any]:
    """Encode a value and give it its id.

    Args:
        app: that sends it, by whose codec the value is encoded.
        task_name: the name.
        value: arguments; RawJson is sent as it is.
        options: in the words of celers_enqueue.
        queue: where it goes.
        key: that the id is made of, None = a new id.
        client: to send it through, None = the app's.

    Raises:
        InvalidArgument: the value cannot be encoded.
    """
    payload, content_type = app.codec.encode(value)
    return Item(
        app=app,
        task_id=new_uuid() if key is None else keyed_id(task_name, key),
        queue=queue,
        task_name=task_name,
        payload=payload,
        content_type=content_type,
        options={name: chosen for name, chosen in options.items() if name != "headers"},
        headers=options.get("headers", {}),
        client=client,
    )


class Sender(Protocol):
    """What takes items away. An app's can be replaced, by one that runs them at once say."""

    def send(self, item: Item[R]) -> TaskHandle[R]:
        """Send one."""

    def send_many(self, items: Sequence[Item[R]]) -> list[TaskHandle[R]]:
        """Send many; the handles are in the order of the items."""


class DatabaseSender:
    """Sends to the server."""

    def send(self, item: Item[R]) -> TaskHandle[R]:
        """Enqueue one task."""
        payload = RawJson(item.payload) if isinstance(item.payload, str) else item.payload
        client = item.client or item.app.client
        row = client.call_enqueue(item.queue, item.task_name, payload, **item.all_options())
        return TaskHandle(item.app, row.task_id, created=row.created)

    def send_many(self, items: Sequence[Item[R]]) -> list[TaskHandle[R]]:
        """Enqueue tasks in batches: neighbours of one queue go together, 1000 at a time."""
        handles: list[TaskHandle[R]] = []
        for (queue, _), group in groupby(items, lambda item: (item.queue, id(item.client))):
            neighbours = list(group)
            client = neighbours[0].client or neighbours[0].app.client
            for start in range(0, len(neighbours), BATCH):
                batch = neighbours[start : start + BATCH]
                rows = client.call_enqueue_batch(queue, [item.as_batch_item() for item in batch])
                handles += [
                    TaskHandle(item.app, row.task_id, created=row.created)
                    for item, row in zip(batch, rows, strict=True)
                ]
        return handles

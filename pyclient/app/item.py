"""One task ready to be sent."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pyclient._encode import new_uuid
from pyclient.app.options import keyed_id
from pyclient.client import Client

if TYPE_CHECKING:
    from pyclient.app.application import App

R = TypeVar("R", covariant=True)


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
        key: idempotency key that the id is made of, or None.
        client: of the caller's, None = that of the app.
    """

    app: App = field(repr=False)
    task_id: str
    queue: str
    task_name: str
    payload: str | bytes = field(repr=False)
    content_type: str | None
    options: Mapping[str, Any]
    headers: Mapping[str, Any] = field(repr=False)
    key: str | None = None
    client: Client | None = None

    @property
    def is_unlike_itself(self) -> bool:
        """Whether the same arguments may be other bytes next time, though the id is the same.

        Encryption adds what is random, and releases of a library compress differently.
        """
        return self.key is not None and ";" in (self.content_type or "")

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
        key=key,
        client=client,
    )

"""Enqueuing a task with options of the moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from pyclient.app.handle import TaskHandle
from pyclient.app.item import Item, make_item
from pyclient.app.send import send, send_async
from pyclient.client import Client

if TYPE_CHECKING:
    from pyclient.app.task import Task

P = ParamSpec("P")
R = TypeVar("R", covariant=True)


class TaskWithOptions(Generic[P, R]):
    """A task and what is special about some enqueues of it: what ``task.using(…)`` gives."""

    def __init__(
        self,
        task: Task[P, Any],
        options: Mapping[str, Any],
        *,
        queue: str,
        key: str | None = None,
        client: Client | None = None,
    ) -> None:
        """Use Task.using instead."""
        self._task, self._options = task, options
        self._queue, self._key, self._client = queue, key, client

    def enqueue(self, /, *args: P.args, **kwargs: P.kwargs) -> TaskHandle[R]:
        """As Task.enqueue."""
        [handle] = send(self._task.app, [self.item(*args, **kwargs)])
        return handle

    async def enqueue_async(self, /, *args: P.args, **kwargs: P.kwargs) -> TaskHandle[R]:
        """As Task.enqueue; the event loop goes on meanwhile."""
        [handle] = await send_async(self._task.app, [self.item(*args, **kwargs)])
        return handle

    def item(self, /, *args: P.args, **kwargs: P.kwargs) -> Item[R]:
        """What enqueue() would send, for ``app.enqueue_many()``."""
        task = self._task
        return make_item(
            task.app,
            task.name,
            task.payload(*args, **kwargs),
            self._options,
            queue=self._queue,
            key=self._key,
            client=self._client,
        )

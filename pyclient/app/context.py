"""The running task as the code inside it sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pyclient.app.interrupts import Interrupted
from pyclient.client import Client
from pyclient.errors import InvalidArgument

if TYPE_CHECKING:
    from pyclient.app.application import App


@dataclass(slots=True, eq=False)
class TaskContext:
    """One attempt of a task. ``current()`` gives that of the running task.

    Attributes:
        task_id: its id.
        receipt: of the claim it came with.
        task_name: its name.
        queue: where it came from.
        attempt: 1 = first.
        priority: as it was when claimed.
        headers: that it was enqueued with.
        worker_id: of the worker that runs it.
        app: that knows the task.
        client: for calls of the worker.
    """

    task_id: str
    receipt: str
    task_name: str
    queue: str
    attempt: int
    priority: int
    headers: Mapping[str, Any]
    worker_id: str
    app: App
    client: Client
    _interruption: Interrupted | None = field(default=None, init=False, repr=False)

    def progress(
        self, percent: float, step: str | None = None, total_steps: int | None = None
    ) -> None:
        """Record how far the task is, for whoever looks at it.

        Args:
            percent: 0..100.
            step: what it is at, at most 255 characters; None = as it was.
            total_steps: how many there are; None = as it was.

        Raises:
            LeaseLost: another worker may have the task.
            InvalidArgument: a value is out of range.
        """
        self._update(percent, step=step, total_steps=total_steps)

    def checkpoint(self, value: Any) -> None:
        """Keep what a later attempt can go on from, in place of what was kept before.

        It is encoded like a result.

        Raises:
            LeaseLost: another worker may have the task.
            InvalidArgument: it cannot be encoded, or is larger than 512 KiB.
        """
        self._update(None, checkpoint=self.app.codec.encode_result(value) or "null")

    def last_checkpoint(self) -> Any:
        """What checkpoint() kept last, in this attempt or an earlier one; None = nothing."""
        known = self.client.call_get_task_progress(self.task_id)
        return self.app.codec.decode_result(known.checkpoint) if known else None

    async def progress_async(
        self, percent: float, step: str | None = None, total_steps: int | None = None
    ) -> None:
        """As progress()."""
        await asyncio.to_thread(self.progress, percent, step, total_steps)

    async def checkpoint_async(self, value: Any) -> None:
        """As checkpoint()."""
        await asyncio.to_thread(self.checkpoint, value)

    async def last_checkpoint_async(self) -> Any:
        """As last_checkpoint()."""
        return await asyncio.to_thread(self.last_checkpoint)

    def _update(self, percent: float | None, **options: Any) -> None:
        self.client.call_update_task_progress(self.task_id, self.receipt, percent, **options)

    @property
    def is_interrupted(self) -> bool:
        """Whether the task is asked to stop: cancelled, too slow, lease lost, worker ending."""
        return self._interruption is not None

    def check(self) -> None:
        """Stop here if the task is asked to stop. Long loops in threads call it.

        Raises:
            Interrupted: TaskCancelled, TaskTimeout, TaskLeaseLost or Shutdown.
        """
        if self._interruption is not None:
            raise self._interruption.with_traceback(None)

    def interrupt(self, error: Interrupted) -> None:
        """Ask the task to stop; for the worker, from any thread. The first reason stays."""
        if self._interruption is None:
            self._interruption = error


_running: ContextVar[TaskContext] = ContextVar("celers_running_task")


def current() -> TaskContext:
    """The context of the running task, also in coroutines and asyncio.to_thread() below it.

    Raises:
        InvalidArgument: no task runs here.
    """
    try:
        return _running.get()
    except LookupError:
        raise InvalidArgument("current() has an answer inside a running task only") from None


def running(context: TaskContext) -> AbstractContextManager[TaskContext]:
    """For the worker: the block is the running task."""
    return _Running(context)


class _Running(AbstractContextManager[TaskContext]):
    """Entered for every task: a generator takes three times as long."""

    __slots__ = ("_context", "_token")

    def __init__(self, context: TaskContext) -> None:
        self._context = context

    def __enter__(self) -> TaskContext:
        self._token = _running.set(self._context)
        return self._context

    def __exit__(self, *error: object) -> None:
        _running.reset(self._token)

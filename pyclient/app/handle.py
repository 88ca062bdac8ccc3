"""A task that was enqueued, seen from outside: its state, its result, its end."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Coroutine, Generator, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from pyclient._generated import GetTaskRow
from pyclient.errors import AccessDenied, Conflict

if TYPE_CHECKING:
    from pyclient.app.application import App

R = TypeVar("R", covariant=True)
T = TypeVar("T")
_LIVING = frozenset({"pending", "processing"})
_FIRST_PAUSE_S, _LONGEST_PAUSE_S, _GROWTH = 0.01, 0.5, 1.5


class TaskFailed(Conflict):
    """The task has ended without a result.

    Attributes:
        task_id: its id.
        state: failed, dead, cancelled or expired.
        error: why it ended, as its worker reported it, or None.
    """

    def __init__(self, task_id: str, state: str, error: str | None) -> None:
        """The first line of the error is shown."""
        first = (error or "").partition("\n")[0]
        super().__init__(f"task {task_id} is {state}" + (f": {first}" if first else ""))
        self.task_id, self.state, self.error = task_id, state, error

    def __reduce__(self) -> tuple[Any, ...]:
        """For pickle: process pools send exceptions home."""
        return TaskFailed, (self.task_id, self.state, self.error)


class TaskHandle(Generic[R]):
    """A task by its id. Made by enqueue() and by ``app.handle(task_id)``; nothing is kept open.

    ``await handle`` is ``await handle.result_async()``.

    Attributes:
        id: of the task.
        created: whether the enqueue created it; False when an equal task with this id or key
            already stood; None where the handle was made from an id.
    """

    def __init__(self, app: App, task_id: str, *, created: bool | None = None) -> None:
        """Use ``app.handle()`` instead."""
        self.id, self.created = task_id, created
        self._app = app

    def status(self) -> str:
        """pending, processing, completed, failed, cancelled, expired or dead.

        Raises:
            TaskNotFound: it does not exist, or its record was deleted some time after its end.
        """
        return self._look().state

    def wait(self, timeout: float | None = None) -> str:
        """Wait until it has ended, whichever way; the state.

        Args:
            timeout: seconds, None = for as long as it takes.

        Raises:
            TimeoutError: it has not ended by then.
            TaskNotFound: as status().
        """
        return self._wait(timeout).state

    # A coroutine function returns a coroutine; its result is what awaiting that gives.
    @overload
    def result(self: TaskHandle[Coroutine[Any, Any, T]], timeout: float | None = None) -> T: ...
    @overload
    def result(self, timeout: float | None = None) -> R: ...
    def result(self, timeout: float | None = None) -> Any:
        """Wait for what the function returns.

        Args:
            timeout: seconds, None = for as long as it takes.

        Raises:
            TaskFailed: it ended as failed, dead, cancelled or expired.
            TimeoutError: it has not ended by then.
            TaskNotFound: as status().
        """
        return self._result_of(self._wait(timeout))

    def cancel(self, reason: str | None = None) -> str:
        """Cancel it where it waits, or ask its worker to stop it; what became of that.

        Returns:
            cancelled; cancel_requested: it runs; or the state where it is too late.
        """
        return self._app.client.call_cancel(self.id, reason=reason).outcome

    def retry(self) -> str:
        """Put it back from the dead letters into its queue; the state.

        Raises:
            TaskNotDead: it is no dead letter.
            AccessDenied: the account lacks the role admin.
        """
        try:
            return self._app.client.call_requeue_from_dlq(self.id).state
        except AccessDenied as error:
            raise AccessDenied(
                f"retry() takes an account with the role admin: {error}",
                number=error.number,
                sqlstate=error.sqlstate,
            ) from error

    async def status_async(self) -> str:
        """As status()."""
        return await asyncio.to_thread(self.status)

    async def wait_async(self, timeout: float | None = None) -> str:
        """As wait()."""
        return (await self._wait_async(timeout)).state

    @overload
    async def result_async(
        self: TaskHandle[Coroutine[Any, Any, T]], timeout: float | None = None
    ) -> T: ...
    @overload
    async def result_async(self, timeout: float | None = None) -> R: ...
    async def result_async(self, timeout: float | None = None) -> Any:
        """As result()."""
        return await asyncio.to_thread(self._result_of, await self._wait_async(timeout))

    async def cancel_async(self, reason: str | None = None) -> str:
        """As cancel()."""
        return await asyncio.to_thread(self.cancel, reason)

    async def retry_async(self) -> str:
        """As retry()."""
        return await asyncio.to_thread(self.retry)

    @overload
    def __await__(self: TaskHandle[Coroutine[Any, Any, T]]) -> Generator[Any, Any, T]: ...
    @overload
    def __await__(self) -> Generator[Any, Any, R]: ...
    def __await__(self) -> Generator[Any, Any, Any]:
        return self.result_async().__await__()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TaskHandle) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"TaskHandle({self.id!r})"

    def _look(self) -> GetTaskRow:
        return self._app.client.call_get_task(self.id)

    def _wait(self, timeout: float | None) -> GetTaskRow:
        pauses = _pauses(timeout)
        while (task := self._look()).state in _LIVING:
            time.sleep(self._next_pause(pauses, task, timeout))
        return task

    async def _wait_async(self, timeout: float | None) -> GetTaskRow:
        pauses = _pauses(timeout)
        while (task := await asyncio.to_thread(self._look)).state in _LIVING:
            await asyncio.sleep(self._next_pause(pauses, task, timeout))
        return task

    def _next_pause(
        self, pauses: Iterator[float], task: GetTaskRow, timeout: float | None
    ) -> float:
        pause_s = next(pauses, None)
        if pause_s is None:
            raise TimeoutError(f"task {self.id} is still {task.state} after {timeout:g} s")
        return pause_s

    def _result_of(self, task: GetTaskRow) -> Any:
        if task.state != "completed":
            raise TaskFailed(self.id, task.state, task.error)
        kept = self._app.client.call_get_result(self.id)
        return self._app.codec.unwrap_result(kept.result) if kept else None


def _pauses(timeout_s: float | None) -> Iterator[float]:
    """Seconds between two looks: growing, never the same for two waiters; ends at the timeout."""
    ends_at = None if timeout_s is None else time.monotonic() + timeout_s
    longest = _FIRST_PAUSE_S
    while True:
        pause_s = random.uniform(longest / 2, longest)
        if ends_at is not None:
            left_s = ends_at - time.monotonic()
            if left_s <= 0:
                return
            pause_s = min(pause_s, left_s)
        yield pause_s
        longest = min(longest * _GROWTH, _LONGEST_PAUSE_S)

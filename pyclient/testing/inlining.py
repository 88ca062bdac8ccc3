"""Inline mode: what is enqueued runs at once, in this process and without a server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from unittest.mock import patch
from uuid import UUID

from pyclient._encode import encode_uuid
from pyclient._generated import GetTaskRow
from pyclient.app import App, Item, TaskHandle
from pyclient.client import Client
from pyclient.dsn import Dsn
from pyclient.errors import TaskIdReused
from pyclient.testing import _runner
from pyclient.testing._binding import bound
from pyclient.testing._inline_client import InlineClient
from pyclient.testing._inline_task import InlineTask
from pyclient.testing.report import Report, Run

R = TypeVar("R", covariant=True)
_NOWHERE = Dsn(user="inline", database="inline")


@contextmanager
def inline(app: App) -> Iterator[Report]:
    """Run what an app enqueues at once for the block; no server is needed.

    Arguments and results are encoded and decoded, the signature is checked, hooks are called and
    current() has an answer, as with a worker. A task that fails runs again without waiting, up to
    its max_retries; a delay is not waited for either. A task that snoozes, and a name that the app
    does not know, stays pending. Time limits are not enforced, and a transaction that is rolled
    back takes nothing back: what depends on the server is tested with celers_bind and drain().

    Yields:
        What ran so far.
    """
    report = Report()
    mode = _Inline(app, report)
    with (
        bound(app, _NOWHERE, mode.client),
        patch.object(app, "sender", mode),
        patch.object(app, "handle", mode.handle),
    ):
        yield report


class _Inline:
    """A Sender that runs what it is given."""

    def __init__(self, app: App, report: Report) -> None:
        self._app, self._report = app, report
        self._tasks: dict[str, InlineTask] = {}
        self.client: Client = InlineClient(self._tasks, self._run)

    def send(self, item: Item[R]) -> TaskHandle[R]:
        """Run a task, unless one with this id did."""
        known = self._tasks.get(item.task_id)
        if known is None:
            self._tasks[item.task_id] = task = InlineTask(item)
            self._run(task)
        elif not _is_same(known.item, item):
            raise TaskIdReused(f"TASK_ID_REUSED: another task already has the id {item.task_id}")
        return _InlineHandle(self._app, item.task_id, created=known is None)

    def send_many(self, items: Sequence[Item[R]]) -> list[TaskHandle[R]]:
        """Run tasks, one after the other."""
        return [self.send(item) for item in items]

    def handle(self, task_id: UUID | str) -> TaskHandle[Any]:
        """The handle of a task by its id."""
        return _InlineHandle(self._app, encode_uuid(task_id) or "")

    def _run(self, task: InlineTask) -> None:
        outcome = "retried"
        while outcome == "retried" and _runner.may_claim(self._app, task.item.queue):
            outcome = self._attempt(task)

    def _attempt(self, task: InlineTask) -> str:
        job = task.begin()
        outcome = _runner.run(self._app, job, self.client, f"{self._app.name}@inline")
        if outcome is None:  # the task raised TaskLeaseLost itself
            return "lost"
        word = task.end(outcome)
        run = Run(job.task_id, job.name, job.queue, job.attempt, word, outcome.error)
        self._report.runs.append(run)
        _runner.tell_after(self._app, outcome)
        return word


class _InlineHandle(TaskHandle[R]):
    """A handle that does not wait for what will not happen."""

    def _wait(self, timeout: float | None) -> GetTaskRow:
        task = self._look()
        if task.state in ("pending", "processing"):
            why = f" ({task.error})" if task.error else ""
            raise TimeoutError(f"task {self.id} is {task.state}{why}: inline mode does not wait")
        return task

    async def _wait_async(self, timeout: float | None) -> GetTaskRow:
        return self._wait(timeout)


def _is_same(known: Item[Any], item: Item[Any]) -> bool:
    """Whether the server would take the second for the first."""
    if item.is_unlike_itself:
        return (known.queue, known.task_name) == (item.queue, item.task_name)
    return (known.queue, known.task_name, known.payload) == (
        *(item.queue, item.task_name, item.payload),
    )

"""The client of inline mode: what handles and running tasks ask for, from memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from pyclient._generated import CancelRow, RequeueFromDlqRow, UpdateTaskProgressRow
from pyclient._rows import RowT
from pyclient.client import Client
from pyclient.errors import InvalidArgument, TaskNotDead, TaskNotFound
from pyclient.testing._inline_task import InlineTask


class InlineClient(Client):
    """Answers the few calls that make sense where every task has run already."""

    def __init__(self, tasks: dict[str, InlineTask], run: Callable[[InlineTask], None]) -> None:
        """Over these tasks, by id.

        Args:
            tasks: of the mode.
            run: runs one again.
        """
        self._tasks, self._run = tasks, run
        self._answers: dict[str, Callable[..., tuple[Any, ...] | None]] = {
            "celers_get_task": lambda task_id: self._task(task_id).row(),
            "celers_get_result": lambda task_id: self._task(task_id).result_row(),
            "celers_get_task_progress": lambda task_id: self._task(task_id).progress_row(),
            "celers_update_task_progress": self._update_progress,
            "celers_cancel": self._cancel,
            "celers_requeue_from_dlq": self._requeue,
        }

    def _rows(self, row: type[RowT], routine: str, args: tuple[object, ...]) -> list[RowT]:
        answer = self._answers.get(routine)
        if answer is None:
            raise InvalidArgument(
                f"inline mode has no server, so {routine} has no answer: "
                "test it with the fixtures celers_client or celers_bind"
            )
        found = answer(*args)
        return [] if found is None else [row(*found)]

    def _task(self, task_id: str) -> InlineTask:
        if task_id not in self._tasks:
            raise TaskNotFound(f"TASK_NOT_FOUND: {task_id} was not enqueued in this inline mode")
        return self._tasks[task_id]

    def _update_progress(
        self, task_id: str, receipt: str, percent: float | None, options: str | None
    ) -> UpdateTaskProgressRow:
        task, told = self._task(task_id), json.loads(options or "{}")
        if percent is not None:
            told["percent"] = percent
        task.progress = {**(task.progress or {}), **told}
        return UpdateTaskProgressRow(task_id, datetime.now(UTC))

    def _cancel(self, task_id: str, options: str | None) -> CancelRow:
        task = self._task(task_id)
        if task.state == "processing":
            task.cancel_requested_at = datetime.now(UTC)
            return CancelRow(task_id, "cancel_requested")
        if task.state == "pending":
            task.error = json.loads(options or "{}").get("reason")
            task.finish("cancelled")
        return CancelRow(task_id, task.state)

    def _requeue(self, task_id: str) -> RequeueFromDlqRow:
        task = self._task(task_id)
        if task.state != "dead":
            raise TaskNotDead(f"TASK_NOT_DEAD: {task_id} is {task.state}")
        task.errors, task.state = 0, "pending"
        self._run(task)
        return RequeueFromDlqRow(task_id, "requeued", task.state)

    @contextmanager
    def transaction(self) -> Iterator[Client]:
        """Itself: what was enqueued has run, and is not taken back."""
        yield self

    def on(self, connection: Any) -> Client:
        """Itself: the connection is not used."""
        return self

    def close(self) -> None:
        """Nothing is open."""

"""One task while it runs: its context, and the way to break into it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from pyclient.app import App, Interrupted, Task, TaskContext
from pyclient.client import Client
from pyclient.worker.job import Job


class Attempt:
    """An attempt at a task, from its begin to its outcome.

    Attributes:
        app, task, job: what is run.
        context: what the function sees as current().
        interruption: what it was asked to end with, None = it may go on.
        is_over: the function has ended; nothing breaks into it any more.
        ran_s: seconds that it ran, when it is over.
    """

    def __init__(self, app: App, task: Task[..., Any], job: Job, client: Client, worker_id: str):
        """Nothing runs yet.

        Args:
            app: that the task belongs to.
            task: what the job names.
            job: as claimed.
            client: of the worker's schema.
            worker_id: who runs it.
        """
        self.app, self.task, self.job = app, task, job
        self.context = TaskContext(
            job.task_id,
            job.receipt,
            job.name,
            job.queue,
            job.attempt,
            job.priority,
            job.headers,
            worker_id,
            app,
            client,
        )
        self.interruption: Interrupted | None = None
        self.is_over = False
        self.ran_s = 0.0
        self._break_in: Callable[[Interrupted], None] | None = None
        self._lock = threading.Lock()

    def arguments(self) -> tuple[list[Any], dict[str, Any]]:
        """The positional and the named arguments of the function.

        Raises:
            CodecError: the payload is not what its content type says.
        """
        value = self.app.codec.decode(self.job.payload, self.job.content_type)
        args, kwargs = self.task.arguments(value)
        return list(args), dict(kwargs)

    @property
    def has_begun(self) -> bool:
        """Whether the function was called."""
        return self._break_in is not None

    def breakable(self, break_in: Callable[[Interrupted], None]) -> None:
        """From now on the function runs, and this raises an exception in it."""
        with self._lock:
            self._break_in = break_in
            if self.interruption is not None:
                break_in(self.interruption)

    def interrupt(self, error: Interrupted) -> bool:
        """Ask it to end with this, from any thread. False: it was asked before, or is over."""
        with self._lock:
            if self.is_over or self.interruption is not None:
                return False
            self.interruption = error
            self.context.interrupt(error)
            if self._break_in is not None:
                self._break_in(error)
            return True

    def over(self) -> None:
        """The function has ended."""
        with self._lock:
            self.is_over = True

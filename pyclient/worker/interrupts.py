"""Breaking into a running task from outside: cancellation, its time limit, a forced end.

Tasks run in the main thread of their process, where a signal handler can raise an exception.
"""

from __future__ import annotations

import signal
import threading
import time
from types import FrameType

from pyclient.worker.job import Job


class Interrupted(BaseException):
    """Raised in a running task from outside. Not an Exception: few handlers should catch it."""


class TaskCancelled(Interrupted):
    """Somebody cancelled the task with celers_cancel."""


class TaskTimeout(Interrupted):
    """The task ran longer than its timeout_s."""


class Shutdown(Interrupted):
    """The worker was told twice to end; the task will run again elsewhere."""


class Interrupts:
    """Raises the exceptions above in the main thread, while a task runs there and never else."""

    def __init__(self) -> None:
        self._main = threading.main_thread()
        self._job: Job | None = None
        self._deadline: float | None = None
        self._cancelled: str | None = None

    def install(self) -> None:
        """Take over SIGALRM; in the main thread."""
        signal.signal(signal.SIGALRM, self._woken)

    def begin(self, job: Job) -> None:
        """A task begins: from now on it can be interrupted."""
        self._job = job
        self._deadline = None
        if job.timeout_s is not None:
            self._deadline = time.monotonic() + job.timeout_s
            signal.setitimer(signal.ITIMER_REAL, job.timeout_s)

    def end(self) -> None:
        """The task is over: nothing is raised any more."""
        self._job = None
        if self._deadline is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def cancel(self, task_id: str) -> None:
        """Raise TaskCancelled in this task, once, if it runs; from any thread."""
        job = self._job
        if job is not None and job.task_id == task_id and self._cancelled != task_id:
            self._cancelled = task_id
            assert self._main.ident is not None
            signal.pthread_kill(self._main.ident, signal.SIGALRM)

    def shut_down(self) -> None:
        """Raise Shutdown in the task, if one runs; in a signal handler of the main thread."""
        if self._job is not None:
            self._job = None
            raise Shutdown("the worker was told twice to end")

    def _woken(self, number: int, frame: FrameType | None) -> None:
        job = self._job
        if job is None:
            return
        if self._cancelled == job.task_id:
            self._cancelled = self._job = None
            raise TaskCancelled("the task was cancelled")
        if self._deadline is not None and time.monotonic() >= self._deadline:
            self._job = None
            raise TaskTimeout(f"the task ran longer than {job.timeout_s} s")

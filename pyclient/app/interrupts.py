"""What is raised in a running task from outside: cancellation, limits, the worker's end."""

from __future__ import annotations


class Interrupted(BaseException):
    """Raised in a running task from outside. Not an Exception: few handlers should catch it."""


class TaskCancelled(Interrupted):
    """Somebody cancelled the task with celers_cancel."""


class TaskTimeout(Interrupted):
    """The task ran longer than its timeout."""


class TaskLeaseLost(Interrupted):
    """The lease ran out, and another worker may have the task: what this one does is not kept."""


class Shutdown(Interrupted):
    """The worker was told twice to end; the task will run again elsewhere."""

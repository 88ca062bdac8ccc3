"""Apps and tasks: declare functions as tasks, enqueue them, speak to them while they run.

>>> import pyclient
>>> app = pyclient.App("shop")
>>> @app.task(queue="mail", max_retries=5)
... def send(to: str) -> str:
...     return f"sent to {to}"
>>> handle = send.enqueue(to="a@b.c")
>>> handle.result(timeout=10)
'sent to a@b.c'
"""

from __future__ import annotations

from pyclient.app.application import App, load
from pyclient.app.context import TaskContext, current, running
from pyclient.app.handle import TaskFailed, TaskHandle
from pyclient.app.hooks import HookContext, Hooks
from pyclient.app.interrupts import (
    Interrupted,
    Shutdown,
    TaskCancelled,
    TaskLeaseLost,
    TaskTimeout,
)
from pyclient.app.item import Item
from pyclient.app.sender import DatabaseSender, Sender
from pyclient.app.task import Task
from pyclient.app.verdict import Cancel, Reject, Retry, Snooze, Verdict

__all__ = [
    "App",
    "Task",
    "TaskHandle",
    "TaskFailed",
    "load",
    "TaskContext",
    "current",
    "running",
    "Verdict",
    "Snooze",
    "Cancel",
    "Retry",
    "Reject",
    "Interrupted",
    "TaskCancelled",
    "TaskTimeout",
    "TaskLeaseLost",
    "Shutdown",
    "Hooks",
    "HookContext",
    "Item",
    "Sender",
    "DatabaseSender",
]

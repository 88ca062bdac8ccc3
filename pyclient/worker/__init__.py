"""The worker: an App knows the functions, ``celers worker module:app`` runs them.

>>> from pyclient.worker import App
>>> app = App("shop")
>>> @app.task(queue="mail", max_retries=5)
... def send(to: str) -> None:
...     ...
>>> send.enqueue(to="a@b.c")

``celers worker shop.tasks:app -Q mail -c 4`` runs what is enqueued. Every task runs at least once:
a worker that dies is replaced, and what it held comes back when its lease runs out. The worker
needs POSIX signals.
"""

from __future__ import annotations

from pyclient.worker.app import App, Task
from pyclient.worker.interrupts import Interrupted, Shutdown, TaskCancelled, TaskTimeout

__all__ = ["App", "Task", "Interrupted", "Shutdown", "TaskCancelled", "TaskTimeout"]

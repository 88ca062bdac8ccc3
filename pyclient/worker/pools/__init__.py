"""Where the tasks of a child run: in its main thread, in several threads, in an event loop."""

from __future__ import annotations

from typing import Protocol

from pyclient.worker.attempt import Attempt


class Pool(Protocol):
    """A place for tasks."""

    def start(self, attempt: Attempt) -> None:
        """Run a task to its end, or begin it and return; either way its outcome is told."""

    def close(self) -> None:
        """Wait for what runs, and end."""

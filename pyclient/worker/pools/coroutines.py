"""Coroutine functions in a thread that runs one task at a time."""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from typing import Any

from pyclient.worker.attempt import Attempt
from pyclient.worker.run import call_coroutine


class Coroutines:
    """Runs them in an event loop that lives on from one to the next; for one thread."""

    def __init__(self) -> None:
        """There is no loop yet."""
        self._runner: asyncio.Runner | None = None

    def call(self, attempt: Attempt, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Run the function of a task to its end."""
        if self._runner is None:
            self._runner = asyncio.Runner()
        try:
            return self._runner.run(call_coroutine(attempt, args, kwargs), context=copy_context())
        finally:
            if not attempt.is_over:  # SystemExit of a coroutine that it began ended the loop's run
                attempt.over()
                self.close()  # it would go on beside the next task

    def close(self) -> None:
        """End the loop, if there is one."""
        runner, self._runner = self._runner, None
        if runner is not None:
            runner.close()

"""The pool of coroutines: one event loop, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from contextlib import suppress

from pyclient.worker.attempt import Attempt
from pyclient.worker.job import Outcome
from pyclient.worker.pools.main import Ended
from pyclient.worker.pools.threads import Threads
from pyclient.worker.run import run_async


class EventLoop:
    """Runs coroutine functions in one loop; plain functions in threads, as they would block it."""

    def __init__(self, ended: Ended, most: int) -> None:
        """The loop begins at once.

        Args:
            ended: is told every outcome, in the loop's thread or that of the task.
            most: threads for plain functions at most.
        """
        self._ended = ended
        self._threads = Threads(ended, most)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="loop", daemon=True)
        self._thread.start()
        self._running: set[Future[None]] = set()

    def start(self, attempt: Attempt) -> None:
        """Begin a task."""
        if not attempt.task.is_async:
            self._threads.start(attempt)
            return
        future = asyncio.run_coroutine_threadsafe(self._run(attempt), self._loop)
        self._running.add(future)
        future.add_done_callback(self._running.discard)

    async def _run(self, attempt: Attempt) -> None:
        outcome: Outcome | None = None
        try:
            outcome = await run_async(attempt)
        finally:
            self._ended(attempt, outcome)

    def close(self) -> None:
        """Wait for what runs, and end the loop."""
        self._threads.close()
        for future in list(self._running):
            with suppress(Exception):  # told as the outcome of its task
                future.result()
        asyncio.run_coroutine_threadsafe(self._loop.shutdown_asyncgens(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

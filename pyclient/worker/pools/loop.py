"""The pool of coroutines: one event loop, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading

from pyclient.worker.attempt import Attempt
from pyclient.worker.config import log
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
        self._running: set[asyncio.Task[None]] = set()
        self._is_closing = False
        self._thread = threading.Thread(target=self._turn, name="loop", daemon=True)
        self._thread.start()

    def _turn(self) -> None:
        while not self._is_closing:
            try:
                self._loop.run_forever()
            except BaseException as error:  # asyncio lets SystemExit of any coroutine through
                log.warning("%s left the event loop, which goes on", type(error).__name__)

    def start(self, attempt: Attempt) -> None:
        """Begin a task."""
        if not attempt.task.is_async:
            self._threads.start(attempt)
        elif threading.get_ident() == self._thread.ident:
            self._create(attempt)
        else:
            self._loop.call_soon_threadsafe(self._create, attempt)

    def _create(self, attempt: Attempt) -> None:
        task = self._loop.create_task(self._run(attempt))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _run(self, attempt: Attempt) -> None:
        outcome: Outcome | None = None
        try:
            outcome = await run_async(attempt)
        finally:
            self._ended(attempt, outcome)

    def close(self) -> None:
        """Wait for what runs, and end the loop."""
        self._threads.close()
        asyncio.run_coroutine_threadsafe(self._finish(), self._loop).result()
        self._is_closing = True
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _finish(self) -> None:
        while self._running:
            await asyncio.wait(self._running)
        await self._loop.shutdown_asyncgens()

"""The pool of one: tasks run in the main thread, where a signal can break into them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

from pyclient.app import Interrupted
from pyclient.worker.attempt import Attempt
from pyclient.worker.job import Outcome
from pyclient.worker.pools.coroutines import Coroutines
from pyclient.worker.run import run

Ended = Callable[[Attempt, Outcome | None], None]


class MainThread:
    """Runs one task at a time, in the thread that calls start()."""

    def __init__(self, ended: Ended) -> None:
        """Nothing runs yet; in the main thread.

        Args:
            ended: is told every outcome.
        """
        self._ended = ended
        self._attempt: Attempt | None = None
        self._coroutines = Coroutines()
        signal.signal(signal.SIGALRM, self._woken)

    def start(self, attempt: Attempt) -> None:
        """Run a task to its end."""
        call = self._coroutines.call if attempt.task.is_async else self._call
        outcome: Outcome | None = None
        try:
            outcome = run(attempt, partial(call, attempt))
        finally:
            self._ended(attempt, outcome)

    def _call(self, attempt: Attempt, args: list[Any], kwargs: dict[str, Any]) -> Any:
        try:
            self._attempt = attempt
            attempt.breakable(_signal_main_thread)
            return attempt.task.function(*args, **kwargs)
        finally:
            attempt.over()
            self._attempt = None

    def _woken(self, number: int, frame: FrameType | None) -> None:
        attempt = self._attempt
        if attempt is not None and not attempt.is_over and attempt.interruption is not None:
            self._attempt = None
            raise attempt.interruption

    def close(self) -> None:
        """End the event loop, if there is one."""
        self._coroutines.close()


def _signal_main_thread(error: Interrupted) -> None:
    main = threading.main_thread().ident
    assert main is not None
    signal.pthread_kill(main, signal.SIGALRM)

"""The pool of threads, for tasks that wait more than they compute."""

from __future__ import annotations

import ctypes
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pyclient.app import Interrupted
from pyclient.worker.attempt import Attempt
from pyclient.worker.job import Outcome
from pyclient.worker.pools.coroutines import Coroutines
from pyclient.worker.pools.main import Ended
from pyclient.worker.run import run

_set_async_exc = ctypes.pythonapi.PyThreadState_SetAsyncExc
_set_async_exc.argtypes = (ctypes.c_ulong, ctypes.py_object)


class Threads:
    """Runs each task in a thread of its own, up to so many at a time.

    An interruption is raised at the next step of Python code: a call that blocks inside the
    operating system or a library ends first.
    """

    def __init__(self, ended: Ended, most: int) -> None:
        """Nothing runs yet.

        Args:
            ended: is told every outcome, in the thread of the task.
            most: threads at most.
        """
        self._ended = ended
        self._executor = ThreadPoolExecutor(most, thread_name_prefix="task")
        self._local = threading.local()

    def start(self, attempt: Attempt) -> None:
        """Begin a task in a free thread."""
        self._executor.submit(self._run, attempt)

    def _run(self, attempt: Attempt) -> None:
        call = self._call_coroutine if attempt.task.is_async else _call
        outcome: Outcome | None = None
        try:
            outcome = run(attempt, lambda args, kwargs: call(attempt, args, kwargs))
        finally:
            self._ended(attempt, outcome)

    def _call_coroutine(self, attempt: Attempt, args: list[Any], kwargs: dict[str, Any]) -> Any:
        coroutines: Coroutines | None = getattr(self._local, "coroutines", None)
        if coroutines is None:
            coroutines = self._local.coroutines = Coroutines()
        return coroutines.call(attempt, args, kwargs)

    def close(self) -> None:
        """Wait for what runs."""
        self._executor.shutdown()


def _call(attempt: Attempt, args: list[Any], kwargs: dict[str, Any]) -> Any:
    thread_id = threading.get_ident()

    def break_in(error: Interrupted) -> None:
        _set_async_exc(thread_id, type(error))

    try:
        attempt.breakable(break_in)
        return attempt.task.function(*args, **kwargs)
    finally:
        attempt.over()
        if attempt.interruption is not None:  # it may be on its way: it must not hit what follows
            _set_async_exc(thread_id, ctypes.py_object())

"""The thread of a child that breaks into tasks whose time is up; it never waits for the server."""

from __future__ import annotations

import heapq
import itertools
import os
import select
import threading
import time
from collections.abc import Callable

from pyclient.app import TaskTimeout
from pyclient.worker.attempt import Attempt


class Alarm:
    """Raises TaskTimeout in tasks that run too long, and passes on the wish to end by force.

    A signal handler may only touch force(): it takes no lock.
    """

    def __init__(self, on_force: Callable[[], None]) -> None:
        """Nothing runs yet; on_force is called in the thread when force() was."""
        self._on_force = on_force
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        self._lock = threading.Lock()
        self._due: list[tuple[float, int, Attempt]] = []
        self._number = itertools.count()
        self._thread = threading.Thread(target=self._run, name="alarm", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def set(self, attempt: Attempt, seconds: float) -> None:
        """Have TaskTimeout raised in it after so many seconds, if it has not ended by then."""
        at = time.monotonic() + seconds
        with self._lock:
            self._due = [entry for entry in self._due if not entry[2].is_over]
            heapq.heapify(self._due)
            heapq.heappush(self._due, (at, next(self._number), attempt))
            is_first = self._due[0][2] is attempt
        if is_first:
            self._wake(b"t")

    def force(self) -> None:
        """Have on_force called; in a signal handler too."""
        self._wake(b"f")

    def _wake(self, what: bytes) -> None:
        try:
            os.write(self._writer, what)
        except BlockingIOError:
            return  # so much is in the pipe that the thread is about to wake anyhow

    def _run(self) -> None:
        while True:
            with self._lock:
                wait_s = max(0.0, self._due[0][0] - time.monotonic()) if self._due else None
            readable, _, _ = select.select([self._reader], [], [], wait_s)
            if readable and b"f" in os.read(self._reader, 4096):
                self._on_force()
            self._ring()

    def _ring(self) -> None:
        while True:
            with self._lock:
                if not self._due or self._due[0][0] > time.monotonic():
                    return
                _, _, attempt = heapq.heappop(self._due)
            limit_s = attempt.job.timeout_s
            attempt.interrupt(TaskTimeout(f"the task ran longer than {limit_s} s"))

"""What a child has in hand: claimed tasks, the running one, outcomes not handed in yet."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable

from pyclient.worker.job import Job, Outcome, reject, release


class Held:
    """Shared by the thread that runs tasks and the one that keeps the leases.

    Attributes:
        is_over: close() was called.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._outcomes: list[Outcome] = []
        self._oldest_at: float | None = None  # of the outcomes
        self.is_over = False

    def add(self, jobs: Iterable[Job]) -> None:
        """Tasks that were claimed."""
        with self._changed:
            self._waiting.extend(jobs)

    def begin(self) -> Job | None:
        """The next task, which is the running one from now on; None = there is none."""
        with self._changed:
            self._running = self._waiting.popleft() if self._waiting else None
            self._changed.notify()
            return self._running

    def end(self, outcome: Outcome | None) -> None:
        """The running task is over; None = nobody knows how: its lease will run out."""
        with self._changed:
            self._running = None
            if outcome is not None:
                self._note(outcome)

    def give_back(self) -> None:
        """Make outcomes of the tasks that were claimed and will not be begun here."""
        with self._changed:
            while self._waiting:
                self._note(release(self._waiting.popleft(), "Shutdown: the worker ended"))

    def _note(self, outcome: Outcome) -> None:
        if not self._outcomes:
            self._oldest_at = time.monotonic()
        self._outcomes.append(outcome)

    def take(self) -> list[Outcome]:
        """The outcomes; the caller hands them in."""
        with self._changed:
            outcomes, self._outcomes, self._oldest_at = self._outcomes, [], None
            return outcomes

    @property
    def has_outcomes(self) -> bool:
        """Whether there is something to hand in."""
        return bool(self._outcomes)

    @property
    def is_busy(self) -> bool:
        """Whether a task runs."""
        return self._running is not None

    def receipts(self) -> list[str]:
        """The receipts of all tasks in hand: their leases must not run out."""
        with self._changed:
            jobs = [*self._waiting, *(outcome.job for outcome in self._outcomes)]
            if self._running is not None:
                jobs.append(self._running)
            return sorted({job.receipt for job in jobs})

    def lose(self, receipt: str) -> list[Job]:
        """A lease is lost: forget its tasks that wait. Returns all of its tasks in hand."""
        with self._changed:
            lost = [job for job in self._waiting if job.receipt == receipt]
            self._waiting = deque(job for job in self._waiting if job.receipt != receipt)
            if self._running is not None and self._running.receipt == receipt:
                lost.append(self._running)
            return lost

    def cancel(self, task_id: str) -> bool:
        """A task is cancelled: one that waits becomes an outcome; True = it waited."""
        with self._changed:
            found = next((job for job in self._waiting if job.task_id == task_id), None)
            if found is None:
                return False
            self._waiting.remove(found)
            self._note(reject(found, "TaskCancelled: cancelled before it was begun"))
            return True

    def wait_for_late_outcomes(self, until: float, patience_s: float) -> bool:
        """Sleep until a time (of time.monotonic()), or until outcomes lie here for patience_s.

        While a task runs, nobody else would hand them in. Returns whether there are such.
        """
        with self._changed:
            while not self.is_over:
                now = time.monotonic()
                is_stuck = self._running is not None and self._oldest_at is not None
                late_at = (self._oldest_at or now) + patience_s
                if is_stuck and now >= late_at:
                    return True
                if now >= until:
                    return False
                self._changed.wait((min(until, late_at) if is_stuck else until) - now)
            return False

    def close(self) -> None:
        """End every wait, now and later."""
        with self._changed:
            self.is_over = True
            self._changed.notify_all()

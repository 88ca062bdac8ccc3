"""What a child has in hand: claimed tasks, running ones, outcomes not handed in yet."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Sequence

from pyclient.app.interrupts import Interrupted, Shutdown, TaskCancelled, TaskLeaseLost
from pyclient.worker.attempt import Attempt
from pyclient.worker.board import Board, Why
from pyclient.worker.job import Job, Outcome, reject, release


class Held:
    """Shared by the threads that claim, that run tasks, and that keep the leases.

    Attributes:
        is_over: close() was called.
    """

    def __init__(self, board: Board, force_after_s: float | None) -> None:
        """Nothing is held.

        Args:
            board: where the supervisor sees it.
            force_after_s: seconds after which a task that was asked to end and goes on is ended by
                force; None = never.
        """
        self._board, self._force_after_s = board, force_after_s
        self._lock = threading.RLock()
        self._arrived = threading.Condition(self._lock)  # tasks to begin
        self._is_due = threading.Condition(self._lock)  # outcomes, and few tasks that wait
        self._is_first = threading.Condition(self._lock)  # an outcome, after none
        self._enough = 0
        self._waiting: deque[Job] = deque()
        self._on_its_way = 0  # from waiting to running
        self._running: dict[Job, Attempt] = {}
        self._left: Counter[str] = Counter()  # tasks of each claim, until the server knows the end
        self._outcomes: list[Outcome] = []
        self._oldest_at: float | None = None  # of the outcomes
        self.is_over = False

    def add(self, jobs: Iterable[Job]) -> None:
        """Tasks that were claimed."""
        with self._lock:
            for job in jobs:
                self._board.hold(job)
                self._left[job.receipt] += 1
                self._waiting.append(job)
            self._arrived.notify()

    def next(self, slots: int) -> Job | None:
        """The next task to begin; None = there is none, or no place among so many.

        begin() or end() is to follow.
        """
        with self._lock:
            is_full = self._on_its_way + len(self._running) >= slots
            return None if is_full else self._pop()

    def _pop(self) -> Job | None:
        if not self._waiting:
            return None
        self._on_its_way += 1
        return self._waiting.popleft()

    def wait_for_job(self, seconds: float) -> Job | None:
        """As next(), waiting for one."""
        with self._lock:
            if not self._waiting and not self.is_over:
                self._arrived.wait(seconds)
            return self._pop()

    def put_back(self, job: Job) -> None:
        """What next() gave does not begin."""
        with self._lock:
            self._on_its_way -= 1
            self._waiting.appendleft(job)

    def begin(self, attempt: Attempt, limit_s: float | None) -> None:
        """It runs, and is ended by force after so many seconds; None = never."""
        with self._lock:
            self._on_its_way -= 1
            self._running[attempt.job] = attempt
            self._board.begin(attempt.job, limit_s)

    def end(self, job: Job, outcome: Outcome | None) -> None:
        """A task is over; None = it is somebody else's by now."""
        with self._lock:
            if self._running.pop(job, None) is None:
                self._on_its_way -= 1  # it never began
            if outcome is None:
                self._forget(job)
            else:
                self._note(outcome)

    def give_back(self) -> None:
        """Make outcomes of the tasks that were claimed and will not be begun here."""
        with self._lock:
            while self._waiting:
                self._note(release(self._waiting.popleft(), "Shutdown: the worker ended"))

    def _note(self, outcome: Outcome) -> None:
        if not self._outcomes:
            self._oldest_at = time.monotonic()
            self._is_first.notify()
        self._outcomes.append(outcome)
        if len(self._waiting) <= self._enough:
            self._is_due.notify()
        self._board.end(outcome.job, is_done=outcome.is_plain)

    def take(self) -> list[Outcome]:
        """The outcomes; the caller hands them in, and calls settled()."""
        with self._lock:
            outcomes, self._outcomes, self._oldest_at = self._outcomes, [], None
            return outcomes

    def settled(self, outcomes: Sequence[Outcome]) -> None:
        """They were handed in, or given up."""
        with self._lock:
            for outcome in outcomes:
                self._forget(outcome.job)

    def _forget(self, job: Job) -> None:
        self._board.drop(job)
        self._left[job.receipt] -= 1
        if self._left[job.receipt] <= 0:
            del self._left[job.receipt]

    def whole_claims(self, outcomes: Sequence[Outcome], at_least: int) -> dict[str, int]:
        """The claims of which all that is left here are plain ones of these outcomes.

        By receipt how many they are; claims with fewer are left out.
        """
        counts = Counter([outcome.job.receipt for outcome in outcomes if outcome.is_plain])
        with self._lock:
            return {
                receipt: count
                for receipt, count in counts.items()
                if count >= at_least and count == self._left[receipt]
            }

    @property
    def has_outcomes(self) -> bool:
        """Whether there is something to hand in."""
        return bool(self._outcomes)

    @property
    def waiting(self) -> int:
        """How many were claimed and not begun."""
        return len(self._waiting)

    @property
    def in_hand(self) -> int:
        """How many run or wait to be begun."""
        with self._lock:
            return self._on_its_way + len(self._waiting) + len(self._running)

    @property
    def running(self) -> int:
        """How many run."""
        return len(self._running)

    def receipts(self) -> list[str]:
        """The receipts of all tasks in hand: their leases must not run out."""
        with self._lock:
            jobs = [*self._waiting, *(outcome.job for outcome in self._outcomes)]
            jobs += [attempt.job for attempt in self._running.values()]
            return sorted({job.receipt for job in jobs})

    def lose(self, receipt: str) -> list[Job]:
        """A lease is lost: forget its tasks that wait, stop those that run. Returns all of them."""
        with self._lock:
            lost = [job for job in self._waiting if job.receipt == receipt]
            self._waiting = deque(job for job in self._waiting if job.receipt != receipt)
            for job in lost:
                self._forget(job)
            running = [a for a in self._running.values() if a.job.receipt == receipt]
            for attempt in running:
                self._stop(attempt, TaskLeaseLost(), Why.LEASE_LOST)
            return lost + [attempt.job for attempt in running]

    def cancel(self, task_id: str) -> None:
        """A task is cancelled: one that waits becomes an outcome, one that runs is stopped."""
        with self._lock:
            for job in [job for job in self._waiting if job.task_id == task_id]:
                self._waiting.remove(job)
                self._note(reject(job, "TaskCancelled: cancelled before it was begun"))
            for attempt in self._running.values():
                if attempt.job.task_id == task_id:
                    self._stop(attempt, TaskCancelled(), Why.CANCELLED)

    def shut_down(self) -> None:
        """Stop everything that runs: it will run again elsewhere."""
        with self._lock:
            for attempt in self._running.values():
                attempt.interrupt(Shutdown())

    def _stop(self, attempt: Attempt, error: Interrupted, why: Why) -> None:
        if attempt.interrupt(error) and self._force_after_s is not None:
            self._board.force(attempt.job, why, self._force_after_s)

    def wait_for_late_outcomes(self, until: float, patience_s: float) -> bool:
        """Sleep until a time (of time.monotonic()), or until outcomes lie here for patience_s.

        Nobody else hands them in while a task runs or more are waited for. Returns whether there
        are such.
        """
        with self._lock:
            while not self.is_over:
                now = time.monotonic()
                late_at = None if self._oldest_at is None else self._oldest_at + patience_s
                if late_at is not None and now >= late_at:
                    return True
                if now >= until:
                    return False
                self._is_first.wait((until if late_at is None else min(until, late_at)) - now)
            return False

    def wait_for_outcomes(self, seconds: float, enough: int) -> None:
        """Sleep until there are outcomes and no more than enough tasks wait, or for so long."""
        with self._lock:
            self._enough = enough
            if not self.is_over and not (self._outcomes and len(self._waiting) <= enough):
                self._is_due.wait(seconds)

    def close(self) -> None:
        """End every wait, now and later."""
        with self._lock:
            self.is_over = True
            for condition in (self._arrived, self._is_due, self._is_first):
                condition.notify_all()

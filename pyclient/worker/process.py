"""One child as its supervisor sees it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context, resource_tracker

from pyclient.worker import child
from pyclient.worker.autoscale.target import resident_mb
from pyclient.worker.board import Board, Why
from pyclient.worker.config import PROCESS, WorkerConfig
from pyclient.worker.demand import IN_HAND_MOST
from pyclient.worker.deputy import Death, how_it_died


class ChildProcess:
    """A process that was started, and what its supervisor wants of it.

    Attributes:
        board: what it holds.
        pid: its process id.
        began_at: time.monotonic() of its start.
        is_leaving: it was told to end, and another one takes its place.
        kill_at: time.monotonic() from which on it is killed; None = never.
        verdicts: tasks that it is killed for.
        kill_reason: what its running tasks fail with when it is killed; None = they are given back.
    """

    def __init__(self, config: WorkerConfig) -> None:
        """Start it."""
        self.board = Board(2 * config.slots * max(config.prefetch, 1) + 2 * IN_HAND_MOST)
        self.began_at = time.monotonic()
        self.is_leaving = False
        self.kill_at: float | None = None
        self.verdicts: dict[tuple[str, str], Why] = {}
        self.kill_reason: str | None = None
        self._is_killed = False
        self._is_alone = config.pool == PROCESS
        process = get_context("spawn").Process(target=child.main, args=(config, self.board))
        with _no_interrupts():
            process.start()
        self._process = process
        self.pid = process.pid or 0

    @property
    def sentinel(self) -> int:
        """Becomes readable when it ends."""
        return self._process.sentinel

    @property
    def exit_code(self) -> int | None:
        """None while it runs. For one thread: two that ask at once may both hear None."""
        return self._process.exitcode

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        if self.exit_code is None:
            os.kill(self.pid, number)

    def leave(self, grace_s: float | None = None) -> None:
        """Have it end after its running tasks; after so many seconds it is killed, None = never."""
        if grace_s is not None and self.kill_at is None:
            self.kill_at = time.monotonic() + grace_s
        if not self.is_leaving:
            self.is_leaving = True
            self.send(signal.SIGTERM)

    def kill(self, reason: str | None = None) -> None:
        """End it now; its running tasks fail with the reason, without one they are given back."""
        if not self._is_killed:
            self._is_killed = True
            self.kill_reason = reason
            self.send(signal.SIGKILL)

    def end_overdue(self, grace_s: float) -> bool:
        """Kill it for tasks that do not end when told; its other tasks get a grace period first.

        Returns whether there are new ones.
        """
        overdue = [entry for entry in self.board.overdue() if entry.key not in self.verdicts]
        self.verdicts |= {entry.key: entry.why for entry in overdue}
        if overdue and (self._is_alone or self.board.running() <= len(self.verdicts)):
            self.kill()
        elif overdue:
            self.leave(grace_s)
        return bool(overdue)

    def is_late(self, period_s: float) -> bool:
        """Whether it has not prolonged its leases for so long, although it should have."""
        beat_at = self.board.beat_at or self.began_at
        return time.monotonic() - beat_at > period_s

    def memory_mb(self) -> float:
        """Its resident memory; 0 when it has ended."""
        return resident_mb([self.pid])

    def left_anything(self) -> bool:
        """Whether there is anything to be handed in for it."""
        return bool(self.board.entries()) or self.board.open_request is not None

    def death(self) -> Death:
        """What is to be handed in for it."""
        how = how_it_died(self.exit_code)
        error = self.kill_reason if self._is_killed else f"WorkerLost: its process {how}"
        return Death(
            self.pid, self.board.entries(), how, self.verdicts, error, self.board.open_request
        )

    def bury(self) -> None:
        """Forget it; it has ended."""
        self._process.join()
        self._process.close()


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Have a child begin with SIGINT blocked: from a terminal it comes to all processes."""
    resource_tracker.ensure_running()  # else start() does it, and unblocks
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

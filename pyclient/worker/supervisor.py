"""The process that starts the children, replaces those that die, and passes on the wish to end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection, get_context, resource_tracker
from multiprocessing.context import SpawnProcess
from types import FrameType

from pyclient.client import connect
from pyclient.worker import child
from pyclient.worker.app import load
from pyclient.worker.config import WorkerConfig, log

#: Seconds from the second signal until children that have not ended are killed.
FORCED_S = 5.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_LOOK_S = 0.1  # a signal handler cannot end a wait
_QUICK_DEATH_S, _LONGEST_PAUSE_S = 5.0, 30.0


@dataclass(slots=True)
class _Slot:
    """The place of one child.

    Attributes:
        process: the child, None between two.
        began_at: time.monotonic() of its start.
        pause_s: seconds before the next one, more with every quick death.
        next_at: time.monotonic() of the next start.
        is_closed: nobody is to follow.
    """

    process: SpawnProcess | None = None
    began_at: float = 0.0
    pause_s: float = 0.0
    next_at: float = 0.0
    is_closed: bool = False


class Supervisor:
    """A worker: this process, and its children."""

    def __init__(self, config: WorkerConfig) -> None:
        """Import the app, to find out now if that fails.

        Raises:
            ValueError: the app is not there.
        """
        self._config = config
        self._name = load(config.place).name
        self._slots = [_Slot() for _ in range(config.concurrency)]
        self._signals = 0  # how many came: all that their handler touches
        self._obeyed = 0
        self._kill_at: float | None = None
        self._has_failed = False

    def run(self) -> int:
        """Work until told to end; in a burst until nothing is ready. In the main thread only.

        SIGTERM and SIGINT end it: the first after the running tasks, the second at once; tasks
        that are given up so will run again. A third kills.

        Returns:
            The exit code: 0, or 1 if how some task ended could not be handed in.

        Raises:
            CelersError: the server is not there, is not set up, or refuses what is asked for.
        """
        self._check()
        before = {number: signal.signal(number, self._noted) for number in _SIGNALS}
        config = self._config
        log.info(
            "worker %s: %d processes, queues %s, lease %d s",
            *(self._name, config.concurrency, config.queues, config.lease_s),
        )
        try:
            self._loop()
        finally:
            self._send(signal.SIGKILL)
            for number, handler in before.items():
                signal.signal(number, handler)
        log.info("worker %s: ended", self._name)
        return int(self._has_failed)

    def _check(self) -> None:
        """Have the server say now what it would say to every child."""
        config = self._config
        with connect(config.dsn, pool_size=1) as client:
            client.call_step(
                None, None, None, queues=config.queues, limit=0, lease_s=config.lease_s
            )

    def _noted(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1

    def _loop(self) -> None:
        while True:
            self._obey()
            for slot in self._slots:
                self._tend(slot)
            running = [slot.process.sentinel for slot in self._slots if slot.process is not None]
            if not running and all(slot.is_closed for slot in self._slots):
                return
            connection.wait(running, _LOOK_S) if running else time.sleep(_LOOK_S)

    def _obey(self) -> None:
        """Pass on the signals that came."""
        signals = self._signals
        if signals and not self._obeyed:
            log.info("ending after the running tasks; a second signal ends at once")
            for slot in self._slots:
                slot.is_closed = True
            self._send(signal.SIGTERM)
        if signals >= 2 and self._obeyed < 2:
            log.warning("ending at once")
            self._kill_at = time.monotonic() + FORCED_S
            self._send(child.FORCE)
        if signals >= 3 or (self._kill_at is not None and time.monotonic() > self._kill_at):
            self._send(signal.SIGKILL)
        self._obeyed = signals

    def _send(self, number: signal.Signals) -> None:
        for slot in self._slots:
            process = slot.process
            if process is not None and process.exitcode is None and process.pid is not None:
                os.kill(process.pid, number)

    def _tend(self, slot: _Slot) -> None:
        """Take leave of a child that ended, and start the next one when its time has come."""
        process = slot.process
        if process is not None and process.exitcode is not None:
            self._bury(slot, process)
        if slot.process is None and not slot.is_closed and time.monotonic() >= slot.next_at:
            self._start(slot)

    def _bury(self, slot: _Slot, process: SpawnProcess) -> None:
        code = process.exitcode
        slot.process = None
        if slot.is_closed:  # all of them are to end
            self._has_failed |= code == child.NOT_HANDED_IN
        elif self._config.is_burst and code == child.DONE:
            slot.is_closed = True
        else:
            died_young = time.monotonic() - slot.began_at < _QUICK_DEATH_S
            slot.pause_s = min(max(1.0, slot.pause_s * 2), _LONGEST_PAUSE_S) if died_young else 0.0
            slot.next_at = time.monotonic() + slot.pause_s
            how = f"was killed by signal {-code}" if code and code < 0 else f"ended with {code}"
            log.warning("process %s %s: replaced in %g s", process.pid, how, slot.pause_s)
        process.close()

    def _start(self, slot: _Slot) -> None:
        slot.process = get_context("spawn").Process(target=child.main, args=(self._config,))
        slot.began_at = time.monotonic()
        with _no_interrupts():
            slot.process.start()


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Have a child begin with SIGINT blocked: from a terminal it comes to all processes."""
    resource_tracker.ensure_running()  # else start() does it, and unblocks
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

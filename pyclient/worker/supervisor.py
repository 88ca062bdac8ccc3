"""The process that starts the children, replaces those that end, and passes on the wish to end."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from multiprocessing import connection
from types import FrameType

from pyclient.app import load
from pyclient.client import connect
from pyclient.worker import child
from pyclient.worker.config import WorkerConfig, log
from pyclient.worker.deputy import Deputy, how_it_died
from pyclient.worker.process import ChildProcess

#: Seconds from the second signal until children that have not ended are killed.
FORCED_S = 5.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_LOOK_S = 0.1  # a signal handler cannot end a wait
_MEMORY_LOOK_S = 1.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0


class Supervisor:
    """A worker: this process, and its children.

    Attributes:
        looked_at: time.monotonic() of the latest turn of its loop.
        is_ending: it was told to end.
    """

    def __init__(self, config: WorkerConfig) -> None:
        """Import the app, to find out now if that fails.

        Raises:
            ValueError: the app is not there.
        """
        self._config = config
        self._app = load(config.place)
        self._name = self._app.name
        self._children: list[ChildProcess] = []
        self._lock = threading.Lock()  # of the list, for the other threads
        self._wanted = config.processes
        self._deputy = Deputy(config, self._name, self._late_receipts)
        self._signals = 0  # how many came: all that their handler touches
        self._obeyed = 0
        self._on_ending: list[Callable[[], None]] = []
        self._force_at = 0.0
        self._is_reloading = False
        self._has_failed = False
        self._pause_s, self._next_start_at = 0.0, 0.0
        self._memory_at = 0.0
        self.looked_at = time.monotonic()
        self.is_ending = False

    def run(self) -> int:
        """Work until told to end; in a burst until nothing is ready. In the main thread only.

        SIGTERM and SIGINT end it: the first after the running tasks, for which they have the grace
        period; the second at once; tasks that are given up so will run again. A third kills.

        Returns:
            The exit code: 0, or 1 if how some task ended could not be handed in.

        Raises:
            CelersError: the server is not there, is not set up, or refuses what is asked for.
        """
        config = self._config
        self._check()
        before = {number: signal.signal(number, self._noted) for number in _SIGNALS}
        log.info(
            "worker %s: %d processes, pool %s of %d, queues %s, lease %d s",
            *(self._name, config.processes, config.pool, config.slots),
            *(",".join(config.queues), config.lease_s),
        )
        self._warn_of_queues()
        self._deputy.start()
        try:
            self._loop()
        finally:
            self._send(signal.SIGKILL)
            self._deputy.end()
            for number, handler in before.items():
                signal.signal(number, handler)
        log.info("worker %s: ended", self._name)
        return int(self._has_failed)

    def _warn_of_queues(self) -> None:
        """Say so where no task of the app goes to a queue that is served."""
        homes = {task.queue for task in self._app.tasks.values()}
        if homes and not homes & set(self._config.queues):
            names = ", ".join(sorted(homes))
            log.warning("this worker serves no queue of %s: its tasks go to %s", self._name, names)

    def at_the_end(self, listener: Callable[[], None]) -> None:
        """Have a function called as soon as the worker is told to end."""
        self._on_ending.append(listener)

    def _check(self) -> None:
        """Have the server say now what it would say to every child."""
        config = self._config
        with connect(config.dsn, pool_size=1) as client:
            queues = ",".join(config.queues)
            client.call_step(None, None, None, queues=queues, limit=0, lease_s=config.lease_s)

    def _noted(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1

    def _loop(self) -> None:
        while True:
            self.looked_at = time.monotonic()
            self._obey()
            self._bury_the_dead()
            self._enforce_limits()
            self._start_missing()
            if not self._children and not self._wanted:
                return
            sentinels = [one.sentinel for one in self._children]
            connection.wait(sentinels, _LOOK_S) if sentinels else time.sleep(_LOOK_S)

    def _obey(self) -> None:
        """Pass on the signals that came."""
        signals = self._signals
        if signals and not self._obeyed:
            log.info("ending after the running tasks; a second signal ends at once")
            with self._lock:
                self.is_ending, self._wanted = True, 0
            self._force_at = time.monotonic() + self._config.grace_s
            for one in self._children:
                one.leave(self._config.grace_s + FORCED_S)
            for listener in self._on_ending:
                listener()
        if self.is_ending and self._obeyed < 2 and time.monotonic() > self._force_at > 0:
            log.warning("the grace period is over")
            signals = max(signals, 2)
        if signals >= 2 and self._obeyed < 2:
            log.warning("ending at once")
            for one in self._children:
                one.kill_at = time.monotonic() + FORCED_S
            self._send(child.FORCE)
        if signals >= 3:
            for one in self._children:
                one.kill()
        self._obeyed = max(signals, self._obeyed)
        if self._is_reloading:
            self._is_reloading = False
            for one in self._children:
                one.leave(self._config.grace_s)

    def _send(self, number: signal.Signals) -> None:
        for one in self._children:
            one.send(number)

    def _bury_the_dead(self) -> None:
        for one in [one for one in self._children if one.exit_code is not None]:
            with self._lock:
                self._children.remove(one)
            self._judge(one)
            if one.exit_code not in (child.DONE, child.WORN_OUT) or one.left_anything():
                self._deputy.report(one.death())
            one.bury()

    def _judge(self, one: ChildProcess) -> None:
        """Say how it ended, and whether another one is to follow."""
        code = one.exit_code
        if code == child.NOT_HANDED_IN:
            self._has_failed = True
        if one.is_leaving or code == child.WORN_OUT:
            log.debug("process %d %s", one.pid, how_it_died(code))
        elif self._config.is_burst and code == child.DONE and not one.board.running():
            with self._lock:
                self._wanted = max(0, self._wanted - 1)
        else:
            if one.board.is_ready:
                self._pause_s = self._next_start_at = 0.0
            else:
                self._start_later()
            log.warning("process %d %s: replaced", one.pid, how_it_died(code))

    def _enforce_limits(self) -> None:
        for one in self._children:
            if one.end_overdue(self._config.grace_s):
                log.warning("process %d runs a task that does not end when told", one.pid)
            if one.kill_at is not None and time.monotonic() > one.kill_at:
                one.kill()
        if time.monotonic() - self._memory_at >= _MEMORY_LOOK_S:
            self._memory_at = time.monotonic()
            self._look_at_memory()

    def _look_at_memory(self) -> None:
        kill_mb, most_mb = self._config.kill_memory_mb, self._config.max_memory_mb
        for one in self._children if kill_mb or most_mb else ():
            memory_mb = one.memory_mb()
            if kill_mb and memory_mb > kill_mb:
                reason = f"MemoryLimit: its process had {memory_mb:.0f} MB, more than {kill_mb} MB"
                log.warning("process %d has %.0f MB: killed", one.pid, memory_mb)
                one.kill(reason)
            elif most_mb and memory_mb > most_mb and not one.is_leaving:
                log.info("process %d has %.0f MB: replaced", one.pid, memory_mb)
                one.leave()

    def _start_missing(self) -> None:
        staying = [one for one in self._children if not one.is_leaving]
        for one in staying[self._wanted :]:
            one.leave()
        if len(staying) < self._wanted and self._may_start():
            self._start_one()

    def _may_start(self) -> bool:
        if self._config.is_burst and self._deputy.is_busy:  # it could find nothing, and end
            return False
        return time.monotonic() >= self._next_start_at

    def _start_one(self) -> None:
        try:
            one = ChildProcess(self._config)
        except OSError as error:  # no memory, no process, no file: the others go on
            log.error("no process can be started for now: %s", error)
            self._start_later()
            return
        with self._lock:
            self._children.append(one)

    def _start_later(self) -> None:
        self._pause_s = min(max(_FIRST_PAUSE_S, self._pause_s * 2), _LONGEST_PAUSE_S)
        self._next_start_at = time.monotonic() + self._pause_s

    def _late_receipts(self) -> list[str]:
        """Leases that the children should have prolonged."""
        period_s = 2 * min(self._config.lease_s / 3, self._config.heartbeat_s)
        with self._lock:
            late = [one for one in self._children if one.is_late(period_s)]
        return sorted({entry.receipt for one in late for entry in one.board.entries()})

    def reload(self) -> None:
        """Replace all children, each after its running tasks; from any thread."""
        self._is_reloading = True

    @property
    def is_ready(self) -> bool:
        """Whether a child works, and the worker is not about to end."""
        with self._lock:
            return not self.is_ending and any(one.board.is_ready for one in self._children)

    @property
    def size(self) -> int:
        """Processes that are wanted."""
        return self._wanted

    def resize(self, size: int) -> None:
        """Run so many processes from now on; from any thread."""
        with self._lock:
            if not self.is_ending:
                self._wanted = min(size, self._config.most_processes)

    def busy(self) -> tuple[int, int]:
        """Tasks that run now, and how many may."""
        with self._lock:
            running = sum(one.board.running() for one in self._children)
        return running, self._wanted * self._config.slots

    def memory_mb(self) -> float:
        """Resident memory of the children."""
        with self._lock:
            children = list(self._children)
        return sum(one.memory_mb() for one in children)

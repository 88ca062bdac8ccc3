"""Client processes that run a workload's cycle against one system, all at once."""

from __future__ import annotations

import contextlib
import multiprocessing
import time
import traceback
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier
from typing import Any, TypeAlias

from loadtests.queues import Fault, Queue, System
from pyclient.errors import DeadlockError, LockTimeout

#: A client that found nothing so often in a row, and for so long, takes the queue to be empty.
_EMPTY_TIMES = 20
_EMPTY_NS = 200_000_000
#: A run that ended earlier than this share of its time says nothing of the server's processor time.
_WHOLE = 0.9
#: Seconds that the clients of a run may take to be ready.
READY_S = 60.0
#: fork: a client starts in milliseconds, and opens its connection itself.
PROCESSES = multiprocessing.get_context("fork")


class Log:
    """What one client did: durations and ends of its cycles, durations of their calls, and ids."""

    def __init__(self) -> None:
        self.parts: dict[str, array[int]] = {}
        self.cycles = array("q")
        self.ends = array("q")
        self.counts = array("q")
        self.enqueued: list[str] = []
        self.completed: list[str] = []
        self.errors: Counter[int] = Counter()

    def part(self, name: str, began_ns: int) -> int:
        """Note a call that began then and ends now; returns now."""
        now = time.perf_counter_ns()
        self.parts.setdefault(name, array("q")).append(now - began_ns)
        return now

    def spans(self) -> Iterator[tuple[int, int]]:
        """The end and the duration of each cycle."""
        return zip(self.ends, self.cycles, strict=True)

    def follow(self, warm: Log) -> None:
        """Put the warm-up's cycles, ids and errors before its own; its calls do not count."""
        self.cycles = warm.cycles + self.cycles
        self.ends = warm.ends + self.ends
        self.counts = warm.counts + self.counts
        self.enqueued = warm.enqueued + self.enqueued
        self.completed = warm.completed + self.completed
        self.errors += warm.errors


#: One round of a client; returns for how many tasks it counts, 0 = there was nothing to do.
Cycle: TypeAlias = Callable[[Queue, Log], int]


@dataclass(frozen=True)
class Load:
    """How clients are run.

    Attributes:
        clients: how many, each a process with a connection.
        seconds: how long the time is that counts.
        warmup_s: how long they run before it.
        server_s: the server's processor time in seconds.
    """

    clients: int
    seconds: float
    warmup_s: float
    server_s: Callable[[], float | None]


@dataclass
class Run:
    """What all clients of a run did in the time that counts."""

    begin_ns: int
    end_ns: int
    logs: list[Log]
    server_s: float | None = None

    @property
    def enqueued(self) -> list[str]:
        """The ids of the tasks that were added."""
        return [task_id for log in self.logs for task_id in log.enqueued]

    @property
    def completed(self) -> list[str]:
        """The ids of the tasks that were completed."""
        return [task_id for log in self.logs for task_id in log.completed]

    @property
    def errors(self) -> Counter[int]:
        """How often the server refused a call for a lock, by error number."""
        return sum((log.errors for log in self.logs), Counter())

    @property
    def rate(self) -> float:
        """Tasks per second."""
        return self.rate_between(self.begin_ns, self.end_ns)

    @property
    def server_us(self) -> float | None:
        """Microseconds of processor time that the server spent on a task."""
        tasks = self.rate * self.seconds
        return self.server_s * 1e6 / tasks if self.server_s is not None and tasks else None

    @property
    def seconds(self) -> float:
        """How long that time was."""
        return (self.end_ns - self.begin_ns) / 1e9

    def rate_between(self, begin_ns: int, end_ns: int) -> float:
        """Tasks per second in a stretch of time; a cycle that lies in part in it counts in part."""
        tasks = 0.0
        for log in self.logs:
            for (end, duration), count in zip(log.spans(), log.counts, strict=True):
                inside = min(end, end_ns) - max(end - duration, begin_ns)
                if inside > 0:
                    tasks += count * inside / duration
        return tasks / max((end_ns - begin_ns) / 1e9, 1e-9)

    def durations(self, begin_ns: int = 0, end_ns: int = 1 << 63) -> list[array[int]]:
        """How long each cycle took that lay within a stretch of time, the warm-up never."""
        begin_ns = max(begin_ns, self.begin_ns)
        return [
            array("q", [d for end, d in log.spans() if begin_ns <= end - d and end <= end_ns])
            for log in self.logs
        ]

    def windows(self, seconds: float) -> list[tuple[int, int]]:
        """Beginnings and ends of stretches of so many seconds that make up the whole."""
        step = int(seconds * 1e9)
        starts = range(self.begin_ns, self.end_ns - step // 2, step)
        return [(start, start + step) for start in starts]

    def parts(self) -> list[str]:
        """The names of the calls that were timed."""
        return list(dict.fromkeys(name for log in self.logs for name in log.parts))


def work(queue: Queue, cycle: Cycle, log: Log, until_ns: int) -> int:
    """Repeat a cycle until a point in time, or until nothing is left to do.

    Returns when it ended.
    """
    now = found_ns = time.perf_counter_ns()
    misses = 0
    while now < until_ns:
        began_ns = now
        count = attempt(queue, cycle, log)
        now = time.perf_counter_ns()
        if count:
            found_ns, misses = now, 0
            log.cycles.append(now - began_ns)
            log.ends.append(now)
            log.counts.append(count)
            continue
        misses += 1
        if misses >= _EMPTY_TIMES and now - found_ns > _EMPTY_NS:
            return found_ns
    return until_ns


def attempt(queue: Queue, cycle: Cycle, log: Log) -> int:
    """Run a cycle once; note a deadlock or a lock timeout as pyclient would meet it, and go on."""
    try:
        return cycle(queue, log)
    except (DeadlockError, LockTimeout) as error:
        log.errors[error.number or 0] += 1
        queue.recover()
        return 0


def run(system: System, cycle: Cycle, load: Load) -> Run:
    """Run a cycle in client processes that begin together."""
    barrier = PROCESSES.Barrier(load.clients + 1)
    with Team() as team:
        for _ in range(load.clients):
            team.start(_client, system, cycle, load, barrier)
        barrier.wait(READY_S)
        time.sleep(load.warmup_s)
        before_s = load.server_s()
        time.sleep(load.seconds)
        after_s = load.server_s()
        results = team.results()
    begins, ends, logs = zip(*results, strict=True)
    whole = Run(max(begins), min(ends), list(logs))
    ran_through = whole.seconds > load.seconds * _WHOLE
    if ran_through and before_s is not None and after_s is not None:
        whole.server_s = after_s - before_s
    return whole


def _client(system: System, cycle: Cycle, load: Load, barrier: Barrier) -> tuple[int, int, Log]:
    with contextlib.closing(system.queue()) as queue:
        barrier.wait(READY_S)
        begin_ns = time.perf_counter_ns() + int(load.warmup_s * 1e9)
        warm = Log()
        work(queue, cycle, warm, begin_ns)
        log = Log()
        end_ns = work(queue, cycle, log, begin_ns + int(load.seconds * 1e9))
        while not attempt(queue, _put_down, log):
            pass
    log.follow(warm)
    return begin_ns, end_ns, log


def _put_down(queue: Queue, log: Log) -> int:
    """Complete what is held at the end."""
    log.completed += queue.ack()
    return 1


class Team:
    """Processes of ours, each of which returns one value."""

    def __init__(self) -> None:
        self._members: list[tuple[BaseProcess, Connection]] = []

    def start(self, job: Callable[..., Any], *args: Any) -> None:
        """Start a process that returns what the job does."""
        ours, theirs = PROCESSES.Pipe(duplex=False)
        process = PROCESSES.Process(target=_member, args=(theirs, job, args), daemon=True)
        process.start()
        theirs.close()
        self._members.append((process, ours))

    def results(self) -> list[Any]:
        """What each returned, in the order of their start.

        Raises:
            ClientFailed: one of them raised, or died.
        """
        found = []
        for process, pipe in self._members:
            try:
                is_good, value = pipe.recv()
            except EOFError:
                process.join()
                raise ClientFailed(f"a client died with exit code {process.exitcode}") from None
            if not is_good:
                raise ClientFailed(f"a client failed:\n{value}")
            found.append(value)
        return found

    def __enter__(self) -> Team:
        return self

    def __exit__(self, *_: object) -> None:
        for process, pipe in self._members:
            pipe.close()
            process.join(0.2)
            if process.is_alive():
                process.terminate()
                process.join()


class ClientFailed(Fault):
    """A client process did not come to its end."""


def _member(pipe: Connection, job: Callable[..., Any], args: tuple[Any, ...]) -> None:
    try:
        answer: tuple[bool, Any] = True, job(*args)
    except BaseException as error:
        answer = False, "".join(traceback.format_exception(error, chain=False))
    pipe.send(answer)
    pipe.close()

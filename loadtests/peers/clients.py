"""Client processes that repeat a cycle at once, for a time, and write down what they did."""

from __future__ import annotations

import functools
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from loadtests import stats
from loadtests.driver import Run
from loadtests.peers import cores, journal
from loadtests.peers.crew import Crew, ProcessFailed

#: A client that found nothing so often in a row, and for so long, takes the queue to be empty.
_EMPTY_TIMES = 20
_EMPTY_NS = 200_000_000
_READY_S = 60.0
_HEAD_START_NS = 50_000_000

Numbers = Sequence[int]


class Member(Protocol):
    """A client in its process, its connections open."""

    def cycle(self) -> tuple[Numbers, Numbers]:
        """One round; returns the numbers enqueued and the numbers completed."""

    def close(self) -> None:
        """Hold nothing any more, and end the connections."""


@dataclass(frozen=True)
class Span:
    """How long clients run.

    Attributes:
        warmup_s: before the time that counts.
        seconds: that count.
        bound_s: after that, until those who have not come back are killed.
    """

    warmup_s: float
    seconds: float
    bound_s: float


@dataclass
class Done:
    """What all of them did.

    Attributes:
        run: the cycles, for rates and percentiles.
        enqueued, completed: all numbers, those of the warm-up too.
        killed: clients that did not come back.
        ran_empty: whether there was nothing left before the time was over.
        others_cores: what others took of the machine meanwhile.
    """

    run: Run
    enqueued: array[int]
    completed: array[int]
    killed: int
    ran_empty: bool
    others_cores: float | None

    @property
    def latency(self) -> stats.Latency | None:
        """Percentiles of the cycles."""
        return stats.latency(self.run.durations())

    @property
    def count(self) -> int:
        """Tasks in the time that counts, about."""
        return round(self.run.rate * self.run.seconds)


def run(
    members: Sequence[Callable[[], Member]], span: Span, folder: Path, *, counts_completed: bool
) -> Done:
    """Run clients; each opens its connections in its process.

    Raises:
        ProcessFailed: one failed, or was not ready in time.
    """
    paths = [folder / f"client-{place}" for place in range(len(members))]
    with Crew[int]() as crew:
        for open_member, path in zip(members, paths, strict=True):
            path.unlink(missing_ok=True)
            crew.start(functools.partial(_client, open_member, path, span))
        if None in crew.answers(_READY_S):
            raise ProcessFailed(f"clients are not ready within {_READY_S:g} s")
        begin_ns = time.perf_counter_ns() + _HEAD_START_NS + int(span.warmup_s * 1e9)
        until_ns = begin_ns + int(span.seconds * 1e9)
        crew.tell((begin_ns - int(span.warmup_s * 1e9), until_ns))
        before = cores.read()
        ends = crew.answers((until_ns - time.perf_counter_ns()) / 1e9 + span.bound_s)
        noise = cores.others(before, cores.read())
    deeds = [journal.read(path) for path in paths if path.exists()]
    end_ns = max(min(until_ns if end is None else end for end in ends), begin_ns + 1)
    found = Run(begin_ns, end_ns, [one.log(counts_completed=counts_completed) for one in deeds])
    enqueued, completed = array("q"), array("q")
    for one in deeds:
        enqueued += one.enqueued
        completed += one.completed
    return Done(found, enqueued, completed, ends.count(None), end_ns < until_ns, noise)


def _client(open_member: Callable[[], Member], path: Path, span: Span, pipe: Connection) -> int:
    """Run one; returns when its cycles ended, by time.perf_counter_ns()."""
    member = open_member()
    written = journal.Journal(path)
    pipe.send((True, 0))
    begin_ns, until_ns = pipe.recv()
    _sleep_until(begin_ns)
    ended_ns = _work(member, written, until_ns)
    member.close()
    written.close()
    return ended_ns


def _work(member: Member, written: journal.Journal, until_ns: int) -> int:
    now = found_ns = time.perf_counter_ns()
    misses = 0
    while now < until_ns:
        began_ns = now
        enqueued, completed = member.cycle()
        now = time.perf_counter_ns()
        if enqueued or completed:
            written.write(began_ns, now, enqueued, completed)
            found_ns, misses = now, 0
            continue
        misses += 1
        if misses >= _EMPTY_TIMES and now - found_ns > _EMPTY_NS:
            return found_ns
    return until_ns


def _sleep_until(moment_ns: int) -> None:
    time.sleep(max(moment_ns - time.perf_counter_ns(), 0) / 1e9)

"""A crash of the server in the middle: what is lost, and how long nothing is done."""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pyclient
from loadtests.driver import Load, Run, run
from loadtests.queues import PAYLOAD, TASK_NAME, Fault, Queue
from loadtests.scales.depths import LIFE
from loadtests.scales.points import Point, Promise
from loadtests.scales.private import elsewhere
from loadtests.scales.stage import CLIENTS, Skip, Stage, Trial
from loadtests.scales.system import ScaleQueue, ScaleSystem, Shape
from loadtests.workloads import enqueue_and_step
from pyclient.dsn import Dsn
from tools.server import PrivateServer

#: Seconds of load before the kill and, at the least, after it.
_AROUND_S = 4.0
#: Seconds in which the server is expected back.
_AWAY_S = 8.0
#: Nanoseconds in which answers that were underway at the kill still arrive.
_UNDERWAY_NS = 200_000_000


def restart(stage: Stage) -> Iterator[Point]:
    """SIGKILL in the middle of a run through pyclient, which repeats what was not answered."""
    around_s = min(_AROUND_S, stage.sizes.seconds * 2)
    with elsewhere(stage, 1) as [(server, other)]:
        system = _PatientSystem(dataclasses.replace(other.dsn, database="celers_scales"))
        system.create()
        trial = Trial(other, system)
        with trial.queue():
            crash = _Crash(server, around_s)
            crash.start()
            load = Load(CLIENTS, around_s * 2 + _AWAY_S, 0.5, lambda: None)
            found = run(system, enqueue_and_step, load)
            crash.join()
            trial.account(found)
    yield from _story(found, crash, around_s)


def restart_promises(points: list[Point]) -> Iterator[Promise]:
    """A ledger that is wrong ends everything, so that whoever comes here has lost nothing."""
    [found] = [found for found in points if found.note]
    yield Promise("each task completed exactly once across a crash", found.note, True)


class _Crash(threading.Thread):
    """Kills the server after a while, and starts it again."""

    def __init__(self, server: PrivateServer, after_s: float) -> None:
        super().__init__(daemon=True)
        self._server, self._after_s = server, after_s
        self.killed_ns = self.up_ns = 0

    def run(self) -> None:
        """Sleep, kill, start."""
        time.sleep(self._after_s)
        self.killed_ns = time.perf_counter_ns()
        self._server.kill()
        self._server.start()
        self.up_ns = time.perf_counter_ns()


class PatientQueue(ScaleQueue):
    """A client over pyclient, which waits for a server that is away and calls again."""

    def __init__(self, dsn: Dsn, name: str) -> None:
        super().__init__(dsn, name, Shape())
        self._client = pyclient.connect(dsn)
        self._rows: list[Any] = []

    def enqueue(self, payload: str = PAYLOAD) -> str:
        """call_enqueue."""
        return str(self._client.call_enqueue(self._queue, TASK_NAME, json.loads(payload)).task_id)

    def step(self, count: int) -> tuple[list[str], int]:
        """call_step."""
        rows = self._client.call_step(
            self._worker, self._handed(), None, queues=self._queue, limit=count
        )
        if any(row.outcome != "claimed" for row in rows):
            raise Fault(f"a step was answered with {rows[:3]}")
        ids, self._rows = [str(row.task_id) for row in self._rows], rows
        return ids, len(rows)

    def ack(self) -> list[str]:
        """call_ack_batch."""
        if self._rows:
            self._client.call_ack_batch(self._handed())
        ids, self._rows = [str(row.task_id) for row in self._rows], []
        return ids

    def close(self) -> None:
        """End the connections."""
        self._client.close()
        super().close()

    def _handed(self) -> list[dict[str, Any]]:
        return [{"task_id": row.task_id, "receipt": row.receipt} for row in self._rows]


class _PatientSystem(ScaleSystem):
    """Its clients survive a restart."""

    def queue(self) -> Queue:
        return PatientQueue(self.dsn, self._name)


def _story(found: Run, crash: _Crash, around_s: float) -> Iterator[Point]:
    span_ns = int(around_s * 1e9) // 2
    gone_ns = crash.killed_ns + _UNDERWAY_NS
    ends = [end for log in found.logs for end in log.ends if end > gone_ns]
    if not ends:
        raise Skip(f"the server did not come back within {_AWAY_S + around_s:g} s")
    first_ns = min(ends)
    before = found.rate_between(crash.killed_ns - span_ns, crash.killed_ns)
    after = found.rate_between(found.end_ns - span_ns, found.end_ns)
    up_s, first_s = ((at - crash.killed_ns) / 1e9 for at in (crash.up_ns, first_ns))
    yield Point(LIFE, None, "before the kill", before)
    note = f"first task done {first_s:.1f} s after the kill, the server up after {up_s:.1f} s"
    yield Point(LIFE, None, "after the restart", after, note=note)

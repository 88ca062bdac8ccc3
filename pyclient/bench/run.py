"""Threads that enqueue, and threads that claim and acknowledge, each timing its calls."""

from __future__ import annotations

import json
import math
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from pyclient.client import Client

#: What is timed; ``start`` is from before the enqueue to after the claim.
OPERATIONS = ("enqueue", "claim", "ack", "start")
# Producers wait while so many tasks are under way: a growing backlog would only be waiting time.
_UNDER_WAY = 1000
_WAIT_MS = 200


@dataclass(slots=True)
class Timings:
    """Milliseconds that the calls of one kind took."""

    values_ms: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float | None:
        """The least value that this share of all does not exceed; None where there is none."""
        if not self.values_ms:
            return None
        ordered = sorted(self.values_ms)
        return round(ordered[max(0, math.ceil(share * len(ordered)) - 1)], 3)


class Bench:
    """One measurement.

    Attributes:
        queue: its own; the name is new every time.
        timings: by operation, see OPERATIONS.
        elapsed_s: how long producers and workers ran.
        enqueued: tasks that were enqueued.
    """

    def __init__(self, client: Client, producers: int, workers: int) -> None:
        """Nothing runs yet. The client needs a connection for each producer and worker."""
        self.queue = f"celers-bench-{secrets.token_hex(6)}"
        self.timings: dict[str, Timings] = defaultdict(Timings)
        self.elapsed_s = 0.0
        self._client = client
        self._over = threading.Event()
        self._lock = threading.Lock()
        self.enqueued = self._ended = 0
        self._failure: BaseException | None = None
        roles: list[Callable[[], None]] = [self._produce] * producers + [self._work] * workers
        self._threads = [threading.Thread(target=self._guarded, args=(role,)) for role in roles]

    def run(self, duration_s: float) -> None:
        """Run for so long, or until an exception comes into this thread, as by Ctrl-C.

        Raises:
            CelersError: a call failed; everything else was ended because of it.
        """
        begun = time.monotonic()
        try:
            for thread in self._threads:
                thread.start()
            self._over.wait(duration_s)
        finally:
            self._over.set()
            self.elapsed_s = time.monotonic() - begun
            for thread in self._threads:
                if thread.ident is not None:
                    thread.join()
        if self._failure is not None:
            raise self._failure

    def _guarded(self, role: Callable[[], None]) -> None:
        try:
            role()
        except BaseException as error:
            self._failure = self._failure or error
            self._over.set()

    def _produce(self) -> None:
        enqueue, timings = self._client.call_enqueue, Timings()
        while not self._over.is_set():
            if self.enqueued - self._ended >= _UNDER_WAY:
                time.sleep(0.001)
                continue
            begun = time.perf_counter()
            enqueue(self.queue, "bench", {"begun": begun})
            timings.values_ms.append((time.perf_counter() - begun) * 1000)
            with self._lock:
                self.enqueued += 1
        self._keep("enqueue", timings)

    def _work(self) -> None:
        claims, acks, starts = Timings(), Timings(), Timings()
        while not self._over.is_set():
            begun = time.perf_counter()
            rows = self._client.call_dequeue_wait(self.queue, "bench", 1, wait_ms=_WAIT_MS)
            claimed = time.perf_counter()
            for row in rows:
                claims.values_ms.append((claimed - begun) * 1000)
                enqueued = json.loads(row.payload or "{}")["begun"]
                starts.values_ms.append((claimed - enqueued) * 1000)
                self._client.call_ack(row.task_id, row.receipt)
                acks.values_ms.append((time.perf_counter() - claimed) * 1000)
                with self._lock:
                    self._ended += 1
        for operation, timings in (("claim", claims), ("ack", acks), ("start", starts)):
            self._keep(operation, timings)

    def _keep(self, operation: str, timings: Timings) -> None:
        with self._lock:
            self.timings[operation].values_ms += timings.values_ms

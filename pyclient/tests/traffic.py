"""Producers and consumers under load, and a ledger of everything the server told them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pyclient
from pyclient._encode import new_uuid
from pyclient._retry import RetryPolicy
from pyclient.dsn import Dsn
from pyclient.errors import RequestBusy
from pyclient.tests.workerkit import until

QUEUE = "traffic"


class Traffic:
    """Threads that enqueue, and threads that claim and acknowledge with celers_step.

    Attributes:
        enqueued: ids that the server acknowledged.
        runs: how often each task was handed out.
        attempts: the highest attempt of each task that was handed out.
        acked: ids whose acknowledgement the server confirmed.
        wrongs: what must not happen, and did.
    """

    def __init__(
        self,
        dsn: str | Dsn,
        *,
        batches: int,
        lease_s: int = 60,
        retry: RetryPolicy | None = None,
    ) -> None:
        """Connected once, so that a call that meets no server goes on trying; nothing runs yet.

        Args:
            dsn: of the schema, through a proxy or not.
            batches: calls that each producer makes; every second one enqueues 10 tasks.
            lease_s: of the consumers' claims.
            retry: of the client; None = the default, with a longer deadline.
        """
        policy = retry or RetryPolicy(deadline_s=60)
        self._client = pyclient.connect(dsn, pool_size=16, retry=policy)
        self._client.schema_version()
        self._batches, self._lease_s = batches, lease_s
        self._lock = threading.Lock()
        self._producing = 0
        self._threads: list[threading.Thread] = []
        self._enough, self._over = threading.Event(), threading.Event()
        self.enqueued: set[str] = set()
        self.runs: Counter[str] = Counter()
        self.attempts: Counter[str] = Counter()
        self.acked: set[str] = set()
        self.wrongs: list[str] = []

    def start(self, producers: int, consumers: int) -> None:
        """Begin."""
        self._producing = producers
        bodies = [self._produce] * producers + [self._consume] * consumers
        for body in bodies:
            thread = threading.Thread(target=self._guarded, args=(body,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def wait_for_load(self, enqueued: int) -> None:
        """Wait until that many tasks were acknowledged as enqueued."""
        until(lambda: len(self.enqueued) >= enqueued, f"{enqueued} tasks; {self.wrongs}")

    def finish(self) -> None:
        """Stop the producers, then as join()."""
        self._enough.set()
        self.join()

    def join(self, timeout_s: float = 60) -> None:
        """Wait until everything that was enqueued is acknowledged as completed, or time is up."""
        until = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._enough.set()
        self._over.set()
        for thread in self._threads:
            thread.join(70)
        self._client.close()

    def _guarded(self, body: Callable[[], None]) -> None:
        try:
            body()
        except Exception as error:
            self._wrong(f"{type(error).__name__}: {error}")

    def _wrong(self, what: str) -> None:
        with self._lock:
            self.wrongs.append(what)

    def _produce(self) -> None:
        for number in range(self._batches):
            if self._enough.is_set():
                break
            ids = [new_uuid() for _ in range(10 if number % 2 else 1)]
            if len(ids) == 1:
                self._client.call_enqueue(QUEUE, "t", {"n": number}, task_id=ids[0])
            else:
                items = [{"task_id": one, "task_name": "t", "payload": {}} for one in ids]
                self._client.call_enqueue_batch(QUEUE, items)
            with self._lock:
                self.enqueued.update(ids)
        with self._lock:
            self._producing -= 1

    def _consume(self) -> None:
        acks: list[dict[str, Any]] = []
        while not self._over.is_set():
            rows = self._step(acks)
            with self._lock:
                self.acked.update(item["task_id"] for item in acks)
                self._note(rows)
                if not self._producing and self.acked >= self.enqueued:
                    return
            acks = [
                {"task_id": row.task_id, "receipt": row.receipt, "result": "1"}
                for row in rows
                if row.outcome == "claimed"
            ]
            if not acks:
                self._over.wait(0.01)

    def _step(self, acks: list[dict[str, Any]]) -> list[Any]:
        """One step; the server asks to call again where two tries of it meet."""
        request_id = new_uuid()
        for _ in range(100):
            try:
                return self._client.call_step(
                    "consumer",
                    acks or None,
                    None,
                    queues=QUEUE,
                    limit=4,
                    lease_s=self._lease_s,
                    request_id=request_id,
                )
            except RequestBusy:
                self._over.wait(0.01)
        raise AssertionError("the server never has time for this request")

    def _note(self, rows: list[Any]) -> None:
        for row in rows:
            if row.outcome != "claimed":
                self.acked.discard(row.task_id)
                continue
            if row.task_id in self.acked:
                self.wrongs.append(f"{row.task_id} was handed out after its acknowledgement")
            self.runs[row.task_id] += 1
            self.attempts[row.task_id] = max(self.attempts[row.task_id], row.attempt)

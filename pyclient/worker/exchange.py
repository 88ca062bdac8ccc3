"""What passes between a child and the server: outcomes and heartbeats one way, tasks the other."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Sequence

from pyclient._encode import new_uuid
from pyclient._generated import DequeueWaitRow, StepRow
from pyclient.errors import CelersError, WorkerNotFound
from pyclient.worker.app import App
from pyclient.worker.config import WorkerConfig, log
from pyclient.worker.held import Held
from pyclient.worker.interrupts import Interrupts
from pyclient.worker.job import Job, Outcome, reject
from pyclient.worker.link import GaveUp, Link

_WAIT_MS = 1000
#: How often the server looks for tasks while a worker waits: at 2 ms that is a tenth of one of its
#: processors, so after some seconds without work it looks less often.
_EAGER_POLL_MS, _CALM_POLL_MS = 2, 20
_CALM_AFTER_S = 5.0


class Exchange:
    """The calls of one child; both of its threads use them, each over a link of its own.

    Attributes:
        has_lost: how some task ended could not be handed in.
    """

    def __init__(self, config: WorkerConfig, app: App, held: Held, interrupts: Interrupts) -> None:
        """Nothing is called yet."""
        self.has_lost = False
        self._config, self._app = config, app
        self._held, self._interrupts = held, interrupts
        self._hostname = socket.gethostname()[:120]
        # For people: leases go by receipt, so it does no harm if it comes again.
        self._worker_id = f"{app.name}@{self._hostname}:{os.getpid()}"
        self._is_known = False
        self._worked_at = time.monotonic()

    def show(self, link: Link, status: str) -> None:
        """Have the server list this worker as alive; nothing depends on it."""
        try:
            if self._is_known:
                link.client.call_update_worker_heartbeat(self._worker_id, status)
            else:
                self._register(link, status)
        except WorkerNotFound:
            self._is_known = False
        except CelersError as error:
            log.debug("not shown as alive: %s", error)

    def _register(self, link: Link, status: str) -> None:
        link.client.call_register_worker(
            self._worker_id,
            queues=self._config.queues,
            status=status,
            capabilities={"tasks": sorted(self._app.tasks)[:500]},
            hostname=self._hostname,
            pid=os.getpid(),
        )
        self._is_known = True

    def wait(self, link: Link) -> bool:
        """Claim tasks, waiting about a second for some; whether there were any."""
        request_id = new_uuid()
        is_calm = time.monotonic() - self._worked_at > _CALM_AFTER_S
        return self._take_in(
            link.through(
                lambda: link.client.call_dequeue_wait(
                    self._config.queues,
                    self._worker_id,
                    self._config.prefetch,
                    request_id=request_id,
                    lease_s=self._config.lease_s,
                    wait_ms=_WAIT_MS,
                    poll_ms=_CALM_POLL_MS if is_calm else _EAGER_POLL_MS,
                )
            )
        )

    def step(
        self,
        link: Link,
        outcomes: Sequence[Outcome] = (),
        *,
        limit: int = 0,
        extend: Sequence[str] = (),
    ) -> bool:
        """Hand in outcomes, prolong leases, claim tasks, in one call; whether any was claimed.

        Raises:
            GaveUp: the worker is to end, and the server did not answer.
            CelersError: an answer that repeating does not change, and no outcome is its cause.
        """
        try:
            return self._step(link, outcomes, limit=limit, extend=extend)
        except GaveUp:
            self._lose(outcomes)
            raise
        except CelersError as error:
            if not outcomes:
                raise
            log.error("outcomes were refused, handing them in one by one: %s", error)
        for index, outcome in enumerate(outcomes):
            try:
                self._hand_in(link, outcome)
            except GaveUp:
                self._lose(outcomes[index:])
                raise
        return self._step(link, (), limit=limit, extend=extend)

    def _lose(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            self.has_lost = True
            log.error("%s: how it ended could not be handed in, it will run again", outcome.job)

    def _step(
        self, link: Link, outcomes: Sequence[Outcome], *, limit: int, extend: Sequence[str] = ()
    ) -> bool:
        request_id = new_uuid()
        acks = [outcome.item for outcome in outcomes if outcome.is_ack]
        rejects = [outcome.item for outcome in outcomes if not outcome.is_ack]
        return self._take_in(
            link.through(
                lambda: link.client.call_step(
                    self._worker_id,
                    acks or None,
                    rejects or None,
                    queues=self._config.queues,
                    limit=limit,
                    extend=extend or None,
                    request_id=request_id,
                    lease_s=self._config.lease_s,
                )
            )
        )

    def _hand_in(self, link: Link, outcome: Outcome) -> None:
        """Hand in one outcome; if the server refuses it, that is an error of the task, for good."""
        try:
            self._step(link, [outcome], limit=0)
        except CelersError as error:
            log.error("%s: how it ended was refused: %s", outcome.job, error)
            told = reject(outcome.job, f"{type(error).__name__}: {error}", retry=False)
            try:
                self._step(link, [told], limit=0)
            except CelersError as second:
                log.error("%s: that was refused too: %s", outcome.job, second)
                self._lose([outcome])

    def _take_in(self, rows: Sequence[StepRow] | Sequence[DequeueWaitRow]) -> bool:
        """Read an answer: tasks to run, and what became of those in hand."""
        jobs = [Job.of(row) for row in rows if row.outcome == "claimed"]
        if jobs:
            self._worked_at = time.monotonic()
            self._held.add(jobs)
        for row in rows:
            if row.outcome == "cancel_requested":
                self._cancel(row.task_id or "")
            elif row.outcome != "claimed" and row.task_id is None:  # a lease
                for job in self._held.lose(row.receipt):
                    log.warning("%s: its lease is lost, another worker may have it", job)
            elif row.outcome != "claimed":
                log.warning("task %s: %s, how it ended is dropped", row.task_id, row.outcome)
        return bool(jobs)

    def _cancel(self, task_id: str) -> None:
        if not self._held.cancel(task_id):
            self._interrupts.cancel(task_id)

"""What passes between a child and the server: outcomes and heartbeats one way, tasks the other."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Container, Mapping, Sequence

from pyclient._encode import new_uuid
from pyclient._generated import DequeueWaitRow, StepRow
from pyclient.app import App
from pyclient.app.hooks import HookContext
from pyclient.errors import CelersError, WorkerNotFound
from pyclient.worker.board import Board
from pyclient.worker.config import WorkerConfig, log
from pyclient.worker.demand import QueueOrder
from pyclient.worker.held import Held
from pyclient.worker.job import Job, Outcome, hook_context, reject
from pyclient.worker.link import GaveUp, Link

#: A worker that is told to end does so when its wait is over. After some seconds without work a
#: longer one halves the calls of those that are idle.
_WAIT_MS, _CALM_WAIT_MS = 1000, 2000
_CALM_AFTER_S = 5.0
_CANCEL, _INCOMPLETE = "cancel_requested", "incomplete"
#: Completed tasks from which on a claim is acknowledged as a whole: fewer go with less ado by name.
_WHOLE_FROM = 10
_HOOK_PAUSE_S = 1.0


class Exchange:
    """The calls of one child; both of its threads use them, each over a link of its own.

    Attributes:
        has_lost: how some task ended could not be handed in.
        worker_id: what this process is called.
    """

    def __init__(self, config: WorkerConfig, app: App, held: Held, board: Board) -> None:
        """Nothing is called yet."""
        self.has_lost = False
        self._config, self._app, self._held, self._board = config, app, held, board
        self._hostname = socket.gethostname()[:120]
        self.worker_id = config.worker_id(app.name, os.getpid())
        self._queues = QueueOrder(config.queues, config.weights)
        self._is_known = False
        self._worked_at = time.monotonic()

    def show(self, link: Link, status: str) -> None:
        """Have the server list this worker as alive; nothing depends on it."""
        try:
            if self._is_known:
                link.client.call_update_worker_heartbeat(self.worker_id, status)
            else:
                self._register(link, status)
        except WorkerNotFound:
            self._is_known = False
        except CelersError as error:
            log.debug("not shown as alive: %s", error)

    def _register(self, link: Link, status: str) -> None:
        link.client.call_register_worker(
            self.worker_id,
            queues=self._queues.fixed,
            status=status,
            capabilities={"tasks": sorted(self._app.tasks)[:500]},
            hostname=self._hostname,
            pid=os.getpid(),
        )
        self._is_known = True

    def leave(self, link: Link) -> None:
        """Have the server forget this worker; nothing depends on it."""
        try:
            link.client.call_unregister_worker(self.worker_id)
        except CelersError as error:
            log.debug("not taken off the list of workers: %s", error)

    def wait(self, link: Link, limit: int) -> bool:
        """Claim tasks, waiting one or two seconds for some; whether there were any."""
        if not self._may_claim():
            return False
        request_id = new_uuid()
        self._board.asks(request_id)
        is_calm = time.monotonic() - self._worked_at > _CALM_AFTER_S
        rows = link.through(
            lambda: link.client.call_dequeue_wait(
                self._queues.fixed,
                self.worker_id,
                limit,
                request_id=request_id,
                lease_s=self._config.lease_s,
                wait_ms=_CALM_WAIT_MS if is_calm else _WAIT_MS,
            )
        )
        has_claimed = self._take_in(rows)
        self._board.has_answer()
        return has_claimed

    def _may_claim(self) -> bool:
        """Whether the hooks before let it."""
        hooks = self._app.hooks
        if hooks.has("before_dequeue"):
            try:
                hooks.run("before_dequeue", HookContext("before_dequeue", self._queues.fixed))
            except Exception:
                log.exception("a hook before_dequeue failed: nothing is claimed")
                time.sleep(_HOOK_PAUSE_S)
                return False
        return True

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
            log.error("how it ended could not be handed in, it will run again: %s", outcome.job)

    def _step(
        self, link: Link, outcomes: Sequence[Outcome], *, limit: int, extend: Sequence[str] = ()
    ) -> bool:
        claims = self._held.whole_claims(outcomes, _WHOLE_FROM)
        rows = self._call_step(link, outcomes, claims, limit=limit, extend=extend)
        incomplete = {row.receipt for row in rows if row.outcome == _INCOMPLETE}
        again, told = _split(outcomes, incomplete)
        self._held.settled(told)
        has_claimed = self._take_in(rows)
        if limit:
            self._board.has_answer()
        self._tell_after(told, rows)
        if again:
            rows = self._call_step(link, again, {}, limit=0)
            self._held.settled(again)
            self._take_in(rows)
            self._tell_after(again, rows)
        return has_claimed

    def _call_step(
        self,
        link: Link,
        outcomes: Sequence[Outcome],
        claims: Mapping[str, int],
        *,
        limit: int,
        extend: Sequence[str] = (),
    ) -> list[StepRow]:
        """The call; what belongs to one of the claims is handed in by these alone."""
        _, single = _split(outcomes, claims)
        acks = [outcome.item for outcome in single if outcome.is_ack]
        rejects = [outcome.item for outcome in single if not outcome.is_ack]
        request_id = new_uuid()
        queues = self._queues.draw()
        limit = limit if limit and self._may_claim() else 0
        if limit:
            self._board.asks(request_id)
        return link.through(
            lambda: link.client.call_step(
                self.worker_id,
                acks or None,
                rejects or None,
                queues=queues,
                limit=limit,
                ack_claims=claims or None,
                extend=extend or None,
                request_id=request_id,
                lease_s=self._config.lease_s,
            )
        )

    def _tell_after(self, outcomes: Sequence[Outcome], rows: Sequence[StepRow]) -> None:
        """Run the hooks after acknowledgements and rejections that the server took."""
        hooks = self._app.hooks
        if not (hooks.has("after_ack") or hooks.has("after_reject")):
            return
        refused = {row.task_id for row in rows if row.outcome not in ("claimed", _CANCEL)}
        for outcome in outcomes:
            if outcome.job.task_id not in refused:
                point = "after_ack" if outcome.is_ack else "after_reject"
                hooks.run(point, hook_context(point, outcome.job, outcome))

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
            if self._app.hooks.has("after_dequeue"):
                for job in jobs:
                    self._app.hooks.run("after_dequeue", hook_context("after_dequeue", job))
            self._held.add(jobs)
        for row in rows:
            if row.outcome == _CANCEL:
                self._held.cancel(row.task_id or "")
            elif row.outcome in ("claimed", _INCOMPLETE):
                continue
            elif row.task_id is None:  # a lease
                for job in self._held.lose(row.receipt):
                    message = "its lease is lost, another worker may have it"
                    log.warning(message, extra=job.fields())
            else:
                log.warning("task %s: %s, how it ended is dropped", row.task_id, row.outcome)
        return bool(jobs)


def _split(
    outcomes: Sequence[Outcome], receipts: Container[str]
) -> tuple[list[Outcome], list[Outcome]]:
    """Those that are completed without a result and belong to one of these claims; the others."""
    inside: list[Outcome] = []
    outside: list[Outcome] = []
    for outcome in outcomes:
        is_inside = outcome.job.receipt in receipts and outcome.is_plain
        (inside if is_inside else outside).append(outcome)
    return inside, outside

"""Users that claim: one by one, in batches, in steps, and waiting."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from loadtests.load import schema
from loadtests.load.user import LEASE_S, LoadUser

BATCH = 10
_WAIT_MS = 1000
_ERROR = "ValueError: planned"


def fails(task: Any) -> bool:
    """Whether this attempt of the task is to fail."""
    return bool(task.attempt <= json.loads(task.payload)["fails"])


class Worker(LoadUser):
    """Claims, and ends what it claimed."""

    abstract = True

    def claim(self, routine: str, limit: int, **options: Any) -> list[Any]:
        """Claim with one of the routines that do."""
        call = getattr(self.calls, f"call_{routine}")
        with self.ledger.claiming():
            tasks = call(schema.QUEUE, self.name, limit, lease_s=LEASE_S, **options)
        self.ledger.note_claim(tasks)
        return list(tasks)

    def end_each(self, tasks: list[Any]) -> None:
        """Acknowledge or reject, one call a task."""
        for task in tasks:
            with self.ledger.handing_in([task.task_id]):
                if fails(task):
                    row = self.calls.call_reject(task.task_id, task.receipt, _ERROR)
                else:
                    row = self.calls.call_ack(task.task_id, task.receipt)
            self.ledger.note_ends([row])


class SingleWorker(Worker):
    """Claims one task and ends it."""

    abstract = False

    def cycle(self) -> None:
        """celers_dequeue_batch for one, then celers_ack or celers_reject."""
        self.end_each(self.claim("dequeue_batch", 1))


class BatchWorker(Worker):
    """Claims ten tasks and ends them with one call, or two where some failed."""

    abstract = False

    def cycle(self) -> None:
        """celers_dequeue_batch, celers_ack_batch, celers_reject_batch."""
        tasks = self.claim("dequeue_batch", BATCH)
        bad = [task for task in tasks if fails(task)]
        good = [task for task in tasks if not fails(task)]
        for call, some in ((self.calls.call_ack_batch, good), (self.calls.call_reject_batch, bad)):
            if some:
                with self.ledger.handing_in([task.task_id for task in some]):
                    rows = call([_item(task, is_bad=some is bad) for task in some])
                self.ledger.note_ends(rows)


class StepWorker(Worker):
    """Ends what it holds and claims the next in one call."""

    abstract = False

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._held: list[Any] = []

    def cycle(self) -> None:
        """celers_step."""
        self._step(BATCH)

    def let_go(self) -> None:
        """celers_step that claims nothing."""
        if self._held:
            self._step(0)

    def _step(self, limit: int) -> None:
        held, self._held = self._held, []
        acks = [_item(task) for task in held if not fails(task)]
        rejects = [_item(task, is_bad=True) for task in held if fails(task)]
        with self.ledger.claiming(), self.ledger.handing_in([task.task_id for task in held]):
            rows = self.calls.call_step(
                self.name, acks, rejects, queues=schema.QUEUE, limit=limit, lease_s=LEASE_S
            )
        self._held = [row for row in rows if row.outcome == "claimed"]
        self.ledger.note_claim(self._held)
        refused = {row.task_id for row in rows if row.outcome in ("lost", "not_found")}
        self.ledger.refused += refused
        for task in held:
            if task.task_id not in refused:
                self.ledger.note_ends([_Ended(task.task_id, _outcome(task))])


class Waiter(Worker):
    """Waits for a task in the server, and ends it."""

    abstract = False

    def cycle(self) -> None:
        """celers_dequeue_wait, then celers_ack or celers_reject."""
        self.end_each(self.claim("dequeue_wait", 1, wait_ms=_WAIT_MS))


class _Ended(NamedTuple):
    task_id: str
    outcome: str


def _outcome(task: Any) -> str:
    """How a task ended that celers_step took: what goes as asked has no row in its answer."""
    if not fails(task):
        return "completed"
    return "dead" if task.attempt > schema.MAX_RETRIES else "retried"


def _item(task: Any, *, is_bad: bool = False) -> dict[str, Any]:
    item = {"task_id": task.task_id, "receipt": task.receipt}
    return {**item, "error": _ERROR} if is_bad else item

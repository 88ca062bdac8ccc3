"""Users that look and meddle while the others work: counts, lists, single tasks, cancellations."""

from __future__ import annotations

import random
from typing import Any

from loadtests.load import schema
from loadtests.load.user import LoadUser

_PAGE = 20
_CANCELLED_AT_ONCE = 3


class Operator(LoadUser):
    """A person with a dashboard, or a monitor."""

    abstract = False
    slowness = 5.0

    def cycle(self) -> None:
        """One of the things that operators do."""
        random.choice((self.count, self.look, self.read_dlq, self.cancel_one, self.cancel_some))()

    def count(self) -> None:
        """celers_get_statistics, celers_queue_size, celers_list_queues."""
        self.calls.call_get_statistics(schema.QUEUE)
        self.calls.call_queue_size(schema.QUEUE)
        self.calls.call_list_queues()

    def look(self) -> None:
        """celers_list_tasks, celers_get_task, celers_get_task_throughput."""
        for row in self._page(random.choice(("pending", "processing", "completed")))[:1]:
            self.calls.call_get_task(row.task_id)
        self.calls.call_get_task_throughput(schema.QUEUE)

    def read_dlq(self) -> None:
        """celers_list_dlq."""
        self.calls.call_list_dlq(schema.QUEUE, _PAGE)

    def cancel_one(self) -> None:
        """celers_cancel of a task that waited a moment ago."""
        for row in self._page("pending")[:1]:
            with self.ledger.handing_in([row.task_id]):
                answer = self.calls.call_cancel(row.task_id, reason="changed my mind")
            self.ledger.note_cancels([answer])

    def cancel_some(self) -> None:
        """celers_cancel_batch of tasks that waited a moment ago."""
        ids = [row.task_id for row in self._page("pending")[-_CANCELLED_AT_ONCE:]]
        if ids:
            with self.ledger.handing_in(ids):
                answers = self.calls.call_cancel_batch(ids)
            self.ledger.note_cancels(answers)

    def _page(self, state: str) -> list[Any]:
        return list(self.calls.call_list_tasks(schema.QUEUE, state, _PAGE))

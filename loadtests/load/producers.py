"""Users that enqueue: one task a call, many a call, and together with a row of their own."""

from __future__ import annotations

import contextlib
import random
import time
from typing import Any

import mysql.connector

from loadtests.load import schema
from loadtests.load.user import PATIENCE_S, LoadUser, Timed
from pyclient._encode import new_uuid
from pyclient.errors import CelersError, Unavailable

TASK_NAME = "load"
BATCH = 10
_PRIORITIES = (0, 0, 0, 1, 5)
#: Of a hundred tasks three fail at first, and one always.
_FAILURES = (*([1] * 3), 9, *([0] * 96))
_DELAYED_SHARE, _DELAY_S = 0.05, 0.5
_BROKEN = (mysql.connector.Error, Unavailable)


def payload() -> dict[str, Any]:
    """Arguments of a task: how many of its attempts fail."""
    return {"to": "a@b.c", "fails": random.choice(_FAILURES)}


class SingleProducer(LoadUser):
    """Enqueues one task a call: some with a priority, some delayed."""

    abstract = False

    def cycle(self) -> None:
        """celers_enqueue."""
        task_id = new_uuid()
        with self.ledger.handing_in([task_id]):
            self.calls.call_enqueue(
                schema.QUEUE,
                TASK_NAME,
                payload(),
                task_id=task_id,
                priority=random.choice(_PRIORITIES),
                delay_s=_DELAY_S if random.random() < _DELAYED_SHARE else None,
            )
        self.ledger.enqueued.append(task_id)


class BatchProducer(LoadUser):
    """Enqueues ten tasks a call."""

    abstract = False

    def cycle(self) -> None:
        """celers_enqueue_batch."""
        ids = [new_uuid() for _ in range(BATCH)]
        tasks = [
            {"task_id": task_id, "task_name": TASK_NAME, "payload": payload()} for task_id in ids
        ]
        with self.ledger.handing_in(ids):
            self.calls.call_enqueue_batch(schema.QUEUE, tasks)
        self.ledger.enqueued += ids


class OutboxProducer(LoadUser):
    """An application: its own row and the task in one transaction, on its own connection.

    A transaction that breaks is begun again with the same ids, as one must where the answer to a
    COMMIT was lost.
    """

    abstract = False
    failures = (CelersError, mysql.connector.Error)

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._connection: Any = None

    def cycle(self) -> None:
        """BEGIN, INSERT of an order, celers_enqueue, COMMIT."""
        task_id = new_uuid()
        with self.ledger.handing_in([task_id]), self.timing("TRANSACTION", "order and task"):
            self._place(task_id)
        self.ledger.enqueued.append(task_id)
        self.ledger.ordered.append(task_id)

    def _place(self, task_id: str) -> None:
        give_up_at = time.monotonic() + PATIENCE_S
        while True:
            try:
                self._transact(task_id)
            except _BROKEN:
                self.let_go()
                if time.monotonic() > give_up_at:
                    raise
                time.sleep(random.uniform(0.1, 0.3))
            else:
                return

    def _transact(self, task_id: str) -> None:
        if self._connection is None:
            self._connection = mysql.connector.connect(**self.session.dsn.connect_args())
        connection = self._connection
        connection.start_transaction()
        order = "INSERT INTO orders (task_id, item) VALUES (%s, %s) AS new"
        again = "ON DUPLICATE KEY UPDATE item = new.item"
        schema.run(connection, f"{order} {again}", (task_id, "a book"))
        joined = Timed(self.client.on(connection), self, " in a transaction", _BROKEN)
        joined.call_enqueue(schema.QUEUE, TASK_NAME, payload(), task_id=task_id)
        connection.commit()

    def let_go(self) -> None:
        """End the connection; the server rolls back what is open on it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(mysql.connector.Error):
                connection.close()

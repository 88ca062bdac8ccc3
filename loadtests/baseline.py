"""The queue to compare with: a replica of celers-broker-sql's plain-SQL hot path.

Statement for statement what that library sends, with its schema: one table, text ids, a state
column, eight secondary indexes, REPEATABLE READ, four round trips per claim. Three faults of it are
repaired, without which it does not run on MySQL: LIMIT stood after FOR UPDATE SKIP LOCKED, the
indexes were made with IF NOT EXISTS, and a claim lost the id of its task.
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from loadtests.queues import PAYLOAD, TASK_NAME, Link, Queue, Row, drop_database
from pyclient.dsn import Dsn

#: Seconds between two looks of a worker that found nothing: the default of its worker.
POLL_S = 1.0

_SCHEMA = (
    """
    CREATE TABLE celers_tasks (
        id CHAR(36) PRIMARY KEY,
        task_name VARCHAR(255) NOT NULL,
        payload MEDIUMBLOB NOT NULL,
        state VARCHAR(20) NOT NULL DEFAULT 'pending',
        priority INT NOT NULL DEFAULT 0,
        retry_count INT NOT NULL DEFAULT 0,
        max_retries INT NOT NULL DEFAULT 3,
        created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
        scheduled_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
        started_at TIMESTAMP NULL,
        completed_at TIMESTAMP NULL,
        worker_id VARCHAR(255) NULL,
        error_message TEXT NULL,
        metadata JSON NULL,
        CONSTRAINT chk_state
        CHECK (state IN ('pending', 'processing', 'completed', 'failed', 'cancelled'))
    ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
    """,
    "CREATE INDEX ix_claim ON celers_tasks (state, priority DESC, created_at)",
    "CREATE INDEX ix_due ON celers_tasks (scheduled_at, state)",
    "CREATE INDEX ix_worker ON celers_tasks (worker_id, state)",
    "CREATE INDEX ix_dequeue ON celers_tasks (state, priority DESC, scheduled_at, created_at)",
    "CREATE INDEX ix_stale ON celers_tasks (state, started_at)",
    "CREATE INDEX ix_name ON celers_tasks (task_name)",
    "CREATE INDEX ix_created ON celers_tasks (created_at)",
    "CREATE INDEX ix_completed ON celers_tasks (completed_at)",
)
# As its driver, sqlx, opens a connection; the isolation level is the server's default.
_SESSION = (
    b"SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci",
    b"SET SESSION time_zone = '+00:00'",
    b"SET SESSION transaction_isolation = 'REPEATABLE-READ'",
)
_COLUMNS = (
    "(id, task_name, payload, state, priority, max_retries, metadata, created_at, scheduled_at)"
)
_INSERT = f"INSERT INTO celers_tasks {_COLUMNS} VALUES "
_CLAIM = (
    "SELECT id, task_name, payload, retry_count FROM celers_tasks "
    "WHERE state = 'pending' AND scheduled_at <= NOW() "
    "ORDER BY priority DESC, created_at ASC LIMIT %d FOR UPDATE SKIP LOCKED"
)
_START = (
    "UPDATE celers_tasks SET state = 'processing', started_at = NOW(), "
    "retry_count = retry_count + 1 WHERE id "
)
_COMPLETE = "UPDATE celers_tasks SET state = 'completed', completed_at = NOW() WHERE id "
_ROWS_PER_LOAD = 1000


def _values(task_id: str, payload: str, delay_s: int = 0) -> str:
    now = datetime.now(UTC).isoformat()
    metadata = (
        f'{{"queue":"bench","enqueued_at":"{now}","id":"{task_id}","name":"{TASK_NAME}",'
        f'"state":"Pending","created_at":"{now}","updated_at":"{now}","max_retries":3,'
        '"timeout_secs":null,"priority":0}'
    )
    due = f"DATE_ADD(NOW(), INTERVAL {delay_s} SECOND)" if delay_s else "NOW()"
    return f"('{task_id}', '{TASK_NAME}', '{payload}', 'pending', 0, 3, '{metadata}', NOW(), {due})"


def _one_of(ids: list[str]) -> str:
    if len(ids) == 1:
        return f"= '{ids[0]}'"
    listed = "', '".join(ids)
    return f"IN ('{listed}')"


class BaselineQueue:
    """A client of the replica."""

    def __init__(self, dsn: Dsn) -> None:
        self._link = Link(dsn)
        for statement in _SESSION:
            self._link.run(statement)
        self._held: list[Row] = []
        self._acked: list[str] = []  # by a step whose claim was then refused

    def enqueue(self, payload: str = PAYLOAD) -> str:
        """One INSERT."""
        task_id = str(uuid.uuid4())
        self._link.run((_INSERT + _values(task_id, payload)).encode())
        return task_id

    def enqueue_many(self, count: int) -> list[str]:
        """One transaction with one INSERT per task."""
        return self.enqueue_all([PAYLOAD] * count)

    def enqueue_all(self, payloads: Sequence[str]) -> list[str]:
        """The same, with these payloads."""
        ids = [str(uuid.uuid4()) for _ in payloads]
        self._link.run(b"BEGIN")
        for task_id, payload in zip(ids, payloads, strict=True):
            self._link.run((_INSERT + _values(task_id, payload)).encode())
        self._link.run(b"COMMIT")
        return ids

    def load(self, count: int, delay_s: int = 0) -> list[str]:
        """INSERTs of many rows, which the library does not have."""
        return self.load_all([PAYLOAD] * count, delay_s)

    def load_all(self, payloads: Sequence[str], delay_s: int = 0) -> list[str]:
        """The same, with these payloads."""
        tasks = [(str(uuid.uuid4()), payload) for payload in payloads]
        for start in range(0, len(tasks), _ROWS_PER_LOAD):
            some = tasks[start : start + _ROWS_PER_LOAD]
            rows = ", ".join([_values(task_id, payload, delay_s) for task_id, payload in some])
            self._link.run((_INSERT + rows).encode())
        return [task_id for task_id, _ in tasks]

    def claim(self, count: int) -> int:
        """BEGIN, SELECT … FOR UPDATE SKIP LOCKED, UPDATE, COMMIT."""
        self._link.run(b"BEGIN")
        rows = self._link.run((_CLAIM % count).encode())
        if rows:
            self._link.run((_START + _one_of([row[0] for row in rows])).encode())
        self._link.run(b"COMMIT" if rows else b"ROLLBACK")
        self._held = rows
        return len(rows)

    def wait(self) -> int:
        """Look, and sleep when there was nothing."""
        found = self.claim(1)
        if not found:
            time.sleep(POLL_S)
        return found

    def holds(self) -> int:
        """How many rows the last claim had."""
        return len(self._held)

    def payloads(self) -> list[str]:
        """The payloads as the claim returned them."""
        return [bytes(row[2]).decode() for row in self._held]

    def ack(self) -> list[str]:
        """One UPDATE."""
        ids = [row[0] for row in self._held]
        if ids:
            self._link.run((_COMPLETE + _one_of(ids)).encode())
        self._held = []
        ids, self._acked = self._acked + ids, []
        return ids

    def step(self, count: int) -> tuple[list[str], int]:
        """It has none: an ack and a claim."""
        self._acked = self.ack()
        found = self.claim(count)
        ids, self._acked = self._acked, []
        return ids, found

    def recover(self) -> None:
        """End the transaction that the refused statement stood in."""
        self._link.run(b"ROLLBACK")

    def close(self) -> None:
        """End the connection."""
        self._link.close()


class Baseline:
    """The replica. It knows no queues: each run empties the table."""

    name = "baseline"

    def __init__(self, dsn: Dsn) -> None:
        """dsn: names the database, which is made and dropped here."""
        self.dsn = dsn

    def create(self) -> None:
        """Make the database and the table."""
        with contextlib.closing(Link(dataclasses.replace(self.dsn, database=None))) as link:
            link.run(
                f"CREATE DATABASE `{self.dsn.database}` "
                "CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci".encode()
            )
            link.run(f"USE `{self.dsn.database}`".encode())
            for statement in _SCHEMA:
                link.run(statement.encode())

    def begin(self) -> None:
        """Empty the table."""
        self._run("TRUNCATE TABLE celers_tasks")

    def queue(self) -> Queue:
        """Open a client's connection."""
        return BaselineQueue(self.dsn)

    def completed(self) -> list[str]:
        """The tasks in that state."""
        return self._ids("completed")

    def pending(self) -> list[str]:
        """The tasks in that state."""
        return self._ids("pending")

    def held(self) -> int:
        """The tasks in the state processing."""
        return len(self._ids("processing"))

    def drop(self) -> None:
        """Remove the database."""
        drop_database(self.dsn)

    def _ids(self, state: str) -> list[str]:
        return [row[0] for row in self._run(f"SELECT id FROM celers_tasks WHERE state = '{state}'")]

    def _run(self, statement: str) -> list[Row]:
        with contextlib.closing(Link(self.dsn)) as link:
            return link.run(statement.encode())

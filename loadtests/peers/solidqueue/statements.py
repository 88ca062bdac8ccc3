"""What it sends to enqueue, to claim and to finish, over one connection."""

from __future__ import annotations

import json
import os
import socket
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from loadtests.queues import Link, Row
from pyclient.dsn import Dsn
from pyclient.errors import DeadlockError, LockTimeout

Result = TypeVar("Result")

_JOB_COLUMNS = (
    "(queue_name, class_name, arguments, priority, active_job_id, scheduled_at, finished_at, "
    "concurrency_key, created_at, updated_at)"
)
_JOBS = f"INSERT INTO solid_queue_jobs {_JOB_COLUMNS} VALUES "
_READY = (
    "INSERT INTO solid_queue_ready_executions (job_id, queue_name, priority, created_at) VALUES "
)
_SCHEDULED = (
    "INSERT INTO solid_queue_scheduled_executions "
    "(job_id, queue_name, priority, scheduled_at, created_at) VALUES "
)
_CLAIMED = "INSERT INTO solid_queue_claimed_executions (job_id, process_id, created_at) VALUES "
_PROCESS = (
    "INSERT INTO solid_queue_processes "
    "(kind, last_heartbeat_at, pid, hostname, metadata, created_at, name) VALUES "
)
_POLL = (
    "SELECT id, job_id FROM solid_queue_ready_executions "
    "ORDER BY priority ASC, job_id ASC LIMIT {} FOR UPDATE SKIP LOCKED"
)
_JOBS_OF = "SELECT id, queue_name, class_name, arguments FROM solid_queue_jobs WHERE id IN ({})"
_ALL_OF = "SELECT * FROM solid_queue_jobs WHERE active_job_id IN ({}) ORDER BY id ASC LIMIT {}"
#: Rows of a job as _ALL_OF returns it: the id.
_ID = 0


class Session:
    """A connection. REPEATABLE READ, as MySQL gives it and as Rails leaves it."""

    def __init__(self, dsn: str) -> None:
        self._link = Link(Dsn.parse(dsn))
        self._run("SET SESSION transaction_isolation = 'REPEATABLE-READ'")

    def enqueue(self, number: int) -> None:
        """perform_later: a job and its ready execution."""

        def both() -> None:
            self._run(_JOBS + _job(str(uuid.uuid4()), number))
            self._run(f"{_READY}(LAST_INSERT_ID(), 'default', 0, {_now()})")

        self._transaction(both)

    def enqueue_all(self, numbers: Sequence[int], delay_s: int = 0) -> None:
        """perform_all_later: the jobs, a look at them, their executions, a look at those."""
        ids = [str(uuid.uuid4()) for _ in numbers]
        listed = ", ".join(f"'{one}'" for one in ids)
        due = _now(delay_s) if delay_s else None

        def all_of_them() -> None:
            pairs = zip(ids, numbers, strict=True)
            self._run(_JOBS + ", ".join(_job(one, number, due) for one, number in pairs))
            jobs = [row[_ID] for row in self._run(_ALL_OF.format(listed, len(ids)))]
            if due is None:
                rows = [f"({job}, 'default', 0, {_now()})" for job in jobs]
                self._run(_READY + ", ".join(rows))
            else:
                rows = [f"({job}, 'default', 0, {due}, {_now()})" for job in jobs]
                self._run(_SCHEDULED + ", ".join(rows))
            table = "scheduled" if due else "ready"
            among = f"job_id IN ({', '.join(map(str, jobs))})"
            self._run(f"SELECT job_id FROM solid_queue_{table}_executions WHERE {among}")

        self._transaction(all_of_them)

    def register(self) -> int:
        """Enter this process; returns its id."""
        name = f"worker-{uuid.uuid4().hex[:20]}"
        values = f"'Worker', {_now()}, {os.getpid()}, '{socket.gethostname()}', '{{}}', {_now()}"
        self._run(f"{_PROCESS}({values}, '{name}')")
        [(process_id,)] = self._run("SELECT LAST_INSERT_ID()")
        return int(process_id)

    def claim(self, process_id: int, count: int) -> list[tuple[int, int]]:
        """Take ready executions of all queues; returns claimed jobs, each with its number."""
        self._run("SELECT queue_name FROM solid_queue_pauses")
        jobs = self._transaction(lambda: self._take(process_id, count))
        if not jobs:
            return []
        rows = self._run(_JOBS_OF.format(", ".join(map(str, jobs))))
        return [(int(row[0]), json.loads(row[3])["number"]) for row in rows]

    def _take(self, process_id: int, count: int) -> list[int]:
        ready = self._run(_POLL.format(count))
        if not ready:
            return []
        jobs = [int(row[1]) for row in ready]
        rows = [f"({job}, {process_id}, {_now()})" for job in jobs]
        self._run(_CLAIMED + ", ".join(rows))
        among = ", ".join(map(str, jobs))
        self._run(f"SELECT * FROM solid_queue_claimed_executions WHERE job_id IN ({among})")
        executions = ", ".join(str(row[0]) for row in ready)
        self._run(f"DELETE FROM solid_queue_ready_executions WHERE id IN ({executions})")
        return jobs

    def finish(self, job: int) -> None:
        """Finish one claimed job: it knows no other way."""

        def both() -> None:
            claimed = f"solid_queue_claimed_executions WHERE job_id = {job}"
            [(execution,)] = self._run(f"SELECT id FROM {claimed} FOR UPDATE")
            done = f"finished_at = {_now()}, updated_at = {_now()}"
            self._run(f"UPDATE solid_queue_jobs SET {done} WHERE id = {job}")
            self._run(f"DELETE FROM solid_queue_claimed_executions WHERE id = {execution}")

        self._transaction(both)

    def close(self) -> None:
        """End the connection."""
        self._link.close()

    def _transaction(self, body: Callable[[], Result]) -> Result:
        """Do it until the server does not refuse it for a lock."""
        while True:
            try:
                self._run("BEGIN")
                found = body()
                self._run("COMMIT")
            except (DeadlockError, LockTimeout):
                self._run("ROLLBACK")
            else:
                return found

    def _run(self, statement: str) -> list[Row]:
        return self._link.run(statement.encode())


def _job(active_job_id: str, number: int, due: str | None = None) -> str:
    now, arguments = _now(), f'{{"number": {number}}}'
    return (
        f"('default', 'NoteJob', '{arguments}', 0, '{active_job_id}', {due or now}, NULL, NULL, "
        f"{now}, {now})"
    )


def _now(later_s: int = 0) -> str:
    moment = datetime.now(UTC) + timedelta(seconds=later_s)
    return f"'{moment:%Y-%m-%d %H:%M:%S.%f}'"

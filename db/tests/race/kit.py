"""What the tests with several sessions share: sessions, crews, and a ledger of the tables.

No test waits for time to pass: leases and due times are moved in the tables, and whatever another
thread or the server brings about is waited for by ``until``.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, TypeVar

import mysql.connector
import pytest

from pyclient._literal import call_statement
from tools import sqlclient, sqltest

T = TypeVar("T")
Row = dict[str, Any]

DEADLOCK, LOCK_TIMEOUT, INTERRUPTED = 1213, 1205, 1317
PATIENCE_S = 30
LOCK_PATIENCE_S = 10

_COUNTER = itertools.count(int.from_bytes(os.urandom(6), "big"))


class Session:
    """One connection and the calls on it."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.id = int(connection.connection_id)
        self.is_over = False

    def _send(self, statement: str) -> sqlclient.Rows:
        if self.is_over:
            raise RuntimeError("the test is over")
        return sqlclient.call(self.connection, statement)

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Send statements; the rows of the last one."""
        return list(self._send(statement))

    def call(self, routine: str, *args: object) -> list[Row]:
        """Call a routine; lists and objects go as JSON text. Its rows, by the columns' names."""
        values = [json.dumps(a) if isinstance(a, list | dict) else a for a in args]
        rows = self._send(call_statement(routine, values).decode())
        return [dict(zip(rows.columns, row, strict=True)) for row in rows]

    def one(self, routine: str, *args: object) -> Row:
        """Call a routine that returns one row."""
        rows = self.call(routine, *args)
        assert len(rows) == 1, rows
        return rows[0]

    def value(self, query: str) -> Any:
        """The first cell of a query's answer."""
        rows = self.sql(query)
        return rows[0][0] if rows else None

    # What tests do often.

    def enqueue(self, queue: str = "q", name: str = "job", **options: Any) -> str:
        """Add a task with a small payload; its id."""
        return str(self.one("celers_enqueue", queue, name, "{}", options or None)["task_id"])

    def enqueue_many(self, count: int, queue: str = "q", **item: Any) -> list[str]:
        """Add many tasks; their ids in order."""
        ids = []
        while count > 0:
            items = [{"task_name": "job", "payload": "{}", **item}] * min(count, 1000)
            rows = self.call("celers_enqueue_batch", queue, items, None)
            ids += [str(row["task_id"]) for row in rows]
            count -= 1000
        return ids

    def claim(self, limit: int = 1, queues: str = "q", **options: Any) -> list[Row]:
        """Claim tasks."""
        worker = f"w{self.id}"
        return self.call("celers_dequeue_batch", queues, worker, limit, options or None)

    def outcome(self, routine: str, *args: object) -> str:
        """The outcome that a call of one task tells, or the name of the error it raises."""
        try:
            return str(self.one(routine, *args)["outcome"])
        except mysql.connector.Error as error:
            name = str(error.msg).partition(":")[0]
            if error.errno in range(50000, 52000):
                return name
            raise


def error_of(action: Callable[[], object]) -> int | None:
    """The number of the server's error that an action raises, None if it raises none."""
    try:
        action()
    except mysql.connector.Error as error:
        return int(error.errno)
    return None


@contextlib.contextmanager
def refused(name: str) -> Iterator[None]:
    """The block must raise this error of the catalogue."""
    with pytest.raises(mysql.connector.Error) as caught:
        yield
    assert sqltest.is_error(name, caught.value), f"{name} expected: {caught.value}"


def new_id() -> str:
    """A UUIDv7 as a client makes it: ids grow."""
    head = time.time_ns() // 1_000_000 << 80 | 0x7 << 76 | 0x2 << 62
    return str(uuid.UUID(int=head | next(_COUNTER)))


class Background:
    """A function running in a thread of its own."""

    everyone: ClassVar[list[Background]] = []

    def __init__(self, work: Callable[[], Any]) -> None:
        self.everyone.append(self)
        self._work = work
        self._answer: list[Any] = []
        self._error: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._answer.append(self._work())
        except BaseException as error:
            self._error.append(error)

    def join(self) -> None:
        """Wait for its end."""
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive(), "the thread never ended"

    def raise_error(self) -> None:
        """Raise what it has raised so far."""
        if self._error:
            raise self._error[0]

    def error(self) -> int | None:
        """The number of the server's error it ended with, None if there was none."""
        self.join()
        if not self._error:
            return None
        if isinstance(self._error[0], mysql.connector.Error):
            return int(self._error[0].errno)
        raise self._error[0]

    def result(self) -> Any:
        """What it returned; raises what it raised."""
        self.join()
        self.raise_error()
        return self._answer[0]


def until(condition: Callable[[], T], what: str, crew: Sequence[Background] = ()) -> T:
    """Wait for something that the server or the crew brings about; a member's error ends it."""
    tick = threading.Event()
    last_look = time.monotonic() + PATIENCE_S
    while time.monotonic() < last_look:
        found = condition()
        if found:
            return found
        for member in crew:
            member.raise_error()
        tick.wait(0.002)
    raise AssertionError(f"never saw {what}")


def together(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Start all functions at the same moment, each in its thread; what they returned, in order."""
    barrier = threading.Barrier(len(works))

    def started(work: Callable[[], Any]) -> Callable[[], Any]:
        def run() -> Any:
            barrier.wait(PATIENCE_S)
            return work()

        return run

    crew = [Background(started(work)) for work in works]
    # All of them end before anybody closes their connections.
    for member in crew:
        member.join()
    return [member.result() for member in crew]


class Lab:
    """A deployed schema, a session that looks at it, and as many others as wanted."""

    def __init__(self, connect: Callable[..., Any], name: str) -> None:
        self._connect = connect
        self._sessions: list[Session] = []
        self.name = name
        self.admin = self.session()

    def end(self) -> None:
        """See that no thread goes on with a session of this test, however the test went."""
        for session in self._sessions:
            session.is_over = True
        while Background.everyone:
            Background.everyone.pop().join()

    def session(self, *settings: str, **changes: Any) -> Session:
        """A new session; ``settings`` are statements that it begins with."""
        session = Session(self._connect(**changes))
        self._sessions.append(session)
        session.sql(f"SET SESSION innodb_lock_wait_timeout = {LOCK_PATIENCE_S}")
        for setting in settings:
            session.sql(setting)
        return session

    def sessions(self, count: int) -> list[Session]:
        """New sessions."""
        return [self.session() for _ in range(count)]

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Look at the tables, or change them."""
        return self.admin.sql(statement)

    def value(self, query: str) -> Any:
        """The first cell of a query's answer."""
        return self.admin.value(query)

    def quiet(self) -> None:
        """Claims do no maintenance from here on, so that nothing moves but what the test moves."""
        self.sql("UPDATE celers_maintenance SET is_enabled = FALSE, mark_at = NULL, mark_id = NULL")

    def duty(self, duty: str, session: Session | None = None) -> int | None:
        """Do a maintenance duty once, due or not: how many rows it moved, None if it was busy."""
        session = session or self.admin
        session.sql(
            f"UPDATE celers_maintenance SET is_enabled = (duty = '{duty}'),"
            " next_at = UTC_TIMESTAMP(6), mark_at = NULL, mark_id = NULL;"
            "CALL _celers_run_duty(@quiet, @quiet IS NULL, @duty, @moved)"
        )
        done, moved = session.sql("SELECT @duty, @moved")[0]
        session.sql("UPDATE celers_maintenance SET is_enabled = FALSE; SET @duty = @moved = NULL")
        error = session.value("SELECT last_error FROM celers_maintenance WHERE last_error <> ''")
        assert error is None, error
        assert done in (duty, None), done
        return None if done is None else int(moved)

    def clear(self) -> None:
        """Forget all tasks."""
        self.sql("START TRANSACTION;" + "".join(f"DELETE FROM {t};" for t in TASKS) + "COMMIT")

    def lapse(self, receipt: str | None = None) -> None:
        """Let the lease of a claim run out, or those of all claims."""
        which = f"WHERE claim_id = UUID_TO_BIN('{receipt}')" if receipt else ""
        past = "lease_expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND"
        self.sql(
            f"START TRANSACTION; UPDATE celers_running SET {past} {which};"
            f"UPDATE celers_claim SET {past} {which}; COMMIT"
        )

    def mark(self, head_at: str, queue: str = "q", priority: int = 0) -> None:
        """Give a lane a low-water mark."""
        self.sql(
            "INSERT INTO celers_mark (queue, priority, head_at)"
            f" VALUES ('{queue}', {priority}, '{head_at}');"
            "UPDATE celers_upkeep SET mark_count = (SELECT COUNT(*) FROM celers_mark)"
        )

    def make_due(self) -> None:
        """Let the time of all scheduled tasks come just now; their order stays."""
        due_at = "UTC_TIMESTAMP(6) - INTERVAL 1 SECOND + INTERVAL k.place MICROSECOND"
        self.sql(
            "START TRANSACTION;"
            "UPDATE (SELECT id, ROW_NUMBER() OVER (ORDER BY due_at, id) AS place"
            "        FROM celers_scheduled) AS k"
            " INNER JOIN celers_scheduled AS s ON s.id = k.id"
            f" INNER JOIN celers_task AS t ON t.id = k.id SET t.due_at = {due_at},"
            f" s.due_at = {due_at}; COMMIT"
        )

    def make_old(self, seconds: int) -> None:
        """Let all ready tasks have waited so long already."""
        self.sql(
            "START TRANSACTION;"
            "UPDATE celers_ready AS r INNER JOIN celers_task AS t ON t.id = r.id"
            f" SET t.due_at = r.due_at - INTERVAL {seconds} SECOND;"
            f"UPDATE celers_ready SET due_at = due_at - INTERVAL {seconds} SECOND,"
            f" ready_at = ready_at - INTERVAL {seconds} SECOND ORDER BY due_at, id; COMMIT"
        )

    def state(self, task_id: str) -> str:
        """The table that a task's pointer stands in, and the end state where it has ended."""
        places = self.places(f"WHERE t.id = UUID_TO_BIN('{task_id}')")
        assert task_id in places, f"{task_id} is no task"
        return places[task_id]

    def places(self, where: str = "") -> dict[str, str]:
        """Every task and where its pointer stands; it must stand in exactly one place."""
        rows = self.sql(
            "SELECT BIN_TO_UUID(t.id), CONCAT_WS('+', IF(r.id IS NULL, NULL, 'ready'),"
            " IF(s.id IS NULL, NULL, 'scheduled'), IF(u.id IS NULL, NULL, 'running'), f.state,"
            " IF(x.id IS NULL, NULL, 'dead')) FROM celers_task AS t"
            " LEFT JOIN celers_ready AS r ON r.id = t.id"
            " LEFT JOIN celers_scheduled AS s ON s.id = t.id"
            " LEFT JOIN celers_running AS u ON u.id = t.id"
            " LEFT JOIN celers_finished AS f ON f.id = t.id"
            f" LEFT JOIN celers_dead AS x ON x.id = t.id {where}"
        )
        places = {str(task_id): str(place) for task_id, place in rows}
        assert len(rows) == len(places), "a pointer stands twice in one table"
        astray = {task_id: place for task_id, place in places.items() if place not in PLACES}
        assert not astray, f"no place, or more than one: {astray}"
        return places

    def check(self) -> dict[str, str]:
        """Everything that holds of the tables at rest; every task and where it stands."""
        places = self.places()
        for what, query in INVARIANTS.items():
            found = self.sql(query)
            assert not found, f"{what}: {found}"
        return places

    def blocked(self, connection_id: int, crew: Sequence[Background] = ()) -> None:
        """Wait until a connection waits for a row lock."""
        until(
            lambda: self.value(
                "SELECT 1 FROM performance_schema.data_lock_waits AS w INNER JOIN"
                " performance_schema.threads AS h ON h.thread_id = w.requesting_thread_id"
                f" WHERE h.processlist_id = {connection_id}"
            ),
            "the connection waiting for a lock",
            crew,
        )

    def is_gone(self, connection_id: int) -> bool:
        """Whether a connection has come to its end."""
        return not self.value(
            f"SELECT 1 FROM performance_schema.threads WHERE processlist_id = {connection_id}"
        )

    def open_transactions(self) -> list[int]:
        """The other connections to this schema that have a transaction open."""
        rows = self.sql(
            "SELECT h.processlist_id FROM performance_schema.events_transactions_current AS x"
            " INNER JOIN performance_schema.threads AS h ON h.thread_id = x.thread_id"
            f" WHERE h.processlist_db = '{self.name}' AND x.state = 'ACTIVE'"
            "     AND x.autocommit = 'NO' AND h.processlist_id <> CONNECTION_ID()"
        )
        return [int(row[0]) for row in rows]

    def level_of_transaction(self, session: Session) -> str:
        """The isolation level of the transaction that a session has open."""
        return str(
            self.value(
                "SELECT x.isolation_level FROM performance_schema.events_transactions_current AS x"
                " INNER JOIN performance_schema.threads AS h ON h.thread_id = x.thread_id"
                f" WHERE h.processlist_id = {session.id} AND x.state = 'ACTIVE'"
            )
        )


TASKS = (
    *("celers_task", "celers_ready", "celers_scheduled", "celers_running", "celers_claim"),
    *("celers_finished", "celers_dead", "celers_attempt", "celers_result", "celers_expiry"),
    "celers_progress",
)

PLACES = (
    *("ready", "scheduled", "running"),
    *("completed", "failed", "cancelled", "expired", "dead"),
)

_POINTERS = (
    "(SELECT id, attempt, errors, crashes, 0 AS begun FROM celers_ready UNION ALL"
    " SELECT id, attempt, errors, crashes, 0 FROM celers_scheduled UNION ALL"
    " SELECT id, attempt, errors, crashes, 1 FROM celers_running UNION ALL"
    " SELECT id, attempt, errors, crashes, claim_id IS NOT NULL FROM celers_finished UNION ALL"
    " SELECT id, attempt, errors, crashes, 1 FROM celers_dead)"
)

#: What must never be found.
INVARIANTS = {
    "a pointer without a task": (
        f"SELECT BIN_TO_UUID(p.id) FROM {_POINTERS} AS p"
        " LEFT JOIN celers_task AS t ON t.id = p.id WHERE t.id IS NULL"
    ),
    "a ready task whose address is wrong": (
        "SELECT BIN_TO_UUID(r.id), r.queue, t.queue, r.priority, t.priority, r.due_at, t.due_at"
        " FROM celers_ready AS r INNER JOIN celers_task AS t ON t.id = r.id"
        " WHERE (r.queue, r.priority, r.due_at) <> (t.queue, t.priority, t.due_at)"
    ),
    "a scheduled task whose address is wrong": (
        "SELECT BIN_TO_UUID(s.id), s.queue, t.queue, s.priority, t.priority, s.due_at, t.due_at"
        " FROM celers_scheduled AS s INNER JOIN celers_task AS t ON t.id = s.id"
        " WHERE (s.queue, s.priority, s.due_at) <> (t.queue, t.priority, t.due_at)"
    ),
    "more errors than retries and one": (
        f"SELECT BIN_TO_UUID(p.id), p.errors FROM {_POINTERS} AS p"
        " INNER JOIN celers_task AS t ON t.id = p.id"
        " INNER JOIN celers_queue AS d ON d.queue = '*'"
        " LEFT JOIN celers_queue AS q ON q.queue = t.queue"
        " WHERE p.errors > COALESCE(t.max_retries, q.max_retries, d.max_retries) + 1"
    ),
    "an attempt that left no history row, or two": (
        "SELECT BIN_TO_UUID(p.id), p.attempt, p.begun, h.ended"
        f" FROM {_POINTERS} AS p LEFT JOIN (SELECT id, COUNT(*) AS ended, MAX(attempt) AS last"
        " FROM celers_attempt GROUP BY id) AS h ON h.id = p.id"
        " WHERE p.attempt <> p.begun + COALESCE(h.ended, 0)"
        " OR h.last <> p.attempt - p.begun"
    ),
    "progress of no task": (
        "SELECT BIN_TO_UUID(p.id) FROM celers_progress AS p"
        " LEFT JOIN celers_task AS t ON t.id = p.id WHERE t.id IS NULL"
    ),
    "a maintenance duty that failed": (
        "SELECT duty, last_error FROM celers_maintenance WHERE last_error IS NOT NULL"
    ),
}


def own_work(lab: Lab) -> list[int]:
    """What the caller has written into the table of the fixture orders, and committed."""
    return [int(row[0]) for row in lab.sql("SELECT id FROM orders ORDER BY id")]


def ready(lab: Lab, session: Session) -> Row:
    """A task that the session has claimed."""
    lab.admin.enqueue()
    return session.claim()[0]

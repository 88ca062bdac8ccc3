"""The database of a run: made, read at the end, dropped; and connections killed in it."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import random
import secrets
from collections import Counter
from collections.abc import Iterator
from typing import Any

import mysql.connector

import pyclient
from loadtests.load.audit import Found, Stored
from pyclient.dsn import Dsn
from pyclient.migrate import migrate

QUEUE = "load"
#: A task of this load that fails is tried once more, soon, and then is a dead letter.
MAX_RETRIES = 1
_POLICY: dict[str, Any] = {
    "max_retries": MAX_RETRIES,
    "retry": {"strategy": "fixed", "base_s": 0.5},
}
#: The columns of celers_get_statistics, by the state that they count.
_COLUMNS = {
    **{state: state for state in ("pending", "processing", "completed", "failed", "cancelled")},
    "expired": "expired",
    "dead": "dlq",
}
_ORDERS = "CREATE TABLE orders (task_id CHAR(36) PRIMARY KEY, item VARCHAR(100) NOT NULL)"


def name_of_this_run() -> str:
    """The database of this process; machines that share a server may share process numbers."""
    return f"celers_load_{os.getpid()}_{secrets.token_hex(3)}"


def deploy(dsn: Dsn) -> None:
    """Make the database, the schema and the application's own table."""
    migrate(dsn, out=lambda text: None)
    with connection(dsn) as opened:
        run(opened, _ORDERS)
    with pyclient.connect(dsn) as client:
        client.call_set_queue_config(QUEUE, **_POLICY)


def drop(dsn: Dsn) -> None:
    """Remove the database, if it is there."""
    with connection(dataclasses.replace(dsn, database=None)) as opened:
        run(opened, f"DROP DATABASE IF EXISTS `{dsn.database}`")


def read(dsn: Dsn) -> Found:
    """All tasks and orders. The load must have stopped."""
    with connection(dsn) as opened:
        rows = run(opened, "SELECT id, state, retry_count FROM celers_tasks")
        orders = run(opened, "SELECT task_id FROM orders")
    with pyclient.connect(dsn) as client:
        counts = Counter[str]()
        for row in client.call_get_statistics():
            counts += Counter({state: getattr(row, column) for state, column in _COLUMNS.items()})
    tasks = {task_id: Stored(state, errors or 0) for task_id, state, errors in rows}
    return Found(tasks, {task_id for (task_id,) in orders}, dict(counts))


def kill_one(dsn: Dsn) -> bool:
    """End a random connection to the database, as a proxy or a failover would.

    Returns whether there was one.
    """
    with connection(dsn) as opened:
        rows = run(opened, "SHOW PROCESSLIST")
        users = [row[0] for row in rows if row[3] == dsn.database and row[4] in ("Query", "Sleep")]
        others = [number for number in users if number != opened.connection_id]
        if others:
            with contextlib.suppress(mysql.connector.Error):  # it may have left by itself
                run(opened, f"KILL CONNECTION {int(random.choice(others))}")
        return bool(others)


@contextlib.contextmanager
def connection(dsn: Dsn) -> Iterator[Any]:
    """A plain connection, as an application has one."""
    opened = mysql.connector.connect(**dsn.connect_args())
    try:
        yield opened
    finally:
        opened.close()


def run(opened: Any, statement: str, values: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    """Run one statement; returns its rows."""
    with contextlib.closing(opened.cursor()) as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []

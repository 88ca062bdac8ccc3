"""A schema that is as new for every test, and is gone after the run."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import pyclient
from pyclient.errors import LockTimeout
from pyclient.migrate import DeployFailed
from pyclient.testing.schema import Schema
from pyclient.tests.workerkit import until
from tools import sqlclient
from tools.server import Server


@pytest.fixture
def root(server: Server) -> Iterator[Any]:
    """A connection of the administrator."""
    connection = sqlclient.connect(server.dsn(), database=None)
    yield connection
    connection.close()


@pytest.fixture
def own(server: Server) -> Iterator[Schema]:
    """A schema of this test's own."""
    schema = Schema(server.dsn())
    yield schema
    schema.drop()


def rows(connection: Any, sql: str) -> list[Any]:
    return list(sqlclient.results(connection, sql)[0])


def dump(connection: Any, name: str) -> dict[str, Any]:
    """Everything in the schema's tables."""
    tables = [row[0] for row in rows(connection, f"SHOW TABLES FROM {name} LIKE 'celers%'")]
    views = [row[0] for row in rows(connection, f"SHOW FULL TABLES FROM {name} "
                                                "WHERE table_type = 'VIEW'")]  # fmt: skip
    return {
        table: sorted(map(repr, rows(connection, f"SELECT * FROM {name}.{table}")))
        for table in tables
        if table not in views
    }


def is_there(root: Any, name: str) -> bool:
    return bool(rows(root, f"SHOW DATABASES LIKE '{name}'"))


def test_a_reset_leaves_no_trace(own: Schema, root: Any) -> None:
    before = dump(root, own.name)
    assert sum(map(len, before.values())) > 50
    with pyclient.connect(own.dsn) as client:
        for _ in range(6):  # more rows than are deleted one by one
            client.call_enqueue_batch("mail", [{"task_name": "x", "payload": 1}] * 1000)
        client.call_dequeue_batch("mail", "w", 3)
        client.call_pause("mail")
    sqlclient.results(root, f"DELETE FROM {own.name}.celers_error")
    sqlclient.results(root, f"UPDATE {own.name}.celers_migration SET sha256 = REPEAT('0', 64)")
    sqlclient.results(root, f"CREATE TABLE {own.name}.left_behind (a INT PRIMARY KEY)")
    assert dump(root, own.name) != before
    own.reset()
    assert dump(root, own.name) == before
    assert rows(root, f"SHOW TABLES FROM {own.name} LIKE 'left_behind'") == []


def test_no_maintenance_ran_before_the_first_test(server: Server, root: Any) -> None:
    for _ in range(3):
        schema = Schema(server.dsn())
        duties = sqlclient.results(root, f"CALL {schema.name}.celers_get_maintenance()")[0]
        assert {row[duties.columns.index("last_at")] for row in duties} == {None}
        schema.drop()


def test_a_reset_survives_a_lost_connection(own: Schema, root: Any) -> None:
    holder = f"SELECT IS_USED_LOCK('{own.name}')"
    [(lost,)] = rows(root, holder)
    sqlclient.results(root, f"KILL {lost}")
    own.reset()
    [(now,)] = rows(root, holder)
    assert now not in (lost, None)


def test_a_transaction_left_open_is_named(own: Schema, root: Any) -> None:
    with pyclient.connect(own.dsn) as client:
        task = client.call_enqueue("mail", "x", None)
        sqlclient.results(root, "START TRANSACTION")
        sqlclient.results(root, f"SELECT * FROM {own.name}.celers_task FOR UPDATE")
        own._session.rows("SET SESSION innodb_lock_wait_timeout = 1")
        with pytest.raises(LockTimeout) as caught:
            own.reset()
        note = f"An earlier test left a transaction open on {own.name}."
        assert caught.value.__notes__ == [note]
        sqlclient.results(root, "ROLLBACK")
        claimed = client.call_dequeue_batch("mail", "w", 1)  # the reset holds on to nothing
        assert [row.task_id for row in claimed] == [task.task_id]
    own.reset()


def test_a_schema_of_a_killed_run_is_dropped_by_the_next_one(server: Server, root: Any) -> None:
    code = "import sys; from pyclient.testing import Schema; s = Schema(sys.argv[1]); print(s.name)"
    command = [sys.executable, "-c", code + "; sys.stdout.flush(); input()", server.dsn()]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        name = process.stdout.readline().strip()
        Schema(server.dsn()).drop()
        assert is_there(root, name)
        process.kill()
    until(lambda: rows(root, f"SELECT IS_FREE_LOCK('{name}')") == [(1,)], "the lock free")
    Schema(server.dsn()).drop()
    assert not is_there(root, name)


def test_many_may_come_at_once(server: Server, root: Any) -> None:
    names: list[str] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            schema = Schema(server.dsn())
            schema.reset()
            names.append(schema.name)
            assert is_there(sqlclient.connect(server.dsn(), database=None), schema.name)
            schema.drop()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(names)) == 4
    assert not any(is_there(root, name) for name in names)


@pytest.fixture
def account(server: Server, root: Any) -> Iterator[str]:
    """The DSN of an account without any right."""
    sqlclient.results(root, "DROP USER IF EXISTS 'kit_tester'@'%'")
    sqlclient.results(root, "CREATE USER 'kit_tester'@'%' IDENTIFIED BY 'pw'")
    yield server.dsn("", user="kit_tester", password="pw")
    sqlclient.results(root, "DROP USER 'kit_tester'@'%'")


def test_a_right_that_is_missing_is_named(account: str) -> None:
    with pytest.raises(DeployFailed) as caught:
        Schema(account)
    assert "ALL ON `celers\\_test\\_%`.*" in caught.value.__notes__[0]


def test_that_right_is_enough(account: str, root: Any) -> None:
    sqlclient.results(root, "GRANT ALL ON `celers\\_test\\_%`.* TO 'kit_tester'@'%'")
    schema = Schema(account)
    try:
        with pyclient.connect(schema.dsn) as client:
            client.call_enqueue("mail", "x", None)
            schema.reset()
            assert client.call_queue_size("mail").ready == 0
    finally:
        schema.drop()
    assert not is_there(root, schema.name)


def test_passwords_are_not_shown(own: Schema) -> None:
    assert repr(own) == f"Schema({own.name})"

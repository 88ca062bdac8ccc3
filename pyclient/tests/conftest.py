"""A schema of small routines that show what the client does, on a real server."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from typing import Any

import mysql.connector
import pytest

import pyclient
from pyclient._call import driver_of
from pyclient.dsn import Dsn
from tools.server import Server

PROCEDURES = """
CREATE PROCEDURE celers_version () SELECT '{version}' AS version
CREATE PROCEDURE celers_echo (IN p_text LONGTEXT, IN p_bytes LONGBLOB)
    SELECT p_text AS text_value, p_bytes AS bytes_value
CREATE PROCEDURE celers_null (IN p_value LONGTEXT) SELECT p_value IS NULL AS is_null
CREATE PROCEDURE celers_number (IN p_value DECIMAL(65, 20)) SELECT CAST(p_value AS CHAR) AS value
CREATE PROCEDURE celers_double (IN p_value DOUBLE) SELECT p_value AS value
CREATE PROCEDURE celers_two () BEGIN SELECT 1 AS one; SELECT 2 AS two; END
CREATE PROCEDURE celers_nothing () BEGIN END
CREATE PROCEDURE celers_where () SELECT CONNECTION_ID() AS id
CREATE PROCEDURE celers_kinds ()
    SELECT 1 AS yes, NULL AS no_bool, CAST('2026-01-02 03:04:05.000006' AS DATETIME(6)) AS at,
    NULL AS no_time, JSON_ARRAY(1.5, 'x') AS document, '{"a": 1.10}' AS payload, 1.5e0 AS ratio
CREATE PROCEDURE celers_put (IN p_id INT)
    BEGIN INSERT INTO note (id) VALUES (p_id); SELECT p_id AS id; END
CREATE PROCEDURE celers_raise (IN p_number INT, IN p_text VARCHAR(200))
    IF p_number BETWEEN 50000 AND 51999
    THEN SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = p_number, MESSAGE_TEXT = p_text;
    ELSE SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = p_number, MESSAGE_TEXT = p_text;
    END IF
CREATE PROCEDURE celers_late_raise ()
    BEGIN
    SELECT 1 AS one;
    SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 50001, MESSAGE_TEXT = 'OPTIONS_INVALID: late';
    END
CREATE PROCEDURE celers_wait (IN p_lock VARCHAR(64), IN p_id INT)
    BEGIN
    DECLARE v_ignored INT;
    INSERT IGNORE INTO note (id) VALUES (p_id);
    SET v_ignored = GET_LOCK(p_lock, 30);
    SET v_ignored = RELEASE_LOCK(p_lock);
    SELECT CONNECTION_ID() AS id;
    END
CREATE PROCEDURE celers_move (IN p_first INT, IN p_second INT, IN p_patience_s INT)
    BEGIN
    DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;
    SET SESSION innodb_lock_wait_timeout = p_patience_s;
    START TRANSACTION;
    UPDATE account SET amount = amount - 1 WHERE id = p_first;
    UPDATE account SET amount = amount + 1 WHERE id = p_second;
    COMMIT;
    SELECT amount FROM account WHERE id = p_second;
    END
"""
TABLES = (
    "CREATE TABLE note (id INT PRIMARY KEY)",
    "CREATE TABLE account (id INT PRIMARY KEY, amount INT NOT NULL)",
    "CREATE TABLE ballast (id INT PRIMARY KEY)",
)
# Run once before any test: a server that forgets a dropped routine may count its first successor
# from where that one ended, but not before it runs.
COUNTED = (
    "celers_version()",
    "celers_echo('', '')",
    "celers_put(-1)",
    "celers_move(0, 0, 1)",
    "celers_raise(50000, '')",
)


class Lab:
    """The schema, and a session of its own to look at it from outside."""

    version = pyclient.__version__

    def __init__(self, dsn: Dsn) -> None:
        self.dsn = dsn
        self.admin = self.connection(autocommit=True)

    def connection(self, **changes: Any) -> Any:
        """A connection of mysql.connector as a caller might have it."""
        return mysql.connector.connect(**self.where("unix_socket"), **changes)

    def where(self, socket_name: str) -> dict[str, Any]:
        """The address and account, in the words that all drivers share."""
        place = {"host": self.dsn.host, "port": self.dsn.port}
        if self.dsn.socket:
            place = {socket_name: self.dsn.socket}
        return place | {
            "user": self.dsn.user,
            "password": self.dsn.password,
            "database": self.dsn.database,
        }

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement as root."""
        self.admin.cmd_query(statement)
        rows = self.admin.get_rows()[0] if self.admin.result_set_available else []
        return [tuple(row) for row in rows]

    def runs(self, routine: str) -> int:
        """How often the routine ran, plus what the server may count from: compare two of them."""
        counted = self.sql(
            "SELECT COUNT_STAR FROM performance_schema.events_statements_summary_by_program "
            f"WHERE OBJECT_SCHEMA = '{self.dsn.database}' AND OBJECT_NAME = '{routine}'"
        )
        return int(counted[0][0])

    def until(self, condition: Callable[[], Any], what: str) -> Any:
        """Wait for something that another thread or the server brings about, at most 20 s."""
        tick = threading.Event()
        for _ in range(4000):
            found = condition()
            if found:
                return found
            tick.wait(0.005)
        raise AssertionError(f"never saw {what}")

    def session_in(self, text: str, state: str = "%") -> int:
        """The id of the session that runs a statement with this text, as soon as there is one."""
        query = (
            "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() "
            f"AND db = '{self.dsn.database}' AND info LIKE '%{text}%' AND state LIKE '{state}'"
        )
        rows = self.until(lambda: self.sql(query), f"a session in {text}")
        return int(rows[0][0])


@pytest.fixture(scope="session")
def lab(server: Server) -> Iterator[Lab]:
    """The schema of this test run, dropped at its end."""
    dsn = Dsn.parse(server.url)
    database = f"cli_{os.getpid()}_{secrets.token_hex(3)}"
    root = Lab(dataclasses.replace(dsn, database=None))
    root.sql(f"CREATE DATABASE {database} COLLATE utf8mb4_0900_bin")
    lab = Lab(dataclasses.replace(dsn, database=database))
    for statement in TABLES:
        lab.sql(statement)
    for text in PROCEDURES.strip().split("\nCREATE "):
        lab.sql(f"CREATE {text.removeprefix('CREATE ')}".replace("{version}", lab.version))
    for call in COUNTED:
        with contextlib.suppress(pyclient.CelersError):  # celers_raise raises
            driver_of(lab.admin).execute(lab.admin, f"CALL {call}".encode())
    yield lab
    root.sql("SET lock_wait_timeout = 10")  # a test that leaves a transaction open should be seen
    root.sql(f"DROP DATABASE {database}")
    root.admin.close()
    lab.admin.close()


@pytest.fixture
def client(lab: Lab) -> Iterator[pyclient.Client]:
    """A client with a pool of one connection, so that what happens to it can be told."""
    with pyclient.connect(lab.dsn, pool_size=1, pool_wait_s=5) as client:
        yield client


@pytest.fixture
def in_thread() -> Iterator[Callable[[Callable[[], Any]], Callable[[], Any]]]:
    """Start a function in a thread; what comes back waits for its result."""
    threads: list[threading.Thread] = []

    def start(function: Callable[[], Any]) -> Callable[[], Any]:
        outcome: list[Any] = []

        def run() -> None:
            try:
                outcome.append((function(), None))
            except BaseException as error:
                outcome.append((None, error))

        def result() -> Any:
            thread.join(30)
            assert outcome, "the thread never ended"
            value, error = outcome[0]
            if error is not None:
                raise error
            return value

        thread = threading.Thread(target=run, daemon=True)
        threads.append(thread)
        thread.start()
        return result

    yield start
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()

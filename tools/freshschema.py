"""One deployed schema that is as new for every test.

Deploying takes about a second, so it is done once; between tests only those tables whose contents
differ are emptied, and their seed rows put back.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Any

from pyclient.migrate import migrate
from tools import sqlclient
from tools.server import Server
from tools.sqlclient import Rows, literal, results

_PREFIX = "celers_test_"
_LARGE = 5000


@dataclass(slots=True)
class Schema:
    """A deployed schema, as a test sees it.

    Attributes:
        name: of the database.
        dsn: of the account that deployed it.
        server: where it is.
    """

    name: str
    dsn: str
    server: Server
    _sums: dict[str, Any] = field(default_factory=dict, repr=False)
    _seeds: dict[str, Rows] = field(default_factory=dict, repr=False)


def deploy(server: Server, worker: str = "main") -> Schema:
    """Deploy into a new database of this process; its events stay off."""
    drop_leftovers(server)
    name = f"{_PREFIX}{worker}_{os.getpid()}"
    schema = Schema(name, server.dsn(name), server)
    drop(schema)
    migrate(schema.dsn, out=lambda _: None)
    connection = sqlclient.connect(schema.dsn)
    try:
        for (event,) in _column(connection, "EVENTS", "EVENT_NAME", "EVENT_SCHEMA", name):
            results(connection, f"ALTER EVENT {event} DISABLE")
        tables = _tables(connection, name)
        schema._sums.update(_sums(connection, tables))
        for table in tables:
            rows = results(connection, f"SELECT * FROM {table} LIMIT {_LARGE}")[0]
            if rows:
                schema._seeds[table] = rows
    finally:
        connection.close()
    return schema


def reset(schema: Schema) -> None:
    """Make the tables as they were after deploying."""
    connection = sqlclient.connect(schema.dsn)
    try:
        results(connection, "SET SESSION innodb_lock_wait_timeout = 5, lock_wait_timeout = 5")
        now = _sums(connection, _tables(connection, schema.name))
        for table in now.keys() - schema._sums.keys():
            results(connection, f"DROP TABLE {table}")
        for table, was in schema._sums.items():
            if now.get(table, was) != was:
                _empty(connection, table)
                _fill(connection, table, schema._seeds.get(table, Rows()))
    finally:
        connection.close()


def drop(schema: Schema) -> None:
    """Drop the database, and the roles that deploying it made."""
    connection = sqlclient.connect(schema.server.dsn(), database=None)
    try:
        _drop(connection, schema.name)
    finally:
        connection.close()


def drop_leftovers(server: Server) -> None:
    """Drop the schemas of processes of this machine that are no more."""
    connection = sqlclient.connect(server.dsn(), database=None)
    try:
        names = results(connection, f"SHOW DATABASES LIKE '{_PREFIX}%'")[0]
        for (name,) in names:
            found = re.fullmatch(rf"{_PREFIX}\w+_(\d+)", str(name))
            if found and not _is_alive(int(found[1])):
                _drop(connection, str(name))
    finally:
        connection.close()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _drop(connection: Any, name: str) -> None:
    results(connection, f"DROP DATABASE IF EXISTS {name}")
    roles = results(connection, f"SELECT user FROM mysql.user WHERE user LIKE '{name}\\_%'")[0]
    for (role,) in roles:
        results(connection, f"DROP ROLE IF EXISTS `{role}`")


def _column(connection: Any, view: str, column: str, key: str, value: str) -> Rows:
    sql = f"SELECT {column} FROM information_schema.{view} WHERE {key} = {literal(value)}"
    return results(connection, sql)[0]


def _tables(connection: Any, schema: str) -> list[str]:
    sql = (
        "SELECT TABLE_NAME FROM information_schema.TABLES "
        f"WHERE TABLE_SCHEMA = {literal(schema)} AND TABLE_TYPE = 'BASE TABLE'"
    )
    return [str(name) for (name,) in results(connection, sql)[0]]


def _sums(connection: Any, tables: list[str]) -> dict[str, Any]:
    rows = results(connection, f"CHECKSUM TABLE {', '.join(tables)}")[0] if tables else []
    return {str(name).split(".")[-1]: value for name, value in rows}


def _empty(connection: Any, table: str) -> None:
    is_large = results(connection, f"SELECT 1 FROM {table} LIMIT 1 OFFSET {_LARGE}")[0]
    results(connection, f"TRUNCATE TABLE {table}" if is_large else f"DELETE FROM {table}")


def _fill(connection: Any, table: str, rows: Rows) -> None:
    if rows:
        values = ", ".join(f"({', '.join(map(literal, row))})" for row in rows)
        results(connection, f"INSERT INTO {table} ({', '.join(rows.columns)}) VALUES {values}")

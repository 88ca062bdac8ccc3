"""What the systems on PostgreSQL have in common: connections, an empty database, counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg  # type: ignore[import-not-found]
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo  # type: ignore[import-not-found]

#: The queue, and the task in it.
NAME = "note"


def connect(url: str) -> Any:
    """A connection on which each statement is a transaction."""
    return psycopg.connect(url, autocommit=True)


def empty(url: str) -> None:
    """Replace the database by an empty one; who is still connected to it is cut off."""
    database = sql.Identifier(conninfo_to_dict(url)["dbname"])
    with connect(make_conninfo(url, dbname="postgres")) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(database))


def settle(connection: Any, table: str) -> None:
    """Tell the planner about a table just filled, as autovacuum would within a minute."""
    connection.execute(f"ANALYZE {table}")


def fill(url: str, table: str, statement: str, values: Mapping[str, object]) -> None:
    """Run a statement that fills a table."""
    with connect(url) as connection:
        connection.execute(statement, values)
        settle(connection, table)


def run(url: str, statement: str, values: Mapping[str, object] | None = None) -> None:
    """Run a statement on a connection of its own."""
    with connect(url) as connection:
        connection.execute(statement, values)


def count(url: str, condition: str) -> int:
    """How many rows `condition`, the end of a SELECT from FROM on, finds."""
    with connect(url) as connection:
        [found] = connection.execute(f"SELECT count(*) {condition}").fetchone()
    return int(found)

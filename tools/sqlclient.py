"""Raw connections for tests and tools: plain SQL out, rows back, nothing rewritten."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import mysql.connector
from mysql.connector import errors as driver_errors
from mysql.connector.connection_cext import CMySQLConnection

from pyclient.dsn import Dsn


class Rows(list[tuple[Any, ...]]):
    """The rows of one result set, with the names of their columns and the driver's type codes."""

    def __init__(
        self,
        rows: Iterable[tuple[Any, ...]] = (),
        columns: tuple[str, ...] = (),
        types: tuple[int, ...] = (),
    ) -> None:
        """Rows as the driver converted them."""
        super().__init__(rows)
        self.columns = columns
        self.types = types


def connect(dsn: str, **changes: Any) -> CMySQLConnection:
    """A connection of mysql.connector's C extension, autocommit on.

    Args:
        dsn: where to; its database, if any, is the default one.
        changes: more arguments of mysql.connector.connect().
    """
    where = dataclasses.replace(Dsn.parse(dsn), use_pure=False).connect_args()
    connection = mysql.connector.connect(
        **(where | {"autocommit": True, "use_pure": False} | changes)
    )
    assert isinstance(connection, CMySQLConnection)
    return connection


def results(connection: CMySQLConnection, sql: str) -> list[Rows]:
    """Send a text of one or more statements, and read every result set.

    Raises:
        mysql.connector.Error: what the server reported; all that came before it is read.
    """
    try:
        answer = connection.cmd_query(sql.encode(), raw=False)
        found = []
        while True:
            if connection.result_set_available:
                described = answer["columns"]
                names = tuple(str(column[0]) for column in described)
                types = tuple(int(column[1]) for column in described)
                found.append(Rows(connection.get_rows(raw=False)[0], names, types))
            if not connection.next_result():
                return found
            if connection.result_set_available:
                answer = connection.fetch_eof_columns()
    except driver_errors.Error:
        raise
    except Exception as error:  # the C extension has an exception of its own for later results
        number = getattr(error, "errno", None)
        if number is None:
            raise
        raise driver_errors.get_mysql_exception(
            number, msg=getattr(error, "msg", str(error)), sqlstate=getattr(error, "sqlstate", None)
        ) from error


def call(connection: CMySQLConnection, sql: str) -> Rows:
    """As results(), but the rows of the last result set; no rows where there was none."""
    found = results(connection, sql)
    return found[-1] if found else Rows()


def literal(value: Any) -> str:
    """A value as SQL text: None, numbers, bytes and text."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(int(value)) if isinstance(value, bool) else repr(value)
    if isinstance(value, bytes | bytearray):
        return f"x'{bytes(value).hex()}'"
    text = str(value).replace("\\", "\\\\").replace("'", "''")
    return f"'{text}'"

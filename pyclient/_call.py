"""The one place that talks to a MySQL driver.

A statement goes out in one piece by the driver's lowest public call and never through
``cursor.execute()`` with values, which since mysql-connector-python 9.2 rewrites statements that
contain the word "delimiter". All answers are read; the first result set is returned.

Drivers: mysql.connector with its C extension (ours by default) or in pure Python; on a connection
that the caller brings also PyMySQL and mysqlclient, bare or inside Django's connection wrapper, a
connection or session of SQLAlchemy, or a pooled connection of mysql.connector.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple, TypeAlias

import mysql.connector
from mysql.connector import errors as driver_errors
from mysql.connector.conversion import MySQLConverter
from mysql.connector.pooling import PooledMySQLConnection

from pyclient.errors import CelersError, ConnectionLost, DriverUnsupported, from_server

#: The names of the columns, and the rows.
Result: TypeAlias = tuple[tuple[str, ...], list[tuple[Any, ...]]]

_NO_RESULT: Result = ((), [])
_TIMEOUTS = (
    driver_errors.ReadTimeoutError,
    driver_errors.WriteTimeoutError,
    driver_errors.ConnectionTimeoutError,
)


class Driver(NamedTuple):
    """How one kind of connection is used."""

    run: Callable[[Any, bytes], Result]
    errors: tuple[type[Exception], ...]

    def execute(self, connection: Any, statement: bytes) -> Result:
        """Send one statement, read all of its answer, return the first result set.

        Raises:
            CelersError: whatever the server or the driver reported.
        """
        try:
            return self.run(connection, statement)
        except self.errors as error:
            raise translated(error) from error

    def rollback(self, connection: Any) -> None:
        """End the connection's transaction without keeping anything of it."""
        self.execute(connection, b"ROLLBACK")


def driver_of(connection: Any) -> Driver:
    """The driver of a bare connection.

    Raises:
        DriverUnsupported: the connection is of no known driver, or it would change what it carries.
    """
    driver, charset = _known(connection)
    if charset != "utf8mb4":
        raise DriverUnsupported(
            f"the connection's character set is {charset}, which cannot carry every payload: "
            "open it with charset='utf8mb4'"
        )
    return driver


def raw_connection(source: Any) -> Any:
    """The driver's own connection inside a wrapper: Django's, SQLAlchemy's, a driver's pool's.

    Asking SQLAlchemy begins its transaction, as executing a statement with it would; Django
    connects if it is not connected.
    """
    if isinstance(source, PooledMySQLConnection):
        return source._cnx
    if hasattr(source, "ensure_connection"):  # Django
        source.ensure_connection()
        return source.connection
    if hasattr(source, "in_transaction") and hasattr(source, "in_nested_transaction"):  # SQLAlchemy
        if callable(source.connection):  # a Session
            source = source.connection()
        if not source.in_transaction():
            source.begin()
        return source.connection.driver_connection
    return getattr(source, "driver_connection", source)


def translated(error: Exception) -> CelersError:
    """The exception of ours for one of a driver's."""
    number, message = getattr(error, "errno", None), getattr(error, "msg", None)
    if number is None and error.args and isinstance(error.args[0], int):
        number = error.args[0] & 0xFFFF  # PyMySQL reads two bytes as a signed number
        message = error.args[1] if len(error.args) > 1 else None
    if isinstance(error, _TIMEOUTS) or (number == 0 and not message):
        return ConnectionLost(f"the connection timed out or is closed: {error}")
    return from_server(number or 0, getattr(error, "sqlstate", None), str(message or error))


def server_version(connection: Any) -> str:
    """The version that the server reported when the connection was made."""
    if hasattr(connection, "server_info"):  # mysql.connector
        return str(connection.server_info)
    return str(connection.get_server_info())


def socket_of(connection: Any) -> int | None:
    """The file descriptor of one of our own connections, None where it cannot be told for sure.

    A forked child needs it, to let go of the parent's connection without a word to the server.
    The C extension has no name for it; it stands at a place in libmysqlclient's structures that
    is kept for this ("my_socket fd; For Perl DBI/dbd") and is checked to hold a socket.
    """
    if isinstance(connection, mysql.connector.MySQLConnection):
        channel: Any = connection._socket
        descriptor = -1 if channel is None or channel.sock is None else channel.sock.fileno()
        return None if descriptor < 0 else int(descriptor)
    offset = object.__basicsize__ + 5 * ctypes.sizeof(ctypes.c_void_p)
    descriptor = ctypes.c_int.from_address(id(connection._cmysql) + offset).value
    try:
        is_socket = stat.S_ISSOCK(os.fstat(descriptor).st_mode)
    except (OSError, OverflowError):
        return None
    return descriptor if is_socket else None


def _known(connection: Any) -> tuple[Driver, str]:
    """The driver of a connection, and the name of its character set."""
    if isinstance(connection, mysql.connector.MySQLConnection):
        is_plain = type(connection.converter) is MySQLConverter and connection.use_unicode
        return (_PURE if is_plain else _PURE_RAW), connection.charset
    if _is_c(connection):
        is_plain = connection.converter is None and connection.use_unicode
        return (_C if is_plain else _C_RAW), connection.charset
    modules = {base.__module__.partition(".")[0] for base in type(connection).__mro__}
    if "pymysql" in modules:
        return _cursor_driver("pymysql"), str(connection.charset)
    if "MySQLdb" in modules:
        return _cursor_driver("MySQLdb"), str(connection.character_set_name())
    raise DriverUnsupported(
        f"no way to use a {type(connection).__module__}.{type(connection).__qualname__}: bring a "
        "connection of mysql.connector, PyMySQL or mysqlclient, or one of Django or SQLAlchemy "
        "over one of these"
    )


def _is_c(connection: Any) -> bool:
    return isinstance(connection, _C_CONNECTIONS)


def _run_c(connection: Any, statement: bytes) -> Result:
    """The C extension, values converted by it."""
    answer = connection.cmd_query(statement, raw=False)
    result: Result | None = None
    while True:
        if connection.result_set_available:
            # get_rows() would look at each value anew, for vectors, which no routine answers with
            try:
                rows = list(iter(connection._cmysql.fetch_row, None))
            finally:  # the server may find something wrong in the middle
                connection.free_result()
            if result is None:
                result = tuple([column[0] for column in answer["columns"]]), rows
        if not connection.next_result():
            return result or _NO_RESULT
        if connection.result_set_available:
            answer = connection.fetch_eof_columns()


def _run_c_raw(connection: Any, statement: bytes) -> Result:
    """The C extension on a connection whose own conversions are not to be used."""
    answer = connection.cmd_query(statement, raw=True)
    result: Result | None = None
    while True:
        if connection.result_set_available:
            rows = connection.get_rows(raw=True)[0]
            if result is None:
                result = _converted(answer["columns"], rows)
        if not connection.next_result():
            return result or _NO_RESULT
        if connection.result_set_available:
            answer = connection.fetch_eof_columns()


def _run_pure(connection: Any, statement: bytes) -> Result:
    """mysql.connector in pure Python, values converted by it."""
    result: Result | None = None
    for answer in connection.cmd_query_iter(statement):
        if "columns" in answer:
            rows = connection.get_rows(raw=False)[0]
            if result is None:
                result = tuple([column[0] for column in answer["columns"]]), rows
    return result or _NO_RESULT


def _run_pure_raw(connection: Any, statement: bytes) -> Result:
    """mysql.connector in pure Python on a connection whose own conversions are not to be used."""
    result: Result | None = None
    for answer in connection.cmd_query_iter(statement):
        if "columns" in answer:
            rows = connection.get_rows(raw=True)[0]
            if result is None:
                result = _converted(answer["columns"], rows)
    return result or _NO_RESULT


def _converted(columns: list[tuple[Any, ...]], rows: list[tuple[Any, ...]]) -> Result:
    convert = MySQLConverter("utf8mb4", True).to_python
    return tuple([column[0] for column in columns]), [
        tuple(
            [
                None if value is None else convert(column, bytes(value))
                for column, value in zip(columns, row, strict=True)
            ]
        )
        for row in rows
    ]


def _cursor_driver(module: str) -> Driver:
    """PyMySQL and mysqlclient: their plain cursor, whatever the connection's default is."""
    cursor_class = import_module(f"{module}.cursors").Cursor

    def run(connection: Any, statement: bytes) -> Result:
        with cursor_class(connection) as cursor:
            cursor.execute(statement)  # without arguments neither driver looks for '%'
            result: Result | None = None
            while True:
                if cursor.description is not None and result is None:
                    names = tuple([column[0] for column in cursor.description])
                    result = names, list(cursor.fetchall())
                if not cursor.nextset():
                    return result or _NO_RESULT

    return Driver(run, (import_module(module).Error,))


_PURE = Driver(_run_pure, (driver_errors.Error,))
_PURE_RAW = Driver(_run_pure_raw, (driver_errors.Error,))
_C_CONNECTIONS: tuple[type, ...] = ()
if mysql.connector.HAVE_CEXT:
    from mysql.connector.connection_cext import CMySQLConnection

    _C_CONNECTIONS = (CMySQLConnection,)
    _C_ERRORS = (driver_errors.Error, import_module("_mysql_connector").MySQLInterfaceError)
    _C = Driver(_run_c, _C_ERRORS)
    _C_RAW = Driver(_run_c_raw, _C_ERRORS)

"""Opening connections of our own."""

from __future__ import annotations

import re
from typing import Any

import mysql.connector
from mysql.connector import errors as driver_errors

from pyclient._call import driver_of, translated
from pyclient._pool import close_quietly
from pyclient.dsn import Dsn
from pyclient.errors import DriverUnsupported, ServerUnsupported

#: The oldest server with everything that the routines use.
OLDEST_SERVER = (8, 0, 29)
_NOT_MYSQL = ("MariaDB", "TiDB", "Vitess")
_UNKNOWN_COLLATION = (1115, 1273)


def open_connection(dsn: Dsn) -> Any:
    """A connection of mysql.connector to the server that the DSN names, TLS as it asks.

    Raises:
        ConnectionLost: the server cannot be reached.
        AccessDenied: it refused the account.
        DriverUnsupported: the driver's C extension does not load here.
        ServerUnsupported: it is not a MySQL that celers runs on, or has no TLS that was asked for.
        ServerError: anything else.
    """
    try:
        connection = mysql.connector.connect(
            **dsn.connect_args(), conn_attrs={"program_name": "celers"}
        )
    except ImportError as error:
        raise DriverUnsupported(
            f"the C extension of mysql-connector-python does not load here ({error}). Version 9.7 "
            "loads beside OpenSSL 3.0. To go on without it, at 2 to 4 times the time per call, set "
            "CELERS_PURE_PYTHON=1 or add use_pure=1 to the DSN"
        ) from error
    except driver_errors.Error as error:
        if error.errno in _UNKNOWN_COLLATION:
            raise ServerUnsupported(_refusal("a server without utf8mb4_0900_bin")) from error
        raise translated(error) from error
    try:
        check_server(str(connection.server_info))
        if dsn.must_use_tls:
            _check_tls(connection)
    except BaseException:
        close_quietly(connection)
        raise
    return connection


def check_server(version: str) -> None:
    """Refuse a server that celers does not run on, by the version it reports.

    Raises:
        ServerUnsupported: it is another product, or too old.
    """
    for product in _NOT_MYSQL:
        if product.lower() in version.lower():
            raise ServerUnsupported(_refusal(f"{product} {version}"))
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if numbers is None or tuple(map(int, numbers.groups())) < OLDEST_SERVER:
        raise ServerUnsupported(_refusal(f"MySQL {version}"))


def _check_tls(connection: Any) -> None:
    """Neither implementation of the driver refuses a server without TLS by itself."""
    _, rows = driver_of(connection).execute(connection, b"SHOW STATUS LIKE 'Ssl_cipher'")
    if not rows[0][1]:
        raise ServerUnsupported("the DSN asks for TLS, and the server offers none")


def _refusal(found: str) -> str:
    oldest = ".".join(map(str, OLDEST_SERVER))
    return f"celers needs MySQL {oldest} or later; this is {found}"

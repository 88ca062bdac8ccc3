"""One connection, through which every check looks; nothing is ever changed."""

from __future__ import annotations

import functools
from typing import Any

import pyclient
from pyclient._call import driver_of
from pyclient._connect import open_connection
from pyclient.dsn import Dsn
from pyclient.errors import AccessDenied, ServerError
from pyclient.migrate import Problem, ledger, roles, verify
from pyclient.migrate.session import Refused

_UNKNOWN_VARIABLE = 1193

Row = tuple[Any, ...]


class Look:
    """What the account may see of the server and of the schema.

    Attributes:
        dsn: where the schema is.
        client: the calls, over the same connection.
        version: as the server reports it.
    """

    def __init__(self, dsn: Dsn) -> None:
        """Connect; raises as open_connection() does."""
        self.dsn = dsn
        self._connection = open_connection(dsn)
        self._driver = driver_of(self._connection)
        self.client = pyclient.on(self._connection)
        self.version = str(self._connection.server_info)
        self.rows("SET SESSION time_zone = 'SYSTEM'")  # that of information_schema.INNODB_TRX

    def __enter__(self) -> Look:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def rows(self, sql: str) -> list[Row]:
        """The rows of one statement."""
        return self._driver.execute(self._connection, sql.encode())[1]

    def value(self, sql: str) -> Any:
        """The first column of the first row, or None."""
        rows = self.rows(sql)
        return rows[0][0] if rows else None

    def variable(self, name: str) -> Any:
        """A global variable of the server; None where it has none of that name."""
        try:
            return self.value(f"SELECT @@global.{name}")
        except ServerError as error:
            if error.number == _UNKNOWN_VARIABLE:
                return None
            raise

    def status(self, name: str) -> int:
        """A number of SHOW GLOBAL STATUS."""
        return int(self.rows(f"SHOW GLOBAL STATUS LIKE '{name}'")[0][1])

    def metric(self, name: str) -> int:
        """A counter of InnoDB; raises AccessDenied without the privilege PROCESS."""
        counter = f"SELECT COUNT FROM information_schema.INNODB_METRICS WHERE NAME = '{name}'"
        return int(self.value(counter) or 0)

    @functools.cached_property
    def sees_processes(self) -> bool:
        """Whether the account has PROCESS; without it a list of sessions holds only its own."""
        try:
            self.rows("SELECT 1 FROM information_schema.INNODB_TRX LIMIT 1")
        except AccessDenied:
            return False
        return True

    @functools.cached_property
    def problems(self) -> list[Problem]:
        """What is not as it was deployed; raises AccessDenied where the account may not tell."""
        self.rows(f"SELECT 1 FROM {ledger.TABLE} LIMIT 1")
        try:
            return verify(self.dsn)
        except Refused as error:
            if error.errno in roles.DENIED:
                raise AccessDenied(str(error), number=error.errno) from error
            raise

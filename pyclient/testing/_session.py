"""One connection that changes a schema under test behind the back of the client."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from pyclient._call import driver_of
from pyclient._connect import open_connection
from pyclient._literal import literal
from pyclient._pool import close_quietly
from pyclient.dsn import Dsn
from pyclient.errors import ConnectionLost

# Held open for a whole test run, and never waiting long for what a test forgot to end.
_FIXED = b"SET SESSION wait_timeout = 31536000, innodb_lock_wait_timeout = 5, lock_wait_timeout = 5"


class Session:
    """A connection without a database: names in statements are qualified."""

    def __init__(self, dsn: str) -> None:
        """Connect."""
        self._connection = open_connection(dataclasses.replace(Dsn.parse(dsn), database=None))
        self._driver = driver_of(self._connection)
        self._driver.execute(self._connection, _FIXED)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of one statement; each %s in it becomes the literal of a value."""
        return self.answer(sql, *values)[1]

    def column(self, sql: str, *values: object) -> list[Any]:
        """The first column of the rows of one statement."""
        return [row[0] for row in self.rows(sql, *values)]

    def answer(self, sql: str, *values: object) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """The names of the columns, and the rows."""
        statement = sql.encode() % tuple(map(_literal, values)) if values else sql.encode()
        return self._driver.execute(self._connection, statement)

    def insert(self, table: str, columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert rows as they were read."""
        names = ", ".join(f"`{column}`" for column in columns)
        lines = b", ".join(b"(%b)" % b", ".join(map(_literal, row)) for row in rows)
        statement = f"INSERT INTO {table} ({names}) VALUES ".encode() + lines
        self._driver.execute(self._connection, statement)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block, or nothing; one commit costs what one statement's does."""
        self.rows("START TRANSACTION")
        try:
            yield
        except ConnectionLost:
            raise
        except BaseException:
            self.rows("ROLLBACK")
            raise
        self.rows("COMMIT")

    def close(self) -> None:
        """End the connection."""
        close_quietly(self._connection)


def _literal(value: object) -> bytes:
    if isinstance(value, datetime):
        value = value.replace(tzinfo=UTC)
    return literal(value)

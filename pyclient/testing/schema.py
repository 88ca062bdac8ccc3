"""A deployed schema in a database of its own, whose tables are as new for every test.

Deploying takes about half a second, so it is done once; between tests only those tables whose
contents differ are emptied, and their seed rows put back.
"""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pyclient.errors import AccessDenied, ConnectionLost, LockTimeout
from pyclient.migrate import migrate
from pyclient.migrate.errors import DeployFailed
from pyclient.migrate.ledger import TABLE as LEDGER
from pyclient.migrate.roles import role_names
from pyclient.testing._session import Session

#: How the names of the databases begin. Eight random hexadecimal digits follow.
PREFIX = "celers_test_"
_LARGE = 5000
_PAUSE_S = 0.01


@dataclass(frozen=True, slots=True)
class _Table:
    """A table as it was after deploying."""

    checksum: int
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class Schema:
    """A deployed schema, as a test sees it. Its events are off, so that nothing runs unasked.

    Attributes:
        name: of the database.
        dsn: of the database, for the account that deployed it; with its password.
    """

    def __init__(self, server_dsn: str) -> None:
        """Deploy into a new database. Databases whose test run was killed are dropped first.

        A named lock says that this one is in use, as long as its session lives: several runs, on
        several machines, may share a server.

        Args:
            server_dsn: of a server; a database that it names is not touched.

        Raises:
            CelersError: the server is not there, or does not let the account deploy.
        """
        self.name = PREFIX + secrets.token_hex(4)
        self.dsn = urlsplit(server_dsn)._replace(path=f"/{self.name}").geturl()
        self._server_dsn = server_dsn
        self._tables: dict[str, _Table] = {}
        self._session = self._open()
        try:
            self._drop_leftovers()
            self._deploy()
        except BaseException:
            self._session.close()
            raise

    def __repr__(self) -> str:
        return f"Schema({self.name})"

    def _open(self) -> Session:
        session = Session(self._server_dsn)
        session.rows("SELECT GET_LOCK(%s, 10)", self.name)
        return session

    def _deploy(self) -> None:
        """Deploy, and remember the tables as they were before the events, which begin at once."""
        before: dict[str, _Table] = {}

        def notice(_: str) -> None:
            if not self._events():
                before.update(self._snapshot())

        try:
            migrate(self.dsn, out=notice)
        except (AccessDenied, DeployFailed) as error:
            pattern = PREFIX.replace("_", "\\_")
            error.add_note(f"Tests need an account with ALL ON `{pattern}%`.* to make databases.")
            raise
        for event in self._events():
            self._session.rows(f"ALTER EVENT {self.name}.`{event}` DISABLE")
        while self.name in [row[3] for row in self._session.rows("SHOW PROCESSLIST")]:
            time.sleep(_PAUSE_S)  # one runs
        before.pop(LEDGER, None)
        self._tables = self._snapshot() | before
        self._reset()

    def _events(self) -> list[str]:
        return self._session.column(
            "SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = %s", self.name
        )

    def _snapshot(self) -> dict[str, _Table]:
        return {
            table: _Table(checksum, *self._session.answer(f"SELECT * FROM {self.name}.`{table}`"))
            for table, checksum in self._checksums().items()
        }

    def reset(self) -> None:
        """Make the tables as they were after deploying.

        Raises:
            LockTimeout: an open transaction of an earlier test holds on to a table for 5 s.
        """
        try:
            self._reset()
        except ConnectionLost:
            self._session.close()
            self._session = self._open()
            self._reset()
        except LockTimeout as error:
            error.add_note(f"An earlier test left a transaction open on {self.name}.")
            raise

    def _reset(self) -> None:
        now = self._checksums()
        for table in now.keys() - self._tables.keys():
            self._session.rows(f"DROP TABLE {self.name}.`{table}`")
        with self._session.transaction():
            for table, was in self._tables.items():
                if now.get(table, was.checksum) != was.checksum:
                    self._renew(f"{self.name}.`{table}`", was)

    def _renew(self, table: str, was: _Table) -> None:
        is_large = self._session.rows(f"SELECT 1 FROM {table} LIMIT 1 OFFSET {_LARGE}")
        self._session.rows(f"TRUNCATE TABLE {table}" if is_large else f"DELETE FROM {table}")
        if was.rows:
            self._session.insert(table, was.columns, was.rows)

    def _checksums(self) -> dict[str, int]:
        names = self._session.column(
            "SELECT TABLE_NAME FROM information_schema.TABLES"
            " WHERE TABLE_SCHEMA = %s AND TABLE_TYPE = 'BASE TABLE'",
            self.name,
        )
        listed = ", ".join(f"{self.name}.`{name}`" for name in names)
        rows = self._session.rows(f"CHECKSUM TABLE {listed}") if names else []
        return {str(name).partition(".")[2]: checksum for name, checksum in rows}

    def drop(self) -> None:
        """Drop the database, and the roles that deploying it made."""
        try:
            _drop(self._session, self.name)
        finally:
            self._session.close()

    def _drop_leftovers(self) -> None:
        """Drop the databases whose runs are no more; what is another account's stays."""
        names = self._session.column(
            "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA"
            " WHERE REGEXP_LIKE(SCHEMA_NAME, %s) AND SCHEMA_NAME <> %s",
            f"^{PREFIX}[0-9a-f]{{8}}$",
            self.name,
        )
        for name in names:
            if self._session.column("SELECT GET_LOCK(%s, 0)", name) == [1]:
                with suppress(AccessDenied):
                    _drop(self._session, name)
                self._session.rows("SELECT RELEASE_LOCK(%s)", name)


def _drop(session: Session, name: str) -> None:
    session.rows(f"DROP DATABASE IF EXISTS {name}")
    for role in role_names(name).values():
        with suppress(AccessDenied):  # who may not drop roles could not create them either
            session.rows(f"DROP ROLE IF EXISTS `{role}`")

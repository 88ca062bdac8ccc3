"""The client: one method per routine, over a pool, a transaction or a brought connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, TypedDict, Unpack

from pyclient._generated import GeneratedCalls
from pyclient._literal import call_statement
from pyclient._retry import RetryPolicy
from pyclient._rows import RowT, build_rows
from pyclient._session import BroughtSession, PooledSession, Session
from pyclient.breaker import CircuitBreaker
from pyclient.dsn import Dsn, from_environment
from pyclient.errors import InternalError


class ClientOptions(TypedDict, total=False):
    """The options of connect() and configure().

    Attributes:
        pool_size: connections at most; default 10.
        pool_wait_s: seconds to wait for one while all are in use; default 10.
        max_idle_s: seconds after which an idle connection is replaced at its next use;
            default 240. Keep it below the server's wait_timeout and any proxy's.
        retry: when a failed call is tried again.
        breaker: fails calls at once while the database is down; it counts a call with all its
            tries once, and of a transaction the beginning. Default none.
    """

    pool_size: int
    pool_wait_s: float
    max_idle_s: float
    retry: RetryPolicy
    breaker: CircuitBreaker


class Client(GeneratedCalls):
    """Calls the routines of celers: ``client.call_enqueue("mail", "send", {"to": 7})``.

    Made by connect() or on(). A pooled client may be used by many threads and inherited by fork;
    a client of one transaction or of a brought connection belongs to one thread at a time. Every
    call may raise the CelersError classes of pyclient.errors.
    """

    def __init__(self, session: Session) -> None:
        """Use connect() or on() instead."""
        self._session = session

    def _rows(self, row: type[RowT], routine: str, args: tuple[object, ...]) -> list[RowT]:
        statement = call_statement(routine, args, self._session.prefix)
        return build_rows(row, routine, self._session.run(statement))

    def _row(self, row: type[RowT], routine: str, args: tuple[object, ...]) -> RowT:
        rows = self._rows(row, routine, args)
        if len(rows) != 1:
            raise InternalError(f"{routine} answered with {len(rows)} rows instead of one")
        return rows[0]

    def _row_or_none(self, row: type[RowT], routine: str, args: tuple[object, ...]) -> RowT | None:
        rows = self._rows(row, routine, args)
        if len(rows) > 1:
            raise InternalError(f"{routine} answered with {len(rows)} rows instead of one or none")
        return rows[0] if rows else None

    @contextmanager
    def transaction(self) -> Iterator[Client]:
        """A client whose calls are kept together or not at all.

        Commits at the end of the block, rolls back when an exception leaves it. Beginning is
        tried again where the server does not answer; nothing inside the block is.

        Raises:
            Conflict: this client is inside a transaction already, or on a brought connection.
            TransactionAborted: a call inside the block broke the transaction, and its exception
                was caught there.
            ConnectionLost: the connection broke; during COMMIT the outcome is unknown.
        """
        with self._session.transaction() as session:
            yield Client(session)

    def on(self, connection: Any) -> Client:
        """A client on a connection of the caller's, calling the same schema as this one.

        See the function on().
        """
        return on(connection, database=self._session.database)

    @property
    def server_version(self) -> str:
        """The version that the server reports, as "9.7.4"; connects if nothing did yet."""
        return self._session.server_version()

    def schema_version(self) -> str:
        """Ask the server for the version of the deployed schema."""
        return self._session.schema_version()

    def close(self) -> None:
        """Close the pool's connections; those in use are closed as they come back.

        The client of a transaction or of a brought connection owns none.
        """
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def connect(dsn: str | Dsn | None = None, **options: Unpack[ClientOptions]) -> Client:
    """A client with a pool of its own. It connects at its first call.

    With the first connection the client asks once for the schema's version, and refuses a schema
    of another major version with SchemaOutdated.

    Args:
        dsn: ``mysql://user:password@host:3306/database?socket=/path``, see pyclient.dsn; None =
            the environment variable CELERS_DSN.
        options: see ClientOptions.

    Raises:
        InvalidDsn: there is no DSN, it cannot be read, or it names no database.
    """
    session = PooledSession(
        from_environment(dsn),
        pool_size=options.get("pool_size", 10),
        pool_wait_s=options.get("pool_wait_s", 10.0),
        max_idle_s=options.get("max_idle_s", 240.0),
        retry=options.get("retry") or RetryPolicy(),
        breaker=options.get("breaker"),
    )
    return Client(session)


def on(connection: Any, *, database: str | None = None) -> Client:
    """A client on a connection of the caller's: its calls join the caller's transaction.

    The connection is never committed, rolled back, retried on or closed here. With autocommit off
    a call begins a transaction like any statement: commit it.

    Args:
        connection: of mysql.connector, PyMySQL or mysqlclient, with charset utf8mb4; or Django's
            ``django.db.connection``; or a Connection or Session of SQLAlchemy over one of these.
        database: the schema that celers lives in; None = the connection's current one.

    Raises:
        DriverUnsupported: the connection is of another driver, or of another character set.
    """
    return Client(BroughtSession(connection, database))

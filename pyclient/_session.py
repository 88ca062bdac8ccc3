"""Where a client's calls go: its pool, a transaction on one connection, a brought connection."""

from __future__ import annotations

import contextlib
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pyclient import _version
from pyclient._call import Driver, Result, driver_of, raw_connection, server_version, socket_of
from pyclient._connect import open_connection
from pyclient._literal import call_prefix, call_statement
from pyclient._pool import Connection, Pool
from pyclient._retry import RetryPolicy
from pyclient.breaker import CircuitBreaker
from pyclient.dsn import Dsn
from pyclient.errors import (
    AccessDenied,
    CelersError,
    Conflict,
    ConnectionLost,
    InvalidDsn,
    TransactionAborted,
)

T = TypeVar("T")


class Session(ABC):
    """A way to the server.

    Attributes:
        database: the schema that celers lives in, None = the connection's current one.
        prefix: how each CALL begins.
    """

    database: str | None
    prefix: bytes

    @abstractmethod
    def run(self, statement: bytes) -> Result:
        """Send one statement; return the first result set."""

    @abstractmethod
    def transaction(self) -> contextlib.AbstractContextManager[Session]:
        """A transaction of its own, ended with the block."""

    @abstractmethod
    def server_version(self) -> str:
        """The version that the server reports."""

    @abstractmethod
    def close(self) -> None:
        """Give back what the session owns."""

    def schema_version(self) -> str:
        """The version of the deployed schema."""
        return _version.of_result(self.run(call_statement(_version.ROUTINE, (), self.prefix)))


class PooledSession(Session):
    """Each call on any connection of a pool, tried again as the policy says."""

    def __init__(
        self,
        dsn: Dsn,
        *,
        pool_size: int,
        pool_wait_s: float,
        max_idle_s: float,
        retry: RetryPolicy,
        breaker: CircuitBreaker | None,
    ) -> None:
        if not dsn.database:
            raise InvalidDsn("the DSN names no database: mysql://user@host/DATABASE")
        self._dsn, self._retry, self._breaker = dsn, retry, breaker
        self.database, self.prefix = dsn.database, call_prefix(None)
        self._driver: Driver
        self._server_version: str | None = None  # known once a connection was opened
        self._is_checked = False
        self._pool = Pool(
            self._open, socket_of, size=pool_size, wait_s=pool_wait_s, max_idle_s=max_idle_s
        )

    def run(self, statement: bytes) -> Result:
        return self._guarded(lambda: self._run_once(statement))

    def _run_once(self, statement: bytes) -> Result:
        connection = self._pool.acquire()
        try:
            result = self._driver.execute(connection, statement)
        except BaseException as error:
            self._give_back_after(connection, error)
            raise
        self._pool.release(connection)
        return result

    def _guarded(self, once: Callable[[], T]) -> T:
        if self._breaker is None:
            return self._repeated(once)
        return self._breaker.call(lambda: self._repeated(once))

    def _repeated(self, once: Callable[[], T]) -> T:
        began = time.monotonic()
        attempt = 1
        while True:
            try:
                return once()
            except CelersError as error:
                if isinstance(error, ConnectionLost) and self._server_version is None:
                    raise  # never reached: do not take a failover's time to tell a wrong address
                pause_s = self._retry.pause_s(error, attempt, time.monotonic() - began)
                if pause_s is None:
                    raise
            time.sleep(pause_s)
            attempt += 1

    def _open(self) -> Connection:
        connection: Connection = open_connection(self._dsn)
        try:
            self._driver = driver_of(connection)
            self._server_version = server_version(connection)
            if not self._is_checked:
                self._check_schema(connection)
                self._is_checked = True
        except BaseException:
            connection.close()
            raise
        return connection

    def _check_schema(self, connection: Connection) -> None:
        """Once per client; an account without the right to ask goes unchecked."""
        with contextlib.suppress(AccessDenied):
            statement = call_statement(_version.ROUTINE, ())
            _version.check(_version.of_result(self._driver.execute(connection, statement)))

    def _give_back_after(self, connection: Connection, error: BaseException) -> None:
        """Only our own errors leave a connection clean: KILL QUERY leaves a transaction open."""
        if isinstance(error, CelersError) and error.is_own:
            self._pool.release(connection)
        elif isinstance(error, CelersError) and not isinstance(error, ConnectionLost):
            self._roll_back(connection)
        else:
            self._drop(connection, error)

    def _drop(self, connection: Connection, error: BaseException | None) -> None:
        self._pool.discard(connection)
        if isinstance(error, ConnectionLost):
            self._pool.discard_idle()

    def _roll_back(self, connection: Connection) -> None:
        try:
            self._driver.rollback(connection)
        except CelersError as error:
            self._drop(connection, error)  # the server rolls back what a connection leaves behind
        except BaseException:
            self._pool.discard(connection)
            raise
        else:
            self._pool.release(connection)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Session]:
        connection = self._guarded(self._begin)
        session = TransactionSession(self._driver, connection, self, self._pool)
        try:
            yield session
            session.commit()
        except BaseException:
            if session.is_lost:
                self._drop(connection, session.failure)
            else:
                self._roll_back(connection)
            raise
        else:
            self._pool.release(connection)
        finally:
            session.is_over = True

    def _begin(self) -> Connection:
        connection = self._pool.acquire()
        try:
            self._driver.execute(connection, b"START TRANSACTION")
        except BaseException as error:
            self._give_back_after(connection, error)
            raise
        return connection

    def server_version(self) -> str:
        if self._server_version is None:
            self._pool.release(self._guarded(self._pool.acquire))
        assert self._server_version is not None
        return self._server_version

    def close(self) -> None:
        self._pool.close()


class _OneConnection(Session):
    """Calls on one connection, one after the other, none of them repeated."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def run(self, statement: bytes) -> Result:
        if not self._lock.acquire(blocking=False):
            raise Conflict("two threads use one connection at once")
        try:
            return self._run(statement)
        finally:
            self._lock.release()

    def close(self) -> None:
        """Nothing: the connection belongs to somebody else."""

    @abstractmethod
    def _run(self, statement: bytes) -> Result:
        """Send one statement while no other thread does."""


class TransactionSession(_OneConnection):
    """Calls inside a transaction that the client began and ends."""

    def __init__(
        self, driver: Driver, connection: Connection, parent: PooledSession, pool: Pool
    ) -> None:
        super().__init__()
        self.database, self.prefix = parent.database, parent.prefix
        self.is_over = False
        self._driver, self._connection = driver, connection
        self._parent, self._pool = parent, pool
        self.failure: BaseException | None = None

    @property
    def is_lost(self) -> bool:
        """Whether the connection cannot even be rolled back."""
        if self.failure is None:
            return not self._pool.owns(self._connection)
        return isinstance(self.failure, ConnectionLost) or not isinstance(self.failure, CelersError)

    def _run(self, statement: bytes) -> Result:
        if self.is_over:
            raise Conflict("the transaction is over: its client ends with the block")
        self._refuse_after_failure()
        try:
            if not self._pool.owns(self._connection):
                raise ConnectionLost("the transaction belongs to the process that forked this one")
            return self._driver.execute(self._connection, statement)
        except CelersError as error:
            if not error.is_own:
                self.failure = error
            raise
        except BaseException as error:
            self.failure = error
            raise

    def _refuse_after_failure(self) -> None:
        if self.failure is not None:
            raise TransactionAborted(
                f"an earlier call broke the transaction: {self.failure}"
            ) from self.failure

    def commit(self) -> None:
        """Keep what the calls did.

        Raises:
            TransactionAborted: a call failed in a way that the transaction did not survive.
            ConnectionLost: it is not known whether the transaction was kept.
        """
        self._refuse_after_failure()
        try:
            self._run(b"COMMIT")
        except ConnectionLost as error:
            raise ConnectionLost(
                f"the connection broke during COMMIT, which may have been carried out: {error}",
                number=error.number,
                sqlstate=error.sqlstate,
            ) from error

    def transaction(self) -> contextlib.AbstractContextManager[Session]:
        raise Conflict("a transaction is open already, and MySQL does not nest them")

    def server_version(self) -> str:
        return self._parent.server_version()


class BroughtSession(_OneConnection):
    """Calls on a connection that the caller owns: never committed, repeated or closed here."""

    def __init__(self, source: Any, database: str | None) -> None:
        super().__init__()
        self.database, self.prefix = database, call_prefix(database)
        self._source = source
        self._connection = raw_connection(source)
        self._driver = driver_of(self._connection)

    def _resolve(self) -> Any:
        """The driver's connection: a wrapper may have replaced it since the last call."""
        connection = raw_connection(self._source)
        if connection is not self._connection:
            self._driver = driver_of(connection)
            self._connection = connection
        return connection

    def _run(self, statement: bytes) -> Result:
        return self._driver.execute(self._resolve(), statement)

    def transaction(self) -> contextlib.AbstractContextManager[Session]:
        raise Conflict("the connection is yours: begin and end its transactions there")

    def server_version(self) -> str:
        return server_version(self._resolve())

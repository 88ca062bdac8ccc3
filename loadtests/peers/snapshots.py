"""A snapshot that another session keeps open on a server, as a backup or a long report does."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from loadtests.queues import Link
from pyclient.dsn import Dsn


@contextmanager
def mysql(url: str) -> Iterator[None]:
    """A snapshot of all databases of a MySQL server."""
    with contextlib.closing(Link(Dsn.parse(url))) as link:
        link.run(b"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        link.run(b"START TRANSACTION WITH CONSISTENT SNAPSHOT")
        link.run(b"SELECT COUNT(*) FROM mysql.time_zone")
        yield
        link.run(b"ROLLBACK")


@contextmanager
def postgresql(url: str) -> Iterator[None]:
    """A snapshot of the URL's database; it holds back nothing in others."""
    import psycopg  # type: ignore[import-not-found]

    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("SELECT count(*) FROM pg_class")
        yield
        connection.rollback()


#: By the name of the server; the others have none.
SNAPSHOTS: Mapping[str, Callable[[str], AbstractContextManager[None]]] = {
    "mysql": mysql,
    "postgresql": postgresql,
}

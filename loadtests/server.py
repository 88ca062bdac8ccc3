"""The server beside the workloads: its settings, its counters, and a snapshot held open on it."""

from __future__ import annotations

import contextlib
import os
import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import mysql.connector

from loadtests.queues import Fault, Link
from pyclient.dsn import Dsn

_SETTINGS = (
    "sync_binlog",
    "innodb_flush_log_at_trx_commit",
    "log_bin",
    "binlog_format",
    "innodb_doublewrite",
    "innodb_log_writer_threads",
    "innodb_buffer_pool_size",
)


@dataclass(frozen=True)
class Facts:
    """What a figure means nothing without."""

    server: str
    settings: dict[str, str]
    cores: int
    machine: str
    python: str
    driver: str

    @property
    def is_durable(self) -> bool:
        """Whether a task that was answered for survives a crash of the machine."""
        wanted = {"sync_binlog": "1", "innodb_flush_log_at_trx_commit": "1", "log_bin": "ON"}
        return all(self.settings.get(name) == value for name, value in wanted.items())


class Server:
    """A connection that watches."""

    def __init__(self, dsn: Dsn) -> None:
        """dsn: its database is not used."""
        self._link = Link(dsn)

    def facts(self) -> Facts:
        """The server's settings as it reports them itself, and the machine's."""
        names = ", ".join(f"'{name}'" for name in _SETTINGS)
        rows = self._link.run(f"SHOW GLOBAL VARIABLES WHERE Variable_name IN ({names})".encode())
        [(version,)] = self._link.run(b"SELECT VERSION()")
        return Facts(
            server=str(version),
            settings={str(name): str(value) for name, value in sorted(rows)},
            cores=os.cpu_count() or 1,
            machine=f"{platform.system()} {platform.machine()}",
            python=platform.python_version(),
            driver=f"mysql-connector-python {mysql.connector.__version__}"
            + (" (C extension)" if mysql.connector.HAVE_CEXT else " (pure Python)"),
        )

    def pid_file(self) -> str:
        """Where the server says its process number is, on its own machine."""
        [(path,)] = self._link.run(b"SELECT @@GLOBAL.pid_file")
        return str(path)

    def questions(self, dsn: Dsn) -> int:
        """Statements that the connections to a database have sent; those in routines count not."""
        [(value,)] = self._link.run(
            "SELECT SUM(s.variable_value) FROM performance_schema.status_by_thread AS s "
            "INNER JOIN performance_schema.threads AS t USING (thread_id) "
            f"WHERE s.variable_name = 'Questions' AND t.processlist_db = '{dsn.database}'".encode()
        )
        if value is None:
            raise Fault("the server's performance_schema does not count statements by thread")
        return int(value)

    def binary_log_bytes(self) -> int:
        """The size of all binary logs; 0 without."""
        return binary_log_bytes(lambda sql: self._link.run(sql.encode()))

    def deadlocks(self) -> int:
        """Deadlocks that the server has broken, the repeated ones included."""
        rows = self._link.run(
            b"SELECT `count` FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'"
        )
        return sum(int(row[0]) for row in rows)

    def close(self) -> None:
        """End the connection."""
        self._link.close()


def binary_log_bytes(sql: Callable[[str], Iterable[Sequence[object]]]) -> int:
    """The size of all binary logs, as somebody who runs SQL finds it; 0 without."""
    [(is_on,)] = sql("SELECT @@GLOBAL.log_bin")
    return sum(int(str(row[1])) for row in sql("SHOW BINARY LOGS")) if is_on else 0


@contextlib.contextmanager
def snapshot(dsn: Dsn) -> Iterator[None]:
    """Another session that keeps a REPEATABLE READ snapshot open, as a backup or a report does."""
    with contextlib.closing(Link(dsn)) as link:
        link.run(b"CREATE TABLE IF NOT EXISTS bench_anchor (id INT PRIMARY KEY)")
        link.run(b"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        link.run(b"START TRANSACTION WITH CONSISTENT SNAPSHOT")
        link.run(b"SELECT COUNT(*) FROM bench_anchor")
        yield
        link.run(b"ROLLBACK")

"""A private MySQL server, durable in full: the one that the tests run on, found the same way."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from loadtests.peers.adapter import Missing
from loadtests.queues import Link
from pyclient.dsn import Dsn
from tools.server import ServerError, private
from tools.server.settings import Setting

_CONFIGURATION: Mapping[str, Setting] = {
    "innodb_buffer_pool_size": "1G",
    "innodb_redo_log_capacity": "2G",
    "sync_binlog": 1,
    "innodb_flush_log_at_trx_commit": 1,
}
_REPORTED = (
    "sync_binlog",
    "innodb_flush_log_at_trx_commit",
    "log_bin",
    "binlog_format",
    "binlog_row_image",
    "innodb_doublewrite",
    "innodb_buffer_pool_size",
    "innodb_redo_log_capacity",
    "transaction_isolation",
    "max_connections",
    "performance_schema",
)


@contextmanager
def start(folder: Path) -> Iterator[str]:
    """Run a server without databases; yields its administrator's DSN. Raises Missing.

    Programs and data lie where those of every private server of this checkout do, and not in the
    folder.
    """
    del folder
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(private(**_CONFIGURATION))
        except ServerError as error:
            raise Missing(str(error)) from error
        yield server.dsn()


def settings(url: str) -> dict[str, str]:
    """Its version and what it says about durability and memory."""
    names = ", ".join(f"'{name}'" for name in _REPORTED)
    with contextlib.closing(Link(Dsn.parse(url))) as link:
        [(version,)] = link.run(b"SELECT VERSION()")
        rows = link.run(f"SHOW GLOBAL VARIABLES WHERE Variable_name IN ({names})".encode())
    return {"version": str(version), **{str(name): str(value) for name, value in sorted(rows)}}

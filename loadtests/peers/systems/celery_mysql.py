"""Celery with MySQL, through the SQLAlchemy transport of kombu."""

from __future__ import annotations

import os
import subprocess
from typing import Any
from urllib.parse import parse_qs, urlsplit

from loadtests.peers.adapter import Missing
from loadtests.peers.systems import installed
from loadtests.peers.systems.celery_peer import CeleryPeer, command

_DATABASE = "peers_celery"
#: SQLAlchemy's names of the drivers in C and their packages, the faster one first.
_DRIVERS = {"mysqldb": "mysqlclient", "mysqlconnector": "mysql-connector-python"}


class CeleryMysql(CeleryPeer):
    """Celery with MySQL. A claim makes a task invisible; its row stays."""

    name = "Celery + SQLAlchemy (MySQL)"
    server = "mysql"
    guarantee = "durable; at most once"
    # Nothing is acknowledged to this store: late acknowledgement changes nothing.
    variants = ("default", "prefetch 100", "solo")

    def __init__(self, url: str) -> None:
        """Raises Missing if no driver can log in."""
        driver = _driver(url)
        self._server = _driver_url(driver, url, "")
        self._database = _driver_url(driver, url, _DATABASE)
        super().__init__(f"sqla+{self._database}")
        package = _DRIVERS[driver]
        self.version += f" ({package} {installed.version(package)})"

    def reset(self) -> None:
        """Make an empty database, and let Celery make its tables."""
        _run(self._server, f"DROP DATABASE IF EXISTS {_DATABASE}")
        _run(self._server, f"CREATE DATABASE {_DATABASE}")
        purge = command(self.settings("default"), "purge", "--force")
        environment = {**os.environ, **purge.environment}
        done = subprocess.run(
            purge.words, cwd=purge.folder, env=environment, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise RuntimeError(f"Celery cannot make its tables: {done.stderr}")

    def open_count(self) -> int:
        """Tasks that nobody has claimed."""
        [(count,)] = _run(self._database, "SELECT COUNT(*) FROM kombu_message WHERE visible")
        return int(count)


def _driver(url: str) -> str:
    """The first driver that can log in. A mysqlclient may be built with a library that cannot."""
    import sqlalchemy

    installed.version("celery")
    reasons = []
    for driver, package in _DRIVERS.items():
        try:
            _run(_driver_url(driver, url, ""), "SELECT 1")
        except (ImportError, sqlalchemy.exc.DBAPIError) as error:
            reasons.append(f"{package}: {error}")
        else:
            return driver
    raise Missing(f"No driver can log in. {' '.join(reasons)}")


def _driver_url(driver: str, url: str, database: str) -> str:
    """The address for the driver; the same user, and the same socket if it names one."""
    parts = urlsplit(url)
    account, _, address = parts.netloc.rpartition("@")
    socket = parse_qs(parts.query).get("socket")
    if socket:
        # With any other host mysqlclient takes TCP.
        return f"mysql+{driver}://{account}@localhost/{database}?unix_socket={socket[0]}"
    return f"mysql+{driver}://{account}@{address}/{database}"


def _run(url: str, statement: str) -> list[Any]:
    import sqlalchemy

    engine = sqlalchemy.create_engine(url)
    try:
        with engine.begin() as connection:
            result = connection.exec_driver_sql(statement)
            return list(result) if result.returns_rows else []
    finally:
        engine.dispose()


PEERS = (CeleryMysql,)

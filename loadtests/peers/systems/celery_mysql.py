"""Celery with MySQL, through the SQLAlchemy transport of kombu."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from loadtests.peers.systems import installed
from loadtests.peers.systems.celery_peer import CeleryPeer

_DATABASE = "peers_celery"


class CeleryMysql(CeleryPeer):
    """Celery with MySQL. A claim makes a task invisible; its row stays."""

    name = "Celery + SQLAlchemy (MySQL)"
    server = "mysql"
    guarantee = "durable; at most once"
    # Nothing is acknowledged to this store: late acknowledgement changes nothing.
    variants = ("default", "prefetch 100")

    def __init__(self, url: str) -> None:
        installed.version("mysqlclient")
        self._server = _driver_url(url, "")
        self._database = _driver_url(url, _DATABASE)
        super().__init__(f"sqla+{self._database}")

    def reset(self) -> None:
        """Make an empty database; the tables are made by the first who connects."""
        _run(self._server, f"DROP DATABASE IF EXISTS {_DATABASE}")
        _run(self._server, f"CREATE DATABASE {_DATABASE}")

    def open_count(self) -> int:
        """Tasks that nobody has claimed."""
        [(count,)] = _run(self._database, "SELECT COUNT(*) FROM kombu_message WHERE visible")
        return int(count)


def _driver_url(url: str, database: str) -> str:
    """The address for mysqlclient; the same user, and the same socket if it names one."""
    parts = urlsplit(url)
    socket = parse_qs(parts.query).get("socket")
    query = f"?unix_socket={socket[0]}" if socket else ""
    return f"mysql+mysqldb://{parts.netloc}/{database}{query}"


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

"""The database that a system on MySQL is given."""

from __future__ import annotations

import contextlib
from urllib.parse import urlsplit, urlunsplit

from loadtests.queues import Link, Row
from pyclient.dsn import Dsn


def of(url: str, database: str) -> str:
    """The DSN of a database on the server of an administrator's DSN."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def empty(url: str, database: str) -> None:
    """Replace the database by an empty one."""
    run(url, f"DROP DATABASE IF EXISTS `{database}`")
    run(url, f"CREATE DATABASE `{database}`")


def run(url: str, statement: str) -> list[Row]:
    """Send one statement over a connection of its own; its rows."""
    with contextlib.closing(Link(Dsn.parse(url))) as link:
        return link.run(statement.encode())

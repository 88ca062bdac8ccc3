"""The MySQL server that tests run on: one that the environment names, or a container."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

#: Environment variables with a DSN, in the order in which they are looked at.
VARIABLES = ("CELERS_TEST_DSN", "CELERS_DSN")
IMAGE = "mysql:8.4"
_PING_TIMEOUT_S = 2
_WAYS = (
    f"set {VARIABLES[0]} to the DSN of a MySQL server, as in mysql://root@127.0.0.1:3306/; "
    "or start Docker and `pip install testcontainers`"
)


class NoServer(Exception):
    """There is no MySQL server to test on; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """A MySQL server.

    Attributes:
        dsn: with its password; a database that it may name is not touched.
        how: in words, where it is from.
    """

    dsn: str = field(repr=False)
    how: str


@contextmanager
def find() -> Iterator[Server]:
    """A server for the block: that of CELERS_TEST_DSN, else CELERS_DSN, else a container.

    Raises:
        NoServer: neither variable is set, and no container can be started.
    """
    for variable in VARIABLES:
        if dsn := os.environ.get(variable):
            yield Server(dsn, variable)
            return
    container = _start()
    try:
        host, port = container.get_container_host_ip(), container.get_exposed_port(container.port)
        dsn = f"mysql://root:{container.root_password}@{host}:{port}/"
        yield Server(dsn, f"a container of {IMAGE}")
    finally:
        container.stop()


def _start() -> Any:
    """A running MySqlContainer. Whatever goes wrong in these libraries means the same."""
    try:
        docker = import_module("docker")
        mysql = import_module("testcontainers.community.mysql")
    except ImportError as error:
        raise NoServer(f"no MySQL server: testcontainers is not installed. {_WAYS}") from error
    try:
        docker.from_env(timeout=_PING_TIMEOUT_S).ping()
    except Exception as error:
        raise NoServer(f"no MySQL server: Docker does not answer. {_WAYS}") from error
    try:
        return mysql.MySqlContainer(IMAGE, username="root", password="celers").start()
    except Exception as error:
        raise NoServer(f"no MySQL server: Docker does not start {IMAGE}: {error}") from error

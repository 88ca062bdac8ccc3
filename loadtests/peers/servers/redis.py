"""A private Redis that keeps its data as durably as is usual: appended, flushed every second."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis  # type: ignore[import-not-found]

from loadtests.peers.servers import packages
from loadtests.peers.servers.group import HOST, group
from tools.server.instance import free_port

_PROGRAM = "usr/bin/redis-server"
_PACKAGES = ("redis-server",)
_CONFIGURATION = {
    "appendonly": "yes",
    "appendfsync": "everysec",
    # The appended file is what survives; snapshots beside it would only take time.
    "save": "",
}
_REPORTED = ("appendonly", "appendfsync", "save", "auto-aof-rewrite-min-size")


@contextmanager
def start(folder: Path) -> Iterator[str]:
    """Run a server with nothing in it; yields redis://127.0.0.1:port/0. Raises Missing."""
    place = packages.root(folder, _PROGRAM, _PACKAGES)
    port = free_port()
    words = [str(place / _PROGRAM), "--bind", HOST, "--port", str(port)]
    for name, value in _CONFIGURATION.items():
        words += [f"--{name}", value]
    with group(folder) as server:
        server.start(words, packages.environment(place))
        server.wait(lambda: _answers(port))
        yield f"redis://{HOST}:{port}/0"


def settings(url: str) -> dict[str, str]:
    """Its version and what it says about durability."""
    with redis.Redis.from_url(url, decode_responses=True) as connection:
        version = connection.info("server")["redis_version"]
        found = {name: connection.config_get(name)[name] for name in _REPORTED}
    return {"version": str(version), **{name: value or '""' for name, value in found.items()}}


def _answers(port: int) -> bool:
    """Whether it takes commands: it does not while it reads its files."""
    with socket.create_connection((HOST, port), timeout=1.0) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(16).startswith(b"+PONG")

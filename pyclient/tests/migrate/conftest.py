"""A place to deploy into, on the server that all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pyclient.dsn import Dsn
from pyclient.tests.migrate.kit import Place, new_place
from tools.server import Server


@pytest.fixture
def place(server: Server, tmp_path: Path) -> Iterator[Place]:
    """A database that is not there yet, and a small tree to deploy into it."""
    with new_place(Dsn.parse(server.dsn()), tmp_path / "db") as found:
        yield found

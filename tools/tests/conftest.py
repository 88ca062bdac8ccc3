"""Fixtures for the tests of the tools."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools import sqlclient
from tools.server import Server
from tools.spec import read_errors
from tools.sqlclient import results
from tools.tests.fixture_repo import SOURCE, Repo, copy


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A repository of a few routines, all of it right."""
    return copy(tmp_path)


@pytest.fixture(scope="session")
def database(server: Server) -> Iterator[Any]:
    """A connection to a database with the fixture repository's tables and routines."""
    name = f"celers_tools_{os.getpid()}_{secrets.token_hex(3)}"
    connection = sqlclient.connect(server.dsn(), database=None)
    results(connection, f"CREATE DATABASE {name} COLLATE utf8mb4_0900_bin")
    results(connection, f"USE {name}")
    results(connection, "SET NAMES utf8mb4 COLLATE utf8mb4_0900_bin")
    for path in [*sorted(SOURCE.glob("db/migrations/*")), *SOURCE.glob("db/procedures/*/*")]:
        results(connection, path.read_text(encoding="utf-8"))
    for error in read_errors(SOURCE / "db" / "errors.tsv", SOURCE).values():
        values = f"{error.number}, '{error.name}', '{error.kind}', '{error.message}'"
        results(connection, f"INSERT INTO celers_error VALUES ({values})")
    yield connection
    results(connection, f"DROP DATABASE {name}")
    connection.close()

"""Autoscalers, pools and accounts for tests."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

import pyclient
from pyclient.dsn import Dsn
from pyclient.migrate.roles import role_name
from pyclient.tests.autoscale.kit import QUICK, Account, Pool, Start
from pyclient.worker.autoscale import Autoscaler


@pytest.fixture
def client(schema: Any) -> Iterator[pyclient.Client]:
    """A client of the schema."""
    with pyclient.connect(schema.dsn) as client:
        yield client


@pytest.fixture
def pool(client: pyclient.Client) -> Pool:
    """A pool of two."""
    return Pool(client)


@pytest.fixture
def start(client: pyclient.Client, pool: Pool) -> Iterator[Start]:
    """Start autoscalers; they end with the test."""
    started: list[Autoscaler] = []

    def starter(client: pyclient.Client = client, pool: Any = pool, **changes: Any) -> Autoscaler:
        config = dataclasses.replace(QUICK, **changes)
        started.append(Autoscaler(config, pool, client, ["mail"]))
        started[-1].start()
        return started[-1]

    yield starter
    for autoscaler in started:
        autoscaler.stop(30)


@pytest.fixture
def account(schema: Any, connect: Any, call: Any) -> Iterator[Account]:
    """Make an account with one role: its name, and the DSN to log in with."""
    made: list[str] = []
    root = connect()

    def maker(role: str) -> tuple[str, Dsn]:
        name = f"scale_{uuid.uuid4().hex[:10]}"
        made.append(name)
        call(root, f"CREATE USER '{name}'@'%' IDENTIFIED BY 'p'")
        call(root, f"GRANT `{role_name(schema.name, role)}` TO '{name}'@'%'")
        call(root, f"SET DEFAULT ROLE ALL TO '{name}'@'%'")
        return name, dataclasses.replace(Dsn.parse(schema.dsn), user=name, password="p")

    yield maker
    for name in made:
        call(root, f"DROP USER '{name}'@'%'")

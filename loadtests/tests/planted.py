"""The load test with two faults planted: a task that the server loses, a completion told twice."""

from __future__ import annotations

from typing import Any

from locust import events

from loadtests.load import schema
from loadtests.locustfile import *  # noqa: F403


def _plant(environment: Any, **_: Any) -> None:
    session = environment.celers
    lost, doubled, *_rest = session.ledger.completed
    with schema.connection(session.dsn) as connection:
        for table in ("celers_finished", "celers_task"):
            schema.run(connection, f"DELETE FROM {table} WHERE id = UUID_TO_BIN(%s)", (lost,))
    session.ledger.completed.append(doubled)


events.test_stop.add_listener(_plant)

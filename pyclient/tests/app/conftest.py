"""An app on the deployed schema, and a stand-in for a worker's calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import pyclient
from pyclient.app import App
from pyclient.client import Client
from tools.freshschema import Schema


@pytest.fixture
def app(schema: Schema) -> Iterator[App]:
    """An app whose tasks go into the schema."""
    app = App("shop", dsn=schema.dsn)
    yield app
    app.client.close()


@pytest.fixture
def ends(app: App) -> Callable[..., None]:
    """End the next task of the queue ``default`` as a worker would: ``ends("ack", result="1")``.

    The first argument is ``ack`` or ``reject``, the others are keys of its item.
    """

    def end(how: str, **item: Any) -> None:
        [task] = app.client.call_dequeue_batch("default", "worker-1", 1)
        item |= {"task_id": task.task_id, "receipt": task.receipt}
        if how == "ack":
            assert app.client.call_ack_batch([item])[0].outcome == "completed"
        else:
            assert app.client.call_reject_batch([item])[0].outcome != "lease_lost"

    return end


@pytest.fixture
def count(app: App) -> Callable[[], int]:
    """How many tasks there are, whatever their state."""

    def count() -> int:
        return len(app.client.call_list_tasks(limit=1000))

    return count


@pytest.fixture
def other_client(schema: Schema) -> Iterator[Client]:
    """A client that is not the app's."""
    with pyclient.connect(schema.dsn) as client:
        yield client

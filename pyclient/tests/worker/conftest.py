"""Workers of the app beside this file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import pyclient
from pyclient.tests.workerkit import Look, Worker

PLACE = "pyclient.tests.worker.app:app"
POOLS = {
    "process": ("--pool", "process", "-c", "1"),
    "thread": ("--pool", "thread", "-c", "3", "-w", "1"),
    "asyncio": ("--pool", "asyncio", "-c", "3", "-w", "1"),
}
Start = Callable[..., Worker]


@pytest.fixture(params=POOLS)
def pool(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The options of each pool in turn."""
    return POOLS[request.param]


@pytest.fixture
def queue(schema: Any) -> Iterator[pyclient.Client]:
    """A client of the schema."""
    with pyclient.connect(schema.dsn) as client:
        yield client


@pytest.fixture
def look(queue: pyclient.Client, connect: Any) -> Look:
    """A look at the schema."""
    return Look(queue, connect())


@pytest.fixture
def start(schema: Any, tmp_path: Path) -> Iterator[Start]:
    """Start workers; they end with the test."""
    workers: list[Worker] = []

    def starter(*options: str, place: str = PLACE, **environment: str) -> Worker:
        workers.append(Worker(schema.dsn, tmp_path, *options, place=place, environment=environment))
        return workers[-1]

    yield starter
    for worker in workers:
        worker.force()


@pytest.fixture
def send(queue: pyclient.Client) -> Callable[..., str]:
    """Enqueue a task of the app with its own options, by name; gives the id."""
    from pyclient.tests.worker import app as module

    tasks = module.app.tasks | module.hooked.tasks

    def sender(name: str, *args: Any, **options: Any) -> str:
        task = tasks[name]
        options = {**task.options, **options}
        target = options.pop("queue", task.queue)
        return queue.call_enqueue(target, name, list(args), **options).task_id

    return sender

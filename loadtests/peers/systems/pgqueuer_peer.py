"""pgqueuer on PostgreSQL."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg  # type: ignore[import-not-found]
from pgqueuer.db import SyncPsycopgDriver  # type: ignore[import-not-found]
from pgqueuer.ports.repository import (  # type: ignore[import-not-found]
    EntrypointExecutionParameter,
)
from pgqueuer.queries import Queries, SyncQueries  # type: ignore[import-not-found]

from loadtests.peers.adapter import Command
from loadtests.peers.systems import installed, postgresql_store

_ENTRYPOINT = postgresql_store.NAME
_TABLE = "pgqueuer"
_BATCHES = {"batch 10": 10, "batch 100": 100}
# As its worker has it.
_HEARTBEAT = timedelta(seconds=30)
_UNLIMITED = EntrypointExecutionParameter(concurrency_limit=0)


class PgqueuerClient:
    """A producer."""

    def __init__(self, url: str) -> None:
        self._connection = postgresql_store.connect(url)
        self._has_filled = False
        self._queries = SyncQueries(SyncPsycopgDriver(self._connection))

    def enqueue(self, number: int) -> None:
        """Enqueue a job."""
        self._queries.enqueue(_ENTRYPOINT, b"%d" % number)

    def enqueue_many(self, numbers: Sequence[int]) -> None:
        """Enqueue a list of jobs."""
        count = len(numbers)
        payloads = [b"%d" % number for number in numbers]
        self._queries.enqueue([_ENTRYPOINT] * count, payloads, [0] * count)
        self._has_filled = True

    def close(self) -> None:
        """End the connection."""
        if self._has_filled:
            postgresql_store.settle(self._connection, _TABLE)
        self._connection.close()


class PgqueuerBroker:
    """A consumer: the queries of pgqueuer's loop, which are asynchronous, in a loop of its own."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._connection = self._runner.run(_connect(url))
        self._queries = Queries.from_asyncpg_connection(self._connection)
        self._identity = uuid.uuid4()
        self._held: list[Any] = []

    def claim(self, count: int) -> list[int]:
        """Dequeue jobs."""
        entrypoints = {_ENTRYPOINT: _UNLIMITED}
        dequeue = self._queries.dequeue(count, entrypoints, self._identity, None, _HEARTBEAT)
        self._held = self._runner.run(dequeue)
        return [int(job.payload) for job in self._held]

    def complete(self) -> None:
        """Log them as successful, which removes them from the queue."""
        if self._held:
            outcomes = [(job, "successful", None) for job in self._held]
            self._runner.run(self._queries.log_jobs(outcomes))
        self._held = []

    def close(self) -> None:
        """End the connection; what is held is claimed again when its heartbeat is old."""
        self._runner.run(self._connection.close())
        self._runner.close()


class Pgqueuer:
    """pgqueuer as it ships: a row in its log stays of each job."""

    name = "pgqueuer + PostgreSQL"
    server = "postgresql"
    guarantee = "flushed to disk; at least once; logged when done"
    has_bulk = True
    variants = tuple(_BATCHES)

    def __init__(self, url: str) -> None:
        self.version = installed.version("pgqueuer")
        self._url = url

    def reset(self) -> None:
        """Make a database with its schema."""
        postgresql_store.empty(self._url)
        asyncio.run(_install(self._url))

    def client(self) -> PgqueuerClient:
        """A producer."""
        return PgqueuerClient(self._url)

    def workers(self, processes: int, variant: str) -> list[Command]:
        """So many workers, each in one event loop with one connection."""
        module = "loadtests.peers.systems.pgqueuer_worker"
        words = ("-m", module, self._url, str(_BATCHES[variant]))
        return [installed.command(*words, environment={})] * processes

    def broker(self) -> PgqueuerBroker:
        """A consumer."""
        return PgqueuerBroker(self._url)

    def delay_many(self, numbers: Sequence[int], delay_s: int) -> None:
        """Insert rows as an enqueued job has them."""
        statement = """
            INSERT INTO pgqueuer (priority, entrypoint, payload, execute_after, status)
            SELECT
                0,
                %(entrypoint)s,
                convert_to(number::text, 'UTF8'),
                now() + make_interval(secs => %(delay)s),
                'queued'
            FROM unnest(%(numbers)s::bigint[]) AS number
        """
        values = {"entrypoint": _ENTRYPOINT, "numbers": list(numbers), "delay": delay_s}
        postgresql_store.fill(self._url, _TABLE, statement, values)

    def open_count(self) -> int:
        """Jobs that wait or run."""
        return postgresql_store.count(self._url, f"FROM {_TABLE} WHERE status <> 'failed'")


async def _connect(url: str) -> Any:
    return await asyncpg.connect(url)


async def _install(url: str) -> None:
    connection = await _connect(url)
    await Queries.from_asyncpg_connection(connection).install()
    await connection.close()


PEERS = (Pgqueuer,)

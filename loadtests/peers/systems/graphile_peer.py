"""graphile-worker on PostgreSQL: its library of Node, and its SQL called from here."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import psycopg  # type: ignore[import-not-found]

from loadtests.peers.adapter import Command
from loadtests.peers.systems import node_program, postgresql_store

_PROGRAM = "graphile.js"
_TASK = postgresql_store.NAME
_TABLE = "graphile_worker._private_jobs"
_WORKER = "peers"
_SETTINGS: Mapping[str, Mapping[str, object]] = {
    "1 at a time": {},
    "10 at a time": {"concurrentJobs": 10},
    # As its own measurement has it.
    "local queue of 500": {
        "concurrentJobs": 24,
        "localQueue": {"size": 500},
        "completeJobBatchDelay": 0,
        "failJobBatchDelay": 0,
    },
}


class _Graphile:
    """What both ways to use it share."""

    server = "postgresql"
    guarantee = "flushed to disk; at least once; deleted when done"
    has_bulk = True

    def __init__(self, url: str) -> None:
        self.version = node_program.version("graphile-worker")
        self._url = url

    def reset(self) -> None:
        """Make a database with its schema."""
        postgresql_store.empty(self._url)
        node_program.run(_PROGRAM, "migrate", self._url)

    def open_count(self) -> int:
        """Jobs that wait or run."""
        return postgresql_store.count(self._url, f"FROM {_TABLE}")


class GraphileNode(_Graphile):
    """Its library, producers and workers."""

    name = "graphile-worker + PostgreSQL"
    variants = tuple(_SETTINGS)

    def client(self) -> node_program.Producer:
        """A producer."""
        return node_program.Producer(_PROGRAM, self._url, _TABLE)

    def workers(self, processes: int, variant: str) -> list[Command]:
        """So many runners that do not print each success."""
        settings = _SETTINGS[variant]
        command = node_program.worker(_PROGRAM, self._url, settings, NO_LOG_SUCCESS="1")
        return [command] * processes

    def broker(self) -> None:
        """The SQL that it sends is measured as a system of its own."""

    def delay_many(self, numbers: Sequence[int], delay_s: int) -> None:
        """Add jobs in one call."""
        producer = self.client()
        producer.add(numbers, delay_s)
        producer.close()


class GraphileSqlClient:
    """A producer: calls the functions that are meant for it."""

    def __init__(self, url: str) -> None:
        self._connection = postgresql_store.connect(url)
        self._has_filled = False

    def enqueue(self, number: int) -> None:
        """Add a job."""
        statement = "SELECT graphile_worker.add_job(%s, %s::json)"
        self._connection.execute(statement, [_TASK, json.dumps({"n": number})])

    def enqueue_many(self, numbers: Sequence[int]) -> None:
        """Add jobs in one call."""
        self.add(numbers, 0)
        self._has_filled = True

    def add(self, numbers: Sequence[int], delay_s: int) -> None:
        """Add jobs that are due after so long."""
        statement = """
            SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
                SELECT json_populate_record(
                    NULL::graphile_worker.job_spec,
                    json_build_object(
                        'identifier', %s::text,
                        'payload', json_build_object('n', number),
                        'run_at', now() + make_interval(secs => %s)
                    )
                ) FROM unnest(%s::bigint[]) AS number
            ))
        """
        self._connection.execute(statement, [_TASK, delay_s, list(numbers)])

    def close(self) -> None:
        """End the connection."""
        if self._has_filled:
            postgresql_store.settle(self._connection, _TABLE)
        self._connection.close()


class _Statements(NamedTuple):
    """What a worker sends to make its tasks known and find their numbers, then for so many jobs."""

    make: str
    find: str
    claim: str
    complete_one: str
    complete_several: str


class GraphileSqlBroker:
    """A consumer: sends the statements of a worker."""

    def __init__(self, url: str) -> None:
        self._connection = postgresql_store.connect(url)
        # They have their parameters as PostgreSQL counts them.
        self._cursor = psycopg.RawCursor(self._connection)
        known = _statements(1)
        self._cursor.execute(known.make, [[_TASK]])
        self._tasks = [row[0] for row in self._cursor.execute(known.find, [[_TASK]])]
        self._held: list[int] = []

    def claim(self, count: int) -> list[int]:
        """Lock jobs."""
        self._cursor.execute(_statements(count).claim, [_WORKER, self._tasks])
        columns = [column.name for column in self._cursor.description]
        identity, payload = columns.index("id"), columns.index("payload")
        rows = self._cursor.fetchall()
        self._held = [row[identity] for row in rows]
        return [row[payload]["n"] for row in rows]

    def complete(self) -> None:
        """Delete them."""
        if len(self._held) == 1:
            self._cursor.execute(_statements(1).complete_one, self._held)
        elif self._held:
            self._cursor.execute(_statements(1).complete_several, [self._held])
        self._held = []

    def close(self) -> None:
        """End the connection; what is held stays locked for hours."""
        self._connection.close()


class GraphileSql(_Graphile):
    """Its SQL without its library, called as the other systems of Python call theirs."""

    name = "graphile-worker's SQL + PostgreSQL"
    variants: tuple[str, ...] = ()

    def reset(self) -> None:
        """Make a database with its schema, and learn the statements."""
        super().reset()
        for count in (1, 100):
            _statements(count)

    def client(self) -> GraphileSqlClient:
        """A producer."""
        return GraphileSqlClient(self._url)

    def workers(self, processes: int, variant: str) -> list[Command]:
        """Its workers are those of its library."""
        raise NotImplementedError

    def broker(self) -> GraphileSqlBroker:
        """A consumer."""
        return GraphileSqlBroker(self._url)

    def delay_many(self, numbers: Sequence[int], delay_s: int) -> None:
        """Add jobs in one call."""
        client = GraphileSqlClient(self._url)
        client.add(numbers, delay_s)
        client.close()


@functools.cache
def _statements(count: int) -> _Statements:
    return _Statements(*json.loads(node_program.run(_PROGRAM, "statements", str(count))))


PEERS = (GraphileNode, GraphileSql)

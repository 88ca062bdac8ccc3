"""pg-boss on PostgreSQL, with its library of Node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loadtests.peers.adapter import Command
from loadtests.peers.systems import node_program, postgresql_store

_PROGRAM = "pgboss.js"
_TABLE = "pgboss.job"
_FETCH = {"batchSize": 1000, "pollingIntervalSeconds": 0.5}
_SETTINGS: Mapping[str, Mapping[str, object]] = {
    "1,000 every 0.5 s": _FETCH,
    "1,000, the next at once": {**_FETCH, "isEager": True},
}


class PgBoss:
    """pg-boss with large batches.

    As it ships, a worker fetches one job every two seconds: there is nothing to measure in that.
    """

    name = "pg-boss + PostgreSQL"
    server = "postgresql"
    guarantee = "flushed to disk; at least once; kept when done"
    has_bulk = True
    variants = tuple(_SETTINGS)

    def __init__(self, url: str) -> None:
        self.version = node_program.version("pg-boss")
        self._url = url

    def reset(self) -> None:
        """Make a database with its schema and one queue."""
        postgresql_store.empty(self._url)
        node_program.run(_PROGRAM, "migrate", self._url)

    def client(self) -> node_program.Producer:
        """A producer."""
        return node_program.Producer(_PROGRAM, self._url, _TABLE)

    def workers(self, processes: int, variant: str) -> list[Command]:
        """So many processes with one worker each."""
        return [node_program.worker(_PROGRAM, self._url, _SETTINGS[variant])] * processes

    def broker(self) -> None:
        """It has no interface but that of its library."""

    def delay_many(self, numbers: Sequence[int], delay_s: int) -> None:
        """Insert jobs in one call."""
        producer = self.client()
        producer.add(numbers, delay_s)
        producer.close()

    def open_count(self) -> int:
        """Jobs that wait or run; those of its own maintenance lie in other queues."""
        condition = f"FROM {_TABLE} WHERE name = '{postgresql_store.NAME}' AND state < 'completed'"
        return postgresql_store.count(self._url, condition)


PEERS = (PgBoss,)

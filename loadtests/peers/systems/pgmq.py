"""pgmq: functions in PostgreSQL. It ships no worker, so its worker is the loop of work()."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Sequence

from pgmq.install import (  # type: ignore[import-not-found]
    get_embedded_sql_version,
    install_pgmq_from_sql,
)

from loadtests.peers.adapter import Command, note
from loadtests.peers.systems import installed, postgresql_store

_QUEUE = postgresql_store.NAME
_TABLE = f"pgmq.q_{_QUEUE}"
# Seconds for which what was read is hidden from others.
_HIDDEN_S = 60
_READS = {"own loop, reads 100": 100, "own loop, reads 1": 1}


class PgmqClient:
    """A producer: calls the functions."""

    def __init__(self, url: str) -> None:
        self._connection = postgresql_store.connect(url)
        self._has_filled = False

    def enqueue(self, number: int) -> None:
        """Send a message."""
        self._connection.execute("SELECT pgmq.send(%s, %s)", [_QUEUE, _message(number)])

    def enqueue_many(self, numbers: Sequence[int]) -> None:
        """Send a batch."""
        words = [_QUEUE, [_message(number) for number in numbers]]
        self._connection.execute("SELECT pgmq.send_batch(%s, %s::jsonb[])", words)
        self._has_filled = True

    def close(self) -> None:
        """End the connection."""
        if self._has_filled:
            postgresql_store.settle(self._connection, _TABLE)
        self._connection.close()


class PgmqBroker:
    """A consumer: reads, then deletes."""

    def __init__(self, url: str) -> None:
        self._connection = postgresql_store.connect(url)
        self._held: list[int] = []

    def claim(self, count: int) -> list[int]:
        """Read messages, which hides them."""
        statement = "SELECT msg_id, message FROM pgmq.read(%s, %s, %s)"
        rows = self._connection.execute(statement, [_QUEUE, _HIDDEN_S, count]).fetchall()
        self._held = [identity for identity, _ in rows]
        return [message["n"] for _, message in rows]

    def complete(self) -> None:
        """Delete them."""
        if self._held:
            words = [_QUEUE, self._held]
            self._connection.execute("SELECT pgmq.delete(%s, %s::bigint[])", words)
        self._held = []

    def close(self) -> None:
        """End the connection; what is held shows again later."""
        self._connection.close()


class Pgmq:
    """pgmq, as plain SQL: the functions are the same as those of the extension."""

    name = "pgmq + PostgreSQL"
    server = "postgresql"
    guarantee = "flushed to disk; at least once; deleted when done"
    has_bulk = True
    variants = tuple(_READS)

    def __init__(self, url: str) -> None:
        self.version = str(get_embedded_sql_version())
        self._url = url

    def reset(self) -> None:
        """Make a database with one queue in it."""
        postgresql_store.empty(self._url)
        install_pgmq_from_sql(dsn=self._url)
        postgresql_store.run(self._url, "SELECT pgmq.create(%(queue)s)", {"queue": _QUEUE})

    def client(self) -> PgmqClient:
        """A producer."""
        return PgmqClient(self._url)

    def workers(self, processes: int, variant: str) -> list[Command]:
        """So many loops of work()."""
        words = ("-m", "loadtests.peers.systems.pgmq", self._url, variant)
        return [installed.command(*words, environment={})] * processes

    def broker(self) -> PgmqBroker:
        """A consumer."""
        return PgmqBroker(self._url)

    def delay_many(self, numbers: Sequence[int], delay_s: int) -> None:
        """Send one batch that is not visible for so long."""
        statement = """
            SELECT pgmq.send_batch(
                %(queue)s,
                array_agg(jsonb_build_object('n', number)),
                %(delay)s
            ) FROM unnest(%(numbers)s::bigint[]) AS number
        """
        values = {"queue": _QUEUE, "numbers": list(numbers), "delay": delay_s}
        postgresql_store.fill(self._url, _TABLE, statement, values)

    def open_count(self) -> int:
        """Messages that are not deleted."""
        return postgresql_store.count(self._url, f"FROM {_TABLE}")


def work(url: str, count: int) -> None:
    """Read, do, delete. It waits in the server, as finely as pgmq does unless told otherwise."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    read = "SELECT msg_id, message FROM pgmq.read_with_poll(%s, %s, %s)"
    with postgresql_store.connect(url) as connection:
        while True:
            rows = connection.execute(read, [_QUEUE, _HIDDEN_S, count]).fetchall()
            for _, message in rows:
                note(message["n"])
            if rows:
                done = [identity for identity, _ in rows]
                connection.execute("SELECT pgmq.delete(%s, %s::bigint[])", [_QUEUE, done])


def _message(number: int) -> str:
    return json.dumps({"n": number})


PEERS = (Pgmq,)

if __name__ == "__main__":
    work(sys.argv[1], _READS[sys.argv[2]])

"""Solid Queue's SQL on MySQL, and a loop like its worker; see loadtests.peers.solidqueue."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence

from loadtests.peers.adapter import Command
from loadtests.peers.solidqueue import worker
from loadtests.peers.solidqueue.schema import SCHEMA
from loadtests.peers.solidqueue.statements import Session
from loadtests.peers.systems import mysql_store

_DATABASE = "peers_solid_queue"
_MOST = 1000
#: The threads of a variant's worker.
_VARIANTS = {"default": 3, "10 threads": 10}
_TABLES = ("ready", "scheduled", "claimed")


class _Client:
    def __init__(self, dsn: str) -> None:
        self._session = Session(dsn)

    def enqueue(self, number: int) -> None:
        self._session.enqueue(number)

    def enqueue_many(self, numbers: Sequence[int], delay_s: int = 0) -> None:
        for start in range(0, len(numbers), _MOST):
            self._session.enqueue_all(numbers[start : start + _MOST], delay_s)

    def close(self) -> None:
        self._session.close()


class _Broker:
    def __init__(self, dsn: str) -> None:
        self._session = Session(dsn)
        self._process_id = self._session.register()
        self._held: list[int] = []

    def claim(self, count: int) -> list[int]:
        claimed = self._session.claim(self._process_id, count)
        self._held = [job for job, _ in claimed]
        return [number for _, number in claimed]

    def complete(self) -> None:
        for job in self._held:
            self._session.finish(job)
        self._held = []

    def close(self) -> None:
        self._session.close()


class _SolidQueue:
    name = "Solid Queue's SQL (MySQL)"
    server = "mysql"
    guarantee = "flushed to disk; at most once: what a dead worker ran has failed; rows kept"
    version = "1.5"
    has_bulk = True
    variants = tuple(_VARIANTS)

    def __init__(self, url: str) -> None:
        self._url = url
        self._dsn = mysql_store.of(url, _DATABASE)

    def reset(self) -> None:
        mysql_store.empty(self._url, _DATABASE)
        for statement in SCHEMA:
            mysql_store.run(self._dsn, statement)

    def client(self) -> _Client:
        return _Client(self._dsn)

    def workers(self, processes: int, variant: str) -> list[Command]:
        words = (sys.executable, "-m", worker.__name__, self._dsn, str(_VARIANTS[variant]))
        return [Command(words)] * processes

    def broker(self) -> _Broker:
        return _Broker(self._dsn)

    def delay_many(self, numbers: Sequence[int], delay_s: int) -> None:
        with contextlib.closing(self.client()) as client:
            client.enqueue_many(numbers, delay_s)

    def open_count(self) -> int:
        counts = [f"(SELECT COUNT(*) FROM solid_queue_{table}_executions)" for table in _TABLES]
        [(count,)] = mysql_store.run(self._dsn, f"SELECT {' + '.join(counts)}")
        return int(count)


PEERS = (_SolidQueue,)

"""The plain-SQL queue that celers replaces: the replica of celers-broker-sql, and its worker."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import signal
import sys
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from loadtests.baseline import POLL_S, Baseline, BaselineQueue
from loadtests.peers.adapter import Command, note
from loadtests.peers.systems import mysql_store
from pyclient.dsn import Dsn
from pyclient.errors import DeadlockError, LockTimeout

_DATABASE = "peers_celers_sql"
#: How many tasks the worker of a variant claims at a time.
_VARIANTS = {"one by one": 1, "batches of 10": 10}
_OPEN = "SELECT COUNT(*) FROM celers_tasks WHERE state IN ('pending', 'processing')"
Result = TypeVar("Result")


class _Client:
    def __init__(self, dsn: Dsn) -> None:
        self._queue = BaselineQueue(dsn)

    def enqueue(self, number: int) -> None:
        _again(self._queue, lambda: self._queue.enqueue(_payload(number)))

    def enqueue_many(self, numbers: Sequence[int]) -> None:
        payloads = [_payload(number) for number in numbers]
        _again(self._queue, lambda: self._queue.enqueue_all(payloads))

    def close(self) -> None:
        self._queue.close()


class _Broker:
    def __init__(self, dsn: Dsn) -> None:
        self._queue = BaselineQueue(dsn)

    def claim(self, count: int) -> list[int]:
        _again(self._queue, lambda: self._queue.claim(count))
        return [json.loads(payload)["number"] for payload in self._queue.payloads()]

    def complete(self) -> None:
        _again(self._queue, self._queue.ack)

    def close(self) -> None:
        self._queue.close()


class _CelersSql:
    name = "celers-broker-sql replica"
    server = "mysql"
    guarantee = "flushed to disk; at least once; finished tasks are kept"
    version = "0.2"
    has_bulk = True
    variants = tuple(_VARIANTS)

    def __init__(self, url: str) -> None:
        self._url = url
        self._dsn = dataclasses.replace(Dsn.parse(url or "mysql://nobody@"), database=_DATABASE)

    def reset(self) -> None:
        mysql_store.run(self._url, f"DROP DATABASE IF EXISTS {_DATABASE}")
        Baseline(self._dsn).create()

    def client(self) -> _Client:
        return _Client(self._dsn)

    def workers(self, processes: int, variant: str) -> list[Command]:
        words = (mysql_store.of(self._url, _DATABASE), str(_VARIANTS[variant]))
        return [Command((sys.executable, "-m", __name__, *words))] * processes

    def broker(self) -> _Broker:
        return _Broker(self._dsn)

    def delay_many(self, numbers: Sequence[int], delay_s: int) -> None:
        with contextlib.closing(BaselineQueue(self._dsn)) as queue:
            queue.load_all([_payload(number) for number in numbers], delay_s)

    def open_count(self) -> int:
        [(count,)] = mysql_store.run(mysql_store.of(self._url, _DATABASE), _OPEN)
        return int(count)


def _payload(number: int) -> str:
    return f'{{"number": {number}}}'


def _again(queue: BaselineQueue, call: Callable[[], Result]) -> Result:
    """Do it until the server does not refuse it for a lock, as its worker does."""
    while True:
        try:
            return call()
        except (DeadlockError, LockTimeout):
            queue.recover()


def _work(dsn: str, count: int) -> None:
    """The library's worker: claim so many, do them, complete them; sleep when there was none."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with contextlib.closing(_Broker(Dsn.parse(dsn))) as broker:
        while True:
            numbers = broker.claim(count)
            for number in numbers:
                note(number)
            broker.complete()
            if not numbers:
                time.sleep(POLL_S)


PEERS = (_CelersSql,)

if __name__ == "__main__":
    _work(sys.argv[1], int(sys.argv[2]))

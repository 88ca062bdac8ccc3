"""celers itself: pyclient's calls, and its own worker."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Sequence

import pyclient
from loadtests.peers.adapter import Command, note
from loadtests.peers.systems import mysql_store
from pyclient._generated import StepRow
from pyclient.dsn import Dsn
from pyclient.migrate import migrate

_DATABASE = "peers_celers"
_QUEUE = "default"
_TASK = "note"
_MOST = 1000
_WORKER = (sys.executable, "-m", "pyclient", "worker", "run", "--log-level", "warning")
#: The app of each variant, and its words besides the number of processes.
_VARIANTS = {
    "default": ("app", "-c"),
    "pool thread": ("app", "--pool", "thread", "-w"),
    "pool asyncio": ("coroutines", "--pool", "asyncio", "-w"),
}

app = pyclient.App("peers")
app.task(_TASK)(note)
coroutines = pyclient.App("peers")


@coroutines.task(_TASK)
async def note_async(number: int) -> None:
    """The same in the event loop."""
    note(number)


class _Client:
    def __init__(self, dsn: str) -> None:
        self._client = pyclient.connect(dsn)

    def enqueue(self, number: int) -> None:
        self._client.call_enqueue(_QUEUE, _TASK, {"number": number})

    def enqueue_many(self, numbers: Sequence[int], delay_s: int | None = None) -> None:
        for start in range(0, len(numbers), _MOST):
            some = numbers[start : start + _MOST]
            tasks = [{"task_name": _TASK, "payload": {"number": number}} for number in some]
            self._client.call_enqueue_batch(_QUEUE, tasks, delay_s=delay_s)

    def close(self) -> None:
        self._client.close()


class _Broker:
    """Hands in what it has completed with the call that claims the next."""

    def __init__(self, dsn: str) -> None:
        self._client = pyclient.connect(dsn)
        self._worker = f"peers-{os.getpid()}"
        self._held: list[StepRow] = []
        self._completed: list[StepRow] = []

    def claim(self, count: int) -> list[int]:
        self._held = self._step(count)
        return [json.loads(row.payload or "")["number"] for row in self._held]

    def complete(self) -> None:
        self._completed, self._held = self._held, []

    def close(self) -> None:
        if self._completed:
            self._step(0)
        self._client.close()

    def _step(self, limit: int) -> list[StepRow]:
        claims = Counter(row.receipt for row in self._completed)
        rows = self._client.call_step(
            self._worker, None, None, queues=_QUEUE, limit=limit, ack_claims=claims or None
        )
        if any(row.outcome != "claimed" for row in rows):
            raise RuntimeError(f"a step was answered with {rows[:3]}")
        self._completed = []
        return rows


class Celers:
    """celers in a database of its own, deployed from this checkout."""

    name = "celers"
    server = "mysql"
    guarantee = "flushed to disk; at least once; completed once; finished tasks are kept"
    version = pyclient.__version__
    has_bulk = True
    variants: tuple[str, ...] = tuple(_VARIANTS)

    def __init__(self, url: str, database: str = _DATABASE) -> None:
        self._url = url
        self._database = database
        self._dsn = mysql_store.of(url, database)

    def reset(self) -> None:
        mysql_store.run(self._url, f"DROP DATABASE IF EXISTS {self._database}")
        migrate(Dsn.parse(self._dsn), out=lambda _: None)

    def client(self) -> _Client:
        return _Client(self._dsn)

    def workers(self, processes: int, variant: str) -> list[Command]:
        place, *words = _VARIANTS[variant]
        command = (*_WORKER, f"{__name__}:{place}", *words, str(processes))
        return [Command(command, {"CELERS_DSN": self._dsn})]

    def broker(self) -> _Broker:
        return _Broker(self._dsn)

    def delay_many(self, numbers: Sequence[int], delay_s: int) -> None:
        client = self.client()
        client.enqueue_many(numbers, delay_s)
        client.close()

    def open_count(self) -> int:
        tables = ("celers_ready", "celers_scheduled", "celers_running")
        counts = " + ".join(f"(SELECT COUNT(*) FROM {table})" for table in tables)
        [(count,)] = mysql_store.run(self._dsn, f"SELECT {counts}")
        return int(count)


PEERS = (Celers,)

"""celers as the scales use it: payloads, priorities and queues of any number, and rejects."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import cycle
from typing import TypeAlias, cast

from loadtests import driver
from loadtests.driver import Log
from loadtests.queues import PAYLOAD, TASK_NAME, Celers, CelersQueue, Fault, Link, Queue
from pyclient._encode import new_uuid
from pyclient.dsn import Dsn

#: The end of the ids of tasks that fill.py made, hexadecimal: what waits, and what has ended.
WAITING_TAIL = "7aaa8aaaaaaaaaaaaaaa"
ENDED_TAIL = "7bbb8bbbbbbbbbbbbbbb"
_MOST_BYTES = 8_000_000  # of a call, below max_allowed_packet
_MOST_TASKS = 1000


@dataclass(frozen=True)
class Shape:
    """What the tasks of a run look like.

    Attributes:
        payload: text of JSON.
        levels: how many priorities they are spread over.
        queues: how many queues they are spread over.
        is_list: whether a claim names all of these, else one after the other.
    """

    payload: str = PAYLOAD
    levels: int = 1
    queues: int = 1
    is_list: bool = False


class ScaleQueue(CelersQueue):
    """A client of celers."""

    def __init__(self, dsn: Dsn, name: str, shape: Shape) -> None:
        super().__init__(dsn, name)
        self._shape = shape
        self._names = queue_names(name, shape.queues)
        # clients begin at different places, so that they do not go round in a row
        start = random.randrange(len(self._names))
        self._turns = cycle(self._names[start:] + self._names[:start])
        self._attempt = 0

    def load(self, count: int, delay_s: int = 0) -> list[str]:
        """celers_enqueue_batch, spread over the queues and priorities."""
        size = max(1, min(_MOST_TASKS, _MOST_BYTES // len(self._shape.payload)))
        size = max(1, min(size, count // len(self._names)))
        ids: list[str] = []
        for start in range(0, count, size):
            ids += self._load(next(self._turns), min(size, count - start))
        return ids

    def _load(self, queue: str, count: int) -> list[str]:
        tasks = [
            {"task_id": new_uuid(), "task_name": TASK_NAME, "payload": self._shape.payload}
            | ({"priority": place % self._shape.levels} if self._shape.levels > 1 else {})
            for place in range(count)
        ]
        rows = self._call("celers_enqueue_batch", queue, json.dumps(tasks), None)
        return [row[1] for row in rows]

    def enqueue_shaped(self) -> str:
        """celers_enqueue with the run's payload."""
        return self.enqueue(self._shape.payload)

    def enqueue_with(self, options: str) -> str:
        """celers_enqueue with options."""
        [row] = self._call("celers_enqueue", self._queue, TASK_NAME, self._shape.payload, options)
        return str(row[0])

    def turn(self) -> None:
        """Let the next claim be from the next queue, or from the list of all."""
        self._queue = ",".join(self._names) if self._shape.is_list else next(self._turns)

    def step_rejecting(self, is_reject: bool) -> tuple[list[str], int]:
        """celers_step for one task; the one held is acknowledged, or rejected to be tried again.

        Only first attempts are rejected, so that no task runs out of retries.
        """
        held, self._held = self._held, []
        is_reject = is_reject and bool(held) and held[0][self._attempt] == 1
        handed = [
            {"task_id": row[0], "receipt": row[1]}
            | ({"error": "to be retried", "delay_s": 0} if is_reject else {})
            for row in held
        ]
        text = json.dumps(handed) if handed else None
        options = f'{{"queues":"{self._queue}","limit":1,"request_id":"{new_uuid()}"}}'
        acks, rejects = (None, text) if is_reject else (text, None)
        rows = self._claim("celers_step", self._worker, acks, rejects, options)
        if any(row[self._outcome] != "claimed" for row in rows):
            raise Fault(f"a step was answered with {rows[:3]}")
        self._attempt = self._columns.index("attempt")
        self._held = rows
        return [] if is_reject else [row[0] for row in held], len(rows)

    def hold(self, count: int) -> int:
        """So many claims of one task each, which are all held; returns how many there were."""
        rows = []
        for _ in range(count):
            self.claim(1)
            rows += self._held
        self._held = rows
        return len(rows)

    def statement(self, text: bytes) -> None:
        """Send a statement that is not of celers."""
        self._link.run(text)


Cycle: TypeAlias = Callable[[ScaleQueue, Log], int]


def ours(made: Cycle) -> driver.Cycle:
    """A cycle that uses more than the interface that all systems share."""
    return cast(driver.Cycle, made)


class ScaleSystem(Celers):
    """celers, deployed from this tree. Each run has a queue, or several, of its own name."""

    shape = Shape()

    @property
    def queue_name(self) -> str:
        """The queue of this run, or what the names of its queues begin with."""
        return self._name

    def queue(self) -> Queue:
        """Open a client's connection."""
        return ScaleQueue(self.dsn, self._name, self.shape)

    def shaped(self) -> ScaleQueue:
        """The same, as what it is."""
        return ScaleQueue(self.dsn, self._name, self.shape)

    def completed(self) -> list[str]:
        """The finished table, without what fill.py put there."""
        return self._ids(
            "celers_finished", f"AND state = 'completed' AND RIGHT(id, 10) <> X'{ENDED_TAIL}'"
        )

    def pending(self) -> list[str]:
        """The ready and the scheduled table."""
        return self._ids("celers_ready", "") + self._ids("celers_scheduled", "")

    def standing(self) -> int:
        """How many tasks of this run wait or are completed, those of fill.py that wait included."""
        return sum(
            self._count(table, condition)
            for table, condition in (
                ("celers_ready", ""),
                ("celers_scheduled", ""),
                ("celers_finished", f"AND RIGHT(id, 10) <> X'{ENDED_TAIL}'"),
            )
        )

    def _ids(self, table: str, condition: str) -> list[str]:
        statement = f"SELECT BIN_TO_UUID(id) FROM {table} WHERE {self._where()} {condition}"
        with contextlib.closing(Link(self.dsn)) as link:
            return [row[0] for row in link.run(statement.encode())]

    def _count(self, table: str, condition: str) -> int:
        statement = f"SELECT COUNT(*) FROM {table} WHERE {self._where()} {condition}"
        with contextlib.closing(Link(self.dsn)) as link:
            [(count,)] = link.run(statement.encode())
        return int(count)

    def _where(self) -> str:
        return f"queue IN ({_quoted(queue_names(self._name, self.shape.queues))})"


def queue_names(name: str, count: int) -> list[str]:
    """The names of the queues of a run."""
    return [name] if count == 1 else [f"{name}.{number}" for number in range(count)]


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)

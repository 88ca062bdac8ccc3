"""What a workload does with a queue, and celers behind that interface.

Statements go out by the path that pyclient's own calls take, and carry what those carry: a task's
id made by the client, a request_id with each claim.
"""

from __future__ import annotations

import contextlib
import json
from typing import Any, Protocol

from pyclient._call import Result, driver_of
from pyclient._connect import open_connection
from pyclient._encode import new_uuid
from pyclient._literal import call_statement
from pyclient.dsn import Dsn
from pyclient.migrate import migrate

TASK_NAME = "bench"
PAYLOAD = '{"to": "a@b.c", "n": 7}'
Row = tuple[Any, ...]


class Fault(Exception):
    """The system under test did something that it must not do."""


class Queue(Protocol):
    """One client's connection to a queue. What it has claimed it holds until ack() or step()."""

    def enqueue(self, payload: str = PAYLOAD) -> str:
        """Add one task; returns its id."""

    def enqueue_many(self, count: int) -> list[str]:
        """Add tasks with the system's own bulk call; returns their ids."""

    def load(self, count: int, delay_s: int = 0) -> list[str]:
        """Add tasks in the fastest way there is, outside of what is measured."""

    def claim(self, count: int) -> int:
        """Claim up to so many tasks; returns how many came."""

    def wait(self) -> int:
        """Claim one task as a waiting worker does; returns after a while without one."""

    def holds(self) -> int:
        """How many tasks it holds."""

    def payloads(self) -> list[str]:
        """The payloads of the tasks held."""

    def ack(self) -> list[str]:
        """Complete the tasks held, if any; returns the ids."""

    def step(self, count: int) -> tuple[list[str], int]:
        """Complete the tasks held and claim the next; returns the ids, and how many came."""

    def recover(self) -> None:
        """Make the connection fit for the next call after the server refused one."""

    def close(self) -> None:
        """End the connection."""


class System(Protocol):
    """One of the systems that are compared, in a database of its own."""

    name: str
    dsn: Dsn

    def create(self) -> None:
        """Make the database and the schema."""

    def begin(self) -> None:
        """Start a run on an empty queue."""

    def queue(self) -> Queue:
        """Open a client's connection to the run's queue."""

    def completed(self) -> list[str]:
        """The ids that the server has as completed, of this run."""

    def pending(self) -> list[str]:
        """The ids that wait in the server, of this run."""

    def held(self) -> int:
        """How many tasks of this run the server has as claimed."""

    def drop(self) -> None:
        """Remove the database."""


class Link:
    """A connection, and the driver's lowest call on it."""

    def __init__(self, dsn: Dsn) -> None:
        self._connection = open_connection(dsn)
        self._driver = driver_of(self._connection)

    def run(self, statement: bytes) -> list[Row]:
        """Send one statement; return the rows of its first result set."""
        return self.answer(statement)[1]

    def answer(self, statement: bytes) -> Result:
        """Send one statement; return the column names and the rows of its first result set."""
        return self._driver.execute(self._connection, statement)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


class CelersQueue:
    """A client of celers."""

    def __init__(self, dsn: Dsn, queue: str) -> None:
        self._link = Link(dsn)
        self._queue = queue
        [(self.connection_id,)] = self._link.run(b"SELECT CONNECTION_ID()")
        self._worker = f"bench-{self.connection_id}"
        self._held: list[Row] = []
        self._columns: tuple[str, ...] = ()
        self._payload = self._outcome = 0

    def _call(self, routine: str, *args: object) -> list[Row]:
        return self._link.run(call_statement(routine, args))

    def _claim(self, routine: str, *args: object) -> list[Row]:
        columns, rows = self._link.answer(call_statement(routine, args))
        if columns != self._columns:
            self._columns = columns
            self._payload, self._outcome = columns.index("payload"), columns.index("outcome")
        return rows

    def enqueue(self, payload: str = PAYLOAD) -> str:
        """celers_enqueue."""
        options = f'{{"task_id":"{new_uuid()}"}}'
        [row] = self._call("celers_enqueue", self._queue, TASK_NAME, payload, options)
        return str(row[0])

    def enqueue_many(self, count: int) -> list[str]:
        """celers_enqueue_batch."""
        return self.load(count)

    def load(self, count: int, delay_s: int = 0) -> list[str]:
        """celers_enqueue_batch, at most 1000 tasks a call."""
        ids: list[str] = []
        options = json.dumps({"delay_s": delay_s}) if delay_s else None
        for start in range(0, count, 1000):
            tasks = [
                {"task_id": new_uuid(), "task_name": TASK_NAME, "payload": PAYLOAD}
                for _ in range(min(1000, count - start))
            ]
            rows = self._call("celers_enqueue_batch", self._queue, json.dumps(tasks), options)
            ids += [row[1] for row in rows]
        return ids

    def claim(self, count: int) -> int:
        """celers_dequeue_batch."""
        options = f'{{"request_id":"{new_uuid()}"}}'
        self._held = self._claim("celers_dequeue_batch", self._queue, self._worker, count, options)
        return len(self._held)

    def wait(self) -> int:
        """celers_dequeue_wait, for as long as it waits at most."""
        options = f'{{"request_id":"{new_uuid()}","wait_ms":2000}}'
        self._held = self._claim("celers_dequeue_wait", self._queue, self._worker, 1, options)
        return len(self._held)

    def holds(self) -> int:
        """How many rows the last claim had."""
        return len(self._held)

    def payloads(self) -> list[str]:
        """The payloads as the claim returned them."""
        return [row[self._payload] for row in self._held]

    def ack(self) -> list[str]:
        """celers_ack for one task, celers_ack_batch for more."""
        if not self._held:
            return []
        if len(self._held) == 1:
            rows = self._call("celers_ack", self._held[0][0], self._held[0][1])
        else:
            rows = self._call("celers_ack_batch", self._items())
        ids = [row[0] for row in self._held]
        if [(row[0], row[1]) for row in rows] != [(task_id, "completed") for task_id in ids]:
            raise Fault(f"an ack was answered with {rows[:3]}")
        self._held = []
        return ids

    def step(self, count: int) -> tuple[list[str], int]:
        """celers_step, as pyclient's worker calls it: a claim of several is acknowledged whole."""
        options = f'"queues":"{self._queue}","limit":{count},"request_id":"{new_uuid()}"'
        acks = self._items() if len(self._held) == 1 else None
        if len(self._held) > 1:
            options += f',"ack_claims":{{"{self._held[0][1]}":{len(self._held)}}}'
        rows = self._claim("celers_step", self._worker, acks, None, f"{{{options}}}")
        if rows and any(row[self._outcome] != "claimed" for row in rows):
            raise Fault(f"a step was answered with {rows[:3]}")
        ids = [row[0] for row in self._held]
        self._held = rows
        return ids, len(rows)

    def recover(self) -> None:
        """Nothing: a routine that fails leaves no transaction behind."""

    def configure(self, statement: str) -> None:
        """Change a setting of the session."""
        self._link.run(statement.encode())

    def close(self) -> None:
        """End the connection."""
        self._link.close()

    def _items(self) -> str:
        return json.dumps([{"task_id": row[0], "receipt": row[1]} for row in self._held])


class Celers:
    """celers, deployed from this tree. Each run has a queue of its own name."""

    name = "celers"

    def __init__(self, dsn: Dsn) -> None:
        """dsn: names the database, which is made and dropped here."""
        self.dsn = dsn
        self._runs = 0
        self._name = ""

    def create(self) -> None:
        """Deploy the schema."""
        migrate(self.dsn, out=lambda text: None)

    def begin(self) -> None:
        """Go on to the next queue name; the history of earlier runs stays."""
        self._runs += 1
        self._name = f"bench-{self._runs}"

    def queue(self) -> Queue:
        """Open a client's connection."""
        return CelersQueue(self.dsn, self._name)

    # The ledger looks behind the interface, since it is the interface that it checks.

    def completed(self) -> list[str]:
        """The finished table."""
        return self._ids("celers_finished", "AND state = 'completed'")

    def pending(self) -> list[str]:
        """The ready table."""
        return self._ids("celers_ready", "")

    def held(self) -> int:
        """The running table."""
        return len(self._ids("celers_running", ""))

    def drop(self) -> None:
        """Remove the database."""
        drop_database(self.dsn)

    def _ids(self, table: str, condition: str) -> list[str]:
        statement = f"SELECT BIN_TO_UUID(id) FROM {table} WHERE queue = '{self._name}' {condition}"
        with contextlib.closing(Link(self.dsn)) as link:
            return [row[0] for row in link.run(statement.encode())]


def drop_database(dsn: Dsn) -> None:
    """Remove the database that the DSN names."""
    with contextlib.closing(Link(dsn)) as link:
        link.run(f"DROP DATABASE `{dsn.database}`".encode())

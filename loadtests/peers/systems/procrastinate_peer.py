"""procrastinate on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence

from loadtests.peers.adapter import Command
from loadtests.peers.systems import installed, postgresql_store
from loadtests.peers.systems.procrastinate_app import app_and_task

_TABLE = "procrastinate_jobs"
_CONCURRENCY = {"1 at a time": 1, "20 at a time": 20}


class ProcrastinateClient:
    """A producer with a connection of its own, which procrastinate need not look after."""

    def __init__(self, url: str) -> None:
        _, task = app_and_task(url)
        self._connection = postgresql_store.connect(url)
        self._has_filled = False
        self._task = task.configure(connection=self._connection)

    def enqueue(self, number: int) -> None:
        """Defer a job."""
        self._task.defer(number=number)

    def enqueue_many(self, numbers: Sequence[int]) -> None:
        """Defer a batch."""
        self._task.batch_defer(*({"number": number} for number in numbers))
        self._has_filled = True

    def close(self) -> None:
        """End the connection."""
        if self._has_filled:
            postgresql_store.settle(self._connection, _TABLE)
        self._connection.close()


class ProcrastinateBroker:
    """A consumer: the functions with which procrastinate fetches and finishes, one job a call."""

    def __init__(self, url: str) -> None:
        self._connection = postgresql_store.connect(url)
        statement = "SELECT worker_id FROM procrastinate_register_worker_v1()"
        [self._worker] = self._connection.execute(statement).fetchone()
        self._held: list[int] = []

    def claim(self, count: int) -> list[int]:
        """Fetch jobs until there are so many."""
        numbers: list[int] = []
        statement = "SELECT id, args FROM procrastinate_fetch_job_v2(NULL, %s)"
        while len(numbers) < count:
            identity, arguments = self._connection.execute(statement, [self._worker]).fetchone()
            if identity is None:
                break
            self._held.append(identity)
            numbers.append(arguments["number"])
        return numbers

    def complete(self) -> None:
        """Finish them. The rows stay, as they do unless a worker is told otherwise."""
        for identity in self._held:
            statement = "SELECT procrastinate_finish_job_v1(%s, 'succeeded', false)"
            self._connection.execute(statement, [identity])
        self._held = []

    def close(self) -> None:
        """End the connection. What is held stays held until it counts as stalled."""
        self._connection.close()


class Procrastinate:
    """procrastinate as it ships: finished jobs and their events stay."""

    name = "procrastinate + PostgreSQL"
    server = "postgresql"
    guarantee = "flushed to disk; at least once; kept when done"
    has_bulk = True
    variants = tuple(_CONCURRENCY)

    def __init__(self, url: str) -> None:
        self.version = installed.version("procrastinate")
        self._url = url

    def reset(self) -> None:
        """Make a database with its schema."""
        postgresql_store.empty(self._url)
        app, _ = app_and_task(self._url)
        with app.open():
            app.schema_manager.apply_schema()

    def client(self) -> ProcrastinateClient:
        """A producer."""
        return ProcrastinateClient(self._url)

    def workers(self, processes: int, variant: str) -> list[Command]:
        """So many workers, each in one event loop."""
        module = "loadtests.peers.systems.procrastinate_worker"
        words = ("-m", module, self._url, str(_CONCURRENCY[variant]))
        return [installed.command(*words, environment={})] * processes

    def broker(self) -> ProcrastinateBroker:
        """A consumer."""
        return ProcrastinateBroker(self._url)

    def delay_many(self, numbers: Sequence[int], delay_s: int) -> None:
        """Insert rows as a deferred job has them."""
        statement = """
            INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at)
            SELECT
                'default',
                %(task)s,
                jsonb_build_object('number', number),
                now() + make_interval(secs => %(delay)s)
            FROM unnest(%(numbers)s::bigint[]) AS number
        """
        values = {"task": postgresql_store.NAME, "numbers": list(numbers), "delay": delay_s}
        postgresql_store.fill(self._url, _TABLE, statement, values)

    def open_count(self) -> int:
        """Jobs that wait or run."""
        condition = f"FROM {_TABLE} WHERE status IN ('todo', 'doing')"
        return postgresql_store.count(self._url, condition)


PEERS = (Procrastinate,)

"""RQ with Redis."""

from __future__ import annotations

from collections.abc import Sequence

from loadtests.peers.adapter import Command, note
from loadtests.peers.systems import installed, redis_store

_WORKERS = {"fork worker": "rq.worker.Worker", "SimpleWorker": "rq.worker.SimpleWorker"}
_KEEP_NO_RESULT = 0


class RqClient:
    """A producer."""

    def __init__(self, url: str) -> None:
        from rq import Queue  # type: ignore[import-not-found]

        self._connection = redis_store.connect(url)
        self._queue = Queue(connection=self._connection)

    def enqueue(self, number: int) -> None:
        """Add a job whose result is not kept."""
        self._queue.enqueue(note, number, result_ttl=_KEEP_NO_RESULT)

    def enqueue_many(self, numbers: Sequence[int]) -> None:
        """Add jobs in one pipeline."""
        jobs = [
            self._queue.prepare_data(note, (number,), result_ttl=_KEEP_NO_RESULT)
            for number in numbers
        ]
        self._queue.enqueue_many(jobs)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


class RqRedis:
    """RQ with Redis; its worker forks for each job, or works itself (SimpleWorker)."""

    name = "RQ + Redis"
    server = "redis"
    guarantee = "once; a dead worker's task counts as failed; a crash loses up to a second"
    has_bulk = True
    variants = tuple(_WORKERS)

    def __init__(self, url: str) -> None:
        self.version = installed.version("rq")
        self._url = url

    def reset(self) -> None:
        """Drop everything in the store."""
        redis_store.empty(self._url)

    def client(self) -> RqClient:
        """A producer."""
        return RqClient(self._url)

    def workers(self, processes: int, variant: str) -> list[Command]:
        """So many workers."""
        options = ("--url", self._url, "--worker-class", _WORKERS[variant], "--quiet")
        one = installed.command("-m", "rq.cli", "worker", *options, environment={})
        return [one] * processes

    def broker(self) -> None:
        """RQ has no consumer without its worker."""

    def delay_many(self, numbers: Sequence[int], delay_s: int) -> None:
        """RQ has no bulk call for jobs that are due later."""
        raise NotImplementedError

    def open_count(self) -> int:
        """Jobs in the queue and those that a worker has begun."""
        from rq import Queue

        with redis_store.connect(self._url) as connection:
            queue = Queue(connection=connection)
            return int(queue.count) + int(queue.started_job_registry.count)


PEERS = (RqRedis,)

"""Huey with Redis."""

from __future__ import annotations

from collections.abc import Sequence

from loadtests.peers.adapter import Command
from loadtests.peers.systems import installed, redis_store
from loadtests.peers.systems.huey_worker import STORE, queue_and_task


class HueyClient:
    """A producer."""

    def __init__(self, url: str) -> None:
        self._queue, self._task = queue_and_task(url)

    def enqueue(self, number: int) -> None:
        """Call the task later."""
        self._task(number)

    def enqueue_many(self, numbers: Sequence[int]) -> None:
        """Huey has no such call."""
        raise NotImplementedError

    def close(self) -> None:
        """End the connection."""
        self._queue.storage.close()


class HueyRedis:
    """Huey with Redis: consumers of one thread each, or one consumer of several processes."""

    name = "Huey + Redis"
    server = "redis"
    guarantee = "at most once; a crash loses up to a second"
    has_bulk = False
    variants = ("1 thread", "process")

    def __init__(self, url: str) -> None:
        self.version = installed.version("huey")
        self._url = url

    def reset(self) -> None:
        """Drop everything in the store."""
        redis_store.empty(self._url)

    def client(self) -> HueyClient:
        """A producer."""
        return HueyClient(self._url)

    def workers(self, processes: int, variant: str) -> list[Command]:
        """So many consumers as they ship, with one thread; or one with so many processes."""
        if variant == "process":
            return [self._consumer("--worker-type", "process", "--workers", str(processes))]
        return [self._consumer()] * processes

    def broker(self) -> None:
        """Huey has no consumer without its worker."""

    def delay_many(self, numbers: Sequence[int], delay_s: int) -> None:
        """Huey has no bulk call for tasks that are due later."""
        raise NotImplementedError

    def open_count(self) -> int:
        """Tasks in the queue; one that a worker has taken is no longer in the store."""
        queue, _ = queue_and_task(self._url)
        count = int(queue.pending_count())
        queue.storage.close()
        return count

    def _consumer(self, *options: str) -> Command:
        module = "loadtests.peers.systems.huey_worker.huey"
        words = ("-m", "huey.bin.huey_consumer", module, "--quiet", *options)
        return installed.command(*words, environment={STORE: self._url})


PEERS = (HueyRedis,)

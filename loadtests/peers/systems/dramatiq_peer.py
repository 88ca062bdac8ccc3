"""What Dramatiq is with every store: its producer, and its workers with their settings."""

from __future__ import annotations

from collections.abc import Sequence

from loadtests.peers.adapter import Command
from loadtests.peers.systems import installed
from loadtests.peers.systems.dramatiq_worker import STORE, broker_and_actor

#: How many tasks a process claims ahead; 0 = as many as it thinks right.
_VARIANTS = {"default": 0, "prefetch 1000": 1000}


class DramatiqClient:
    """A producer."""

    def __init__(self, url: str) -> None:
        self._broker, self._actor = broker_and_actor(url)

    def enqueue(self, number: int) -> None:
        """Send the actor a message."""
        self._actor.send(number)

    def enqueue_many(self, numbers: Sequence[int]) -> None:
        """Dramatiq has no such call."""
        raise NotImplementedError

    def close(self) -> None:
        """End the connections."""
        self._broker.close()


class DramatiqPeer:
    """Dramatiq with one store, which a subclass empties and counts."""

    name = "Dramatiq"
    server = ""
    guarantee = ""
    has_bulk = False
    variants = tuple(_VARIANTS)

    def __init__(self, url: str) -> None:
        self.version = installed.version("dramatiq")
        self._url = url

    def client(self) -> DramatiqClient:
        """A producer."""
        return DramatiqClient(self._url)

    def workers(self, processes: int, variant: str) -> list[Command]:
        """One command that forks so many processes."""
        prefetch = str(_VARIANTS[variant])
        environment = {STORE: self._url, "dramatiq_queue_prefetch": prefetch}
        words = ("--processes", str(processes))
        module = "loadtests.peers.systems.dramatiq_worker:broker"
        return [installed.command("-m", "dramatiq", module, *words, environment=environment)]

    def broker(self) -> None:
        """Dramatiq has no consumer without its worker."""

    def delay_many(self, numbers: Sequence[int], delay_s: int) -> None:
        """Its workers hold delayed tasks, not its store."""
        raise NotImplementedError

"""What a workload asks of a system that is compared: its producers, its workers, its raw broker."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

#: Where a task notes that it ran; workers inherit it.
LEDGER = "PEERS_LEDGER"


class Missing(Exception):
    """A system or a server that cannot be had on this machine; the text says why."""


@dataclass(frozen=True)
class Command:
    """A worker process to start, in the peers' environment. It runs until it gets SIGTERM."""

    words: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: str | None = None


class Client(Protocol):
    """A producer's connection, used through the system's own public API."""

    def enqueue(self, number: int) -> None:
        """Add one task that calls note(number); return when the system has acknowledged it."""

    def enqueue_many(self, numbers: Sequence[int]) -> None:
        """Add them with the system's own bulk call, in as few calls as it permits."""

    def close(self) -> None:
        """End the connection."""


class Broker(Protocol):
    """A consumer's connection, without any worker runtime."""

    def claim(self, count: int) -> list[int]:
        """Claim up to so many tasks and return their numbers; it holds them."""

    def complete(self) -> None:
        """Complete all that it holds; one that can in the call of the next claim may do it then."""

    def close(self) -> None:
        """End the connection; nothing is held any more."""


class Peer(Protocol):
    """One system.

    Attributes:
        name: as in the tables, with its store: "Celery + Redis".
        server: the store's name in servers.SERVERS: mysql, postgresql, redis, rabbitmq.
        guarantee: what an acknowledged task survives, and how it is delivered, in a few words.
        version: of the system.
        has_bulk: whether its API has a bulk enqueue.
        variants: names of the worker settings to try; the first is the one it ships with.
    """

    name: str
    server: str
    guarantee: str
    version: str
    has_bulk: bool
    variants: tuple[str, ...]

    def reset(self) -> None:
        """Make an empty store; drop what an earlier run left."""

    def client(self) -> Client:
        """Open a producer. Called in the process that uses it."""

    def workers(self, processes: int, variant: str) -> list[Command]:
        """The worker processes for the no-op task (which calls note), `processes` in all."""

    def broker(self) -> Broker | None:
        """Open a raw consumer in the process that uses it; None = it has no such interface."""

    def delay_many(self, numbers: Sequence[int], delay_s: int) -> None:
        """Load tasks that are not due for so long, as fast as can be.

        Raises NotImplementedError if the system has no such tasks.
        """

    def open_count(self) -> int:
        """How many tasks the store still has as waiting or claimed."""


_ledger: int | None = None


def note(number: int) -> None:
    """What every no-op task does: one line, number and time.time_ns(), appended in one write."""
    global _ledger
    if _ledger is None:
        _ledger = os.open(os.environ[LEDGER], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(_ledger, b"%d %d\n" % (number, time.time_ns()))

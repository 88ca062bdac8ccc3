"""What Celery is with every store: its producer, and its workers with their settings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from loadtests.peers.adapter import Command
from loadtests.peers.systems import installed
from loadtests.peers.systems.celery_worker import SETTINGS, application

_QUIET = ("--loglevel", "ERROR")
_SOLO = "solo"
#: Worker settings besides those that all have.
VARIANTS: dict[str, dict[str, Any]] = {
    "default": {},
    "acks_late": {"task_acks_late": True},
    "prefetch 100": {"worker_prefetch_multiplier": 100},
    _SOLO: {},
}


class CeleryClient:
    """A producer."""

    def __init__(self, url: str, options: dict[str, Any]) -> None:
        self._application, self._task = application({"broker_url": url, **options})

    def enqueue(self, number: int) -> None:
        """Call the task later."""
        self._task.delay(number)

    def enqueue_many(self, numbers: Sequence[int]) -> None:
        """Celery has no such call."""
        raise NotImplementedError

    def close(self) -> None:
        """End the connections, which Celery keeps for the whole process."""
        from kombu import pools  # type: ignore[import-not-found]

        self._application.close()
        pools.reset()


class CeleryPeer:
    """Celery with one store, which a subclass empties and counts.

    `options` are settings of the store that its producers and its workers share.
    """

    name = "Celery"
    server = ""
    guarantee = ""
    has_bulk = False
    variants = tuple(VARIANTS)

    def __init__(self, url: str, options: dict[str, Any] | None = None) -> None:
        self.version = installed.version("celery")
        self._url = url
        self._options = options or {}

    def client(self) -> CeleryClient:
        """A producer."""
        return CeleryClient(self._url, self._options)

    def workers(self, processes: int, variant: str) -> list[Command]:
        """One worker with so many prefork processes; or so many workers, if they work alone."""
        settings = self.settings(variant)
        if variant != _SOLO:
            pool = ("--pool", "prefork", "--concurrency", str(processes))
            return [command(settings, "worker", *pool, *_QUIET)]
        return [
            command(settings, "worker", "--pool", "solo", "--hostname", f"{place}@%h", *_QUIET)
            for place in range(processes)
        ]

    def settings(self, variant: str) -> dict[str, Any]:
        """Of its workers."""
        return {"broker_url": self._url, **self._options, **VARIANTS[variant]}

    def broker(self) -> None:
        """Celery has no consumer without its worker."""

    def delay_many(self, numbers: Sequence[int], delay_s: int) -> None:
        """Its workers hold delayed tasks, not its store."""
        raise NotImplementedError


def command(settings: dict[str, Any], *words: str) -> Command:
    """A command of `celery` for an application with these settings."""
    module = "loadtests.peers.systems.celery_worker"
    environment = {SETTINGS: json.dumps(settings)}
    return installed.command("-m", "celery", "--app", module, *words, environment=environment)

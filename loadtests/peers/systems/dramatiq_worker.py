"""The Dramatiq broker and its actor; in a worker, for the store that the environment names."""

from __future__ import annotations

import os
from typing import Any

from loadtests.peers.adapter import note

#: The variable with the address of a worker's store.
STORE = "PEERS_DRAMATIQ"


def broker_and_actor(url: str) -> tuple[Any, Any]:
    """A broker of its own, with what Dramatiq puts around every task, and its one actor."""
    import dramatiq  # type: ignore[import-not-found]

    if url.startswith("redis:"):
        from dramatiq.brokers.redis import RedisBroker  # type: ignore[import-not-found]

        made = RedisBroker(url=url)
    else:
        from dramatiq.brokers.rabbitmq import RabbitmqBroker  # type: ignore[import-not-found]

        made = RabbitmqBroker(url=url, confirm_delivery=True)
    return made, dramatiq.actor(note, actor_name="note", broker=made)


if STORE in os.environ:
    broker, _ = broker_and_actor(os.environ[STORE])

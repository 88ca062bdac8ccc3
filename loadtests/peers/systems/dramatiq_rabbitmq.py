"""Dramatiq with RabbitMQ."""

from __future__ import annotations

from loadtests.peers.systems import rabbitmq_store
from loadtests.peers.systems.dramatiq_peer import DramatiqPeer


class DramatiqRabbitmq(DramatiqPeer):
    """Dramatiq with RabbitMQ, whose confirmation the producer awaits for each task."""

    name = "Dramatiq + RabbitMQ"
    server = "rabbitmq"
    guarantee = "durable and confirmed; at least once"

    def reset(self) -> None:
        """Delete the queue and those for delayed and for failed tasks."""
        rabbitmq_store.drop(self._url, "default", "default.DQ", "default.XQ")

    def open_count(self) -> int:
        """Tasks that wait; a claimed one is back among them when its worker has ended."""
        return rabbitmq_store.ready(self._url, "default")


PEERS = (DramatiqRabbitmq,)

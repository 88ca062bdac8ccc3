"""Celery with RabbitMQ."""

from __future__ import annotations

from loadtests.peers.systems import rabbitmq_store
from loadtests.peers.systems.celery_peer import CeleryPeer


class CeleryRabbitmq(CeleryPeer):
    """Celery with RabbitMQ, whose confirmation the producer awaits for each task."""

    name = "Celery + RabbitMQ"
    server = "rabbitmq"
    guarantee = "durable and confirmed; at most once, at least once with acks_late"

    def __init__(self, url: str) -> None:
        super().__init__(url, {"broker_transport_options": {"confirm_publish": True}})

    def reset(self) -> None:
        """Delete the queue."""
        rabbitmq_store.drop(self._url, "celery")

    def open_count(self) -> int:
        """Tasks that wait; a claimed one is back among them when its worker has ended."""
        return rabbitmq_store.ready(self._url, "celery")


PEERS = (CeleryRabbitmq,)

"""Celery with Redis."""

from __future__ import annotations

from loadtests.peers.systems import redis_store
from loadtests.peers.systems.celery_peer import CeleryPeer


class CeleryRedis(CeleryPeer):
    """Celery with Redis."""

    name = "Celery + Redis"
    server = "redis"
    guarantee = "at most once, at least once with acks_late; a crash loses up to a second"

    def __init__(self, url: str) -> None:
        super().__init__(url)

    def reset(self) -> None:
        """Drop everything in the store."""
        redis_store.empty(self._url)

    def open_count(self) -> int:
        """Tasks in the queue and tasks that a worker has not acknowledged."""
        with redis_store.connect(self._url) as connection:
            return int(connection.llen("celery")) + int(connection.hlen("unacked"))


PEERS = (CeleryRedis,)

"""Dramatiq with Redis."""

from __future__ import annotations

from loadtests.peers.systems import redis_store
from loadtests.peers.systems.dramatiq_peer import DramatiqPeer


class DramatiqRedis(DramatiqPeer):
    """Dramatiq with Redis."""

    name = "Dramatiq + Redis"
    server = "redis"
    guarantee = "at least once; a crash loses up to a second"

    def reset(self) -> None:
        """Drop everything in the store."""
        redis_store.empty(self._url)

    def open_count(self) -> int:
        """Tasks that nobody has acknowledged, claimed or not."""
        with redis_store.connect(self._url) as connection:
            return int(connection.hlen("dramatiq:default.msgs"))


PEERS = (DramatiqRedis,)

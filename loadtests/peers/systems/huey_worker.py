"""The Huey queue and its task; in a worker, for the Redis that the environment names."""

from __future__ import annotations

import os
from typing import Any

from loadtests.peers.adapter import note

#: The variable with the address of a worker's Redis.
STORE = "PEERS_HUEY"


def queue_and_task(url: str) -> tuple[Any, Any]:
    """A queue that keeps no results, and its one task."""
    from huey import RedisHuey  # type: ignore[import-not-found]

    made = RedisHuey("peers", url=url, results=False)
    return made, made.task(name="note")(note)


if STORE in os.environ:
    huey, _ = queue_and_task(os.environ[STORE])

"""The whole Redis that a system is given."""

from __future__ import annotations

from typing import Any


def connect(url: str) -> Any:
    """A connection; its close() ends it, and so does the end of a with block."""
    import redis  # type: ignore[import-not-found]

    return redis.Redis.from_url(url)


def empty(url: str) -> None:
    """Drop everything in it."""
    with connect(url) as connection:
        connection.flushdb()

"""The queues that a system has in RabbitMQ."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit


def drop(url: str, *queues: str) -> None:
    """Delete the queues with all that is in them; one that is not there is no error."""
    with _connect(url) as connection, connection.channel() as channel:
        for queue in queues:
            channel.queue_delete(queue)


def ready(url: str, queue: str) -> int:
    """How many tasks wait in it. RabbitMQ does not tell its clients of those that are claimed."""
    import amqp  # type: ignore[import-not-found]

    with _connect(url) as connection, connection.channel() as channel:
        try:
            return int(channel.queue_declare(queue, passive=True).message_count)
        except amqp.NotFound:
            return 0


def _connect(url: str) -> Any:
    import amqp

    parts = urlsplit(url)
    return amqp.Connection(
        host=f"{parts.hostname}:{parts.port}", userid=parts.username, password=parts.password
    )

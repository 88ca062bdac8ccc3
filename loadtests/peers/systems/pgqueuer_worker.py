"""A worker of pgqueuer: URL BATCH."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import Any

import psycopg  # type: ignore[import-not-found]
from pgqueuer import PgQueuer  # type: ignore[import-not-found]

from loadtests.peers.adapter import note
from loadtests.peers.systems import postgresql_store


async def work(url: str, batch: int) -> None:
    """Run jobs until SIGTERM, with pgqueuer's own loop."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        queuer = PgQueuer.from_psycopg_connection(connection)

        @queuer.entrypoint(postgresql_store.NAME)  # type: ignore[untyped-decorator]
        async def run(job: Any) -> None:
            note(int(job.payload))

        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, queuer.shutdown.set)
        await queuer.run(batch_size=batch)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], int(sys.argv[2])))

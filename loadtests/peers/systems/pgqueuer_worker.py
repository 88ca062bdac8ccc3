"""A worker of pgqueuer: URL BATCH.

With asyncpg, which suits it better than psycopg: of that, a connection that waits for the next
notification is not free for anything else.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import Any

import asyncpg  # type: ignore[import-not-found]
from pgqueuer import PgQueuer  # type: ignore[import-not-found]

from loadtests.peers.adapter import note
from loadtests.peers.systems import postgresql_store


async def work(url: str, batch: int) -> None:
    """Run jobs until SIGTERM, with pgqueuer's own loop."""
    connection = await asyncpg.connect(url)
    queuer = PgQueuer.from_asyncpg_connection(connection)

    @queuer.entrypoint(postgresql_store.NAME)  # type: ignore[untyped-decorator]
    async def run(job: Any) -> None:
        note(int(job.payload))

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, queuer.shutdown.set)
    await queuer.run(batch_size=batch)
    await connection.close()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], int(sys.argv[2])))

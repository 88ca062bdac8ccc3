"""What producers and workers of procrastinate share."""

from __future__ import annotations

from typing import Any

from procrastinate import App, PsycopgConnector  # type: ignore[import-not-found]

from loadtests.peers.adapter import note
from loadtests.peers.systems import postgresql_store


def app_and_task(url: str) -> tuple[Any, Any]:
    """An application, not open, and the task in it."""
    app = App(connector=PsycopgConnector(conninfo=url))

    @app.task(name=postgresql_store.NAME)  # type: ignore[untyped-decorator]
    async def run(number: int) -> None:
        note(number)

    return app, run

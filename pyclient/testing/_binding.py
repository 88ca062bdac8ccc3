"""Pointing an app at another client for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pyclient.app import App
from pyclient.client import Client, connect
from pyclient.dsn import Dsn


@contextmanager
def bound(app: App, dsn: Dsn, client: Client | None = None) -> Iterator[Client]:
    """Have an app use a client for the block: the one given, or a new one with its own options."""
    new = client or connect(dsn, **(app._client_options or {}))
    before = app._dsn, app._client
    app._dsn, app._client = dsn, new
    try:
        yield new
    finally:
        app._dsn, app._client = before
        new.close()

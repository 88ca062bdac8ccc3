"""The client behind the functions of the module."""

from __future__ import annotations

import threading
from typing import Unpack

from pyclient.client import Client, ClientOptions, connect
from pyclient.dsn import Dsn

_lock = threading.Lock()
_client: Client | None = None


def configure(dsn: str | Dsn | None = None, **options: Unpack[ClientOptions]) -> None:
    """Say where the functions of the module go; takes the arguments of connect().

    Without it they go where CELERS_DSN points. The default client before this one is closed.

    Raises:
        InvalidDsn: there is no DSN, it cannot be read, or it names no database.
    """
    global _client
    new = connect(dsn, **options)
    with _lock:
        old, _client = _client, new
    if old is not None:
        old.close()


def default_client() -> Client:
    """The client of the functions of the module, made at its first use.

    Raises:
        InvalidDsn: configure() was not called, and CELERS_DSN is missing or cannot be read.
    """
    global _client
    if _client is None:
        with _lock:
            if _client is None:
                _client = connect()
    return _client

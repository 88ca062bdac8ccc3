"""The DSN of commands that do not call through the client that all share."""

from __future__ import annotations

import dataclasses

from pyclient.cli._common import Cli
from pyclient.dsn import Dsn


def hurried(cli: Cli) -> Dsn:
    """Where the server is, its answers awaited no longer than --timeout says."""
    dsn = cli.where()
    if cli.timeout_s is None:
        return dsn
    patience_s = max(1, round(cli.timeout_s))
    return dataclasses.replace(
        dsn,
        connect_timeout=min(dsn.connect_timeout, patience_s),
        read_timeout=patience_s,
        write_timeout=patience_s,
    )

"""The schema of this repository's tests: that of pyclient.testing, on one of our servers."""

from __future__ import annotations

from pyclient.testing.schema import Schema
from tools.server import Server

__all__ = ["Schema", "deploy", "drop", "reset"]


def deploy(server: Server) -> Schema:
    """Deploy into a new database."""
    return Schema(server.dsn())


def reset(schema: Schema) -> None:
    """Make the tables as they were after deploying."""
    schema.reset()


def drop(schema: Schema) -> None:
    """Drop the database."""
    schema.drop()

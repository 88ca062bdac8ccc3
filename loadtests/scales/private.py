"""Servers of one's own for what cannot be done to somebody else's."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from loadtests.processor import Processor
from loadtests.scales.stage import Skip, Stage
from loadtests.server import Server
from pyclient.dsn import Dsn
from tools.server import PrivateServer, ServerError, private


@contextmanager
def elsewhere(stage: Stage, count: int) -> Iterator[list[tuple[PrivateServer, Stage]]]:
    """So many private servers, each with a stage on it.

    Raises:
        Skip: none can be started on this machine.
    """
    with ExitStack() as stack:
        found = [_open(stage, stack, number) for number in range(1, count + 1)]
        yield found
        stage.ledgers += sum(other.ledgers for _, other in found)


def _open(stage: Stage, stack: ExitStack, number: int) -> tuple[PrivateServer, Stage]:
    try:
        server = stack.enter_context(private(server_id=number, innodb_buffer_pool_size="512M"))
    except ServerError as error:
        raise Skip(f"no private server can be started: {error}") from error
    dsn = Dsn.parse(server.dsn())
    watch = Server(dsn)
    stack.callback(watch.close)
    other = dataclasses.replace(stage, dsn=dsn, server=watch, processor=Processor(watch), ledgers=0)
    return server, other

"""Asks the database once per scrape, and says it in the format of Prometheus."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from wsgiref.simple_server import WSGIServer

import prometheus_client
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from pyclient.client import Client
from pyclient.errors import CelersError
from pyclient.metrics import families
from pyclient.metrics.internals import Internals
from pyclient.metrics.sharing import Shared

log = logging.getLogger("celers.metrics")


class Exporter(Collector):
    """A collector of prometheus_client over the calls of a schema.

    Register it with a registry of your own, or use serve() or text(). Scrapes that come while one
    is being answered get its answer. While the database does not answer, ``celers_up`` is 0 and
    nothing else is said.
    """

    def __init__(self, client: Client) -> None:
        """The account of the client needs the role viewer."""
        self._client = client
        self._internals = Internals(client)
        self._shared = Shared(self.gather)

    def collect(self) -> Iterator[Metric]:
        """Every family, from one look at the database."""
        try:
            yield from self._shared()
        except CelersError as error:
            log.warning("the database does not answer: %s", error)
            yield families.up(False)

    def describe(self) -> list[Metric]:
        """Nothing: registering the collector does not ask the database."""
        return []

    def gather(self) -> list[Metric]:
        """Every family.

        Raises:
            CelersError: the database did not answer, or the account may not ask.
        """
        begun = time.perf_counter()
        queues = families.ranked(self._client.call_list_queues())
        workers = self._client.call_list_workers()
        found = [
            families.up(True),
            *families.builds(self._client.call_version()),
            *families.queues(queues),
            *families.workers(workers, (row.queue for row in queues)),
            *families.duties(self._client.call_get_maintenance()),
            *self._internals.gather(),
        ]
        return [*found, families.took(time.perf_counter() - begun)]


class _Gathered(Collector):
    """What was gathered already."""

    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        return iter(self._found)


def text(client: Client) -> str:
    """All metrics in Prometheus' text format.

    Raises:
        CelersError: the database did not answer, or the account may not ask.
    """
    return prometheus_client.generate_latest(_Gathered(Exporter(client).gather())).decode()


def serve(client: Client, host: str, port: int) -> tuple[WSGIServer, threading.Thread]:
    """Answer scrapes at every path of this address, in a thread.

    Args:
        client: its account needs the role viewer.
        host: the address to listen on.
        port: 0 = any that is free; ``server.server_port`` tells which.

    Raises:
        CelersError: the database did not answer, or the account may not ask.
        OSError: nothing can listen there.
    """
    exporter = Exporter(client)
    exporter.gather()
    registry = prometheus_client.CollectorRegistry()
    registry.register(exporter)
    return prometheus_client.start_http_server(port, host, registry)

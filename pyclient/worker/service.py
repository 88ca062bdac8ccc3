"""A worker with all that stands beside it: autoscaler, health port, heartbeat file, watch."""

from __future__ import annotations

import dataclasses
import functools
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

from pyclient.client import connect
from pyclient.config import Settings
from pyclient.dsn import Dsn
from pyclient.worker.autoscale import Autoscaler, AutoscalerConfig
from pyclient.worker.config import WorkerConfig, log
from pyclient.worker.health import Health, HealthServer, HeartbeatFile
from pyclient.worker.supervisor import Supervisor

_PROBE_TIMEOUT_S = 2


class _Beside(Protocol):
    def start(self) -> None: ...
    def stop(self) -> None: ...


class Service:
    """What ``celers worker run`` runs."""

    def __init__(self, settings: Settings, place: str, dsn: Dsn) -> None:
        """Import the app, to find out now if that fails.

        Args:
            settings: all of them.
            place: where the app is, ``package.module:app``.
            dsn: of the schema.

        Raises:
            ValueError: the app is not there.
        """
        self._settings, self._dsn = settings, dsn
        self._config = WorkerConfig.from_settings(settings, place, dsn)
        self._supervisor = Supervisor(self._config)
        self._autoscaler: Autoscaler | None = None

    def run(self) -> int:
        """Work until told to end; the exit code.

        Raises:
            CelersError: the server is not there, is not set up, or refuses what is asked for.
            OSError: the health port or the heartbeat file cannot be had.
        """
        self._set_pace()
        with ExitStack() as beside:
            self._autoscale(beside)
            self._tell_health(beside)
            if self._settings.workers.watch:
                from pyclient.worker.watch import Watch

                _start(beside, Watch(Path.cwd(), self._supervisor.reload))
            return self._supervisor.run()

    def _set_pace(self) -> None:
        """Have the database look for due tasks as often as configured."""
        scheduler = self._settings.scheduler
        if not scheduler.enabled:
            return
        period_ms = None if scheduler.tick_interval is None else int(scheduler.tick_interval * 1000)
        with connect(self._dsn, pool_size=1) as client:
            client.call_set_maintenance(
                "promote_due",
                period_ms=period_ms,
                batch_limit=scheduler.max_tasks_per_tick,
                is_enabled=True,
            )

    def _autoscale(self, beside: ExitStack) -> None:
        if not self._settings.autoscaler.enabled:
            return
        client = beside.enter_context(connect(self._dsn, pool_size=1))
        config = AutoscalerConfig.from_settings(self._settings.autoscaler)
        most = min(config.max_workers, self._config.most_processes)
        config = dataclasses.replace(config, max_workers=max(most, config.min_workers))
        self._autoscaler = Autoscaler(config, self._supervisor, client, self._config.queues)
        if not config.advise_only:
            self._supervisor.resize(
                min(max(self._config.processes, config.min_workers), config.max_workers)
            )
        _start(beside, self._autoscaler)
        self._supervisor.at_the_end(functools.partial(self._autoscaler.stop, wait_s=0))

    def _tell_health(self, beside: ExitStack) -> None:
        workers = self._settings.workers
        if workers.health_port is None and workers.heartbeat_file is None:
            return
        patient = dataclasses.replace(
            self._dsn, connect_timeout=_PROBE_TIMEOUT_S, read_timeout=_PROBE_TIMEOUT_S
        )
        client = beside.enter_context(connect(patient, pool_size=1))
        supervisor = self._supervisor
        health = Health(lambda: supervisor.looked_at, lambda: supervisor.is_ready, client)
        if workers.heartbeat_file is not None:
            _start(beside, HeartbeatFile(workers.heartbeat_file, health))
        if workers.health_port is not None:
            server = HealthServer(health, workers.health_host, workers.health_port, self._decisions)
            _start(beside, server)
            log.info("health on http://%s:%d/livez", workers.health_host, server.port)

    def _decisions(self) -> list[dict[str, Any]]:
        if self._autoscaler is None:
            return []
        return [decision.as_dict() for decision in self._autoscaler.decisions()]


def _start(beside: ExitStack, one: _Beside) -> None:
    one.start()
    beside.callback(one.stop)

"""django-tasks-db on MySQL: Django's tasks, kept in its database, and the worker that it ships."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from loadtests.peers.adapter import Command, Missing
from loadtests.peers.systems import installed, mysql_store

_DATABASE = "peers_django"
_SETTINGS = "loadtests.peers.djangoapp.settings"
_DJANGO = (sys.executable, "-m", "django")
# Without a line in the log for each task, as all workers here; and none begins later than another.
_WORKER = (*_DJANGO, "db_worker", "--verbosity", "0", "--no-startup-delay")
_VARIANTS = {"default": (), "polls every 0.1 s": ("--interval", "0.1")}
_OPEN = (
    "SELECT COUNT(*) FROM django_tasks_database_dbtaskresult WHERE status IN ('READY', 'RUNNING')"
)


class _Client:
    def __init__(self, environment: dict[str, str]) -> None:
        os.environ.update(environment)
        import django  # type: ignore[import-untyped]

        django.setup()
        from loadtests.peers.djangoapp.tasks import note

        self._task: Any = note

    def enqueue(self, number: int) -> None:
        self._task.enqueue(number)

    def enqueue_many(self, numbers: Sequence[int]) -> None:
        raise NotImplementedError

    def close(self) -> None:
        from django.db import connection  # type: ignore[import-untyped]

        connection.close()


class _DjangoTasks:
    name = "django-tasks-db (MySQL)"
    server = "mysql"
    guarantee = "flushed to disk; at most once: nobody takes up what a dead worker ran; rows kept"
    has_bulk = False
    variants = tuple(_VARIANTS)

    def __init__(self, url: str) -> None:
        self.version = installed.version("django-tasks-db")
        self._url = url
        self._dsn = mysql_store.of(url, _DATABASE)
        self._environment = {
            "DJANGO_SETTINGS_MODULE": _SETTINGS,
            "PEERS_DJANGO": self._dsn,
        }

    def reset(self) -> None:
        mysql_store.empty(self._url, _DATABASE)
        words = (*_DJANGO, "migrate", "--verbosity", "0")
        environment = {**os.environ, **self._environment}
        done = subprocess.run(words, env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise Missing(f"its tables cannot be made: {done.stderr.strip().splitlines()[-1:]}")

    def client(self) -> _Client:
        return _Client(self._environment)

    def workers(self, processes: int, variant: str) -> list[Command]:
        return [Command((*_WORKER, *_VARIANTS[variant]), self._environment)] * processes

    def broker(self) -> None:
        """Its claims are inside its worker."""

    def delay_many(self, numbers: Sequence[int], delay_s: int) -> None:
        raise NotImplementedError

    def open_count(self) -> int:
        [(count,)] = mysql_store.run(self._dsn, _OPEN)
        return int(count)


PEERS = (_DjangoTasks,)

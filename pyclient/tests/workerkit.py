"""Real workers in processes of their own, for tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pyclient
from pyclient.tests import workerapp
from tools import sqlclient

T = TypeVar("T")
PLACE = "pyclient.tests.workerapp:app"


def until(condition: Callable[[], T], what: str, timeout_s: float = 30) -> T:
    """Wait for something that another process brings about."""
    tick = threading.Event()
    for _ in range(int(timeout_s / 0.02)):
        found = condition()
        if found:
            return found
        tick.wait(0.02)
    raise AssertionError(f"never saw {what} in {timeout_s} s")


class Worker:
    """``celers worker`` in a process of its own."""

    def __init__(
        self,
        dsn: str,
        folder: Path,
        *options: str,
        place: str | None = None,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self._log = folder / "worker.log"
        places = {"CELERS_DSN": dsn, "LEDGER": str(folder / "ledger")}
        command = [sys.executable, "-m", "pyclient", "worker", "run", place or PLACE, *options]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env=os.environ | places | dict(environment or {}),
                cwd=cwd,
                stderr=log,
                stdout=log,
                start_new_session=True,
            )

    @property
    def log(self) -> str:
        """What it and its children said so far."""
        return self._log.read_text()

    def ledger(self) -> list[tuple[str, str, int]]:
        """What, key and process id of every line of the ledger, in order."""
        return workerapp.notes(self.folder / "ledger")

    def notes(self, what: str) -> list[tuple[str, int]]:
        """Key and process id of every line of the ledger that says this."""
        return [(key, pid) for said, key, pid in self.ledger() if said == what]

    def wait_for(self, what: str, count: int = 1, timeout_s: float = 30) -> list[tuple[str, int]]:
        """Wait for that many such lines."""
        return until(
            lambda: found if len(found := self.notes(what)) >= count else [],
            f"{count} times {what} in the ledger; the worker said:\n{self.log}",
            timeout_s,
        )

    def wait_for_log(self, text: str, timeout_s: float = 30) -> None:
        """Wait for it to say something."""
        until(lambda: text in self.log, f"{text!r} in the log", timeout_s)

    def terminate(self) -> None:
        """Send SIGTERM to the supervisor."""
        self.process.send_signal(signal.SIGTERM)

    def signal_all(self, number: signal.Signals) -> None:
        """Send a signal to the supervisor and its children."""
        os.killpg(self.process.pid, number)

    def pause(self, seconds: float) -> None:
        """Let time pass, while it is to do nothing."""
        threading.Event().wait(seconds)

    def end(self, timeout_s: float = 30) -> int:
        """Wait for its end; the exit code."""
        return self.process.wait(timeout_s)

    def force(self) -> None:
        """Have it end at once, if it runs; what is left of it is killed.

        A call that a killed client waits in goes on in the server for a second, and could claim a
        task of the next test.
        """
        for patience_s in (0.3, 10):
            self.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(patience_s)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def is_child_of(pid: int, worker: Worker) -> bool:
    """Whether a process belongs to this worker."""
    return os.getpgid(pid) == worker.process.pid


def is_alive(pid: int) -> bool:
    """Whether a process runs, or is not buried yet."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Look:
    """What a test wants to know of the schema: by the product's calls and views."""

    def __init__(self, client: pyclient.Client, connection: Any) -> None:
        self.client, self._connection = client, connection

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of one statement."""
        return list(sqlclient.call(self._connection, sql))

    def count(self, **columns: object) -> int:
        """How many tasks have these values in the view celers_tasks."""
        where = "".join(f" AND {key} = {sqlclient.literal(columns[key])}" for key in columns)
        return int(self.rows(f"SELECT COUNT(*) FROM celers_tasks WHERE TRUE{where}")[0][0])

    def state(self, task_id: str) -> str:
        """Its state."""
        return self.client.call_get_task(task_id).state

    def wait_for(self, task_id: str, state: str, timeout_s: float = 30) -> None:
        """Wait until the task is in this state."""
        until(lambda: self.state(task_id) == state, f"{task_id} {state}", timeout_s)

    def wait_for_all(self, task_ids: list[str], state: str, timeout_s: float = 30) -> None:
        """Wait until all these tasks are in this state."""
        for task_id in task_ids:
            self.wait_for(task_id, state, timeout_s)

    def attempts(self, task_id: str) -> list[str]:
        """How each attempt ended."""
        where = f"id_bin = UUID_TO_BIN('{task_id}')"
        sql = f"SELECT outcome FROM celers_attempts WHERE {where} ORDER BY attempt"
        return [outcome for (outcome,) in self.rows(sql)]

    def error(self, task_id: str) -> str:
        """Why it, or its latest attempt, failed."""
        return self.client.call_get_task(task_id).error or ""

    def result(self, task_id: str) -> Any:
        """What it returned."""
        row = self.client.call_get_result(task_id)
        assert row is not None
        assert row.status == "SUCCESS"
        return row.result

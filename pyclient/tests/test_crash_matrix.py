"""Every way to disturb a worker, in every pool: no task is lost, and none runs again but as told.

The ledger that the tasks write says what began and what ended; the server's history says why.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import pyclient
from pyclient.migrate import migrate
from pyclient.tests.workerkit import Look, Worker, until
from tools.server import PrivateServer, private

POOLS = {
    "process": ("--pool", "process", "-c", "2"),
    "thread": ("--pool", "thread", "-c", "4", "-w", "1"),
    "asyncio": ("--pool", "asyncio", "-c", "4", "-w", "1"),
}
COUNT = 40
DATABASE = "celers_matrix"


class Scene:
    """A schema with COUNT tasks of 100 ms, and the workers that are let loose on them."""

    def __init__(self, dsn: str, folder: Path, connection: Any, pool: str) -> None:
        self.client = pyclient.connect(dsn)
        self.look = Look(self.client, connection)
        self.workers: list[Worker] = []
        self._dsn, self._folder, self._options = dsn, folder, POOLS[pool]
        self._suffix = "_async" if pool == "asyncio" else ""
        self.ids = self.enqueue("stroll", [[str(number), 5] for number in range(COUNT)])

    def enqueue(self, name: str, payloads: list[list[Any]], **options: Any) -> dict[str, str]:
        """Ids by the keys of the tasks."""
        name += self._suffix
        items = [{"task_name": name, "payload": payload, **options} for payload in payloads]
        rows = self.client.call_enqueue_batch("default", items)
        return {payload[0]: row.task_id for payload, row in zip(payloads, rows, strict=True)}

    def start(self, *options: str) -> Worker:
        """Another worker; all of them write the same ledger."""
        self.workers.append(Worker(self._dsn, self._folder, *self._options, *options))
        return self.workers[-1]

    def wait_for_completion(self, count: int = COUNT) -> None:
        """Until so many tasks are completed."""
        until(lambda: self.look.count(state="completed") == count, f"{count} completed", 60)
        assert self.look.count() == count

    def began(self) -> Counter[str]:
        """How often each task began."""
        return Counter(key for key, _ in self.workers[0].notes("begin"))

    def pids(self) -> list[int]:
        """The processes that ran tasks, the latest last."""
        return list(dict.fromkeys(pid for _, pid in self.workers[0].notes("begin")))

    def outcomes(self, key: str) -> list[str]:
        """How the attempts at a task ended."""
        return self.look.attempts(self.ids[key])

    def assert_every_repeat_is_told(self, *reasons: str) -> set[str]:
        """A task began more than once only after an attempt with such an outcome; which did."""
        began = self.began()
        repeated = {key for key, count in began.items() if count > 1}
        for key, count in began.items():
            outcomes = self.outcomes(key)
            assert outcomes[-1] == "completed"
            assert count <= len(outcomes)
            assert set(outcomes[:-1]) <= {*reasons, "released"}
        assert set(began) == set(self.ids)
        return repeated

    def assert_nothing_ran_twice(self) -> None:
        """Every task began once."""
        assert self.began() == Counter(dict.fromkeys(self.ids, 1))

    def end(self) -> None:
        for worker in self.workers:
            worker.force()
        self.client.close()


Play = Callable[[str], Scene]


@pytest.fixture
def play(schema: Any, connect: Any, tmp_path: Path) -> Iterator[Play]:
    """Set the scene in a pool."""
    scenes: list[Scene] = []

    def setter(pool: str) -> Scene:
        scenes.append(Scene(schema.dsn, tmp_path, connect(), pool))
        return scenes[-1]

    yield setter
    for scene in scenes:
        scene.end()


@pytest.fixture(params=POOLS)
def pool(request: pytest.FixtureRequest) -> str:
    """Each pool in turn."""
    return str(request.param)


def test_sigterm(play: Play, pool: str) -> None:
    scene = play(pool)
    first = scene.start()
    first.wait_for("end", 10)
    first.terminate()
    assert first.end() == 0
    assert scene.look.count(state="processing") == 0
    assert len(first.notes("begin")) == len(first.notes("end")) < COUNT
    assert scene.start("--burst").end() == 0
    scene.wait_for_completion()
    scene.assert_nothing_ran_twice()


def test_sigkill_of_a_process(play: Play, pool: str) -> None:
    scene = play(pool)
    worker = scene.start()
    worker.wait_for("end", 10)
    os.kill(scene.pids()[-1], signal.SIGKILL)
    scene.wait_for_completion()
    scene.assert_every_repeat_is_told("retried")
    assert len(scene.pids()) > (2 if pool == "process" else 1)
    assert "SIGKILL" in worker.log


def test_sigkill_of_the_whole_worker(play: Play, pool: str) -> None:
    scene = play(pool)
    first = scene.start("--lease", "3")
    first.wait_for("end", 10)
    first.signal_all(signal.SIGKILL)
    scene.start("--lease", "3")
    scene.wait_for_completion()
    scene.assert_every_repeat_is_told("crashed")


def test_sigstop_and_sigcont(play: Play, pool: str) -> None:
    scene = play(pool)
    worker = scene.start()
    worker.wait_for("end", 10)
    worker.signal_all(signal.SIGSTOP)
    worker.pause(1)
    worker.signal_all(signal.SIGCONT)
    scene.wait_for_completion()
    scene.assert_nothing_ran_twice()


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("exit", "WorkerLost: its process ended with status 3"),
        ("segfault", "WorkerLost: its process was killed by signal 11 (SIGSEGV)"),
    ],
)
def test_a_task_that_ends_its_process(play: Play, pool: str, kind: str, reason: str) -> None:
    scene = play(pool)
    scene.ids |= scene.enqueue("fault", [["poison", kind]], priority=5)
    scene.start()
    scene.wait_for_completion(COUNT + 1)
    repeated = scene.assert_every_repeat_is_told("retried")
    assert "poison" in repeated
    assert scene.outcomes("poison") == ["retried", "completed"]
    errors = scene.look.rows("SELECT DISTINCT error FROM celers_attempts WHERE outcome = 'retried'")
    assert errors == [(reason,)]
    if pool == "process":  # nobody else was in that process
        assert repeated == {"poison"}


def test_a_memory_limit(play: Play, pool: str) -> None:
    scene = play(pool)
    scene.ids |= scene.enqueue("fault", [["glutton", "eat"]], priority=5)
    worker = scene.start("--kill-memory", "250")
    scene.wait_for_completion(COUNT + 1)
    scene.assert_every_repeat_is_told("retried")
    assert scene.outcomes("glutton") == ["retried", "completed"]
    where = "WHERE outcome = 'retried' AND error LIKE 'MemoryLimit: %more than 250 MB'"
    assert scene.look.rows(f"SELECT COUNT(*) > 0 FROM celers_attempts {where}") == [(1,)]
    assert "MB: killed" in worker.log


def test_a_task_that_ignores_its_timeout(play: Play, pool: str) -> None:
    scene = play(pool)
    scene.ids |= scene.enqueue("fault", [["deaf", "ignore"]], priority=5, timeout_s=1)
    worker = scene.start("--hard-timeout-after", "1", "--shutdown-grace", "1")
    scene.wait_for_completion(COUNT + 1)
    repeated = scene.assert_every_repeat_is_told("retried")
    assert scene.outcomes("deaf") == ["retried", "completed"]
    [(error,)] = scene.look.rows("SELECT error FROM celers_attempts WHERE outcome = 'retried'")
    assert error == "HardTimeout: it went on after its timeout, its process was killed"
    assert repeated == {"deaf"}
    if pool == "process":
        assert worker.notes("ignored")


def test_a_connection_cut(play: Play, pool: str) -> None:
    scene = play(pool)
    worker = scene.start()
    own = scene.look.rows("SELECT CONNECTION_ID()")[0][0]
    for size in (5, 10, 15, 20, 25):
        worker.wait_for("end", size)
        sessions = scene.look.rows(
            "SELECT id FROM information_schema.processlist "
            f"WHERE db = DATABASE() AND id <> {own} AND user <> 'event_scheduler'"
        )
        for (session,) in sessions:
            scene.look.rows(f"KILL CONNECTION {session}")
    scene.wait_for_completion()
    scene.assert_nothing_ran_twice()


def test_a_lost_lease(play: Play, pool: str) -> None:
    scene = play(pool)
    first = scene.start("--lease", "3")
    first.wait_for("end", 10)
    first.signal_all(signal.SIGSTOP)
    scene.start("--lease", "3")
    scene.wait_for_completion()
    first.signal_all(signal.SIGCONT)
    late = scene.enqueue("stroll", [["late", 5]])
    scene.ids |= late
    scene.wait_for_completion(COUNT + 1)
    first.terminate()
    assert first.end() == 0
    scene.assert_every_repeat_is_told("crashed")


@pytest.fixture(scope="module")
def own_server() -> Iterator[PrivateServer]:
    """A server of one's own with the schema in it."""
    with private(innodb_buffer_pool_size="128M") as server:
        yield server


def test_a_restart_of_the_database(own_server: PrivateServer, tmp_path: Path, pool: str) -> None:
    dsn = own_server.dsn(f"{DATABASE}_{pool}")
    migrate(dsn, out=lambda _: None)
    scene = Scene(dsn, tmp_path, None, pool)
    try:
        worker = scene.start()
        worker.wait_for("end", 10)
        own_server.kill()
        worker.pause(1)
        own_server.start()
        until(lambda: scene.client.call_get_statistics("default")[0].completed == COUNT, "all", 60)
        [row] = scene.client.call_get_statistics("default")
        assert (row.completed, row.total, row.dlq) == (COUNT, COUNT, 0)
        scene.assert_nothing_ran_twice()
        assert "Traceback" not in worker.log
    finally:
        scene.end()


@pytest.mark.parametrize("pool", ["thread", "asyncio"])
def test_the_end_of_a_worker_while_the_database_is_away(
    own_server: PrivateServer, tmp_path: Path, pool: str
) -> None:
    dsn = own_server.dsn(f"{DATABASE}_end_{pool}")
    migrate(dsn, out=lambda _: None)
    scene = Scene(dsn, tmp_path, None, pool)
    try:
        scene.client.call_purge_queue("default")
        scene.enqueue("stroll", [["long", 600]])
        worker = scene.start()
        worker.wait_for("begin")
        own_server.kill()
        worker.terminate()
        worker.pause(8)  # longer than it goes on trying
        own_server.start()
        assert worker.end() == 0
        assert len(worker.notes("end")) == 1
        [row] = scene.client.call_get_statistics("default")
        assert row.completed == 1
    finally:
        scene.end()

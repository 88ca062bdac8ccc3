"""Whatever is killed: what was acknowledged stays, and everything else runs."""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import pyclient
from pyclient.migrate import migrate
from pyclient.migrate.tree import default_root
from pyclient.tests.traffic import QUEUE, Traffic
from pyclient.tests.workerkit import Look, Worker, until
from tools.server import PrivateServer, private

DATABASE = "celers_crash"


@pytest.fixture(scope="module")
def own_server() -> Iterator[PrivateServer]:
    """A server of one's own with the schema in it."""
    with private(innodb_buffer_pool_size="128M") as server:
        migrate(server.dsn(DATABASE), out=lambda _: None)
        yield server


def test_a_killed_worker_loses_no_task(schema: Any, connect: Any, tmp_path: Path) -> None:
    count, kills, prefetch = 300, 6, 2
    items = [{"task_name": "nap", "payload": [str(number), 0.005]} for number in range(count)]
    worker = Worker(schema.dsn, tmp_path, "-c", "3", "--lease", "3", "--prefetch", str(prefetch))
    dice = random.Random(20)
    with pyclient.connect(schema.dsn) as client:
        client.call_enqueue_batch("default", items)
        look = Look(client, connect())
        try:
            for number in range(1, kills + 1):
                _, pid = worker.wait_for("begin", number * 30)[-1]
                os.kill(pid, dice.choice([signal.SIGKILL, signal.SIGABRT]))
            until(lambda: look.count(state="completed") == count, "all completed")
        finally:
            worker.force()
        assert look.count() == count
        ends = look.rows("SELECT outcome, COUNT(*) FROM celers_attempts GROUP BY outcome")
    outcomes = Counter(dict(ends))
    begun = Counter(key for key, _ in worker.notes("begin"))
    assert len(begun) == count
    assert set(outcomes) <= {"completed", "retried", "released"}  # no lease had to run out
    assert outcomes["completed"] == count
    assert outcomes["retried"] <= kills  # a process runs one task
    # given back: what it only held, and what had ended while the end before it was handed in
    assert outcomes["released"] <= kills * (2 * prefetch - 1)
    assert sum(begun.values()) - count <= outcomes["retried"] + outcomes["released"]


def test_a_killed_server_keeps_what_it_acknowledged(own_server: PrivateServer) -> None:
    traffic = Traffic(own_server.dsn(DATABASE), batches=200, lease_s=5)
    traffic.start(producers=2, consumers=3)
    for size in (400, 1100):
        traffic.wait_for_load(size)
        own_server.kill()
        own_server.start()
    traffic.join()
    assert traffic.wrongs == []
    assert len(traffic.enqueued) == 2200
    assert traffic.acked == traffic.enqueued
    with pyclient.connect(own_server.dsn(DATABASE)) as client:
        [row] = client.call_get_statistics(QUEUE)
        assert (row.completed, row.total, row.dlq) == (2200, 2200, 0)


def test_a_worker_outlives_the_server(own_server: PrivateServer, tmp_path: Path) -> None:
    with pyclient.connect(own_server.dsn(DATABASE)) as client:
        first = client.call_enqueue("default", "nap", ["first", 1]).task_id
        worker = Worker(own_server.dsn(DATABASE), tmp_path, "-c", "2")
        try:
            worker.wait_for("begin")
            own_server.kill()
            worker.wait_for("end")
            worker.wait_for_log("no answer")
            own_server.start()
            until(lambda: client.call_get_task(first).state == "completed", "the lost ack", 60)
            second = client.call_enqueue("default", "nap", ["second", 0]).task_id
            until(lambda: client.call_get_task(second).state == "completed", "more work", 60)
            own_server.kill()
            worker.terminate()
            assert worker.end(15) == 0
        finally:
            worker.force()
            revive(own_server)
        assert client.call_get_task(first).attempt == 1
    assert [key for key, _ in worker.notes("begin")] == ["first", "second"]
    assert "Traceback" not in worker.log


def test_a_result_that_cannot_be_handed_in_is_told(
    own_server: PrivateServer, tmp_path: Path
) -> None:
    with pyclient.connect(own_server.dsn(DATABASE)) as client:
        client.call_enqueue("default", "nap", ["x", 1])
    worker = Worker(own_server.dsn(DATABASE), tmp_path, "-c", "1")
    try:
        worker.wait_for("begin")
        own_server.kill()
        worker.terminate()
        assert worker.end(20) == 1
    finally:
        worker.force()
        revive(own_server)
    assert "could not be handed in, it will run again" in worker.log
    assert "Traceback" not in worker.log


def test_a_deployment_under_load_costs_nothing(own_server: PrivateServer, tmp_path: Path) -> None:
    dsn = own_server.dsn(DATABASE)
    root = _copy_of_the_tree(tmp_path)
    changing = [
        next(root.glob(f"procedures/*/{name}.sql"))
        for name in ("celers_enqueue", "celers_enqueue_batch", "celers_step", "_celers_settle")
    ]
    traffic = Traffic(dsn, batches=1_000_000)
    traffic.start(producers=2, consumers=3)
    try:
        for number in range(30):
            file = changing[number % len(changing)]
            file.write_text(file.read_text().replace("\nBEGIN\n", "\nBEGIN\n    -- again\n", 1))
            report = migrate(dsn, root=root, out=lambda _: None)
            assert len(report.changes) == 1
            traffic.wait_for_load(len(traffic.enqueued) + 10)
    finally:
        traffic.finish()
    assert traffic.wrongs == []
    assert traffic.acked == traffic.enqueued
    assert set(traffic.attempts.values()) == {1}


def _copy_of_the_tree(folder: Path) -> Path:
    """A tree of SQL to change at will, of the same version as the original."""
    shutil.copy(default_root().parent / "pyproject.toml", folder)
    return Path(shutil.copytree(default_root(), folder / "db"))


def revive(server: PrivateServer) -> None:
    """Start the server if it does not run."""
    if server.pid is None:
        server.start()

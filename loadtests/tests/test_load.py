"""The load test as it is run: Locust on a real server, its exit code and what it says.

Locust runs in processes of its own, and no test imports it: it would patch this one.
"""

from __future__ import annotations

import csv
import dataclasses
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from loadtests.load import schema
from pyclient.dsn import Dsn
from tools.server import Server
from tools.server.instance import free_port

ROOT = Path(__file__).parents[2]
SHORT = ("-t", "2s", "--idle", "1", "-u", "16", "--pace", "50", "--only-summary", "--headless")
#: What a user of each class calls in its first cycle.
FIRST = {
    "celers_enqueue",
    "celers_enqueue_batch",
    "celers_enqueue in a transaction",
    "order and task",
    "celers_dequeue_batch",
    "celers_step",
    "celers_dequeue_wait",
}
OPERATORS = {"celers_get_statistics", "celers_list_tasks", "celers_list_dlq"}


@dataclasses.dataclass
class Run:
    """A load test that ended."""

    code: int
    said: str
    pid: int


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("load")


@pytest.fixture(scope="module")
def runs(server: Server, folder: Path) -> tuple[Run, Run]:
    """A sound run in two processes and one with planted faults, at the same time."""
    dsn, port = server.dsn(), str(free_port())
    sound = _start(
        dsn,
        "loadtests/locustfile.py",
        *("--processes", "2", "--master-bind-port", port, "--master-port", port),
        *("--p99", "0", "--kill-every", "0.5"),
        *("--csv", str(folder / "run"), "--html", str(folder / "run.html")),
    )
    planted = _start(
        dsn,
        "loadtests/tests/planted.py",
        *("--p99", "0.0001", "--pace", "200", "-t", "6s", "SingleProducer", "BatchWorker"),
    )
    return _end(sound), _end(planted)


def _start(dsn: str, locustfile: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "locust", "-f", locustfile, *SHORT, *words],
        cwd=ROOT,
        env={**os.environ, "CELERS_DSN": dsn},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _end(process: subprocess.Popen[str]) -> Run:
    try:
        said, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    return Run(process.returncode, said, process.pid)


def test_a_sound_run_passes(runs: tuple[Run, Run]) -> None:
    sound, _ = runs
    assert sound.code == 0, sound.said
    assert sound.said.rstrip().endswith("PASS")
    assert " 0 in doubt" in sound.said
    [killed] = re.findall(r"(\d+) connections killed", sound.said)
    assert int(killed) > 0


def test_every_class_of_users_calls(runs: tuple[Run, Run], folder: Path) -> None:
    with (folder / "run_stats.csv").open(newline="") as file:
        called = {(row["Type"], row["Name"]) for row in csv.DictReader(file)}
    names = {name for _, name in called}
    assert names >= FIRST
    assert names & OPERATORS
    assert {kind.removeprefix("idle ") for kind, _ in called} == {"CALL", "TRANSACTION", ""}
    assert any(kind.startswith("idle ") for kind, _ in called)


def test_a_run_leaves_its_reports_and_nothing_else(
    runs: tuple[Run, Run], folder: Path, server: Server
) -> None:
    assert (folder / "run.html").stat().st_size
    assert (folder / "run_verdict.txt").read_text().endswith("PASS\n")
    with schema.connection(Dsn.parse(server.dsn())) as connection:
        databases = {name for (name,) in schema.run(connection, "SHOW DATABASES")}
    ours = tuple(f"celers_load_{run.pid}_" for run in runs)
    assert not [name for name in databases if name.startswith(ours)]


def test_what_is_lost_or_doubled_or_too_slow_fails(runs: tuple[Run, Run]) -> None:
    _, planted = runs
    assert planted.code == 1, planted.said
    assert "ledger: lost: answered as enqueued, and not on the server: 1 (" in planted.said
    assert "ledger: doubled: completed twice: 1 (" in planted.said
    assert re.search(r"^p99: celers_\w+ took .* bound 0.0001$", planted.said, re.MULTILINE)
    assert planted.said.rstrip().endswith("FAIL")


def test_no_server_is_said_and_has_its_own_code() -> None:
    process = _start("mysql://root@127.0.0.1:1/", "loadtests/locustfile.py")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "The load cannot begin: " in said

"""``celers config``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pyclient.config import Settings, load
from pyclient.config.described import keys
from pyclient.config.sample import sample
from pyclient.config.section import paths

KEYS = [key.name for key in keys()]


def celers(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pyclient", "config", *words]
    root = Path(__file__).resolve().parents[3]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PYTHONPATH": str(root), **os.environ},
    )


def rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


def test_show_has_every_key_with_its_value() -> None:
    Path("celers.toml").write_text("[workers]\nprefetch = 3\n[workers.queues]\na = 1\nb = 1\n")
    done = celers("show")
    assert (done.returncode, done.stderr) == (0, "")
    heading, *found = rows(done.stdout)
    assert heading == ["key", "value"]
    assert [row[0] for row in found] == KEYS
    values = dict(found)
    assert values["dsn"] == ""
    assert values["workers.prefetch"] == "3"
    assert values["workers.pool"] == "process"
    assert values["workers.queues"] == '["a", "b"]'
    assert values["workers.shutdown_grace_period"] == "30"
    assert values["workers.burst"] == "false"


def test_show_tells_where_values_come_from(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("celers.yaml").write_text("workers:\n  lease_s: 61\n")
    monkeypatch.setenv("CELERS_WORKERS__PREFETCH", "3")
    monkeypatch.setenv("CELERS_DSN", "mysql://root@h/x")
    heading, *found = rows(celers("show", "--origin").stdout)
    assert heading == ["key", "value", "origin"]
    origins = {row[0]: row[2] for row in found}
    assert origins.pop("dsn") == "env CELERS_DSN"
    assert origins.pop("workers.prefetch") == "env CELERS_WORKERS__PREFETCH"
    assert origins.pop("workers.lease_s") == "celers.yaml:2"
    assert set(origins.values()) == {"default"}
    flag = rows(celers("show", "--origin", "--dsn", "mysql://root@h/y").stdout)[1]
    assert flag == ["dsn", "mysql://root@h:3306/y", "flag"]


def test_show_has_json_with_the_types_of_the_values() -> None:
    Path("celers.toml").write_text(
        "workers.queues = {a = 2, b = 1}\nworkers.queue_order='weighted'"
    )
    found = [json.loads(line) for line in celers("show", "--json").stdout.splitlines()]
    assert [row["key"] for row in found] == KEYS
    assert {row["schema"] for row in found} == {"celers.setting/1"}
    values: dict[str, Any] = {row["key"]: row["value"] for row in found}
    assert values["workers.queues"] == {"a": 2, "b": 1}
    assert values["workers.concurrency"] is None
    assert values["workers.watch"] is False
    assert values["autoscaler.learning_rate"] == 0.1


def test_validate_says_what_is_wrong_and_where() -> None:
    Path("bad.toml").write_text("[workers]\n\nprefech = 3\npool = 'x'\n")
    done = celers("validate", "bad.toml")
    assert (done.returncode, done.stderr) == (2, "")
    assert sorted(done.stdout.splitlines()) == [
        "bad.toml:3: workers.prefech: unknown key; did you mean prefetch?",
        "bad.toml:4: workers.pool: must be 'process', 'thread' or 'asyncio', not 'x'",
    ]
    as_json = celers("validate", "--json", "bad.toml")
    assert as_json.returncode == 2
    assert {"celers.problem/1"} == {
        json.loads(line)["schema"] for line in as_json.stdout.split("\n") if line
    }
    found = [json.loads(line) for line in as_json.stdout.splitlines()]
    assert sorted((row["where"], row["key"]) for row in found) == [
        ("bad.toml:3", "workers.prefech"),
        ("bad.toml:4", "workers.pool"),
    ]


def test_validate_looks_at_the_file_a_worker_would_read() -> None:
    done = celers("validate")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "without a file, the configuration is valid\n"
    Path("celers.toml").write_text("[workers]\nprefetch = 3\n")
    assert celers("validate").stderr == "celers.toml is valid\n"
    Path("celers.toml").write_text("[workers]\nprefetch = -3\n")
    assert celers("validate").returncode == 2
    assert celers("validate", "nowhere.toml").stdout == (
        "nowhere.toml: cannot be read: No such file or directory\n"
    )


def test_show_ends_with_2_and_says_all_that_is_wrong() -> None:
    Path("celers.toml").write_text("[workers]\nprefetch = -3\nlease_s = 0\n")
    done = celers("show")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "celers: celers.toml:2: workers.prefetch: must be at least 0, not -3",
        "celers.toml:3: workers.lease_s: must be at least 3, not 0",
    ]


def test_what_looks_like_a_mistake_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASK_QUEUE_WORKERS_INITIAL_COUNT", "3")
    done = celers("validate")
    assert done.returncode == 0
    assert "warning: env TASK_QUEUE_WORKERS_INITIAL_COUNT is deprecated" in done.stderr


def test_the_sample_is_the_defaults() -> None:
    done = celers("sample")
    assert (done.returncode, done.stdout) == (0, sample())
    Path("celers.toml").write_text(done.stdout)
    assert load() == Settings()


def test_the_sample_holds_every_key_and_its_examples_are_valid() -> None:
    lines = []
    for line in sample().splitlines():
        words = line.removeprefix("# ").split(" = ")
        is_example = line.startswith("# ") and len(words) == 2 and words[0].isidentifier()
        lines.append(line.removeprefix("# ") if is_example else line)
    Path("celers.toml").write_text("\n".join(lines))
    loaded = load()
    assert loaded.dsn is not None
    for path in paths(Settings):
        value: Any = loaded
        for step in path:
            value = getattr(value, step)
        assert value is not None, path

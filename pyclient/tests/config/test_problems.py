"""What is said about values that are wrong."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from pyclient.config import InvalidConfig, Problem, load
from pyclient.config.workers import Workers
from pyclient.errors import InvalidArgument

BAD = """\
[workers]
concurency = 4
pool = "treads"
lease_s = 1
queues = ["a", "a"]
health_port = 70000
worker_prefix = ""
burst = 3
enabled = true

[autoscaler]
max_workers = true
queue_pressure_threshold = 1

[autoscaler.target_sla]
min_success_rate = 1.5

[loging]
level = "debug"

[logging]
level = "verbose"
format = 3

[web]
route_prefix = "api"
"""

SAID = {
    ("celers.toml:2", "workers.concurency"): "unknown key; did you mean concurrency?",
    (
        "celers.toml:3",
        "workers.pool",
    ): "must be 'process', 'thread' or 'asyncio', not 'treads'; did you mean thread?",
    ("celers.toml:4", "workers.lease_s"): "must be at least 3, not 1",
    ("celers.toml:5", "workers.queues"): "names the queue a twice",
    ("celers.toml:6", "workers.health_port"): "must be at most 65535, not 70000",
    ("celers.toml:7", "workers.worker_prefix"): "must have at least 1 characters, not ''",
    ("celers.toml:8", "workers.burst"): "must be true or false, not 3",
    ("celers.toml:12", "autoscaler.max_workers"): "must not be true or false",
    (
        "celers.toml:13",
        "autoscaler.queue_pressure_threshold",
    ): "unknown key; it belongs in [autoscaler.scaling_triggers]",
    (
        "celers.toml:16",
        "autoscaler.target_sla.min_success_rate",
    ): "must be at most 1, not 1.5",
    ("celers.toml:18", "loging"): "unknown section or key; did you mean logging?",
    (
        "celers.toml:22",
        "logging.level",
    ): "must be 'trace', 'debug', 'info', 'warn', 'warning' or 'error', not 'verbose'",
    (
        "celers.toml:23",
        "logging.format",
    ): "must be 'json', 'compact' or 'pretty', not 3",
    ("celers.toml:9", "workers.enabled"): "unknown key; known are "
    + ", ".join(Workers.model_fields),
    ("celers.toml:26", "web.route_prefix"): "must match ^/, not 'api'",
}


def caught(text: str, name: str = "celers.toml") -> InvalidConfig:
    Path(name).write_text(text)
    with pytest.raises(InvalidConfig) as error:
        load()
    return error.value


def test_everything_that_is_wrong_is_said_at_once() -> None:
    error = caught(BAD)
    assert {(p.where, p.key): p.text for p in error.problems} == SAID
    assert str(error).splitlines() == [str(problem) for problem in error.problems]
    assert isinstance(error, ValueError)
    assert isinstance(error, InvalidArgument)


def test_faults_of_several_sources_are_said_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELERS_WORKERS__PREFETCH", "-1")
    Path("celers.yaml").write_text("workers:\n  lease_s: 0\n")
    with pytest.raises(InvalidConfig) as error:
        load(flags={"workers__pool": "x"})
    assert sorted(problem.where for problem in error.value.problems) == [
        "celers.yaml:2",
        "env CELERS_WORKERS__PREFETCH",
        "flag",
    ]


def test_a_value_that_another_source_overrules_is_not_looked_at() -> None:
    Path("celers.toml").write_text("[workers]\nlease_s = 0\n")
    assert load(flags={"workers__lease_s": 5}).workers.lease_s == 5


@pytest.mark.parametrize(
    ("text", "where", "key", "said"),
    [
        (
            "[autoscaler]\nmin_workers = 5\nmax_workers = 4\n",
            "celers.toml:3",
            "autoscaler.max_workers",
            "must be at least min_workers (5)",
        ),
        (
            "[autoscaler]\n\nmin_workers = 21\n",
            "celers.toml:3",
            "autoscaler.max_workers",
            "must be at least min_workers (21)",
        ),
        (
            "[workers]\nlease_s = 10\nheartbeat_interval = 6\n",
            "celers.toml:3",
            "workers.heartbeat_interval",
            "must be at most half of lease_s (10)",
        ),
        (
            "[workers]\nmax_memory_mb = 10\nkill_memory_mb = 9\n",
            "celers.toml:3",
            "workers.kill_memory_mb",
            "must be at least max_memory_mb (10)",
        ),
        (
            "[workers.queues]\nmail = 3\ndefault = 1\n",
            "celers.toml:1",
            "workers.queues",
            'has weights, which need queue_order = "weighted"',
        ),
        (
            "[alerts]\nmin_worker_utilization = 0.96\n",
            "celers.toml:2",
            "alerts.max_worker_utilization",
            "must be at least min_worker_utilization (0.96)",
        ),
    ],
)
def test_keys_must_fit_together(text: str, where: str, key: str, said: str) -> None:
    assert caught(text).problems == (Problem(said, where, key),)


@pytest.mark.parametrize(
    "text",
    [
        "[autoscaler]\nmin_workers = 4\nmax_workers = 4\n",
        "[workers]\nlease_s = 10\nheartbeat_interval = 5\n",
        "[workers]\nmax_memory_mb = 10\nkill_memory_mb = 10\n",
        "[workers]\nqueue_order = 'weighted'\nqueues = {mail = 3, default = 1}\n",
        "[workers.queues]\nmail = 1\ndefault = 1\n",
    ],
)
def test_keys_that_just_fit_are_fine(text: str) -> None:
    Path("celers.toml").write_text(text)
    load()


@pytest.mark.parametrize(
    ("queues", "said"),
    [
        ("[]", "names no queue"),
        ("{}", "names no queue"),
        ("3", "must be names of queues, or a table of names and weights"),
        ("[1]", "must hold names"),
        ('["a b"]', "'a b' is no queue: 1 to 64 of A-Z a-z 0-9 _ . : -"),
        ('["a\\n"]', "'a\\n' is no queue: 1 to 64 of A-Z a-z 0-9 _ . : -"),
        (f'["{"q" * 65}"]', f"'{'q' * 65}' is no queue: 1 to 64 of A-Z a-z 0-9 _ . : -"),
    ],
)
def test_queues_have_names(queues: str, said: str) -> None:
    problem = Problem(said, "celers.toml:2", "workers.queues")
    assert caught(f"[workers]\nqueues = {queues}\n").problems == (problem,)


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        ("0", "must be at least 1, not 0"),
        ("1001", "must be at most 1000, not 1001"),
        ("true", "must be a whole number"),
        ('"much"', "must be a whole number, not 'much'"),
    ],
)
def test_weights_have_a_range(weight: str, said: str) -> None:
    problem = Problem(said, "celers.toml:3", "workers.queues.mail")
    assert caught(f"[workers.queues]\na = 1\nmail = {weight}\n").problems == (problem,)


def test_a_second_name_is_understood_once() -> None:
    error = caught("[workers]\ninitial_count = 3\nprocesses = 4\n")
    assert [(p.where, p.key) for p in error.problems] == [("celers.toml:3", "workers.processes")]
    (problem,) = caught("[workers]\n\nprocesses = 0\n").problems
    assert problem.where == "celers.toml:3"
    Path("celers.toml").write_text("[workers]\nprocesses = 4\n")
    assert load().workers.initial_count == 4
    assert load(flags={"workers__processes": 5}).workers.initial_count == 5
    assert load(flags={"workers__initial_count": 6}).workers.initial_count == 6


def test_errors_go_between_processes() -> None:
    error = caught("x = 1")
    again = pickle.loads(pickle.dumps(error))
    assert again.problems == error.problems
    assert str(again) == str(error)

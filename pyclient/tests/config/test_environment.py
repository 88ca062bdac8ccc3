"""Environment variables, .env, and the names that variables had elsewhere."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from pyclient.config import InvalidConfig, load, read
from pyclient.config.environment import name_of
from pyclient.config.section import paths
from pyclient.config.settings import Settings

ANY_TEXT = {
    ("workers", "worker_prefix"),
    ("workers", "health_host"),
    ("workers", "heartbeat_file"),
    ("auto_register", "modules"),
}


def test_the_variable_of_every_key_is_read_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    strict = [path for path in paths(Settings) if path not in ANY_TEXT]
    for path in strict:
        monkeypatch.setenv(name_of(path), "non\x01sense")
    with pytest.raises(InvalidConfig) as caught:
        load()
    places = {problem.key: problem.where for problem in caught.value.problems}
    assert places == {".".join(path): f"env {name_of(path)}" for path in strict}


@pytest.mark.parametrize(
    ("name", "text", "path", "value"),
    [
        ("CELERS_WORKERS__CONCURRENCY", "7", "workers.concurrency", 7),
        ("celers_workers__concurrency", "7", "workers.concurrency", 7),
        ("CELERS_WORKERS__PROCESSES", "7", "workers.initial_count", 7),
        ("CELERS_WORKERS__BURST", "yes", "workers.burst", True),
        ("CELERS_WORKERS__BURST", "0", "workers.burst", False),
        ("CELERS_WORKERS__QUEUES", " b , a ", "workers.queues", {"b": 1, "a": 1}),
        ("CELERS_WORKERS__QUEUES", '["b", "a"]', "workers.queues", {"b": 1, "a": 1}),
        ("CELERS_WORKERS__HEARTBEAT_FILE", "alive", "workers.heartbeat_file", Path("alive")),
        ("CELERS_AUTO_REGISTER__MODULES", "shop.mail,shop.tasks", "auto_register.modules", None),
        ("CELERS_AUTOSCALER__TARGET_SLA__MIN_SUCCESS_RATE", "0.5", "", None),
        ("CELERS_LOGGING__LEVEL", "WARNING", "logging.level", "warning"),
        ("CELERS_WORKERS__CONCURRENCY", "", "workers.concurrency", None),
    ],
)
def test_text_becomes_what_the_key_is(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, path: str, value: object
) -> None:
    monkeypatch.setenv(name, text)
    settings = load()
    if path == "auto_register.modules":
        assert settings.auto_register.modules == ["shop.mail", "shop.tasks"]
    elif not path:
        assert settings.autoscaler.target_sla.min_success_rate == 0.5
    else:
        section, key = path.split(".")
        assert getattr(getattr(settings, section), key) == value


def test_weights_are_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELERS_WORKERS__QUEUES", '{"Mail": 3, "default": 1}')
    monkeypatch.setenv("CELERS_WORKERS__QUEUE_ORDER", "weighted")
    assert load().workers.queues == {"Mail": 3, "default": 1}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("CELERS_WORKER__CONCURRENCY", "7", "there is no section worker; did you mean workers?"),
        ("CELERS_WORKERS__CONCURENCY", "7", "unknown key; did you mean concurrency?"),
        ("CELERS_WORKERS__LEARNING_RATE", "7", "unknown key; it belongs in [autoscaler]"),
        ("CELERS_WORKERS", "7", "must be a table of keys, not '7'"),
        ("CELERS_WORKERS__QUEUES__MAIL", "1", "is a part of one value: set CELERS_WORKERS__QUEUES"),
        ("CELERS_WORKERS__QUEUES", "{a", "looks like JSON, and cannot be read as JSON"),
        ("CELERS_WORKERS__QUEUES", "[" * 100_000, "looks like JSON, and cannot be read as JSON"),
        ("CELERS_WORKERS__QUEUES", "[[]]", "must hold names"),
        ("CELERS_WORKERS__QUEUES", ",", "names no queue"),
        ("CELERS_WORKERS__PREFETCH", "9" * 5000, "must be a whole number"),
        ("CELERS_WORKERS__LEASE_S", "60s", "must be a whole number, not '60s'"),
        ("CELERS_AUTOSCALER__INTERVAL_S", "inf", "must be a finite number, not 'inf'"),
        ("CELERS_WORKERS__BURST", "perhaps", "must be true or false, not 'perhaps'"),
    ],
)
def test_what_is_wrong_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, said: str
) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(InvalidConfig) as caught:
        load()
    assert (f"env {name}", said) in [(p.where, p.text) for p in caught.value.problems]


@pytest.mark.parametrize("name", ["CELERS_WORKERS_PREFETCH", "CELERS_DNS", "CELERS_CONFI"])
def test_what_looks_like_ours_and_is_not_is_said(
    monkeypatch: pytest.MonkeyPatch, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(name, "7")
    monkeypatch.setenv("CELERS_PURE_PYTHON", "0")
    monkeypatch.setenv("CELERS_OF_SOMEBODY_ELSE", "7")
    with caplog.at_level(logging.WARNING, "celers.config"):
        load()
    (said,) = caplog.messages
    assert said.startswith(f"env {name} is not read; did you mean CELERS_")


def test_dotenv_is_read_below_the_environment(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / ".env").write_text(
        "# comment\nexport CELERS_WORKERS__PREFETCH='3'\nCELERS_WORKERS__LEASE_S=30\n"
        "CELERS_CONFIG=other.toml\nOTHER=1\nCELERS_WORKERS__BURST\n"
    )
    (place / "other.toml").write_text("[breaker]\nprobe_limit = 4\n")
    monkeypatch.setenv("CELERS_WORKERS__LEASE_S", "31")
    loaded = read()
    assert loaded.settings.workers.prefetch == 3
    assert loaded.settings.workers.lease_s == 31
    assert loaded.settings.breaker.probe_limit == 4
    assert loaded.origin(("workers", "prefetch")) == ".env CELERS_WORKERS__PREFETCH"


def test_a_dotenv_that_is_no_text_is_said(place: Path) -> None:
    (place / ".env").write_bytes(b"CELERS_DSN=\xff\xfe\x00")
    with pytest.raises(InvalidConfig, match=r"^\.env: is not text in UTF-8$"):
        load()


@pytest.mark.parametrize(
    ("old", "text", "new"),
    [
        ("TASK_QUEUE_WORKERS_INITIAL_COUNT", "7", ("workers", "initial_count")),
        ("TASK_QUEUE_AUTOSCALER_MAX_WORKERS", "7", ("autoscaler", "max_workers")),
        (
            "TASK_QUEUE_AUTOSCALER_LEARNING_RATE",
            "0.5",
            ("autoscaler", "learning_rate"),
        ),
        (
            "TASK_QUEUE_AUTOSCALER_MIN_SUCCESS_RATE",
            "0.5",
            ("autoscaler", "target_sla", "min_success_rate"),
        ),
        (
            "TASK_QUEUE_AUTOSCALER_TARGET_SLA_MIN_SUCCESS_RATE",
            "0.5",
            ("autoscaler", "target_sla", "min_success_rate"),
        ),
        ("TASK_QUEUE_LOGGING_FORMAT", "json", ("logging", "format")),
    ],
)
def test_old_names_are_understood_and_said(
    monkeypatch: pytest.MonkeyPatch, old: str, text: str, new: tuple[str, ...]
) -> None:
    monkeypatch.setenv(old, text)
    loaded = read()
    value: object = loaded.settings
    for step in new:
        value = getattr(value, step)
    assert str(value) == text
    assert loaded.origin(new) == f"env {old}"
    assert loaded.warnings == (f"env {old} is deprecated: use {name_of(new)}",)


def test_a_new_name_counts_before_the_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASK_QUEUE_WORKERS_INITIAL_COUNT", "7")
    monkeypatch.setenv("CELERS_WORKERS__INITIAL_COUNT", "8")
    loaded = read()
    assert loaded.settings.workers.initial_count == 8
    assert loaded.origin(("workers", "initial_count")) == "env CELERS_WORKERS__INITIAL_COUNT"
    assert "CELERS_WORKERS__INITIAL_COUNT counts" in loaded.warnings[0]


def test_old_names_that_mean_nothing_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASK_QUEUE_WORKERS_NONSENSE", "7")
    monkeypatch.setenv("TASK_QUEUE_NAME", "of somebody else")
    assert read().warnings == (
        "env TASK_QUEUE_WORKERS_NONSENSE is not read: no setting has that name",
    )

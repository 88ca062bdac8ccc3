"""Options of the command line that are settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from pyclient.config.described import keys
from pyclient.config.flags import option


def run(*words: str, make: Any) -> tuple[Result, dict[str, Any]]:
    given: dict[str, Any] = {}

    def command(**flags: Any) -> None:
        given.update(flags)

    return CliRunner().invoke(click.command()(make(command)), list(words)), given


@pytest.mark.parametrize(
    ("section", "field", "name", "words", "value"),
    [
        ("workers", "prefetch", "--prefetch", ["--prefetch", "3"], 3),
        ("workers", "queues", "--queues", ["--queues", "a,b"], "a,b"),
        ("workers", "pool", "--pool", ["--pool", "THREAD"], "thread"),
        ("workers", "burst", "--burst", ["--burst"], True),
        ("workers", "burst", "--burst", ["--no-burst"], False),
        ("autoscaler", "enabled", "--enable-autoscaler", ["--disable-autoscaler"], False),
        ("workers", "heartbeat_file", "--file", ["--file", "x"], Path("x")),
        ("workers", "shutdown_grace_period", "--grace", ["--grace", "2.5"], 2.5),
        ("autoscaler.target_sla", "min_success_rate", "--sla", ["--sla", "1"], 1.0),
        ("", "dsn", "--dsn", ["--dsn", "x"], "x"),
    ],
)
def test_a_flag_has_the_type_and_the_place_of_its_setting(
    section: str, field: str, name: str, words: list[str], value: object
) -> None:
    place = "__".join([*section.split("."), field]) if section else field
    make = option(section, field, name)
    result, given = run(*words, make=make)
    assert result.exit_code == 0, result.output
    assert given == {place: value}
    _, nothing = run(make=make)
    assert nothing == {place: None}


@pytest.mark.parametrize(
    ("section", "field", "text"),
    [
        ("workers", "prefetch", "1001"),
        ("workers", "prefetch", "-1"),
        ("workers", "prefetch", "x"),
        ("workers", "pool", "x"),
        ("autoscaler", "learning_rate", "0"),
        ("autoscaler", "learning_rate", "1.1"),
    ],
)
def test_a_flag_has_the_range_of_its_setting(section: str, field: str, text: str) -> None:
    result, _ = run(f"--it={text}", make=option(section, field, "--it"))
    assert result.exit_code == 2
    assert "Invalid value for '--it'" in result.output


def test_the_environment_is_left_to_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELERS_WORKERS__PREFETCH", "3")
    _, given = run(make=option("workers", "prefetch", "--prefetch"))
    assert given == {"workers__prefetch": None}


def test_help_says_the_variable_and_the_default() -> None:
    result, _ = run("--help", make=option("workers", "queues", "-Q", "--queues"))
    said = " ".join(result.output.split())
    assert "-Q, --queues TEXT Names in order of preference" in said
    assert "[env: CELERS_WORKERS__QUEUES; default: default]" in said
    result, _ = run("--help", make=option("workers", "concurrency", "--concurrency"))
    assert "[env: CELERS_WORKERS__CONCURRENCY]" in " ".join(result.output.split())


@pytest.mark.parametrize("key", list(keys()), ids=lambda key: key.name)
def test_every_key_is_described_and_can_be_a_flag(key: Any) -> None:
    assert key.text.endswith(".")
    assert key.values
    assert key.default is not None or key.example is not None
    result, _ = run("--help", make=option(".".join(key.path[:-1]), key.path[-1], "--it"))
    assert result.exit_code == 0


def test_a_setting_that_does_not_exist_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        option("workers", "nonsense", "--it")
    with pytest.raises(KeyError):
        option("workers.pool", "nonsense", "--it")

"""``celers init``: what it writes works."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

import pyclient
from pyclient.cli import COMMANDS
from pyclient.cli._group import build
from pyclient.config import Settings, load
from pyclient.tests.cli.opskit import celers
from tools.freshschema import Schema

ROOT = Path(pyclient.__file__).parent.parent


def test_the_configuration_is_valid_and_says_the_defaults(tmp_path: Path) -> None:
    done = celers(None, "init", str(tmp_path / "new"))
    assert (done.code, done.out) == (0, f"wrote {tmp_path / 'new' / 'celers.toml'}\n")
    assert "celers worker run package.module:app" in done.err
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["celers.toml"]
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("CELERS_")]:
            patch.delenv(name)
        assert load(tmp_path / "new" / "celers.toml") == Settings()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    tasks = tmp_path / "tasks.py"
    tasks.write_text("mine")
    refused = celers(None, "init", str(tmp_path), "--sample")
    assert refused.code == 5
    assert "tasks.py is there already: --force overwrites" in refused.err
    assert [path.name for path in tmp_path.iterdir()] == ["tasks.py"]
    assert tasks.read_text() == "mine"
    assert celers(None, "init", str(tmp_path), "--sample", "--force").code == 0
    assert "import pyclient" in tasks.read_text()


@pytest.fixture
def project(schema: Schema, tmp_path: Path) -> Iterator[Any]:
    """A project as it was written, and Python in its folder; its worker runs."""
    assert celers(None, "init", str(tmp_path), "--sample").code == 0
    environment = os.environ | {"CELERS_DSN": schema.dsn, "PYTHONPATH": str(ROOT)}

    def start(*words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    worker = start("-m", "pyclient", "worker", "run", "tasks:app")
    yield start
    worker.terminate()
    worker.communicate(timeout=60)
    assert worker.returncode == 0


def test_the_sample_runs(project: Any) -> None:
    sending = project("tasks.py")
    out = sending.communicate(timeout=90)[0]
    assert sending.returncode == 0, out
    assert out.splitlines()[-1] == "Hello, world!"


def test_the_compose_file_starts_what_there_is(tmp_path: Path) -> None:
    done = celers(None, "init", str(tmp_path), "--compose")
    assert done.code == 0
    assert "docker compose up" in done.err
    assert (tmp_path / "tasks.py").exists()
    compose = yaml.safe_load((tmp_path / "docker-compose.yml").read_text())
    services = compose["services"]
    assert list(services) == ["db", "migrate", "worker"]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= services.keys()
    for name in ("migrate", "worker"):
        program, *words = services[name]["command"]
        assert program == "celers"
        root = build(COMMANDS)
        with click.Context(root) as ctx:
            command, options = _leaf(root, ctx, words)
            command.make_context(name, options, resilient_parsing=False).close()


def _leaf(
    group: click.Group, ctx: click.Context, words: list[str]
) -> tuple[click.Command, list[str]]:
    """The command that the words name, and what is left of them."""
    command = group.get_command(ctx, words[0])
    assert command is not None
    if isinstance(command, click.Group) and len(words) > 1:
        return _leaf(command, ctx, words[1:])
    return command, words[1:]

"""A place without a configuration: an empty directory, an empty environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pyclient.config import files, secret_files


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, in which nothing is configured, nor anywhere else."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for name in list(os.environ):
        if name.startswith(("CELERS_", "TASK_QUEUE_", "DATABASE_URL")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(files, "SYSTEM", tmp_path / "etc")
    monkeypatch.setattr(secret_files, "USUAL_DIRECTORY", str(tmp_path / "secrets"))
    return here

"""The schema and the package carry the same version."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.sqlclient import call

ROOT = Path(__file__).resolve().parents[3]


def test_the_schema_has_the_version_of_the_package(connect: Callable[..., Any]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    rows = call(connect(), "CALL celers_version()")
    assert rows[0][rows.columns.index("version")] == project["version"]

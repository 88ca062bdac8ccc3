"""The tables that every claim and every ack touches, and their unique keys."""

from __future__ import annotations

import functools
import re
from pathlib import Path

HOT = ("celers_ready", "celers_scheduled", "celers_running", "celers_claim")
_MIGRATIONS = Path(__file__).resolve().parents[1] / "db" / "migrations"
_TABLE = re.compile(r"^CREATE TABLE (\w+) \((.*?)^\)", re.MULTILINE | re.DOTALL)
_KEY = re.compile(r"^\s*(?:PRIMARY|UNIQUE) KEY[^(]*\(([^)]*)\)", re.MULTILINE)


@functools.cache
def unique_keys() -> dict[str, list[set[str]]]:
    """For each table of the migrations, the columns of each unique key."""
    found: dict[str, list[set[str]]] = {}
    for path in sorted(_MIGRATIONS.glob("*.sql")):
        for table, body in _TABLE.findall(path.read_text(encoding="utf-8")):
            found[table] = [
                {column.split()[0].strip("`") for column in columns.split(",")}
                for columns in _KEY.findall(body)
            ]
    return found

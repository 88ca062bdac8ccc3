"""The table ``celers_migration``: what was applied, from which text, and how far.

One row per migration and per re-created object, and a few for the rest: ``errors`` (the
catalogue), ``grants`` (all roles), ``table`` (how each table looked when it was deployed) and
``celers`` (the whole). A row without ``finished_at`` was begun and not brought to its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pyclient.migrate.session import Session, quote

TABLE = "celers_migration"
CREATE = f"""\
CREATE TABLE {TABLE} (
    kind VARCHAR(16) NOT NULL COMMENT 'migration, routine, view, …',
    name VARCHAR(128) NOT NULL,
    sha256 CHAR(64) NOT NULL COMMENT 'of the text that was applied',
    statements_done INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'of a migration',
    done_sha256 CHAR(64) NULL COMMENT 'of the statements done',
    stored_sha256 CHAR(64) NULL COMMENT 'of what the server made of it: finds edits by hand',
    celers_version VARCHAR(64) NOT NULL,
    started_at DATETIME(6) NOT NULL COMMENT 'UTC',
    finished_at DATETIME(6) NULL COMMENT 'UTC; NULL: begun, not ended',
    error VARCHAR(1000) NULL COMMENT 'why it did not end, as far as known',
    PRIMARY KEY (kind, name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin
COMMENT = 'what celers migrate has applied'"""
_COLUMNS = (
    "kind, name, sha256, statements_done, done_sha256, stored_sha256, celers_version,"
    " started_at, finished_at, error"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row."""

    kind: str
    name: str
    sha256: str
    statements_done: int
    done_sha256: str | None
    stored_sha256: str | None
    version: str
    started_at: datetime
    finished_at: datetime | None
    error: str | None


Entries = dict[tuple[str, str], Entry]


def read(session: Session) -> Entries:
    """Every row by kind and name."""
    rows = session.rows(f"SELECT {_COLUMNS} FROM {TABLE}")
    return {(row[0], row[1]): Entry(*row) for row in rows}


def begin(items: Iterable[tuple[str, str, str]], version: str) -> str:
    """SQL that marks (kind, name, sha256) as begun; what a row knew of its end is forgotten."""
    rows = ",".join(
        f"({quote(kind)},{quote(name)},{quote(sha)},{quote(version)},UTC_TIMESTAMP(6))"
        for kind, name, sha in items
    )
    return (
        f"INSERT INTO {TABLE} (kind, name, sha256, celers_version, started_at) VALUES {rows} AS new"
        " ON DUPLICATE KEY UPDATE sha256 = new.sha256, celers_version = new.celers_version,"
        " started_at = new.started_at, stored_sha256 = NULL, finished_at = NULL, error = NULL"
    )


def advance(name: str, count: int, done: str) -> str:
    """SQL that notes how many statements of a migration are done."""
    return (
        f"UPDATE {TABLE} SET statements_done = {count}, done_sha256 = {quote(done)}, error = NULL"
        f" WHERE kind = 'migration' AND name = {quote(name)}"
    )


def finish(kind: str, *names: str) -> str:
    """SQL that marks rows as brought to their end."""
    listed = ", ".join(quote(name) for name in names)
    return (
        f"UPDATE {TABLE} SET finished_at = UTC_TIMESTAMP(6), error = NULL"
        f" WHERE kind = {quote(kind)} AND name IN ({listed})"
    )


def fail(kind: str, name: str, sentence: str) -> str:
    """SQL that notes why a row was not brought to its end."""
    return (
        f"UPDATE {TABLE} SET finished_at = NULL, error = {quote(sentence[:1000])}"
        f" WHERE kind = {quote(kind)} AND name = {quote(name)}"
    )


def forget(kind: str, name: str) -> str:
    """SQL that removes a row."""
    return f"DELETE FROM {TABLE} WHERE kind = {quote(kind)} AND name = {quote(name)}"

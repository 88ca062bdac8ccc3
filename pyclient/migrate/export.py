"""One file for the mysql client that deploys everything into an empty database and records it.

The database's name is known only when the file runs, so the roles' names are put together there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from pyclient._header import ROLES
from pyclient.migrate import ledger, prints, roles
from pyclient.migrate.apply import create_sql, errors_sql
from pyclient.migrate.session import COLLATION, FIXED, ended, quote
from pyclient.migrate.tree import Migration, Tree, Unit

_DELIMITERS = ("$$", "//", "@@@", "!!!!")

_HEAD = """\
-- celers {version}: the whole schema, for the mysql client and an empty database:
--
--     mysql DATABASE < celers.sql
--
-- It sets the database's default collation, creates every table, view, routine and event, records
-- them in celers_migration, and at the end creates the roles DATABASE_producer, _worker, _viewer
-- and _admin with their grants. Later versions are deployed by `celers migrate`, which continues
-- from here, also where this file stopped half-way.
"""

_GUARD = f"""\
CREATE PROCEDURE _celers_export_guard ()
BEGIN
    DECLARE v_version INT UNSIGNED DEFAULT
        SUBSTRING_INDEX(VERSION(), '.', 1) * 1000000
        + SUBSTRING_INDEX(SUBSTRING_INDEX(VERSION(), '.', 2), '.', -1) * 1000
        + REGEXP_SUBSTR(SUBSTRING_INDEX(VERSION(), '.', -1), '^[0-9]+');
    IF v_version < 8000029 THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'celers needs MySQL 8.0.29 or newer';
    END IF;
    IF EXISTS (
        SELECT 1 FROM information_schema.TABLES
        WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{ledger.TABLE}'
    ) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT
            = 'celers stands in this database already: use celers migrate';
    END IF;
END"""


def write(tree: Tree, out: TextIO) -> None:
    """Write the file."""
    for line in _lines(tree):
        out.write(line + "\n")


def _lines(tree: Tree) -> Iterator[str]:
    end = _delimiter(tree)
    yield _HEAD.format(version=tree.version)
    yield from (f"{setting};" for setting in FIXED)
    yield f"ALTER DATABASE CHARACTER SET utf8mb4 COLLATE {COLLATION};\n"
    yield from _delimited(end, [_GUARD])
    yield "CALL _celers_export_guard();\nDROP PROCEDURE _celers_export_guard;\n"
    yield f"{ledger.CREATE};"
    yield f"{ledger.begin([('celers', 'celers', tree.sha256)], tree.version)};\n"
    for migration in tree.migrations:
        yield from _migration(migration, tree.version)
    yield from _errors(tree)
    yield from _units(tree, tree.views, end)
    yield from _units(tree, tree.routines, end)
    yield from _record(tree)
    yield from _units(tree, tree.events, end)
    yield f"{prints.KEEP_UNITS};\n"
    yield from _roles(tree)


def _delimiter(tree: Tree) -> str:
    """A delimiter that no text holds."""
    for delimiter in _DELIMITERS:
        if not any(delimiter in unit.text for unit in tree.units):
            return delimiter
    raise ValueError(f"every one of {' '.join(_DELIMITERS)} stands in some file")


def _delimited(end: str, texts: list[str]) -> Iterator[str]:
    yield f"DELIMITER {end}"
    yield from (f"{text}{end}" for text in texts)
    yield "DELIMITER ;\n"


def _migration(migration: Migration, version: str) -> Iterator[str]:
    yield f"-- {migration.file}"
    yield f"{ledger.begin([('migration', migration.name, migration.sha256)], version)};"
    for count, statement in enumerate(migration.statements, start=1):
        advance = ledger.advance(migration.name, count, migration.done_sha256(count))
        if statement.changes_rows:
            yield f"START TRANSACTION;\n{ended(statement.text)}\n{advance};\nCOMMIT;"
        else:
            yield f"{ended(statement.text)}\n{advance};"
    yield f"{ledger.finish('migration', migration.name)};\n"


def _errors(tree: Tree) -> Iterator[str]:
    if not tree.errors:
        return
    mark = ledger.begin([("errors", "errors.tsv", tree.errors_sha256)], tree.version)
    parts = ["START TRANSACTION", *errors_sql(tree), mark, ledger.finish("errors", "errors.tsv")]
    yield ";\n".join([*parts, "COMMIT"]) + ";\n"


def _units(tree: Tree, units: tuple[Unit, ...], end: str) -> Iterator[str]:
    if not units:
        return
    kind = units[0].kind
    yield f"{ledger.begin([(kind, unit.name, unit.sha256) for unit in units], tree.version)};\n"
    yield from _delimited(end, [create_sql(unit) + "\n" for unit in units])
    yield f"{ledger.finish(kind, *(unit.name for unit in units))};\n"


def _record(tree: Tree) -> Iterator[str]:
    latest = tree.migrations[-1].sha256 if tree.migrations else ""
    yield from (f"{sql};" for sql in prints.keep_tables(latest, tree.version))
    yield f"{prints.KEEP_UNITS};"
    yield f"{ledger.finish('celers', 'celers')};\n"


def _roles(tree: Tree) -> Iterator[str]:
    wanted = roles.wanted(tree)
    yield f"{ledger.begin([('grants', 'roles', roles.checksum(wanted))], tree.version)};"
    for role in ROLES:
        yield f"SET @celers_{role} = QUOTE({_role_name(role)});"
        yield _prepared(f"'CREATE USER IF NOT EXISTS ', @celers_{role}, ' ACCOUNT LOCK'")
    for kind, what, to in roles.grouped(wanted):
        right = "EXECUTE ON PROCEDURE" if kind == roles.ROUTINE else "SELECT ON"
        names = ", ', ', ".join(f"@celers_{role}" for role in to)
        yield _prepared(f"'GRANT {right} `{what}` TO ', {names}")
    yield f"{ledger.finish('grants', 'roles')};"


def _role_name(role: str) -> str:
    """What roles.role_name does, in SQL."""
    room = roles.LONGEST - len(role) - 1
    short = f"CONCAT(LEFT(DATABASE(), {room - 9}), '_', LEFT(SHA2(DATABASE(), 256), 8))"
    whole = f"IF(CHAR_LENGTH(DATABASE()) <= {room}, DATABASE(), {short})"
    return f"CONCAT({whole}, {quote('_' + role)})"


def _prepared(parts: str) -> str:
    return (
        f"SET @celers_sql = CONCAT({parts});\n"
        "PREPARE celers_s FROM @celers_sql; EXECUTE celers_s; DEALLOCATE PREPARE celers_s;"
    )

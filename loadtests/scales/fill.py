"""Many tasks that wait or have ended, made by copying the rows of one that celers made itself.

The one place that writes the tables of celers past its routines. It knows no table by name: every
row with the task's id is copied, with another id and with its instants a little earlier.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from loadtests.driver import Team
from loadtests.queues import Link
from pyclient.dsn import Dsn
from pyclient.errors import DeadlockError

_PROCESSES = 2
_DIGITS = 4
_CHUNK = 10**_DIGITS
#: Copies lie this many microseconds before their original, less one for each copy before them.
_BEFORE_US = 1_000_000_000


@dataclass(frozen=True)
class Original:
    """The task to copy.

    Attributes:
        task_id: of the task.
        tail: the last ten bytes of the ids of the copies, hexadecimal.
    """

    task_id: str
    tail: str


def copy(dsn: Dsn, original: Original, first: int, last: int) -> None:
    """Make the copies number first to last - 1; no number may be made twice of one tail."""
    with contextlib.closing(Link(dsn)) as link:
        _make_numbers(link)
        statements = _statements(link, original)
    with Team() as team:
        for part in range(_PROCESSES):
            team.start(_copy, dsn, statements, first, last, part)
        team.results()


def _copy(dsn: Dsn, statements: list[str], first: int, last: int, part: int) -> None:
    with contextlib.closing(Link(dsn)) as link:
        link.run(b"SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        for start in range(first, last, _CHUNK)[part::_PROCESSES]:
            values = {"start": start, "count": min(_CHUNK, last - start)}
            while not _kept(link, [statement % values for statement in statements]):
                pass


def _kept(link: Link, statements: list[str]) -> bool:
    """All statements in one transaction; False where that met a deadlock and is to be repeated."""
    try:
        link.run(b"START TRANSACTION")
        for statement in statements:
            link.run(statement.encode())
        link.run(b"COMMIT")
    except DeadlockError:
        return False
    return True


def _statements(link: Link, original: Original) -> list[str]:
    """One INSERT for each table with the original's id, for numbers from start on."""
    rows = link.run(
        b"SELECT c.table_name, c.column_name, c.column_type = 'binary(16)', c.data_type "
        b"FROM information_schema.columns AS c INNER JOIN information_schema.tables AS t "
        b"USING (table_schema, table_name) WHERE c.table_schema = DATABASE() "
        b"AND t.table_type = 'BASE TABLE' AND c.extra NOT LIKE '%GENERATED%' "
        b"AND c.extra NOT LIKE '%auto_increment%' ORDER BY c.table_name, c.ordinal_position"
    )
    columns: dict[str, list[tuple[str, str]]] = {}
    for table, column, is_id, kind in rows:
        value = "id" if column == "id" and is_id else str(kind)
        columns.setdefault(str(table), []).append((str(column), value))
    return [
        _statement(table, found, original)
        for table, found in columns.items()
        if ("id", "id") in found and _stands(link, table, original)
    ]


def _stands(link: Link, table: str, original: Original) -> bool:
    return bool(
        link.run(
            f"SELECT 1 FROM {table} WHERE id = UUID_TO_BIN('{original.task_id}') LIMIT 1".encode()
        )
    )


def _statement(table: str, columns: list[tuple[str, str]], original: Original) -> str:
    number = "(%(start)d + k.n)"

    def value(column: str, kind: str) -> str:
        if kind == "id":
            # version 7: 48 bits of milliseconds, here of the first copies' time onwards
            return f"UNHEX(CONCAT(LPAD(HEX(1700000000000 + {number}), 12, '0'), '{original.tail}'))"
        if kind == "datetime":
            return f"t.{column} - INTERVAL ({_BEFORE_US} - {number}) MICROSECOND"
        return f"t.{column}"

    names = ", ".join(column for column, _ in columns)
    values = ", ".join(value(column, kind) for column, kind in columns)
    return (
        f"INSERT INTO {table} ({names}) SELECT {values} FROM bench_number AS k "
        f"CROSS JOIN {table} AS t WHERE k.n < %(count)d "
        f"AND t.id = UUID_TO_BIN('{original.task_id}') ORDER BY k.n"
    )


def _make_numbers(link: Link) -> None:
    link.run(b"CREATE TABLE IF NOT EXISTS bench_number (n INT UNSIGNED PRIMARY KEY)")
    digits = f"(VALUES {', '.join(f'ROW({digit})' for digit in range(10))})"
    places = " CROSS JOIN ".join(f"{digits} AS d{place} (n)" for place in range(_DIGITS))
    total = " + ".join(f"{10**place} * d{place}.n" for place in range(_DIGITS))
    link.run(f"INSERT IGNORE INTO bench_number SELECT {total} FROM {places}".encode())

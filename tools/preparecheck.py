"""Let a server look at the SQL inside routines: names it does not know, plans it would choose.

CREATE PROCEDURE accepts misspelt tables and columns; PREPARE does not. Parameters and locals become
question marks for PREPARE, and values of their types for EXPLAIN.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import mysql.connector

from tools import bodysql, sqltext
from tools.bodysql import Piece
from tools.hot import HOT
from tools.spec import Routine
from tools.sqlclient import Rows, literal, results

#: A comment with these words inside a statement says that a scan or a sort is meant.
_ON_PURPOSE = re.compile(r"--.*\bon purpose\b")
_NAME = re.compile(r"\b[pv]_\w+\b")
_INTO = re.compile(r"\bINTO\s+[pv]_\w+(?:\s*,\s*[pv]_\w+)*")
_ASSIGNMENT = re.compile(r"^\s*[pv]_\w+\s*=\s*", re.DOTALL)
_UUID = "01900000-0000-7000-8000-000000000001"
_ITEM = f'{{"id": "{_UUID}", "task_id": "{_UUID}", "receipt": "{_UUID}", "outcome": "retried"}}'


@dataclass(frozen=True, slots=True)
class Fault:
    """A statement that the server refuses, or whose plan is not good enough."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


def names(routine: Routine, connection: Any) -> Iterator[Fault]:
    """What the server says against the names in a body: unknown tables, columns, indexes."""
    types = bodysql.local_types(routine)
    for piece in bodysql.pieces(routine):
        query = as_query(piece)
        if query is None:
            continue
        sql = _replaced(query, lambda name: _question_mark(types.get(name, "")))
        try:
            results(connection, f"PREPARE celers_check FROM {literal(sql)}")
        except mysql.connector.Error as error:
            yield Fault(piece.place, f"{error.errno} {error.msg}")


def _question_mark(sql_type: str) -> str:
    """A question mark that the server takes for a value of a type: JSON functions ask."""
    base = re.split(r"[\s(]", sql_type)[0]
    if base == "JSON":
        return "CAST(? AS JSON)"
    return "CAST(? AS CHAR)" if re.search(r"CHAR|TEXT", base) else "?"


def as_query(piece: Piece) -> str | None:
    """A statement or condition as a query of its own; None for what is no query."""
    if piece.is_expression:
        return f"SELECT {piece.text}"
    if piece.is_dml:
        return _without_into(piece.text)
    if piece.verb == "DO":
        return "SELECT " + piece.text[2:].strip()
    if piece.verb == "SET" and re.match(r"SET\s+[pv]_\w+\s*=", piece.text):
        values = [_ASSIGNMENT.sub("", part) for _, part in sqltext.split_list(piece.text[3:])]
        return "SELECT " + ", ".join(values)
    return None


def _without_into(sql: str) -> str:
    masked = sqltext.mask(sql)
    for found in reversed(list(_INTO.finditer(masked))):
        sql = sql[: found.start()] + sql[found.end() :]
    return sql


def _replaced(sql: str, value: Callable[[str], str]) -> str:
    """Put something in the place of each parameter and local."""
    masked = sqltext.mask(sql)
    for found in reversed(list(_NAME.finditer(masked))):
        sql = sql[: found.start()] + value(found[0]) + sql[found.end() :]
    return sql


def hot_pieces(routine: Routine) -> list[Piece]:
    """The statements that write or lock rows of a hot table, or force an index of one.

    Not those with a comment ``-- … on purpose`` inside.
    """
    found = []
    for piece in bodysql.pieces(routine):
        masked = sqltext.mask(piece.text)
        is_hot = any(re.search(rf"\b{table}\b", masked) for table in HOT)
        if _ON_PURPOSE.search(piece.text) or as_query(piece) is None:
            continue
        if is_hot and _is_critical(piece, masked):
            found.append(piece)
    return found


def _is_critical(piece: Piece, masked: str) -> bool:
    words = r"\bFOR\s+(UPDATE|SHARE)\b|\bFORCE\s+INDEX\b"
    return piece.verb in ("UPDATE", "DELETE") or re.search(words, masked) is not None


def explain(piece: Piece, connection: Any) -> Rows:
    """The plan of a statement, with values of the right types for its parameters and locals."""
    types = bodysql.local_types(piece.routine)
    query = _replaced(as_query(piece) or "", lambda name: typed_value(name, types[name]))
    return results(connection, f"EXPLAIN FORMAT=TRADITIONAL {query}")[0]


def typed_value(name: str, sql_type: str) -> str:
    """A value of a type, such that functions which read it do not fail."""
    base = re.split(r"[\s(]", sql_type)[0]
    if base in ("BINARY", "VARBINARY"):
        return f"UUID_TO_BIN('{_UUID}')"
    if base == "DATETIME":
        return "CAST('2026-01-01' AS DATETIME(6))"
    if base == "JSON":
        return f"CAST('[{_ITEM}]' AS JSON)"
    if base in ("TINYINT", "SMALLINT", "INT", "BIGINT", "BOOLEAN", "DECIMAL", "DOUBLE"):
        return "1"
    if re.search(r"items|verdicts|options|tasks|list|ids$", name):
        return f"'[{_ITEM}]'"
    return f"'{_UUID}'" if re.search(r"id|receipt", name) else "'default'"


def plan_faults(piece: Piece, plan: Rows) -> Iterator[Fault]:
    """What is wrong with a plan: a scan of a hot table, or sorting before the LIMIT is reached."""
    column = {name: number for number, name in enumerate(plan.columns)}
    masked = sqltext.mask(piece.text)
    hot = _hot_aliases(masked)
    has_limit = re.search(r"\bLIMIT\b", masked) is not None
    for row in plan:
        alias, kind = str(row[column["table"]]), row[column["type"]]
        extra = str(row[column["Extra"]] or "")
        if row[column["select_type"]] in ("INSERT", "REPLACE") or alias not in hot:
            continue
        if kind == "ALL":
            yield Fault(piece.place, f"reads all of {hot[alias]}")
        if kind == "index":
            text = f"walks all of index {row[column['key']]} of {hot[alias]}"
            if "Using index" in extra:
                text += ", which holds all it asks for: ask for a column outside the index too"
            yield Fault(piece.place, text)
        if has_limit and ("filesort" in extra or "temporary" in extra):
            yield Fault(piece.place, f"sorts rows of {hot[alias]} before its LIMIT ({extra})")


def _hot_aliases(masked: str) -> dict[str, str]:
    """Alias -> table for the hot tables of a statement."""
    found = {}
    for table, alias in re.findall(r"\b(celers_\w+)(?:\s+AS\s+(\w+))?", masked):
        if table in HOT:
            found[alias or table] = table
    return found

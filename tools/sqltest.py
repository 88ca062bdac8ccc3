"""SQL tests: plain SQL, with what is expected in comments below each statement.

    -- a paused queue hands out nothing
    CALL celers_enqueue('mail', 'send', '{"to": 7}', NULL);
    -- => * | 1 | ready
    -- save id = task_id
    CALL celers_get_task('{{id}}');
    -- => {{id}} | mail | *
    CALL celers_dequeue_batch('mail', 'w1', 10, NULL);
    -- => (no rows)
    CALL celers_get_task('nonsense');
    -- !! UUID_INVALID

``-- => a | b``  the next row: text as the server shows it, NULL, or ``*`` for anything
``-- => ...``    further rows, any
``-- => (no rows)``
``-- !! NAME``   the statement fails with this error of the catalogue, or with this number (1062)
``-- save x = column``  keep a value of the first row; ``{{x}}`` stands for it from here on
``-- test: words``  begins another test of the same file, with tables as new

A statement ends with ';' at the end of a line. One without expectation must not fail. Other
comments are for people. A test runs on one connection, on a schema of its own.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import mysql.connector

from tools import sqltext
from tools.sqlclient import Rows

_DIRECTIVE = re.compile(r"-- (?P<sign>=>|!!|save|test:)\s*(?P<rest>.*)$")
_SAVED = re.compile(r"\{\{(\w+)\}\}")


class SqlTestError(Exception):
    """A file that is not written as a test is; names file and line."""


class SqlTestFailure(AssertionError):
    """A statement that did not do what the comments below it say."""


@dataclass(slots=True)
class Step:
    """One statement, and what is expected of it."""

    sql: str
    line: int
    rows: list[str] | None = None
    more: bool = False
    error: str | None = None
    saves: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Test:
    """A list of steps, run on one connection."""

    __test__ = False

    name: str
    line: int
    steps: list[Step] = field(default_factory=list)


def parse(path: Path) -> list[Test]:
    """The tests of a file; those without a single statement are left out."""
    text = path.read_text(encoding="utf-8")
    tests = [Test(path.stem, 1)]
    for line, statement, directive in _pieces(text, path):
        if statement:
            tests[-1].steps.append(Step(statement, line))
        elif directive and directive["sign"] == "test:":
            tests.append(Test(directive["rest"].strip(), line))
        elif directive:
            if not tests[-1].steps:
                raise SqlTestError(f"{path}:{line}: no statement stands above this expectation")
            _expect(tests[-1].steps[-1], directive["sign"], directive["rest"].strip(), path, line)
    return [test for test in tests if test.steps]


def _pieces(text: str, path: Path) -> Iterator[tuple[int, str, re.Match[str] | None]]:
    """(line, statement, None) and (line, '', directive) in the order of the file."""
    masked = sqltext.mask(text).splitlines()
    pending: list[str] = []
    start = 0
    for number, (line, bare) in enumerate(zip(text.splitlines(), masked, strict=True), start=1):
        if not pending and not bare.strip():
            directive = _DIRECTIVE.match(line)
            if directive:
                yield number, "", directive
            continue
        start = start if pending else number
        pending.append(line)
        if bare.rstrip().endswith(";"):
            yield start, "\n".join(pending).rstrip().removesuffix(";"), None
            pending = []
    if pending:
        raise SqlTestError(f"{path}:{start}: the statement does not end with ';'")


def _expect(step: Step, sign: str, rest: str, path: Path, line: int) -> None:
    if sign == "!!":
        step.error = rest
    elif sign == "save":
        found = re.fullmatch(r"(\w+)\s*=\s*(\w+)", rest)
        if found is None:
            raise SqlTestError(f"{path}:{line}: write '-- save name = column'")
        step.saves[found[1]] = found[2]
    else:
        step.rows = step.rows or []
        if rest == "...":
            step.more = True
        elif rest != "(no rows)":
            step.rows.append(rest)


def run(test: Test, path: Path, query: Callable[[str], list[Rows]]) -> None:
    """Run one test; ``query`` sends a statement and returns its result sets."""
    saved: dict[str, str] = {}
    for step in test.steps:
        sql = _filled(step.sql, saved, path, step.line)
        try:
            answer = query(sql)
        except mysql.connector.Error as error:
            if step.error is None or not is_error(step.error, error):
                raise _failure(path, step, sql, step.error or "no error", str(error)) from error
            continue
        if step.error is not None:
            raise _failure(path, step, sql, f"error {step.error}", _shown(answer))
        if len(answer) > 1:
            raise _failure(path, step, sql, "one result set", f"{len(answer)} result sets")
        if step.rows is not None:
            wanted = [_filled(row, saved, path, step.line) for row in step.rows]
            if not _matches(wanted, step.more, answer):
                expected = "\n".join([*wanted, *(["..."] if step.more else [])]) or "(no rows)"
                raise _failure(path, step, sql, expected, _shown(answer))
        for name, column in step.saves.items():
            saved[name] = _saved(step, sql, path, answer, column)


def _filled(text: str, saved: dict[str, str], path: Path, line: int) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] not in saved:
            raise SqlTestError(f"{path}:{line}: nothing was saved as '{match[1]}'")
        return saved[match[1]]

    return _SAVED.sub(value, text)


def is_error(expected: str, error: mysql.connector.Error) -> bool:
    """Whether an error is the one named: by number, or by the name its message begins with."""
    if expected.isdigit():
        return error.errno == int(expected)
    return str(error.msg).startswith(f"{expected}:")


def _matches(wanted: list[str], more: bool, answer: list[Rows]) -> bool:
    rows = answer[0] if answer else Rows()
    if len(rows) < len(wanted) or (len(rows) > len(wanted) and not more):
        return False
    return all(_row_matches(text, row) for text, row in zip(wanted, rows, strict=False))


def _row_matches(wanted: str, row: tuple[Any, ...]) -> bool:
    cells = [shown(value) for value in row]
    if wanted == " | ".join(cells):
        return True
    parts = [part.strip() for part in re.split(r"\s\|\s", f" {wanted} ".replace(" | | ", " |  | "))]
    if len(parts) != len(cells):
        return False
    return all(part in ("*", cell.strip()) for part, cell in zip(parts, cells, strict=True))


def shown(value: Any) -> str:
    """A value as a test writes it."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes | bytearray):
        return "0x" + bytes(value).hex().upper()
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ", timespec="microseconds")
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def _shown(answer: list[Rows]) -> str:
    if not answer:
        return "(no result set)"
    lines = [" | ".join(shown(value) for value in row) for row in answer[0]]
    return "\n".join([f"({' | '.join(answer[0].columns)})", *(lines or ["(no rows)"])])


def _saved(step: Step, sql: str, path: Path, answer: list[Rows], column: str) -> str:
    if not answer or not answer[0] or column not in answer[0].columns:
        raise _failure(path, step, sql, f"a row with the column {column}", _shown(answer))
    return shown(answer[0][0][answer[0].columns.index(column)])


def _failure(path: Path, step: Step, sql: str, expected: str, got: str) -> SqlTestFailure:
    blocks = [("statement", sql), ("expected", expected), ("got", got)]
    body = "\n".join(
        f"{title}:\n" + "\n".join("    " + line for line in text.splitlines())
        for title, text in blocks
    )
    return SqlTestFailure(f"{path}:{step.line}\n{body}")

"""The statements and conditions of a routine's body, one by one, with their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools import sqltext
from tools.spec import Routine

_SKIPPED = re.compile(r"(?:\w+\s*:(?!=)|BEGIN\b|LOOP\b|REPEAT\b(?!\s*\()|ELSE\b)\s*")
_UNTIL = re.compile(r"UNTIL\b\s*(?P<condition>.*?)\s*\bEND\s+REPEAT\b", re.DOTALL)
_HANDLER = re.compile(
    r"DECLARE\s+(?:EXIT|CONTINUE)\s+HANDLER\s+FOR\s+"
    r"(?:(?:\d+|SQLEXCEPTION|SQLWARNING|NOT\s+FOUND|SQLSTATE\s+'[^']*'|c_\w+)\s*,?\s*)+"
)
_CURSOR = re.compile(r"DECLARE\s+\w+\s+CURSOR\s+FOR\s+")
_CONDITION = re.compile(r"DECLARE\s+\w+\s+CONDITION\b")
_LOCAL = re.compile(
    r"DECLARE\s+(?P<names>\w+(?:\s*,\s*\w+)*)\s+(?P<type>\w+(?:\s*\([^)]*\))?(?:\s+UNSIGNED)?)"
    r"(?P<rest>.*?)(?:\bDEFAULT\s+(?P<default>.*))?$",
    re.DOTALL,
)
_DML = ("SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH")


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement, or one condition or default value."""

    routine: Routine
    line: int
    text: str
    is_expression: bool = False

    @property
    def verb(self) -> str:
        """Its first word, in capitals; empty for an expression."""
        found = re.match(r"\(*\s*(\w+)", self.text)
        return "" if self.is_expression or found is None else found[1].upper()

    @property
    def is_dml(self) -> bool:
        """Whether it reads or writes tables by itself."""
        return self.verb in _DML

    @property
    def place(self) -> str:
        """file:line."""
        return f"{self.routine.path}:{self.line}"


def pieces(routine: Routine) -> Iterator[Piece]:
    """Every statement and condition of a body, in the order of the file."""
    masked = sqltext.mask(routine.body)
    for position, statement in sqltext.statements(masked):
        yield from _peel(routine, position, statement)


def local_types(routine: Routine) -> dict[str, str]:
    """The SQL type of each parameter and local, in capitals."""
    found = {param.name: param.sql_type.upper() for param in routine.signature}
    for _, statement in sqltext.statements(sqltext.mask(routine.body)):
        for match in re.finditer(r"\bDECLARE\b.*$", statement, re.DOTALL):
            if _HANDLER.match(match[0]) or _CURSOR.match(match[0]) or _CONDITION.match(match[0]):
                continue
            local = _LOCAL.match(match[0])
            for name in local["names"].split(",") if local else ():
                found[name.strip()] = local["type"].upper() if local else ""
    return found


def _peel(routine: Routine, position: int, masked: str) -> Iterator[Piece]:
    """Take off what stands before a statement: labels, BEGIN, IF … THEN and the like."""

    def piece(start: int, length: int, *, is_expression: bool = False) -> Piece:
        first = position + start
        line = routine.body_line + routine.body.count("\n", 0, first)
        return Piece(routine, line, routine.body[first : first + length].strip(), is_expression)

    at = 0
    while at < len(masked):
        rest = masked[at:]
        skipped = _SKIPPED.match(rest) or _HANDLER.match(rest) or _CURSOR.match(rest)
        guard = _guard(rest)
        until = _UNTIL.match(rest)
        local = _LOCAL.match(rest)
        if re.match(r"END\b", rest) or _CONDITION.match(rest):
            return
        if skipped:
            at += skipped.end()
        elif guard:
            start, end, after = guard
            if rest[start:end].strip():
                yield piece(at + start, end - start, is_expression=True)
            at += after
            at += len(masked[at:]) - len(masked[at:].lstrip())
        elif until:
            start = until.start("condition")
            yield piece(at + start, len(until["condition"]), is_expression=True)
            return
        elif local:
            if local["default"]:
                start = local.start("default")
                yield piece(at + start, len(local["default"]), is_expression=True)
            return
        else:
            yield piece(at, len(rest))
            return


def _guard(rest: str) -> tuple[int, int, int] | None:
    """For 'IF condition THEN …': where the condition is, and where what follows begins."""
    opened = re.match(r"(IF|ELSEIF|WHEN|WHILE|CASE)\b", rest)
    if opened is None:
        return None
    closing = {"WHILE": "DO", "CASE": "WHEN"}.get(opened[1], "THEN")
    depth = cases = 0
    for word in re.finditer(r"[()]|\b(?:CASE|END|THEN|DO|WHEN)\b", rest[opened.end() :]):
        if word[0] in "()":
            depth += 1 if word[0] == "(" else -1
        elif word[0] == closing and depth == 0 and cases == 0:
            start, end = opened.end(), opened.end() + word.start()
            # the WHEN of a CASE opens a guard of its own
            return start, end, end if closing == "WHEN" else opened.end() + word.end()
        elif word[0] == "CASE":
            cases += 1
        elif word[0] == "END":
            cases -= 1
    return None

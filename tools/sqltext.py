"""SQL as text: blank out comments and strings, find brackets, split lists and statements.

Enough for our own files, whose form the lint enforces; not a parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_OPAQUE = re.compile(
    r"""--(?=[\s]|$)[^\n]*      # comment to the end of the line
      | \#[^\n]*
      | /\*.*?\*/
      | '(?:[^'\\]|\\.|'')*'
      | "(?:[^"\\]|\\.|"")*"
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_WORD = re.compile(r"[A-Za-z_@$][A-Za-z0-9_@$]*")


def mask(sql: str, *, strings: bool = True) -> str:
    """Blank out comments, and what strings hold, so that every position stays the same."""

    def blank(match: re.Match[str]) -> str:
        text = match[0]
        if text[0] in "'\"":
            if not strings:
                return text
            return text[0] + _spaces(text[1:-1]) + text[-1]
        return _spaces(text)

    return _OPAQUE.sub(blank, sql)


def _spaces(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def line_of(text: str, position: int) -> int:
    """The line of a position, counted from 1."""
    return text.count("\n", 0, position) + 1


def closing(masked: str, opened: int) -> int:
    """The position of the bracket that closes the one at ``opened``; -1 where none does."""
    depth = 0
    for position in range(opened, len(masked)):
        if masked[position] == "(":
            depth += 1
        elif masked[position] == ")":
            depth -= 1
            if depth == 0:
                return position
    return -1


def split_list(sql: str) -> list[tuple[int, str]]:
    """Split at the commas outside brackets and strings: (position, text without blanks around)."""
    masked = mask(sql)
    parts: list[tuple[int, str]] = []
    depth, start = 0, 0
    for position, char in enumerate(masked + ","):
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif char == "," and depth == 0:
            text = sql[start:position]
            if mask(text).strip():
                lead = len(text) - len(text.lstrip())
                parts.append((start + lead, text.strip()))
            start = position + 1
    return parts


def statements(masked: str) -> Iterator[tuple[int, str]]:
    """The text between semicolons: (position, masked text), blank pieces left out."""
    start = 0
    for position, char in enumerate(masked + ";"):
        if char == ";":
            text = masked[start:position]
            if text.strip():
                yield start + len(text) - len(text.lstrip()), text.strip()
            start = position + 1


def words(masked: str) -> list[tuple[int, str]]:
    """Every word with its position."""
    return [(match.start(), match[0]) for match in _WORD.finditer(masked)]

"""Where the keys of a TOML document stand, which tomllib does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

from pyclient.config.layer import Path

_TOKEN = re.compile(
    r"(?P<string>\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*')"
    r"|(?P<comment>\#[^\n]*)|(?P<newline>\n)|(?P<mark>[][{}=,.])"
    r"|(?P<bare>[^\s\[\]{}=,.\"'#]+)",
    re.DOTALL,
)


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def lines_of(text: str) -> dict[Path, int]:
    """The line of every key, table and item of a text that tomllib has accepted."""
    return _Reader(text).lines


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        if kind != "comment":
            yield _Token(kind, found[0], line)
        line += found[0].count("\n")
    yield _Token("newline", "\n", line)
    yield _Token("end", "", line)


class _Reader:
    """Walks over the tokens once; what it does not look for it passes by."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._tokens = _tokens(text)
        self._next = next(self._tokens)
        self._lengths: dict[Path, int] = {}  # of the arrays of tables
        table: Path = ()
        while self._next.kind != "end":
            if self._next.text == "[":
                table = self._header()
            elif self._next.kind != "newline":
                self._pair(table)
            self._take()

    def _take(self) -> _Token:
        token = self._next
        if token.kind != "end":
            self._next = next(self._tokens)
        return token

    def _skip_newlines(self) -> None:
        while self._next.kind == "newline":
            self._take()

    def _header(self) -> Path:
        """``[a.b]`` or ``[[a.b]]``, up to the end of its line."""
        line = self._take().line
        is_array = self._next.text == "["
        if is_array:
            self._take()
        *above, last = self._key("]")
        path: Path = ()
        for step in above:
            path = self._newest((*path, step), line)
        path = (*path, last)
        if is_array:
            self._lengths[path] = self._lengths.get(path, 0) + 1
        while self._next.kind != "newline":
            self._take()
        return self._newest(path, line)

    def _newest(self, path: Path, line: int) -> Path:
        """A table, or the last table of an array."""
        self.lines.setdefault(path, line)
        if path in self._lengths:
            path = (*path, self._lengths[path] - 1)
            self.lines.setdefault(path, line)
        return path

    def _pair(self, table: Path) -> None:
        """``a.b = value``, up to what ends it."""
        line = self._next.line
        path = table
        for step in self._key("="):
            path = (*path, step)
            self.lines.setdefault(path, line)
        self._value(path)

    def _key(self, end: str) -> list[str]:
        """The steps of a dotted key, and the mark that ends it."""
        steps = []
        while (token := self._take()).text != end:
            if token.kind == "bare":
                steps.append(token.text)
            elif token.kind == "string":
                steps.append(tomllib.loads(f"key = {token.text}")["key"])
        return steps

    def _value(self, path: Path) -> None:
        """A value, up to but without what ends it."""
        if self._next.text == "[":
            self._array(path)
        elif self._next.text == "{":
            self._inline_table(path)
        else:
            while self._next.kind != "newline" and self._next.text not in (",", "]", "}"):
                self._take()

    def _array(self, path: Path) -> None:
        self._take()
        index = 0
        self._skip_newlines()
        while self._next.text != "]":
            self.lines[*path, index] = self._next.line
            self._value((*path, index))
            index += 1
            self._skip_separators()
        self._take()

    def _inline_table(self, path: Path) -> None:
        self._take()
        self._skip_separators()
        while self._next.text != "}":
            self._pair(path)
            self._skip_separators()
        self._take()

    def _skip_separators(self) -> None:
        while self._next.kind == "newline" or self._next.text == ",":
            self._take()

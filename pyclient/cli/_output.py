"""How data is shown: tables on a terminal, tab-separated lines in a pipe, JSON where asked for.

Data goes to stdout, everything else to stderr. Whatever the data hold, they cannot steer the
terminal or break a line: control characters are written as escapes.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

Record = Mapping[str, Any]
T = TypeVar("T")

# Control characters, what turns the direction of writing, and line ends that are not "\n".
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_UNSAFE_IN_JSON = re.compile(_UNSAFE.pattern.replace("\x00-\x1f", ""))
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Output:
    """Writes things and lists of things to stdout, and notes to stderr.

    Attributes:
        is_json: whether data are written as JSON.
        is_terminal: whether a person reads stdout.
        has_color: whether a person who reads it wants colours.
    """

    def __init__(
        self, *, is_json: bool = False, has_color: bool = True, is_quiet: bool = False
    ) -> None:
        """Look at stdout as it is now."""
        self.is_json = is_json
        self.is_terminal = sys.stdout.isatty()
        self.has_color = has_color and not os.environ.get("NO_COLOR")
        self._is_quiet = is_quiet

    @property
    def is_for_people(self) -> bool:
        """Whether data are written for a person to read."""
        return self.is_terminal and not self.is_json

    def note(self, text: str) -> None:
        """Say something on stderr that is not data; --quiet leaves it out."""
        if not self._is_quiet:
            click.echo(visible(text, keep="\n"), err=True)

    def line(self, text: str) -> None:
        """Write one line of data as it is, but for control characters on a terminal."""
        click.echo(visible(text) if self.is_terminal else text)

    def thing(self, schema: str, record: Record) -> None:
        """Write one thing: fields for people, one line below a heading for a pipe, one object.

        Args:
            schema: name and version of what the object looks like, as ``celers.task/1``.
            record: its fields; for people a list of objects becomes a table below the others.
        """
        if self.is_json:
            click.echo(as_json({"schema": schema, **record}))
        elif self.is_terminal:
            from pyclient.cli import _table

            _table.draw_fields(record, has_color=self.has_color)
        else:
            _write_lines([record], list(record))

    def things(self, schema: str, records: Iterable[Record], columns: Sequence[str]) -> None:
        """Write a list: a table, lines below a heading, or one object a line.

        Args:
            schema: as for thing(), of each object.
            records: the things; JSON gets all their fields.
            columns: the fields that a table and a pipe get, in this order.
        """
        if self.is_json:
            for record in records:
                click.echo(as_json({"schema": schema, **record}))
        elif not self.is_terminal:
            _write_lines(records, columns)
        elif found := list(records):
            from pyclient.cli import _table

            _table.draw_list(found, columns, has_color=self.has_color)

    def stream(self, schema: str, records: Iterable[Record], columns: Sequence[str]) -> None:
        """Write a list that grows: each thing as soon as it is there.

        Args:
            schema: as for things().
            records: as for things().
            columns: as for things().
        """
        if not self.is_for_people:
            self.things(schema, records, columns)
            return
        from pyclient.cli import _table

        for record in records:
            _table.draw_line(record, columns, has_color=self.has_color)

    def track(self, items: Sequence[T], doing: str) -> Iterable[T]:
        """The items, with a bar on stderr that shows a person how many are left."""
        if self._is_quiet or not sys.stderr.isatty():
            return items
        from pyclient.cli import _table

        return _table.track(items, doing, has_color=self.has_color)


def _write_lines(records: Iterable[Record], columns: Sequence[str]) -> None:
    click.echo("\t".join(columns))
    for record in records:
        click.echo("\t".join(as_cell(record.get(column)) for column in columns))


def visible(text: str, *, keep: str = "") -> str:
    """The text with escapes in place of control characters, but for those to keep."""
    return _UNSAFE.sub(lambda found: found[0] if found[0] in keep else _escape(found[0]), text)


def _escape(character: str) -> str:
    code = ord(character)
    return _NAMED.get(character) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def as_json(value: Any) -> str:
    """One line of JSON: instants in UTC, bytes as base64, unsafe characters escaped."""
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
    text = json.dumps(value, ensure_ascii=not encoding.startswith("utf"), default=_plain)
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return as_instant(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"an object of type {type(value).__name__} is not data")


def as_cell(value: Any) -> str:
    """A value in a tab-separated line: nothing in it is a tab or ends the line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime):
        return as_instant(value)
    text = value if isinstance(value, str) else as_json(value)
    return visible(text.replace("\\", "\\\\"))


def as_instant(value: datetime, precision: str = "microseconds") -> str:
    """An aware instant as ISO 8601 in UTC, ending in Z."""
    return value.astimezone(UTC).isoformat(timespec=precision).removesuffix("+00:00") + "Z"


def as_number(value: int | float) -> str:
    """A number with its thousands set apart: 1 204, 1 204.5."""
    return f"{value:,{'' if isinstance(value, int) else '.1f'}}".replace(",", " ")


def count_of(count: int, noun: str) -> str:
    """So many things: 1 task, 1 204 tasks."""
    return f"{as_number(count)} {noun}{'' if count == 1 else 's'}"

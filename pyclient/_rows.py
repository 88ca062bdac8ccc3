"""From the rows of a result set to the generated row classes."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from pyclient._call import Result
from pyclient._generated import ROW_TYPES
from pyclient.errors import SchemaOutdated

RowT = TypeVar("RowT", bound=tuple[Any, ...])


def build_rows(row_class: type[RowT], routine: str, result: Result) -> list[RowT]:
    """The rows of a result set as objects of a row class, values as its types say.

    A schema newer than this client may answer with more columns: they come last and are left out.

    Raises:
        SchemaOutdated: columns are missing.
    """
    columns, rows = result
    width, build = _builder(row_class)
    if len(columns) != width:
        if len(columns) < width:
            raise SchemaOutdated(
                f"{routine} answered with {len(columns)} columns where this client knows {width}: "
                "the schema is older than the client, `celers migrate` brings it up to date"
            )
        rows = [row[:width] for row in rows]
    return list(map(build, rows))


@functools.cache
def _builder(row_class: type[RowT]) -> tuple[int, Callable[[tuple[Any, ...]], RowT]]:
    """How many columns a row class has, and how a row becomes one; decided once per class."""
    kinds = [kind.rstrip("?") for kind in ROW_TYPES[row_class]]
    changes = [(index, _CHANGES[kind]) for index, kind in enumerate(kinds) if kind in _CHANGES]
    make: Callable[[Any], RowT] = functools.partial(tuple.__new__, row_class)
    if not changes:
        return len(kinds), make

    def build(row: tuple[Any, ...]) -> RowT:
        values = list(row)
        for index, change in changes:
            value = values[index]
            if value is not None:
                values[index] = change(value)
        return make(values)

    return len(kinds), build


def _aware(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC)


def _bool(value: Any) -> bool:
    return bool(int(value))


_CHANGES: dict[str, Callable[[Any], Any]] = {
    "bool": _bool,
    "datetime": _aware,
    "json": json.loads,
    "items": json.loads,
    "tasks": json.loads,
}

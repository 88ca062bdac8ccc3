"""Lists of any length, read a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar
from uuid import UUID

#: The most that a list answers with at a time.
PAGE = 1000


class HasId(Protocol):
    """A row of a list of tasks."""

    @property
    def task_id(self) -> str:
        """What the next page begins below."""


RowT = TypeVar("RowT", bound=HasId)


def pages(
    page: Callable[..., list[RowT]], *, after: UUID | str | None = None, size: int = PAGE
) -> Iterator[RowT]:
    """All rows of a list, newest task first, read when they are asked for.

    A page that is short is not the last one: rows may vanish between two looks.

    Args:
        page: called with ``limit`` and ``after_id`` for each page.
        after: the task to begin below, None = at the newest.
        size: rows to read at a time; more than a page has room for is cut.
    """
    while rows := page(limit=min(size, PAGE), after_id=after):
        yield from rows
        after = rows[-1].task_id


def record(row: Any) -> dict[str, Any]:
    """A row of a routine as the record that is shown: the columns under their names."""
    return dict(row._asdict())

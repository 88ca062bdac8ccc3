"""Lists of any length, read a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar

#: The most that a list answers with at a time.
PAGE = 1000


class HasId(Protocol):
    """A row of a list of tasks."""

    @property
    def task_id(self) -> str:
        """What the next page begins below."""


RowT = TypeVar("RowT", bound=HasId)


def pages(
    page: Callable[..., list[RowT]], *, limit: int | None = None, after: str | None = None
) -> Iterator[RowT]:
    """The rows of a list, newest task first.

    A page that is short is not the last one: rows may vanish between two looks.

    Args:
        page: called with ``limit`` and ``after_id`` for each page.
        limit: most rows to read, None = all.
        after: the task id to begin below, None = at the newest.
    """
    left = limit
    while left is None or left > 0:
        rows = page(limit=PAGE if left is None else min(PAGE, left), after_id=after)
        if not rows:
            return
        yield from rows
        after = rows[-1].task_id
        left = None if left is None else left - len(rows)


def record(row: Any) -> dict[str, Any]:
    """A row of a routine as the record that is shown: the columns under their names."""
    return dict(row._asdict())
